import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What is the same in every world of one kind of job, ready for the loop.
struct CompiledKind: Sendable, BitwiseCopyable {
  var steps: Int32
  var checkpointEvery: Int32
  /// How many checkpoints a whole training takes.
  var checkpoints: Int32
  var pricing: Pricing
  /// Its place among ``CompiledKinds/failureClasses``.
  var failureClass: Int32
  /// Forward passes that answer suites within finalization.
  var suitePasses: Int32
  /// False: it has no step and answers suites, and nothing is trained or finished.
  var trains: Bool

  init(_ c: JobConfiguration, failureClass: Int) {
    suitePasses = Int32(clamping: c.suitePasses ?? 0)
    trains = suitePasses == 0 || c.steps != 0
    // The engine's job has a step all the same, as in live mode: one without would count as trained before it began.
    steps = trains ? Int32(clamping: c.steps) : 1
    checkpointEvery = Int32(clamping: max(1, c.checkpointEvery))
    checkpoints = max(0, (steps - 1) / checkpointEvery)
    pricing = c.pricing
    self.failureClass = Int32(clamping: failureClass)
  }
}

/// The kinds of job of an experiment, for all its worlds: many worlds fit the cache where they share what they can.
final class CompiledKinds: Sendable {
  let kinds: [CompiledKind]
  /// By kind: what the pace depends on.
  let features: [StepTime.Features]
  /// Those that occur: what failures depend on.
  let failureClasses: [FailureClass]

  init(_ kinds: [JobKind]) {
    var (classes, place): ([FailureClass], [FailureClass: Int]) = ([], [:])
    self.kinds = kinds.map { kind in
      let own = FailureClass(kind.configuration)
      let i = place[own] ?? classes.count
      if i == classes.count {
        classes.append(own)
        place[own] = i
      }
      return CompiledKind(kind.configuration, failureClass: i)
    }
    failureClasses = classes
    features = kinds.map { StepTime.Features($0.configuration) }
  }
}

/// With what weights the world's own jobs are of each kind.
final class CompiledMix: Sendable {
  let weights: [Double]
  private let cumulative: [Double]
  /// For each of equal parts of (0, 1), a kind that no number in it comes before.
  private let guide: [Int32]
  private let parts: Double

  init(_ weights: [Double]) {
    self.weights = weights
    var sum = 0.0
    let cumulative = weights.map {
      sum += $0
      return sum
    }
    let parts = 4 * cumulative.count
    var kind = 0
    guide = (0..<parts).map { part in
      // A little earlier, for a number may be rounded up into the part.
      let target = (Double(part) - 0.001) / Double(parts) * sum
      while kind + 1 < cumulative.count && cumulative[kind] <= target { kind += 1 }
      return Int32(kind)
    }
    self.cumulative = cumulative
    self.parts = Double(parts)
  }

  /// The index of the kind of the next job.
  @inline(__always)
  func kind(_ u: Double) -> Int {
    let last = cumulative.count - 1
    guard last > 0 else { return 0 }
    let target = u * cumulative[last]
    var kind = Int(guide[min(Int(u * parts), guide.count - 1)])
    while kind < last && cumulative[kind] <= target { kind += 1 }
    return kind
  }
}

extension CompiledWorld {
  /// One world by itself.
  convenience init(_ world: WorldParameters, kinds: [JobKind]) {
    self.init(world, CompiledKinds(kinds), CompiledMix(world.mix.map(\.weight)))
  }

  /// Compiles worlds that have their kinds of job in common, and the mix where its weights are the same.
  static func compile(_ worlds: [WorldParameters], kinds: [JobKind]) -> [CompiledWorld] {
    let kinds = CompiledKinds(kinds)
    var mix = CompiledMix([])
    return worlds.map { world in
      let weights = world.mix.map(\.weight)
      if mix.weights != weights { mix = CompiledMix(weights) }
      return CompiledWorld(world, kinds, mix)
    }
  }
}

extension StepTime {
  /// The logarithms that a regression of the step's time is over.
  struct Features: Sendable, BitwiseCopyable {
    var tokens: Double
    var rank: Double
    var batch: Double
    var kind: ConfigurationClass

    init(_ c: JobConfiguration) {
      tokens = log(max(1, c.tokensPerStep) / 1e4)
      rank = log(Double(max(1, c.rank)) / 16)
      batch = log(Double(max(1, c.batchSize)) / 2)
      kind = ConfigurationClass(c)
    }
  }

  /// Median seconds a step of a job with this configuration.
  public func median(for c: JobConfiguration) -> Double { median(Features(c)) }

  func median(_ f: Features) -> Double {
    switch median {
    case .seconds(let s): return s
    case .law(let law): return law.mean
    case .regression(let intercept, let perToken, let perRank, let perBatch):
      let deviation = deviations[f.kind] ?? otherDeviation
      return exp(intercept + perToken * f.tokens + perRank * f.rank + perBatch * f.batch + deviation)
    }
  }
}
