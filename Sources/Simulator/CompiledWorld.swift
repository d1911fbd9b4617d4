import Calibration
import DiscreteEvent
import Engine

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

/// A law that every lease is drawn from.
enum StageLaw { case boot, preprocessing, modelLoading, restore, finalization, checkpoint, upload }

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
  // By name, not in an array, out of which a sampler is copied, references and all, whenever it is asked.
  private let boot: Sampler
  private let preprocessing: Sampler
  private let modelLoading: Sampler
  private let restore: Sampler
  private let finalization: Sampler
  private let checkpoint: Sampler
  private let upload: Sampler
  let detection: Sampler
  /// Whether an interruption may go unnoticed at all. Kept, because comparing laws in the loop would allocate.
  let detectionTakesTime: Bool
  /// The law of a step that is neither normal nor constant.
  let stepLaw: Sampler?
  let hasStepLaw: Bool
  /// The sum of n steps is a gamma variable of n times this shape, where it is one: exponential, Erlang and gamma steps.
  let stepGamma: (shape: Double, scale: Double)?
  /// Up to so many steps of ``stepLaw`` each is drawn on its own; the sum of more is taken as normal.
  let stepLimit: Int
  /// Relative standard deviation of one step around the pod's mean.
  let stepCV: Double
  /// Which pairs of a lease's random numbers are of no use, because nothing that they are for varies.
  let restoreVaries: Bool
  let finalizationVaries: Bool
  let podVaries: Bool
  /// Whether what is special about a job has to be drawn.
  let jobVaries: Bool
  let cancellationRate: Double
  /// Seconds of a forward pass that answers a suite.
  let suitePass: Double
  let success: ByPricing<Double>
  let recoveryRatePerHour: ByPricing<Double?>
  let arrivals: CompiledArrivals
  let normal = NormalTable.shared
  let exponential = ExponentialTable.shared
  let power = PowerTable.shared
  /// The samplers above and below without memory of their own.
  let quick: QuickLaws
  let kinds: [CompiledKind]
  /// Median seconds a step by kind, before what differs between jobs and pods.
  let paces: [Double]
  /// Crashes a second, and the probability of running out of memory, by ``CompiledKinds/failureClasses``.
  let crashRates: [Double]
  let outOfMemory: [Double]
  private let interruptions: ByPricing<HazardSampler>
  /// The interruptions' rate a second where it never changes, 0 where it does.
  private let interruptionRate: ByPricing<Double>
  /// The mean time between the jobs of a Poisson process, in seconds; 0 of any other.
  private let poissonGap: Double
  let answerDelay: Sampler?
  /// Nanodollars an hour.
  let hourlyRate: ByPricing<Int64>
  let mix: CompiledMix

  /// - Parameter kinds: the kinds of job that may occur: the world's own mix first, then whatever else is submitted.
  init(_ p: WorldParameters, _ kinds: CompiledKinds, _ mix: CompiledMix) {
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
    hasStepLaw = stepLaw != nil
    stepGamma = stepLaw?.law.gammaForm
    stepLimit = stepGamma == nil ? stepLaw.map { $0.stepLimit } ?? 0 : 20
    restoreVaries = !p.boot.isConstant || !p.restore.isConstant
    finalizationVaries = !p.finalization.isConstant || !p.checkpoint.isConstant
    podVaries = !p.checkpointUpload.isConstant || p.step.podSD > 0
    jobVaries = p.step.jobSD > 0
    cancellationRate = p.cancellationsPerHour / 3600
    suitePass = p.suitePass
    success = ByPricing(spot: p.availability.spot.success, onDemand: p.availability.onDemand.success)
    recoveryRatePerHour = ByPricing(
      spot: p.availability.spot.recoveryRatePerHour, onDemand: p.availability.onDemand.recoveryRatePerHour)
    arrivals = CompiledArrivals(p.arrivals)
    poissonGap = arrivals.poissonGap
    interruptions = ByPricing(
      spot: HazardSampler(p.interruptions.spot), onDemand: HazardSampler(p.interruptions.onDemand))
    interruptionRate = ByPricing(
      spot: interruptions.spot.constantRate, onDemand: interruptions.onDemand.constantRate)
    answerDelay = p.answerDelay.map { Sampler($0) }
    hourlyRate = ByPricing(
      spot: Int64(nanodollars: p.hourlyRate.spot), onDemand: Int64(nanodollars: p.hourlyRate.onDemand))
    quick = QuickLaws(
      provisioning: ByPricing(spot: provisioning.spot.quick, onDemand: provisioning.onDemand.quick),
      boot: boot.quick, preprocessing: preprocessing.quick, modelLoading: modelLoading.quick, restore: restore.quick,
      finalization: finalization.quick, checkpoint: checkpoint.quick, upload: upload.quick)
    self.kinds = kinds.kinds
    self.mix = mix
    paces = kinds.features.map { p.step.median($0) }
    crashRates = kinds.failureClasses.map { (p.crashesPerHour[$0.preset] ?? 0) / 3600 * (p.crashRisks[$0] ?? 1) }
    outOfMemory = kinds.failureClasses.map { min(1, (p.outOfMemory[$0.preset] ?? 0) * (p.memoryRisks[$0] ?? 1)) }
  }

  /// A quantile of a law that needs memory of its own.
  @inline(never)
  func slow(_ law: StageLaw, _ u: Double) -> Double {
    switch law {
    case .boot: boot.quantile(u)
    case .preprocessing: preprocessing.quantile(u)
    case .modelLoading: modelLoading.quantile(u)
    case .restore: restore.quantile(u)
    case .finalization: finalization.quantile(u)
    case .checkpoint: checkpoint.quantile(u)
    case .upload: upload.quantile(u)
    }
  }

  /// When a stage ends that began at `from` and has not ended by `now`.
  @inline(never)
  func late(_ law: StageLaw, _ u: Double, from: Instant, _ now: Instant) -> Instant {
    let reached = distribution(law).cdf((now - from).seconds)
    let p = min(reached + u * (1 - reached), 0x1.fffffffffffffp-1)
    return max(now, from + Span(seconds: max(0, slow(law, p))))
  }

  private func distribution(_ law: StageLaw) -> Law {
    switch law {
    case .boot: boot.law
    case .preprocessing: preprocessing.law
    case .modelLoading: modelLoading.law
    case .restore: restore.law
    case .finalization: finalization.law
    case .checkpoint: checkpoint.law
    case .upload: upload.law
    }
  }

  /// The age in seconds at which a pod is taken back, see ``HazardSampler/age(granted:alive:start:before:_:)``.
  @inline(__always)
  func interruption(
    _ pricing: Pricing, granted: Instant, alive: Double, start: Instant, before horizon: Double, _ u: Double
  ) -> Double {
    let rate = interruptionRate[pricing]
    if rate > 0 { return alive + exponential.minusLog(u) / rate }
    return (pricing == .spot ? interruptions.spot : interruptions.onDemand)
      .age(granted: granted, alive: alive, start: start, before: horizon, u)
  }

  /// When the job after one at `from` comes, by the uniform number `u`; nil: never.
  @inline(__always)
  func nextArrival(after from: Instant, _ u: Double) -> Instant? {
    if poissonGap > 0 { return from + Span(seconds: exponential.minusLog(u) * poissonGap) }
    return arrivals.next(after: from, u)
  }
}

extension Int64 {
  /// US dollars in nanodollars, to the nearest; what is beyond nine thousand million dollars, or no number, is the most there is.
  init(nanodollars dollars: Double) {
    let amount = (dollars * 1e9).rounded()
    self = abs(amount) < 9.2e18 ? Int64(amount) : amount < 0 ? -9_200_000_000_000_000_000 : 9_200_000_000_000_000_000
  }
}

extension Law {
  /// Shape and scale of a law whose sums are gamma variables.
  fileprivate var gammaForm: (shape: Double, scale: Double)? {
    switch self {
    case .exponential(let mean): (1, mean)
    case .erlang(let k, let mean): (Double(k), mean / Double(k))
    case .gamma(let shape, let scale): (shape, scale)
    default: nil
    }
  }

  var isConstant: Bool { if case .constant = self { true } else { false } }
}

extension Sampler {
  /// From how many draws on their sum may be taken as normal: where the first term that the central limit leaves out (Edgeworth's,
  /// skewness ÷ √n × (z² − 1) ÷ 6) is below 1 % of a standard deviation at the 99th percentile, and at 10,000 in any case.
  fileprivate var stepLimit: Int {
    let values = (0..<1024).map { quantile((Double($0) + 0.5) / 1024) }
    let mean = values.reduce(0, +) / 1024
    let (second, third) = values.reduce((0.0, 0.0)) { sums, x in
      let d = x - mean
      return (sums.0 + d * d / 1024, sums.1 + d * d * d / 1024)
    }
    guard second > 0 else { return 20 }
    let skewness = third / (second * second.squareRoot())
    return Int(min(10_000, max(20, 5_400 * skewness * skewness)))
  }
}
