import DiscreteEvent
import Engine

/// When a pod's life is cut short. Ages and hours in seconds and hours as named; the clock of the age starts at the grant.
public enum Hazard: Hashable, Sendable, Codable {
  case never
  /// A lifetime in seconds.
  case lifetime(Law)
  /// Rate an hour by hour of the day (24), in the time zone whose offset from UTC is given in seconds.
  case byHour(ratesPerHour: [Double], utcOffset: Int)
  /// Rate an hour = `ratesPerHour[age segment] × hourFactors[hour of day]`; ages in hours, as in ``Law/piecewiseExponential(breaks:rates:)``.
  case byAgeAndHour(breaksHours: [Double], ratesPerHour: [Double], hourFactors: [Double], utcOffset: Int)
  /// Interruptions at these instants since the start of the simulation (seconds), for whatever runs then.
  case trace([Double])
}

/// Whether an attempt to get a pod succeeds.
public struct Availability: Hashable, Sendable, Codable {
  /// Probability that a first attempt succeeds.
  public var success: Double
  /// Availability comes in spells: after a failure, a retry `dt` later succeeds with `success × (1 - exp(-rate × dt))`.
  /// nil: attempts are independent. Unit: per hour.
  public var recoveryRatePerHour: Double?
  public init(success: Double, recoveryRatePerHour: Double? = nil) {
    self.success = success
    self.recoveryRatePerHour = recoveryRatePerHour
  }
}

/// How long an optimizer step takes.
public struct StepTime: Hashable, Sendable, Codable {
  /// What the middle of a step's time depends on.
  public enum Median: Hashable, Sendable, Codable {
    /// Seconds, whatever the configuration.
    case seconds(Double)
    /// `log(seconds) = intercept + perLogToken·log(tokens a step/10⁴) + perLogRank·log(rank/16) + perLogBatch·log(batch/2)`
    case regression(intercept: Double, perLogToken: Double, perLogRank: Double, perLogBatch: Double)
    /// Independent from step to step with this law (seconds).
    case law(Law)
  }
  public var median: Median
  /// Coefficient of variation from step to step within a pod.
  public var withinCV: Double
  /// Standard deviations of the log of the step time between pods of a job, and between jobs.
  public var podSD: Double
  public var jobSD: Double
  /// What the regression misses of the log of the step time, by kind of configuration; empty where nothing is known of it.
  public var deviations: [ConfigurationClass: Double] = [:]
  /// The same for a kind of configuration that is not among ``deviations``.
  public var otherDeviation = 0.0
  public init(median: Median, withinCV: Double = 0, podSD: Double = 0, jobSD: Double = 0) {
    self.median = median
    self.withinCV = withinCV
    self.podSD = podSD
    self.jobSD = jobSD
  }
}

/// When jobs are submitted.
public enum Arrivals: Hashable, Sendable, Codable {
  case none
  case poisson(perDay: Double)
  /// Poisson with 168 weights by hour of the week (Monday 00:00 UTC first), `perDay` on average.
  case hourly(perDay: Double, weights: [Double])
  case every(seconds: Double)
  /// Seconds since the start.
  case times([Double])
}

/// One kind of job that may arrive.
public struct JobKind: Hashable, Sendable, Codable {
  public var weight: Double
  public var configuration: JobConfiguration
  /// Relative weight of shares in reports; empty where unknown.
  public var client: String
  public init(weight: Double, configuration: JobConfiguration, client: String = "") {
    self.weight = weight
    self.configuration = configuration
    self.client = client
  }
}

/// Everything the simulated world draws from. One value is one possible truth; a ``Model`` draws many.
public struct WorldParameters: Hashable, Sendable, Codable {
  /// Request → grant when a pod is to be had, in seconds: neither billed nor interruptible.
  public var provisioning: ByPricing<Law>
  public var availability: ByPricing<Availability>
  /// Billed stages, in seconds.
  public var boot: Law
  public var preprocessing: Law
  public var modelLoading: Law
  public var restore: Law
  public var finalization: Law
  /// Seconds of a forward pass that answers a suite (``JobConfiguration/suitePasses``): the same for every job of one world.
  public var suitePass: Double
  /// Blocking part of a checkpoint, and how long after it the checkpoint is durable; one draw a lease each.
  public var checkpoint: Law
  public var checkpointUpload: Law
  public var step: StepTime
  public var interruptions: ByPricing<Hazard>
  /// How long an interruption goes unnoticed.
  public var detection: Law
  public var detectionIsBilled: Bool
  /// Crashes an hour of leased time, by preset (a missing preset: none).
  public var crashesPerHour: [Preset: Double]
  /// Cancellations by a person, an hour of leased time.
  public var cancellationsPerHour: Double
  /// Probability that training runs out of memory at its first step, by preset.
  public var outOfMemory: [Preset: Double]
  /// What multiplies the two for one kind of configuration; 1 where it is not named.
  public var crashRisks: [FailureClass: Double]
  public var memoryRisks: [FailureClass: Double]
  /// How long a question waits for its answer; nil: unanswered.
  public var answerDelay: Law?
  public var answer: Fallback
  public var arrivals: Arrivals
  public var mix: [JobKind]
  /// US dollars an hour.
  public var hourlyRate: ByPricing<Double>

  /// A world in which nothing takes time and nothing goes wrong: what a scenario starts from when it names no model.
  public init() {
    provisioning = ByPricing(.constant(0))
    availability = ByPricing(Availability(success: 1))
    boot = .constant(0)
    preprocessing = .constant(0)
    modelLoading = .constant(0)
    restore = .constant(0)
    finalization = .constant(0)
    suitePass = 0
    checkpoint = .constant(0)
    checkpointUpload = .constant(0)
    step = StepTime(median: .seconds(0))
    interruptions = ByPricing(.never)
    detection = .constant(0)
    detectionIsBilled = false
    crashesPerHour = [:]
    cancellationsPerHour = 0
    outOfMemory = [:]
    crashRisks = [:]
    memoryRisks = [:]
    answerDelay = nil
    answer = .onDemand
    arrivals = .none
    mix = []
    hourlyRate = ByPricing(spot: 2.49, onDemand: 7.99)
  }
}
