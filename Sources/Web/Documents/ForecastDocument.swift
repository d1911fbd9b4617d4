// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// What the month will come to, and each job that is not over: the live state, forked into so many futures.
public struct ForecastDocument: Codable, Sendable {
  public struct Projection: Codable, Sendable {
    public var cost_usd: Band
    /// Seconds from now to its end; nil where that is beyond the forecast.
    public var remaining_s: Band?
    /// Seconds from now to its slot, for a job that waits.
    public var wait_s: Band?

    public init(cost_usd: Band, remaining_s: Band?, wait_s: Band?) {
      (self.cost_usd, self.remaining_s, self.wait_s) = (cost_usd, remaining_s, wait_s)
    }
  }

  public var at: String
  public var month: Band
  /// 19 months of 20 stay below.
  public var p95_usd: Double?
  /// nil: there is no limit.
  public var p_over_budget: Double?
  public var futures: Int
  /// How long it took to say so.
  public var milliseconds: Double
  public var jobs: [String: Projection]
  /// What the month has cost, and will have, at the end of each of its days.
  public var by_day: [Day] = []

  public struct Day: Codable, Sendable {
    /// `2026-11-20`.
    public var date: String
    /// The day is over: all of them are what was spent.
    public var is_past: Bool
    public var p10, p50, p90: Double
    public var p95: Double?

    public init(date: String, isPast: Bool, p10: Double, p50: Double, p90: Double, p95: Double? = nil) {
      (self.date, is_past, self.p10, self.p50, self.p90) = (date, isPast, p10, p50, p90)
      self.p95 = p95
    }
  }

  public init(
    at: String, month: Band, p_over_budget: Double?, futures: Int, milliseconds: Double, jobs: [String: Projection]
  ) {
    self.at = at
    self.month = month
    self.p_over_budget = p_over_budget
    self.futures = futures
    self.milliseconds = milliseconds
    self.jobs = jobs
  }
}

/// Who waits, in which order, and until when.
public struct QueueDocument: Codable, Sendable {
  /// What is said to whoever finds no place in it: story 2.3.2's words.
  static func fullness(_ view: LiveView) -> String {
    let most = view.policies.maxQueued
    return "Queue full (\(view.fleet.slotsInUse)/\(view.policies.maxConcurrent) active jobs"
      + (most == .max || most == 0 ? "" : ", \(view.fleet.queued) of \(most) waiting")
      + "). Wait for completion or cancel an active job."
  }

  public struct Place: Codable, Sendable {
    public var position: Int
    public var job: JobDocument
    /// Seconds from now to its slot.
    public var wait_s: Band?
  }
  public var queue: [Place]
  public var slots: Int
  public var slots_in_use: Int

  init(_ view: LiveView, _ forecast: ForecastDocument) {
    var places: [Place] = []
    var next = view.fleet.queueHead
    while next != .none {
      let job = JobDocument(view, next)
      places.append(Place(position: places.count + 1, job: job, wait_s: forecast.jobs[job.id]?.wait_s))
      next = view.fleet[next].next
    }
    queue = places
    slots = Int(view.policies.maxConcurrent)
    slots_in_use = view.fleet.slotsInUse
  }
}
