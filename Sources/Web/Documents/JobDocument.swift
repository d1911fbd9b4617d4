// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

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
  public var purpose: String?
  public var notes: String?
  public var later_notes: [Catalogue.Note]?
  /// true: lists leave it out.
  public var hidden: Bool?
  public var tags: [String]?
  public var template: String?
  public var training_file: String?
  /// What its pod examines both models with once training is over.
  public var suites: [String]?
  /// The job that this one tries again, and how often that has been tried.
  public var retry_of: String?
  public var retry: Int?
  /// The job whose checkpoint it goes on from, and the step it began with.
  public var resumed_from: String?
  public var resumed_at_step: Int?
  /// The job whose model it examines: it trains nothing.
  public var examines: String?
  /// What was spent on examining it, none of it in ``cost_usd``; lists leave it out. nil: it was never examined.
  public var examinations: ExaminationsDocument?
  public var client: String?
  public var project: String?
  public var creator: String?
  /// The engine's phase, in words: `queued`, `waiting_for_gpu`, `training` …
  public var status: String
  public var failure: String?
  /// Why it is blocked.
  public var refusal: String?
  /// The same as a sentence, with the figures of now.
  public var refusal_text: String?
  /// What is asked about it.
  public var question: String?
  public var preset: String
  public var configuration: JobConfiguration
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
  /// From the slot to the end, or up to now.
  public var duration_s: Double?
  /// What was said before the start.
  public var quote: Quote?
  /// Per cent of the quoted cost that was passed last: 80, 100 or 120.
  public var alert: Int?
  public var alert_text: String?
  /// How long it was paused since it had a slot; nil: it never was. Part of ``duration_s``.
  public var paused_s: Double?
  /// What is still to come of it; see ``ForecastDocument``.
  public var projection: ForecastDocument.Projection?
  /// When silence or time itself will be answered.
  public var deadline: String?
  /// What was measured last, of a job that is over.
  public var finals: Catalogue.Finals?

  public init(_ view: LiveView, _ index: JobIndex) {
    let i = Int(index.rawValue)
    let (job, text) = (view.fleet.jobs[i], view.descriptions[i])
    id = text.id
    name = text.name
    (purpose, notes, tags, template) = (text.purpose, text.notes, text.tags, text.template)
    training_file = text.trainingFile
    suites = text.suites?.map(\.name)
    if job.spec.retryOf != .max {
      var (first, count) = (job.spec.retryOf, 1)
      while view.fleet.jobs[Int(first)].spec.retryOf != .max {
        (first, count) = (view.fleet.jobs[Int(first)].spec.retryOf, count + 1)
      }
      (retry_of, retry) = ("job-\(job.spec.retryOf + 1)", count)
    }
    examines = text.examines
    client = text.client
    project = text.project
    creator = text.creator
    status = JobWords.word(job.phase)
    failure = job.failure == .none ? nil : JobWords.word(job.failure)
    refusal = job.phase == .blocked ? Wording.snake(job.refusal) : nil
    if job.phase == .blocked, job.refusal == .queueFull { refusal_text = QueueDocument.fullness(view) }
    question = job.phase == .awaitingDecision ? Wording.snake(job.question) : nil
    preset = text.configuration.preset.rawValue
    configuration = text.configuration
    pricing = Wording.snake(job.pricing)
    // A job that goes on counts on.
    let first = text.resumedFrom.map { Int($0.step) }
    (resumed_from, resumed_at_step) = (text.resumedFrom?.job, first)
    steps = Int(job.spec.steps) + (first ?? 0)
    durable_step = Int(job.durableStep) + (first ?? 0)
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
    if job.admitted < .distantFuture {
      duration_s = (min(job.ended, view.at) - job.admitted).seconds
    }
    guard let quote = text.quote else { return }
    self.quote = Quote(quote)
    let spent = Double(job.cost(at: view.at)) / max(1, Double(quote.cost50))
    alert = [120, 100, 80].first { spent * 100 >= Double($0) }
    // What is over can neither be watched nor cancelled.
    guard !job.phase.isTerminal else { return }
    let figures = "\(Wording.money(job.cost(at: view.at))) of \(Wording.money(quote.cost50))"
    switch alert {
    case 80: alert_text = "Job approaching cost estimate (\(figures)). Monitor closely."
    case 100: alert_text = "Job exceeded cost estimate (\(figures)). Consider cancelling."
    case 120: alert_text = "Job significantly over budget (\(figures)). Review immediately."
    default: break
    }
  }

  /// How long it has worked or waited for a pod since it had a slot: without its pauses.
  var active_s: Double? { duration_s.map { $0 - (paused_s ?? 0) } }

  /// Nothing will happen to it any more.
  public var isOver: Bool { ["completed", "failed", "cancelled"].contains(status) }
  /// Another job may go on from its last checkpoint.
  public var isResumable: Bool {
    isOver && status != "completed" && durable_step > 0 && training_file != nil && examines == nil
  }

  /// An estimate as it was shown before the start.
  public struct Quote: Codable, Sendable {
    public var cost_usd: Band
    public var duration_s: Band
    init(_ quote: JobDescription.Quote) {
      cost_usd = Band(
        p10: Wording.dollars(quote.cost10), p50: Wording.dollars(quote.cost50), p90: Wording.dollars(quote.cost90))
      duration_s = Band(p10: quote.seconds10, p50: quote.seconds50, p90: quote.seconds90)
    }
  }
}

/// The middle of what may be, and the eighty per cent around it.
public struct Band: Codable, Sendable, Hashable {
  public var p10, p50, p90: Double
  public init(p10: Double, p50: Double, p90: Double) { (self.p10, self.p50, self.p90) = (p10, p50, p90) }
}

public struct JobList: Codable, Sendable {
  public var jobs: [JobDocument]
  /// How many the question finds in all, on how many pages ever, and what they have cost.
  public var total: Int
  public var total_cost_usd: Double
  /// Where the next page begins.
  public var next_offset: Int?
  /// Where the next page is; whatever is added meanwhile, it goes on after the last job of this one.
  public var next: String?
}
