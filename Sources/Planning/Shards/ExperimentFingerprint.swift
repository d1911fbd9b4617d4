import DiscreteEvent
import Simulator

/// A digest of everything in an experiment that its answer depends on.
///
/// Of the values, not of the text: a comment in the scenario changes nothing, another model behind the same scenario does. The values
/// are found by reflection, so what is added to ``Experiment`` later is in it too.
enum ExperimentFingerprint {
  static func of(_ experiment: Experiment, _ identity: Simulation.Identity) -> Digest {
    var digest = Digest()
    append(identity, to: &digest)
    append(experiment: experiment, to: &digest)
    return digest
  }

  /// Of any experiment, one that goes on from where jobs stood among them.
  static func of(_ experiment: Experiment) -> Digest {
    var digest = experiment.fleet.stateDigest
    append(experiment: experiment, to: &digest)
    return digest
  }

  private static func append(experiment: Experiment, to digest: inout Digest) {
    var experiment = experiment
    // The worlds' kinds of job are the experiment's, weights apart; hundreds of kinds in each of 256 worlds take seconds to reflect.
    for worlds in [\Experiment.worlds, \Experiment.onDemandWorlds] {
      for w in experiment[keyPath: worlds].indices {
        for kind in experiment[keyPath: worlds][w].mix { digest.append(kind.weight) }
        experiment[keyPath: worlds][w].mix = []
      }
    }
    for child in Mirror(reflecting: experiment).children {
      // A simulation's fleet is empty but for its budget, and an empty fleet's memory has an address.
      append(child.label == "fleet" ? experiment.fleet.budget : child.value, to: &digest)
    }
  }

  private static func append(_ value: Any, to digest: inout Digest) {
    switch value {
    case let number as Double: return digest.append(number)
    case let number as Int64: return digest.append(number)
    case let text as String:
      for byte in text.utf8 { digest.append(UInt64(byte)) }
      return digest.append(UInt64(text.utf8.count))
    default: break
    }
    let mirror = Mirror(reflecting: value)
    let parts = mirror.children.map { child in
      var part = Digest()
      append(child.label ?? "", to: &part)
      append(child.value, to: &part)
      return part.value
    }
    // A dictionary has another order in every process.
    let isUnordered = mirror.displayStyle == .dictionary || mirror.displayStyle == .set
    digest.append(UInt64(parts.count))
    for part in isUnordered ? parts.sorted() : parts { digest.append(part) }
    if parts.isEmpty { append(String(describing: value), to: &digest) }
  }
}
