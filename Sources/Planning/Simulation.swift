import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// What happens in a scenario's world, over N replications.
public struct Simulation: Sendable {
  /// One metric over jobs, or over replications.
  public struct Metric: Sendable {
    public var key: String
    public var mean: Double
    /// Half of the 95 % interval of the mean: between replications, or from batch means of a single one.
    public var halfWidth: Double
    /// Over jobs; nil for what is measured of a replication.
    public var quantiles: [(String, Double)]?
  }

  public var scenario: String
  public var seed: UInt64
  public var replications: Int
  /// What came of the precision that was asked for: of the mean cost of a job, or of the wait in a plain queue.
  public var precision: Precision.Reached?
  public var jobs: Int
  public var events: Int
  public var metrics: [Metric]
  /// Jobs' costs, US dollars, for the histogram; ascending, thinned.
  public var monthly: SampleSummary?
  public var digest: ExperimentDigest
  public var outcomes: ContiguousArray<JobOutcome>
  public var trace: [(Instant, Event, UInt32)]
  /// What gates admission, nanodollars; nil: nothing.
  public var budgetLimit: Int64?
  public var isBalanced: Bool

  /// What is asked beyond the scenario file.
  public struct Request: Sendable {
    public var seed: UInt64?
    public var replications: Int?
    /// How exactly the main metric's mean is to be known; in place of ``replications``.
    public var precision: Precision?
    public var threads: Int
    public var keepsJobs: Bool
    public var traces: Bool
    /// The start of a scenario without a calendar month.
    public var start: Instant
    public init(
      seed: UInt64? = nil, replications: Int? = nil, threads: Int = 1, keepsJobs: Bool = false, traces: Bool = false,
      start: Instant = .zero
    ) {
      self.seed = seed
      self.replications = replications
      self.threads = threads
      self.keepsJobs = keepsJobs
      self.traces = traces
      self.start = start
    }
  }

  /// The experiment that a scenario describes, in the worlds of its model.
  public static func experiment(
    _ scenario: Scenario, source: ModelSource, request: Request
  ) throws -> Experiment {
    guard let calendar = CalendarMonths(timeZone: scenario.budget?.timeZone ?? "UTC") else {
      throw InputError(
        .badData, file: scenario.file, "there is no time zone '\(scenario.budget?.timeZone ?? "")'",
        hint: "use a name of the time zone database, such as Europe/Berlin")
    }
    var start = request.start
    let horizon: Experiment.Horizon
    switch scenario.horizon {
    case .month(let month):
      start = calendar.start(of: month)
      horizon = .until(calendar.start(of: calendar.month(after: month)))
    case .days(let days): horizon = .until(start + Span(seconds: days * 86_400))
    case .jobs(let n, let warmUp): horizon = .jobs(n, warmUp: warmUp)
    case nil: horizon = .drained
    }
    let both = source.worlds.map { scenario.worlds(over: $0) }
    let allOnDemand = (both.first?.spot.mix ?? []).allSatisfy { $0.configuration.pricing == .onDemand }
    var experiment = Experiment(
      worlds: both.map { allOnDemand && !$0.spot.mix.isEmpty ? $0.onDemand : $0.spot }, policies: scenario.policies,
      start: start, horizon: horizon, seed: request.seed ?? scenario.seed,
      replications: request.replications ?? scenario.replications ?? 100)
    if scenario.differsByPricing { experiment.onDemandWorlds = both.map(\.onDemand) }
    experiment.keepsJobs = request.keepsJobs
    experiment.traces = request.traces
    // Jobs at stated times are certain; a trace names each one's own kind.
    if case .times(let offsets) = experiment.worlds.first?.arrivals {
      let traced = !scenario.trace.isEmpty && scenario.jobs.isEmpty && scenario.service == nil
      experiment.submissions = offsets.enumerated().map { i, offset in
        // In a calendar month a trace's jobs come at their own times.
        var at = start + Span(seconds: offset)
        if case .month = scenario.horizon, i < scenario.trace.count, let own = scenario.trace[i].submitted { at = own }
        return .init(at: at, kind: traced ? i : 0)
      }.sorted { $0.at < $1.at }
    }
    if scenario.policies.budgetLimit != nil, scenario.policies.budgetPeriod == .calendar {
      let first = calendar.month(of: start)
      experiment.fleet.budget.boundaries = ContiguousArray(
        (1...600).map { calendar.start(of: calendar.month(after: first, by: $0)) })
    }
    if case .drained = horizon, endless(experiment) {
      throw InputError(
        .badData, file: scenario.file, "jobs arrive for ever and the scenario has no horizon",
        hint: "add 'horizon: {days: 30}', {month: 2026-12} or {jobs: 10000}")
    }
    guard both.allSatisfy({ !$0.spot.mix.isEmpty || $0.spot.arrivals == .none }) else {
      throw InputError(
        .badData, file: scenario.file, "there are no jobs to simulate: neither the scenario nor the model names any",
        hint: "add 'jobs:' to the scenario, or give a model whose mix is not empty")
    }
    guard experiment.worlds.contains(where: { hasArrivals($0) }) else {
      throw InputError(
        .badData, file: scenario.file, "no job ever arrives: neither the scenario nor a model says when",
        hint: "add for example 'arrivals: {poisson: {per_day: 1.2}}' or {times: [0h]}")
    }
    return experiment
  }

  private static func hasArrivals(_ world: WorldParameters) -> Bool {
    switch world.arrivals {
    case .none: false
    case .times(let times): !times.isEmpty
    case .poisson, .hourly, .every: true
    }
  }

  private static func endless(_ experiment: Experiment) -> Bool {
    switch experiment.worlds.first?.arrivals {
    case .poisson, .hourly, .every: true
    default: false
    }
  }

  /// Runs the scenario. With a budget, each kind of job first gets the reservation that admission would set aside.
  public static func run(
    _ scenario: Scenario, source: ModelSource, request: Request
  ) async throws -> Simulation {
    var experiment = try experiment(scenario, source: source, request: request)
    try await reserve(&experiment, source: source, threads: request.threads)
    let fold = Fold.taking(experiment)
    let main = scenario.service == nil ? JobMetric.cost : .wait
    let (whole, reached) = try await experiment.run(
      threads: request.threads, precision: request.precision, metric: main.key, into: Fold(), fold: fold
    ) { whole, part in
      whole.merge(part)
    } mean: {
      RunningMean($0.perReplication[main.rawValue])
    }
    try whole.checkMoney(file: scenario.file)
    if let reached { experiment.replications = reached.replications }
    var simulation = Simulation(Identity(scenario, experiment), whole)
    simulation.precision = reached
    return simulation
  }

  /// Under a budget, gives each kind of job the reservation that admission would set aside.
  static func reserve(_ experiment: inout Experiment, source: ModelSource, threads: Int) async throws {
    guard experiment.policies.budgetLimit != nil else { return }
    for kind in experiment.kinds {
      let estimate = try await Estimate.run(
        kind.configuration, source: ModelSource(worlds: experiment.worlds, jobs: source.jobs, name: source.name),
        policies: experiment.policies, start: experiment.start, replications: 400, seed: experiment.seed,
        threads: threads)
      experiment.reservations.append(estimate.reservation())
    }
  }

  init(_ identity: Identity, _ fold: Fold) {
    scenario = identity.scenario
    seed = identity.seed
    replications = identity.replications
    budgetLimit = identity.budgetLimit
    jobs = fold.jobs
    events = fold.events
    digest = fold.digest
    outcomes = fold.outcomes
    trace = fold.trace
    isBalanced = fold.isBalanced
    monthly = identity.spansItsPeriod ? SampleSummary(fold.spent) : nil
    var metrics: [Metric] = []
    let single = identity.replications == 1
    let percents = [10, 50, 90, 99]
    for metric in JobMetric.allCases {
      let m = metric.rawValue
      let between = fold.perReplication[m]
      // One replication says nothing of the spread of its mean, unless it is long enough for batch means; nothing has no mean.
      let half =
        single
        ? (m < fold.batchHalfWidths.count ? fold.batchHalfWidths[m] : .nan)
        : between.count > 0 ? between.halfWidth95 : .nan
      let some = fold.overall[m].count > 0
      // All at once: each call sorts what is still exact.
      let sorted = fold.quantiles[m].quantiles(percents.map { Double($0) / 100 })
      metrics.append(
        Metric(
          key: metric.key, mean: some ? fold.overall[m].mean : .nan, halfWidth: half,
          quantiles: zip(percents, sorted).map { ("p\($0)", some ? $1 : .nan) }))
    }
    func over(_ key: String, _ tally: Tally) {
      metrics.append(
        Metric(key: key, mean: tally.mean, halfWidth: single ? .nan : tally.halfWidth95, quantiles: nil))
    }
    over("utilization", fold.utilization)
    over("p_wait", fold.waiting)
    over("queue_length", fold.queue)
    over("p_completed", fold.completed)
    if fold.refused.mean > 0 { over("p_blocked", fold.refused) }
    for failure in Failure.allCases where failure != .none {
      over("p_failed.\(failure.key)", fold.failed[Int(failure.rawValue)])
    }
    self.metrics = metrics
  }
}

extension Failure {
  /// The word for it in the history schema and in JSON.
  public var key: String {
    switch self {
    case .none: "none"
    case .outOfMemory: "out_of_memory"
    case .datasetFormat: "dataset_format"
    case .timeout: "timeout"
    case .provisioning: "provisioning"
    case .recoveryExhausted: "recovery_exhausted"
    case .workerCrash: "worker_crash"
    case .costCap: "cost_cap"
    case .other: "other"
    }
  }
}

extension Simulation {
  /// What an answer says of its question.
  struct Identity: Hashable, Sendable, Codable {
    var scenario: String
    var seed: UInt64
    var replications: Int
    var budgetLimit: Int64?
    /// Whether what is spent by the end is what the budget's limit is for: one calendar month.
    var spansItsPeriod = false

    init(_ scenario: Scenario, _ experiment: Experiment) {
      self.scenario = scenario.name
      seed = experiment.seed
      replications = experiment.replications
      budgetLimit = scenario.policies.budgetLimit
      if case .month = scenario.horizon, scenario.policies.budgetPeriod == .calendar { spansItsPeriod = true }
    }
  }
}
