import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// What the programming interface says and takes: JSON with these keys; money in US dollars, spans in seconds, times in ISO 8601.
public struct JobDocument: Codable, Sendable {
  public var id: String
  public var name: String
  public var client: String?
  public var project: String?
  public var creator: String?
  /// The engine's phase, in words: `queued`, `waiting_for_gpu`, `training` …
  public var status: String
  public var failure: String?
  /// Why it is blocked.
  public var refusal: String?
  /// What is asked about it.
  public var question: String?
  public var preset: String
  public var pricing: String
  public var steps: Int
  /// The last step of which there is a durable checkpoint.
  public var durable_step: Int
  public var interruptions: Int
  public var failures: Int
  public var cost_usd: Double
  public var reserved_usd: Double
  public var max_cost_usd: Double?
  public var hourly_rate_usd: Double?
  public var submitted_at: String
  public var admitted_at: String?
  public var ended_at: String?
  /// When silence or time itself will be answered.
  public var deadline: String?

  public init(_ view: LiveView, _ index: JobIndex) {
    let i = Int(index.rawValue)
    let (job, text) = (view.fleet.jobs[i], view.descriptions[i])
    id = text.id
    name = text.name
    client = text.client
    project = text.project
    creator = text.creator
    status = Wording.snake(job.phase)
    failure = job.failure == .none ? nil : Wording.snake(job.failure)
    refusal = job.phase == .blocked ? Wording.snake(job.refusal) : nil
    question = job.phase == .awaitingDecision ? Wording.snake(job.question) : nil
    preset = text.configuration.preset.rawValue
    pricing = Wording.snake(job.pricing)
    steps = Int(job.spec.steps)
    durable_step = Int(job.durableStep)
    interruptions = Int(job.interruptions)
    failures = Int(job.failures)
    cost_usd = Wording.dollars(job.cost(at: view.at))
    reserved_usd = Wording.dollars(job.spec.reservation)
    max_cost_usd = job.spec.maxCost == .max ? nil : Wording.dollars(job.spec.maxCost)
    hourly_rate_usd = job.lease.isOpen ? Wording.dollars(job.lease.hourlyRate) : nil
    submitted_at = Wording.stamp(job.submitted) ?? ""
    admitted_at = Wording.stamp(job.admitted)
    ended_at = Wording.stamp(job.ended)
    deadline = Wording.stamp(job.deadline)
  }

  /// Nothing will happen to it any more.
  public var isOver: Bool { ["completed", "failed", "cancelled"].contains(status) }
}

public struct JobList: Codable, Sendable { public var jobs: [JobDocument] }

/// A job to be made.
public struct NewJob: Codable, Sendable {
  public var name: String
  public var client: String?
  public var project: String?
  public var creator: String?
  public var configuration: JobConfiguration
  public var max_cost_usd: Double?

  public init(name: String, configuration: JobConfiguration) {
    self.name = name
    self.configuration = configuration
  }
}

/// What a job would cost, and whether the budget holds it.
public struct QuoteDocument: Codable, Sendable {
  public struct Band: Codable, Sendable {
    public var p10, p50, p80, p90: Double
    public init(p10: Double, p50: Double, p80: Double, p90: Double) {
      (self.p10, self.p50, self.p80, self.p90) = (p10, p50, p80, p90)
    }
  }
  public var cost_usd: Band
  public var duration_s: Band
  public var p_completes: Double
  /// What the budget sets aside for it.
  public var reservation_usd: Double
  public var source: String
  public var warnings: [String]
  /// Filled in by the server.
  public var budget: BudgetDocument?
  /// False: it would be blocked now.
  public var fits_budget: Bool?

  public init(
    cost_usd: Band, duration_s: Band, p_completes: Double, reservation_usd: Double, source: String, warnings: [String]
  ) {
    self.cost_usd = cost_usd
    self.duration_s = duration_s
    self.p_completes = p_completes
    self.reservation_usd = reservation_usd
    self.source = source
    self.warnings = warnings
  }
}

public struct BudgetDocument: Codable, Sendable {
  public var at: String
  /// nil: there is no limit.
  public var limit_usd: Double?
  public var spent_usd: Double
  public var reserved_usd: Double
  /// What new jobs may still reserve.
  public var available_usd: Double?
  public var period_ends: String?

  public init(_ view: LiveView) {
    let (spent, reserved) = (view.fleet.spent(at: view.at), view.fleet.reserved(at: view.at))
    at = Wording.stamp(view.at) ?? ""
    limit_usd = view.fleet.budget.limit.map(Wording.dollars)
    spent_usd = Wording.dollars(spent)
    reserved_usd = Wording.dollars(reserved)
    available_usd = view.fleet.budget.limit.map { Wording.dollars($0 - spent - reserved) }
    period_ends = view.fleet.budget.boundaries.first { $0 > view.at }.flatMap(Wording.stamp)
  }
}

/// A new limit; none: there is no limit any more.
public struct NewLimit: Codable, Sendable {
  public var limit_usd: Double?
  public init(limit_usd: Double?) { self.limit_usd = limit_usd }
}

public struct HealthDocument: Codable, Sendable {
  /// `ok`; `unconfirmed`: this is a copy of the store, which only looks until somebody confirms it.
  public var status: String
  public var store: String
  public var epoch: Int
  public var provider_answers: Bool
  public var jobs: Int
  public var running: Int
}

/// One row of a job's diary.
public struct EventDocument: Codable, Sendable {
  public var seq: Int
  public var at: String
  public var event: String
  public var details: String
}

public struct EventList: Codable, Sendable { public var events: [EventDocument] }

/// What went wrong, and the way out.
public struct ProblemDocument: Codable, Sendable {
  public var error: String
  public var hint: String?
}
