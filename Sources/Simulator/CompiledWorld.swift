import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What random numbers are for; part of each stream's key. A number is never reused for another purpose.
enum Purpose {
  static let job: UInt16 = 1
  static let lease: UInt16 = 2
  static let interruption: UInt16 = 3
  static let crash: UInt16 = 4
  static let cancellation: UInt16 = 5
  static let arrival: UInt16 = 7
  static let kind: UInt16 = 8
  /// + 16 × the number of the request under its lease number.
  static let answer: UInt16 = 9
  static let chunk: UInt16 = 10
  static let detection: UInt16 = 11
  /// + 16 × the number of the request under its lease number.
  static let provisioning: UInt16 = 6
}

/// One kind of job in one world, ready for the loop.
struct CompiledKind: Sendable {
  var configuration: JobConfiguration
  var steps: Int32
  var checkpointEvery: Int32
  /// Median seconds a step, before what differs between jobs and pods.
  var secondsPerStep: Double
  /// A second.
  var crashRate: Double
  var outOfMemory: Double
}

/// One ``WorldParameters`` compiled: samplers instead of laws, rates in seconds.
///
/// A class, so that handing it around in the loop costs one reference count instead of one for each of its samplers.
final class CompiledWorld: Sendable {
  let parameters: WorldParameters
  let provisioning: ByPricing<Sampler>
  let boot: Sampler
  let preprocessing: Sampler
  let modelLoading: Sampler
  let restore: Sampler
  let finalization: Sampler
  let checkpoint: Sampler
  let upload: Sampler
  let detection: Sampler
  /// Whether an interruption may go unnoticed at all. Kept, because comparing laws in the loop would allocate.
  let detectionTakesTime: Bool
  let stepLaw: Sampler?
  /// Relative standard deviation of one step around the pod's mean; of the law, where there is one.
  let stepCV: Double
  /// Steps of any law but a normal or constant one are summed chunk by chunk; see ``chunk(_:steps:)``.
  let kinds: [CompiledKind]
  let interruptions: ByPricing<HazardSampler>
  let answerDelay: Sampler?
  /// Nanodollars an hour.
  let hourlyRate: ByPricing<Int64>
  let mixCumulative: [Double]

  /// - Parameter kinds: the kinds of job that may occur: the world's own mix first, then whatever else is submitted.
  init(_ p: WorldParameters, kinds: [JobKind]) {
    parameters = p
    provisioning = ByPricing(spot: Sampler(p.provisioning.spot), onDemand: Sampler(p.provisioning.onDemand))
    boot = Sampler(p.boot)
    preprocessing = Sampler(p.preprocessing)
    modelLoading = Sampler(p.modelLoading)
    restore = Sampler(p.restore)
    finalization = Sampler(p.finalization)
    checkpoint = Sampler(p.checkpoint)
    upload = Sampler(p.checkpointUpload)
    detection = Sampler(p.detection)
    detectionTakesTime = p.detection != .constant(0)
    switch p.step.median {
    case .law(.normal(let mean, let sd)): (stepLaw, stepCV) = (nil, mean > 0 ? sd / mean : 0)
    case .law(.constant), .seconds, .regression: (stepLaw, stepCV) = (nil, p.step.withinCV)
    case .law(let law): (stepLaw, stepCV) = (Sampler(law), p.step.withinCV)
    }
    interruptions = ByPricing(
      spot: HazardSampler(p.interruptions.spot), onDemand: HazardSampler(p.interruptions.onDemand))
    answerDelay = p.answerDelay.map { Sampler($0) }
    hourlyRate = ByPricing(
      spot: Int64((p.hourlyRate.spot * 1e9).rounded()), onDemand: Int64((p.hourlyRate.onDemand * 1e9).rounded()))
    self.kinds = kinds.map { kind in
      let c = kind.configuration
      return CompiledKind(
        configuration: c, steps: Int32(clamping: c.steps), checkpointEvery: Int32(clamping: max(1, c.checkpointEvery)),
        secondsPerStep: p.step.median(for: c), crashRate: (p.crashesPerHour[c.preset] ?? 0) / 3600,
        outOfMemory: p.outOfMemory[c.preset] ?? 0)
    }
    var sum = 0.0
    mixCumulative = p.mix.map {
      sum += $0.weight
      return sum
    }
  }

  /// The index of the kind of the next job, by the weights of the mix.
  func kind(_ u: Double) -> Int {
    guard let total = mixCumulative.last else { return 0 }
    let target = u * total
    var low = 0
    var high = mixCumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if mixCumulative[middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension StepTime {
  /// Median seconds a step of a job with this configuration.
  public func median(for c: JobConfiguration) -> Double {
    switch median {
    case .seconds(let s): return s
    case .law(let law): return law.mean
    case .regression(let intercept, let perToken, let perRank, let perBatch):
      return exp(
        intercept + perToken * log(max(1, c.tokensPerStep) / 1e4) + perRank * log(Double(max(1, c.rank)) / 16)
          + perBatch * log(Double(max(1, c.batchSize)) / 2))
    }
  }
}
