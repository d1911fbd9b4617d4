import Engine

extension Priors {
  /// The priors that this program was built with: calibration/priors.json, and where that is silent a stated judgement.
  public static func shipped() throws -> Priors { try Priors(PriorFigures.shipped()) }

  /// Reads the figures by name.
  ///
  /// - Throws: ``PriorsError`` when a figure is missing or lacks its spread.
  public init(_ figures: PriorFigures) throws(PriorsError) {
    let read = Reader(figures: figures.figures)
    stepIntercept = try read.normal("step_intercept")
    stepPerLogToken = try read.normal("step_per_log_token")
    stepPerLogRank = try read.normal("step_per_log_rank")
    stepPerLogBatch = try read.normal("step_per_log_batch")
    // MLPerf's runs on one system differ tenfold less than its systems do; a rented pod is something in between.
    stepPodSD = try read.positive("step_log_sd_between_systems", logSD: 0.6)
    stepJobSD = try read.positive("step_log_sd_between_systems", logSD: 0.6)
    stepWithinCV = try read.positive("step_log_sd_within_step", logSD: 1)
    provisioning = ByPricing(try read.duration("provisioning_seconds"))
    availability = ByPricing(
      spot: try read.probability("spot_availability"), onDemand: try read.probability("on_demand_availability"))
    recovery = ByPricing(try read.positive("availability_recovery_per_hour"))
    boot = try read.duration("boot_seconds")
    preprocessing = try read.duration("preprocessing_seconds")
    modelLoading = try read.duration("model_loading_seconds")
    restore = try read.duration("restore_seconds")
    finalization = try read.duration("finalization_seconds")
    suitePass = try read.duration("suite_pass_seconds")
    checkpoint = try read.duration("checkpoint_blocking_seconds")
    checkpointUpload = try read.duration("checkpoint_upload_seconds")
    detection = try read.duration("detection_seconds")
    // The five sources span 10⁴; nearly all of it is AWS's monthly shares, which leave out what lived for hours.
    spotInterruptions = try read.positive("spot_interruptions_per_hour", logSDAtMost: 1.5)
    let factors = try read.factors("spot_interruption_age_factors")
    (ageBreaksHours, ageFactors) = factors
    // A count of dead GPUs says little of maintenance and balances: two orders of magnitude either way.
    onDemandInterruptions = try read.positive("on_demand_interruptions_per_hour", logSD: 2.3)
    crashes = ByPreset(try read.count("crashes_per_hour_balanced"))
    crashes.conservative = try read.count("crashes_per_hour_conservative")
    crashes.aggressive = try read.count("crashes_per_hour_aggressive")
    cancellations = try read.count("cancellations_per_hour")
    outOfMemory = ByPreset(try read.probability("out_of_memory_beyond_the_model"))
    arrivals = try read.count("jobs_per_day")
    arrivals.exposure /= 24
    hourlyRate = ByPricing(spot: try read.rate("hourly_rate_spot"), onDemand: try read.rate("hourly_rate_on_demand"))
  }
}

extension ByPreset {
  init(_ all: Value) { self.init(each: { _ in all }) }
}

/// Why figures are no priors.
public enum PriorsError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(String)
  case incomplete(String, field: String)

  public var description: String {
    switch self {
    case .missing(let name): "the prior \(name) is missing"
    case .incomplete(let name, let field): "the prior \(name) has no \(field)"
    }
  }
}

extension Priors {
  /// Looks figures up by name and turns them into laws.
  private struct Reader {
    var figures: [String: PriorFigure]

    func figure(_ name: String) throws(PriorsError) -> (figure: PriorFigure, number: Double, source: Source) {
      guard let figure = figures[name] else { throw .missing(name) }
      guard let number = figure.number else { throw .incomplete(name, field: "value") }
      return (figure, number, Source(figure.source, weak: figure.weak))
    }

    func normal(_ name: String) throws(PriorsError) -> Normal {
      let (figure, number, source) = try figure(name)
      guard let sd = figure.sd else { throw .incomplete(name, field: "sd") }
      return Normal(mean: number, sd: sd, source: source)
    }

    func positive(_ name: String, logSD: Double? = nil, logSDAtMost: Double = .infinity) throws(PriorsError) -> Positive
    {
      let (figure, number, source) = try figure(name)
      guard let sd = logSD ?? figure.logSDNumber else { throw .incomplete(name, field: "log_sd") }
      return Positive(median: number, logSD: min(sd, logSDAtMost), source: source)
    }

    func duration(_ name: String) throws(PriorsError) -> Duration {
      let median = try positive(name)
      guard let sigma = figures[name]?.sigma else { throw .incomplete(name, field: "sigma") }
      // Nobody measured how sure the spread is: within a factor of two and a half, nineteen times in twenty.
      return Duration(median: median, sigma: Positive(median: sigma, logSD: 0.45, source: median.source))
    }

    func probability(_ name: String) throws(PriorsError) -> Probability {
      let (figure, number, source) = try figure(name)
      guard let n = figure.equivalentN else { throw .incomplete(name, field: "equivalent_n") }
      return Probability(successes: number * n, failures: (1 - number) * n, source: source)
    }

    func count(_ name: String) throws(PriorsError) -> Count {
      let (figure, _, source) = try figure(name)
      guard let shape = figure.gammaShape, let hours = figure.gammaExposureHours else {
        throw .incomplete(name, field: "gamma_shape")
      }
      return Count(shape: shape, exposure: hours, source: source)
    }

    func rate(_ name: String) throws(PriorsError) -> Normal {
      let (_, number, source) = try figure(name)
      return Normal(mean: number, sd: 0, source: source)
    }

    func factors(_ name: String) throws(PriorsError) -> ([Double], [Positive]) {
      guard let figure = figures[name] else { throw .missing(name) }
      guard case .numbers(let values) = figure.value, let breaks = figure.breaksHours,
        case .numbers(let sds)? = figure.logSD, values.count == breaks.count + 1, sds.count == values.count
      else { throw .incomplete(name, field: "breaks_hours") }
      let source = Source(figure.source, weak: figure.weak)
      return (breaks, zip(values, sds).map { Positive(median: $0, logSD: $1, source: source) })
    }
  }
}

extension PriorFigure {
  /// ``logSD`` where it is one number.
  fileprivate var logSDNumber: Double? {
    if case .number(let number)? = logSD { number } else { nil }
  }
}
