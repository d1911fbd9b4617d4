import Calibration
import DiscreteEvent
import Engine

/// What a scenario changes in a model's world; nil: as in the model. Lengths of time are seconds.
public struct WorldOverrides: Hashable, Sendable {
  /// A law for each pricing, where one is given.
  public typealias Laws = ByPricing<Law?>

  public var provisioning = Laws(nil)
  public var success = ByPricing<Double?>(nil)
  public var recoveryRatePerHour = ByPricing<Double?>(nil)
  public var boot = Laws(nil)
  public var preprocessing = Laws(nil)
  public var modelLoading = Laws(nil)
  public var restore = Laws(nil)
  public var finalization = Laws(nil)
  public var checkpoint = Laws(nil)
  public var checkpointUpload = Laws(nil)
  public var detection = Laws(nil)
  public var step = ByPricing<StepTime?>(nil)
  public var interruptions = ByPricing<Hazard?>(nil)
  public var detectionIsBilled: Bool?
  public var crashesPerHour: [Preset: Double]?
  public var cancellationsPerHour: Double?
  public var outOfMemory: [Preset: Double]?
  public var answer: Fallback?
  /// Outer nil: as in the model; inner nil: questions stay unanswered.
  public var answerDelay: Law??
  public var arrivals: Arrivals?
  /// 168 weights by hour of the week for arrivals whose daily number the model gives.
  public var hourlyWeights: [Double]?
  public var hourlyRate = ByPricing<Double?>(nil)

  public init() {}

  /// `base` with the overrides that hold for pods of one pricing.
  func applied(to base: WorldParameters, for pricing: Pricing) -> WorldParameters {
    var world = base
    for each in Pricing.allCases {
      world.provisioning[each] = provisioning[each] ?? world.provisioning[each]
      world.availability[each].success = success[each] ?? world.availability[each].success
      if let rate = recoveryRatePerHour[each] { world.availability[each].recoveryRatePerHour = rate }
      world.interruptions[each] = interruptions[each] ?? world.interruptions[each]
      world.hourlyRate[each] = hourlyRate[each] ?? world.hourlyRate[each]
    }
    world.boot = boot[pricing] ?? world.boot
    world.preprocessing = preprocessing[pricing] ?? world.preprocessing
    world.modelLoading = modelLoading[pricing] ?? world.modelLoading
    world.restore = restore[pricing] ?? world.restore
    world.finalization = finalization[pricing] ?? world.finalization
    world.checkpoint = checkpoint[pricing] ?? world.checkpoint
    world.checkpointUpload = checkpointUpload[pricing] ?? world.checkpointUpload
    world.detection = detection[pricing] ?? world.detection
    world.step = step[pricing] ?? world.step
    world.detectionIsBilled = detectionIsBilled ?? world.detectionIsBilled
    world.crashesPerHour = crashesPerHour ?? world.crashesPerHour
    // A stated rate is that of every configuration.
    if crashesPerHour != nil { world.crashRisks = [:] }
    if outOfMemory != nil { world.memoryRisks = [:] }
    world.cancellationsPerHour = cancellationsPerHour ?? world.cancellationsPerHour
    world.outOfMemory = outOfMemory ?? world.outOfMemory
    world.answer = answer ?? world.answer
    world.answerDelay = answerDelay ?? world.answerDelay
    world.arrivals = arrivals ?? world.arrivals
    if let hourlyWeights {
      switch world.arrivals {
      case .poisson(let perDay), .hourly(let perDay, _):
        world.arrivals = .hourly(perDay: perDay, weights: hourlyWeights)
      case .none, .every, .times: break
      }
    }
    return world
  }

  /// Whether some law that a world holds once (a stage's, say) differs between spot and on-demand pods.
  var differsByPricing: Bool {
    let laws = [boot, preprocessing, modelLoading, restore, finalization, checkpoint, checkpointUpload, detection]
    return laws.contains { $0.spot != $0.onDemand } || step.spot != step.onDemand
  }
}
