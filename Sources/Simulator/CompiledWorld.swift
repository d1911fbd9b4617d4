import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What random numbers are for; part of each stream's key. A number is never reused for another purpose.
enum Purpose {
  /// What is special about a job: its pace, whether it runs out of memory.
  static let job: UInt16 = 1
  /// Everything on one lease but its checkpoints: a pair of numbers for each ``LeaseDraw``.
  static let lease: UInt16 = 2
  /// Which kind of job arrives, and when the next one does.
  static let arrival: UInt16 = 7
  /// + 16 × the number of the request under its lease number.
  static let provisioning: UInt16 = 6
  /// + 16 × the number of the request under its lease number.
  static let answer: UInt16 = 9
  /// Where within training a checkpoint falls; a pair of numbers for each step.
  static let chunk: UInt16 = 10
  static let detection: UInt16 = 11
}

/// The pairs of random numbers of ``Purpose/lease``.
enum LeaseDraw {
  /// The time to the interruption; to the crash.
  static let end: UInt64 = 0
  /// Preprocessing and model loading.
  static let loading: UInt64 = 1
  /// Training up to the last checkpoint, and from there.
  static let training: UInt64 = 2
  /// Boot and restore.
  static let restore: UInt64 = 3
  /// Finalization, and the blocking part of a checkpoint.
  static let finalization: UInt64 = 4
  /// A checkpoint's upload, and the pod's own pace.
  static let pod: UInt64 = 5
  /// The time to a cancellation.
  static let cancellation: UInt64 = 6
}

/// One kind of job in one world, ready for the loop.
struct CompiledKind: Sendable, BitwiseCopyable {
  var pricing: Pricing
  var steps: Int32
  var checkpointEvery: Int32
  /// Median seconds a step, before what differs between jobs and pods.
  var secondsPerStep: Double
  /// A second.
  var crashRate: Double
  var outOfMemory: Double
}

/// A law that every lease is drawn from.
enum StageLaw: UInt8, CaseIterable { case boot, preprocessing, modelLoading, restore, finalization, checkpoint, upload }

/// The laws that every lease is drawn from, as far as they need no table.
struct QuickLaws: Sendable, BitwiseCopyable {
  let provisioning: ByPricing<QuickSampler>
  let boot: QuickSampler
  let preprocessing: QuickSampler
  let modelLoading: QuickSampler
  let restore: QuickSampler
  let finalization: QuickSampler
  let checkpoint: QuickSampler
  let upload: QuickSampler
}

/// One ``WorldParameters`` compiled: samplers instead of laws, rates in seconds.
///
/// A class, so that handing it around in the loop costs one reference count instead of one for each of its samplers.
final class CompiledWorld: Sendable {
  let parameters: WorldParameters
  let provisioning: ByPricing<Sampler>
  /// By ``StageLaw``.
  private let samplers: [Sampler]
  let detection: Sampler
  /// Whether an interruption may go unnoticed at all. Kept, because comparing laws in the loop would allocate.
  let detectionTakesTime: Bool
  /// The law of a step that is neither normal nor constant.
  let stepLaw: Sampler?
  /// Relative standard deviation of one step around the pod's mean.
  let stepCV: Double
  /// Which pairs of a lease's random numbers are of no use, because nothing that they are for varies.
  let restoreVaries: Bool
  let finalizationVaries: Bool
  let podVaries: Bool
  /// Whether what is special about a job has to be drawn.
  let jobVaries: Bool
  let cancellationRate: Double
  let success: ByPricing<Double>
  let recoveryRatePerHour: ByPricing<Double?>
  let arrivals: CompiledArrivals
  let normal = NormalTable.shared
  let exponential = ExponentialTable.shared
  let power = PowerTable.shared
  /// The samplers above and below without memory of their own.
  let quick: QuickLaws
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
    samplers = StageLaw.allCases.map { law in
      switch law {
      case .boot: Sampler(p.boot)
      case .preprocessing: Sampler(p.preprocessing)
      case .modelLoading: Sampler(p.modelLoading)
      case .restore: Sampler(p.restore)
      case .finalization: Sampler(p.finalization)
      case .checkpoint: Sampler(p.checkpoint)
      case .upload: Sampler(p.checkpointUpload)
      }
    }
    detection = Sampler(p.detection)
    detectionTakesTime = p.detection != .constant(0)
    switch p.step.median {
    case .law(.normal(let mean, let sd)): (stepLaw, stepCV) = (nil, mean > 0 ? sd / mean : 0)
    case .law(.constant), .seconds, .regression: (stepLaw, stepCV) = (nil, p.step.withinCV)
    case .law(let law): (stepLaw, stepCV) = (Sampler(law), p.step.withinCV)
    }
    restoreVaries = !p.boot.isConstant || !p.restore.isConstant
    finalizationVaries = !p.finalization.isConstant || !p.checkpoint.isConstant
    podVaries = !p.checkpointUpload.isConstant || p.step.podSD > 0
    jobVaries = p.step.jobSD > 0
    cancellationRate = p.cancellationsPerHour / 3600
    success = ByPricing(spot: p.availability.spot.success, onDemand: p.availability.onDemand.success)
    recoveryRatePerHour = ByPricing(
      spot: p.availability.spot.recoveryRatePerHour, onDemand: p.availability.onDemand.recoveryRatePerHour)
    arrivals = CompiledArrivals(p.arrivals)
    interruptions = ByPricing(
      spot: HazardSampler(p.interruptions.spot), onDemand: HazardSampler(p.interruptions.onDemand))
    answerDelay = p.answerDelay.map { Sampler($0) }
    hourlyRate = ByPricing(
      spot: Int64((p.hourlyRate.spot * 1e9).rounded()), onDemand: Int64((p.hourlyRate.onDemand * 1e9).rounded()))
    let quick = samplers.map(\.quick)
    self.quick = QuickLaws(
      provisioning: ByPricing(spot: provisioning.spot.quick, onDemand: provisioning.onDemand.quick),
      boot: quick[0], preprocessing: quick[1], modelLoading: quick[2], restore: quick[3], finalization: quick[4],
      checkpoint: quick[5], upload: quick[6])
    self.kinds = kinds.map { kind in
      let c = kind.configuration
      return CompiledKind(
        pricing: c.pricing, steps: Int32(clamping: c.steps),
        checkpointEvery: Int32(clamping: max(1, c.checkpointEvery)),
        secondsPerStep: p.step.median(for: c), crashRate: (p.crashesPerHour[c.preset] ?? 0) / 3600,
        outOfMemory: p.outOfMemory[c.preset] ?? 0)
    }
    var sum = 0.0
    mixCumulative = p.mix.map {
      sum += $0.weight
      return sum
    }
  }

  /// A quantile of a law that needs memory of its own.
  @inline(never)
  func slow(_ law: StageLaw, _ u: Double) -> Double { samplers[Int(law.rawValue)].quantile(u) }

  /// When a stage ends that began at `from` and has not ended by `now`.
  @inline(never)
  func late(_ law: StageLaw, _ u: Double, from: Instant, _ now: Instant) -> Instant {
    let sampler = samplers[Int(law.rawValue)]
    let reached = sampler.law.cdf((now - from).seconds)
    let p = min(reached + u * (1 - reached), 0x1.fffffffffffffp-1)
    return max(now, from + Span(seconds: max(0, sampler.quantile(p))))
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

extension Law {
  var isConstant: Bool { if case .constant = self { true } else { false } }
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
