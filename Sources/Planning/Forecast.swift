import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// What will this month (or the next ones) cost, and how sure is that.
public struct Forecast: Sendable {
  /// One calendar month of the forecast.
  public struct MonthEnd: Sendable {
    public var month: Scenario.Month
    /// US dollars spent in this month before the forecast was made.
    public var spent: Double
    /// Whether the month had ended when the forecast was made: nothing of it is simulated.
    public var isOver: Bool
    /// US dollars spent by its end.
    public var total: SampleSummary
    /// The same, future by future in their order: what a change is compared by.
    public var byReplication: [Double]
  }

  /// Accumulated spending of the main month at the end of a day.
  public struct Day: Sendable {
    public var date: String
    /// The day is over: all of them are what was spent.
    public var isPast: Bool
    public var p10: Double
    public var p50: Double
    public var p90: Double
    public var p95: Double
  }

  /// A job that was under way or waiting when the forecast was made.
  public struct ActiveJob: Sendable {
    public var id: String
    public var name: String
    public var phase: Phase
    /// US dollars so far, and by the end of the forecast.
    public var spent: Double
    public var final: SampleSummary
    /// Mean US dollars still to be spent on it, in the main month and those after it.
    public var toCome: Double
    /// Seconds from the forecast's instant to the job's end; infinite in a future in which it goes on beyond the forecast.
    public var remaining: SampleSummary
    /// Seconds to its slot, for a job that waits.
    public var wait: SampleSummary
    public var pricing: Pricing
  }

  public var asOf: Instant
  public var months: [MonthEnd]
  public var days: [Day]
  public var running: [ActiveJob]
  public var queued: [ActiveJob]
  /// Mean US dollars of the main month and those after it together by preset and by client ("" where none is named), largest first.
  public var byPreset: [(String, Double)]
  public var byClient: [(String, Double)]
  /// Mean number of jobs still to arrive in the main month and those after it, beside those that are sure to come.
  public var arrivals: Double
  /// How many jobs were said to be sure to come, and their mean US dollars in those months.
  public var additions: (count: Int, dollars: Double)
  /// The odds of the first month where counting futures says too little; see ``RareOverrun``.
  public var overrun: RareOverrun?
  public var replications: Int
  /// What came of the precision that was asked for, of the first month's mean.
  public var precision: Precision.Reached?
  public var source: ModelSource
  public var warnings: [String]
  public var digest: ExperimentDigest

  /// The odds that the first month passes `budget`: by ``overrun`` where that is known, else by counting.
  public func probability(over budget: Double) -> Double {
    overrun?.probability ?? months.first?.total.probability(above: budget) ?? 0
  }

  /// The month that is likeliest to pass `budget`, and its odds; the earlier of equals.
  public func worstMonth(for budget: Double) -> (month: Scenario.Month, odds: Double)? {
    var worst = months.first.map { ($0.month, probability(over: budget)) }
    for month in months.dropFirst() {
      let odds = month.total.probability(above: budget)
      if let known = worst, odds > known.1 { worst = (month.month, odds) }
    }
    return worst
  }

  struct Fold: Sendable {
    /// By mark, in nanodollars since the start.
    var marks: [[Double]]
    var finals: [[Double]]
    var ends: [[Double]]
    var waits: [[Double]]
    /// Nanodollars by kind, and by known job, from the main month on.
    var byKind: [Double]
    var toCome: [Double]
    var arrivals = 0
    /// Nanodollars of the jobs that are sure to come.
    var added = 0.0
    var runs = 0
    var digest = ExperimentDigest()
  }

  /// What the question is.
  public struct Request: Sendable {
    public var first: Scenario.Month
    public var count: Int
    public var asOf: Instant
    /// Further jobs that are certain to come: (instant, configuration).
    public var additions: [(Instant, JobConfiguration)]
    /// Ids of the jobs that wait, the first first, where that is known better than from the history, which does not say who was promoted.
    public var queue: [String] = []
    public var policies: Policies
    public var seed: UInt64
    public var replications: Int
    /// How exactly the mean of month `measured` is to be known; in place of ``replications``.
    public var precision: Precision?
    /// Which of the months is the main one, from 0: those before it are only lived through.
    public var measured = 0
    public var threads: Int
    public init(
      first: Scenario.Month, count: Int = 1, asOf: Instant, additions: [(Instant, JobConfiguration)] = [],
      policies: Policies, seed: UInt64 = 1, replications: Int = 4_000, threads: Int = 1
    ) {
      self.first = first
      self.count = count
      self.asOf = asOf
      self.additions = additions
      self.policies = policies
      self.seed = seed
      self.replications = replications
      self.threads = threads
    }
  }
}
