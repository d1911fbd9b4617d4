// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation

/// What changes would do to the running month, against today and under the same luck.
public struct WhatIfDocument: Codable, Sendable {
  /// The month as it would end.
  public struct Outlook: Codable, Sendable {
    public var month: Band
    /// 19 months of 20 stay below.
    public var p95_usd: Double
    /// nil: there is no limit.
    public var p_over_budget: Double?
    public var by_day: [ForecastDocument.Day]

    public init(month: Band, p95_usd: Double, p_over_budget: Double?, by_day: [ForecastDocument.Day]) {
      (self.month, self.p95_usd) = (month, p95_usd)
      (self.p_over_budget, self.by_day) = (p_over_budget, by_day)
    }
  }

  public struct Change: Codable, Sendable {
    /// What a person calls it.
    public var change: String
    /// The parameters that ask for it, as they stand in an address.
    public var query: String
    /// `2 slots: this change costs $38.00 ± $4.00 more this month ($520.00 today).`
    public var sentence: String
    /// Mean US dollars of the month without and with it.
    public var today_usd, changed_usd: Double
    /// The mean difference of the same futures, and half of its 95 % interval.
    public var more_usd, half_width_95: Double
    /// How many times more futures it would take without the same luck on both sides; nil: every future differs by the same.
    public var variance_reduction: Double?
    /// The odds of passing the limit without and with it; nil: there is no limit.
    public var p_over_budget: Odds?

    public struct Odds: Codable, Sendable {
      public var today, changed: Double
      public init(today: Double, changed: Double) { (self.today, self.changed) = (today, changed) }
    }

    public init(
      change: String, query: String, sentence: String, today_usd: Double, changed_usd: Double, more_usd: Double,
      half_width_95: Double, variance_reduction: Double?, p_over_budget: Odds?
    ) {
      (self.change, self.query, self.sentence) = (change, query, sentence)
      (self.today_usd, self.changed_usd) = (today_usd, changed_usd)
      (self.more_usd, self.half_width_95) = (more_usd, half_width_95)
      (self.variance_reduction, self.p_over_budget) = (variance_reduction, p_over_budget)
    }
  }

  public var at: String
  /// nil: there is no limit.
  public var limit_usd: Double?
  /// How many jobs may run at once today.
  public var slots: Int
  public var today: Outlook
  /// With all changes that were asked for; nil: none were.
  public var changed: Outlook?
  /// Each alone; without a question, those that are usually asked for.
  public var changes: [Change]
  /// All of them, where there are several.
  public var together: Change?
  public var futures: Int
  public var milliseconds: Double
  public var source: String

  public init(
    at: String, limit_usd: Double?, slots: Int, today: Outlook, changed: Outlook?, changes: [Change],
    together: Change?, futures: Int, milliseconds: Double, source: String
  ) {
    (self.at, self.limit_usd, self.slots) = (at, limit_usd, slots)
    (self.today, self.changed, self.changes, self.together) = (today, changed, changes, together)
    (self.futures, self.milliseconds, self.source) = (futures, milliseconds, source)
  }
}

/// What the running month's spending is made of, and what makes it unsure.
public struct DriversDocument: Codable, Sendable {
  /// US dollars of the month's mean.
  public struct Part: Codable, Sendable {
    /// `spent`, `running`, `queued` or `to_come`; or a preset, or a client.
    public var name: String
    public var usd: Double
    public init(name: String, usd: Double) { (self.name, self.usd) = (name, usd) }
  }

  /// An uncertain input, and its share of the variance (Sobol indices).
  public struct Input: Codable, Sendable {
    public var input: String
    /// As a person calls it.
    public var name: String
    /// False: it is held for known.
    public var is_uncertain: Bool
    /// What is lost of the variance when it becomes known, with half of its 95 % interval.
    public var alone, alone_half_width_95: Double
    /// What is left of it when everything else becomes known.
    public var total, total_half_width_95: Double

    public init(
      input: String, name: String, is_uncertain: Bool, alone: Double, alone_half_width_95: Double, total: Double,
      total_half_width_95: Double
    ) {
      (self.input, self.name, self.is_uncertain) = (input, name, is_uncertain)
      (self.alone, self.alone_half_width_95) = (alone, alone_half_width_95)
      (self.total, self.total_half_width_95) = (total, total_half_width_95)
    }
  }

  public var at: String
  public var mean_usd, sd_usd: Double
  public var parts, by_preset, by_client: [Part]
  public var inputs: [Input]
  /// False: jobs that are still to arrive are left out, for nothing says yet how often they come; what is `to_come` is then 0 and no estimate.
  public var expects_arrivals: Bool
  /// The one thing to know.
  public var sentence: String
  public var futures: Int
  public var milliseconds: Double
  public var source: String

  public init(
    at: String, mean_usd: Double, sd_usd: Double, parts: [Part], by_preset: [Part], by_client: [Part],
    inputs: [Input], expects_arrivals: Bool, sentence: String, futures: Int, milliseconds: Double, source: String
  ) {
    self.expects_arrivals = expects_arrivals
    (self.at, self.mean_usd, self.sd_usd, self.parts) = (at, mean_usd, sd_usd, parts)
    (self.by_preset, self.by_client, self.inputs, self.sentence) = (by_preset, by_client, inputs, sentence)
    (self.futures, self.milliseconds, self.source) = (futures, milliseconds, source)
  }
}
