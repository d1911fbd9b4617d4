import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// Which way to run a scenario's jobs meets deadline and budget at least cost.
public struct Plan: Sendable {
  /// What became of an option.
  public enum Verdict: Sendable, Hashable {
    case chosen
    /// Meets the constraints and costs more than the chosen one by less than counts.
    case tie
    /// Meets the constraints and costs more.
    case dearer
    /// Dearer than the chosen one before it was known whether it meets the constraints.
    case dismissed
    case tooLate
    case overBudget
    case tooLateAndOverBudget
  }

  /// One option as the answer shows it.
  public struct Choice: Sendable {
    public var option: PlanOption
    public var verdict: Verdict
    /// Steps between checkpoints by kind of job.
    public var checkpointEvery: [Int]
    /// Mean US dollars for everything that is submitted, and half of its 95 % interval.
    public var cost: Double
    public var costHalfWidth: Double
    /// Mean US dollars more than the chosen one, under the same luck; half of its 95 % interval.
    public var extra: Double
    public var extraHalfWidth: Double
    /// The share of jobs that are done in time; its complement are late or do not complete.
    public var pInTime: Double
    /// The share of jobs that are completed at all, in time or not.
    public var pCompleted: Double
    /// nil without a budget.
    public var pOverBudget: Double?
    /// Seconds within which a share of the question's `pDeadline` is done; infinite where fewer complete.
    public var doneWithin: Double
    /// The least budget that would not be passed with more than the allowed probability.
    public var budgetNeeded: Double
    /// The probability that it is the cheapest of those that meet the constraints, over the possible truths of the model; nil where
    /// there is one truth.
    public var pBest: Double?
    public var replications: Int
  }

  /// Chosen first, then ties, then what is dearer, then what does not meet the constraints; each by cost.
  public var choices: [Choice]
  /// Indices of the choices that nothing beats in both cost and time, by time.
  public var frontier: [Int]
  /// Without any choice that meets the constraints: why, and what would do.
  public var shortfall: Shortfall?
  /// The optimal checkpoint interval of each kind of job on spot; nil where nothing interrupts.
  public var advice: [CheckpointAdvice?]
  public var question: PlanQuestion
  /// The probability of a right choice that the procedure guarantees, and the difference in cost below which it does not care.
  public var confidence: Double
  public var indifference: Double
  /// Plans nearer than this share of the cost are a tie.
  public var tie: Double
  /// How many options the question has. Fewer ``choices``: the work that was allowed was done before the others were looked at.
  public var options: Int
  /// False: the cap on replications, or the end of the work that was allowed, came before the decision.
  public var isDecided: Bool
  /// Events simulated of all options together.
  public var events: Int
  public var seed: UInt64
  public var source: ModelSource
  public var digest: ExperimentDigest

  /// The recommended option.
  public var chosen: Choice? { choices.first.flatMap { $0.verdict == .chosen ? $0 : nil } }

  /// What is asked beyond the scenario file.
  public struct Request: Sendable {
    public var seed: UInt64?
    public var threads: Int
    /// At most so many replications of one option; at least 16 sweeps are made.
    public var cap = Precision.defaultCap
    /// No more is begun once so many events have been simulated of all options together: for who waits for the answer. Another count than
    /// the clock's, so that the same question has the same answer on a busy machine. nil: whatever the decision takes.
    public var work: Int?
    /// Plans nearer than this share of the cost are a tie.
    public var tie = 0.005
    /// Parameters are known: the choice is resolved to a tenth of the tie.
    public var isExact = false
    /// The start of a scenario without a calendar month.
    public var start: Instant
    public init(seed: UInt64? = nil, threads: Int = 1, start: Instant = .zero) {
      self.seed = seed
      self.threads = threads
      self.start = start
    }
  }

  /// Looks at every option of the scenario's `plan` section.
  /// - Throws: `InputError` when the scenario asks nothing, or too much.
  public static func run(_ scenario: Scenario, source: ModelSource, request: Request) async throws -> Plan {
    guard let question = scenario.plan else {
      throw InputError(
        .badData, file: scenario.file, "the scenario has no plan section to choose from",
        hint: "add for example 'plan: {deadline: 18h, pricing: [spot, on_demand], checkpoint_every: auto}'")
    }
    let workshop = PlanWorkshop(question, base: try await base(scenario, source: source, request: request))
    let options = question.options(
      kinds: workshop.base.kinds.count, optimum: workshop.advice.contains { $0 != nil })
    guard options.count <= PlanQuestion.most else {
      throw InputError(
        .badData, file: scenario.file, "plan describes more than \(PlanQuestion.most) options",
        hint: "leave out a choice, or give it fewer values")
    }
    let candidates = options.map { workshop.candidate($0) }
    let worlds = workshop.base.worlds.count
    let batch = worlds > 1 ? worlds : 64
    var selection = PlanSelection(
      plans: candidates.count, constraints: constraints(question),
      settings: PlanSelection.Settings(
        indifference: request.tie * (request.isExact ? 0.1 : 1),
        cap: max(request.cap, PlanSelection.firstBatches * batch), batch: batch, work: request.work))
    try await selection.run { i, sample, more in
      try await candidates[i].extend(&sample, by: more, threads: request.threads)
    }
    guard !selection.standings.contains(where: { Money.isPassed(by: $0.sample.costs) }) else {
      throw Money.error(
        "one of the futures costs", file: scenario.file, hint: "plan for fewer jobs, or a lower hourly rate")
    }
    return Plan(workshop, candidates, selection, tie: request.tie, source: source)
  }

  /// The scenario's own experiment, with the worlds of spot pods: which jobs are on spot is what is chosen.
  private static func base(
    _ scenario: Scenario, source: ModelSource, request: Request
  ) async throws -> Experiment {
    var experiment = try Simulation.experiment(
      scenario, source: source,
      request: Simulation.Request(
        seed: request.seed, replications: 1, threads: request.threads, start: request.start))
    experiment.worlds = source.worlds.map { scenario.worlds(over: $0).spot }
    // What admission sets aside for each kind, on spot and on demand.
    let kinds = experiment.kinds
    experiment.kinds = PlanWorkshop.both(kinds)
    try await Simulation.reserve(&experiment, source: source, threads: request.threads)
    experiment.kinds = kinds
    return experiment
  }

  private static func constraints(_ question: PlanQuestion) -> [PlanSelection.Constraint] {
    var constraints = [
      PlanSelection.Constraint(target: question.pDeadline) { ($0.inTime.reduce(0, +), $0.inTime.count) }
    ]
    if let budget = question.budget.map({ Double($0) / 1e9 }) {
      constraints.append(
        PlanSelection.Constraint(target: 1 - question.pOverBudget) { sample in
          (Double(sample.costs.count { $0 <= budget }), sample.costs.count)
        })
    }
    return constraints
  }
}
