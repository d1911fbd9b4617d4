// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation

/// How long jobs wait for a slot, by how many come and how many may run at once.
public struct CapacityDocument: Codable, Sendable {
  public struct Load: Codable, Sendable {
    /// Times today's.
    public var factor: Double
    public var jobs_per_day: Double
    public init(factor: Double, jobs_per_day: Double) { (self.factor, self.jobs_per_day) = (factor, jobs_per_day) }
  }

  public struct Cell: Codable, Sendable {
    public var slots: Int
    /// Index into ``CapacityDocument/loads``.
    public var load: Int
    /// Seconds to the slot: the mean, half of its 95 % interval, and what nine jobs in ten wait at most.
    public var wait_mean_s, wait_half_width_95, wait_p90_s: Double
    /// The share of the slots that is taken.
    public var utilization: Double
    /// More work comes than the slots can do: the queue grows for as long as it goes on.
    public var is_overloaded: Bool

    public init(
      slots: Int, load: Int, wait_mean_s: Double, wait_half_width_95: Double, wait_p90_s: Double, utilization: Double,
      is_overloaded: Bool
    ) {
      (self.slots, self.load) = (slots, load)
      (self.wait_mean_s, self.wait_half_width_95, self.wait_p90_s) = (wait_mean_s, wait_half_width_95, wait_p90_s)
      (self.utilization, self.is_overloaded) = (utilization, is_overloaded)
    }
  }

  public var at: String
  public var slots_now: Int
  /// Jobs a day today: the middle of what the history leaves open, and the eighty per cent around it.
  public var jobs_per_day: Band
  /// Mean hours that a job holds its slot.
  public var hours_a_job: Double
  public var slots: [Int]
  public var loads: [Load]
  /// Empty: no job was ever submitted here.
  public var cells: [Cell]
  /// How long jobs come for in each simulated stretch of days, which begins with nothing running; and how many are behind each cell.
  public var days: Int
  public var futures: Int
  public var milliseconds: Double
  public var source: String

  public init(
    at: String, slots_now: Int, jobs_per_day: Band, hours_a_job: Double, slots: [Int], loads: [Load], cells: [Cell],
    days: Int, futures: Int, milliseconds: Double, source: String
  ) {
    self.days = days
    (self.at, self.slots_now, self.jobs_per_day) = (at, slots_now, jobs_per_day)
    (self.hours_a_job, self.slots, self.loads, self.cells) = (hours_a_job, slots, loads, cells)
    (self.futures, self.milliseconds, self.source) = (futures, milliseconds, source)
  }
}

/// The cheapest way to have some jobs done in time.
public struct DeadlinePlanDocument: Codable, Sendable {
  public struct Choice: Codable, Sendable {
    public var plan: String
    /// `chosen`, `tie`, `dearer`, `dismissed`, `too_late`, `over_budget` or `too_late_and_over_budget`.
    public var verdict: String
    /// Mean US dollars for all of the jobs, and half of its 95 % interval.
    public var cost_usd, cost_half_width_95: Double
    /// More than the chosen one, under the same luck.
    public var extra_usd, extra_half_width_95: Double
    /// The share of the jobs that is done in time.
    public var p_in_time: Double
    public var p_over_budget: Double?
    /// Within so many seconds the share that was asked for is done; nil: never.
    public var done_within_s: Double?
    /// The probability that it is the cheapest of those that will do; nil: that cannot be told apart from luck.
    public var p_best: Double?
    public var futures: Int

    public init(
      plan: String, verdict: String, cost_usd: Double, cost_half_width_95: Double, extra_usd: Double,
      extra_half_width_95: Double, p_in_time: Double, p_over_budget: Double?, done_within_s: Double?, p_best: Double?,
      futures: Int
    ) {
      (self.plan, self.verdict) = (plan, verdict)
      (self.cost_usd, self.cost_half_width_95) = (cost_usd, cost_half_width_95)
      (self.extra_usd, self.extra_half_width_95) = (extra_usd, extra_half_width_95)
      (self.p_in_time, self.p_over_budget, self.done_within_s) = (p_in_time, p_over_budget, done_within_s)
      (self.p_best, self.futures) = (p_best, futures)
    }
  }

  /// What is recommended, or why nothing is and what would do, in sentences.
  public var answer: [String]
  /// False: nothing meets what was asked.
  public var is_possible: Bool
  /// False: it was not certain within the futures that were simulated. One answer is given so many; ``answer`` says so, too.
  public var is_decided: Bool
  /// How many plans the question has. Fewer ``plans``: the others were not looked at.
  public var plans_in_all: Int
  /// The recommended one first.
  public var plans: [Choice]
  public var confidence: Double
  public var milliseconds: Double
  public var source: String

  public init(
    answer: [String], is_possible: Bool, is_decided: Bool, plans: [Choice], confidence: Double, milliseconds: Double,
    source: String
  ) {
    (self.answer, self.is_possible, self.is_decided, self.plans) = (answer, is_possible, is_decided, plans)
    plans_in_all = plans.count
    (self.confidence, self.milliseconds, self.source) = (confidence, milliseconds, source)
  }
}
