import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Scenarios

/// A job's diary, and how its entries are told.
enum EventLog {
  /// In the order in which it happened: the journal's entries, what workers said, and every so often what they measured.
  ///
  /// - Parameter first: the step from which the job goes on.
  static func read(_ desk: PageDesk, _ job: JobIndex, from first: Int) throws -> [EventDocument] {
    EventDocument.merged(
      try JobEvents.read(path: desk.storePath, job: job).map { EventDocument($0).counting(on: first) },
      try desk.catalogue.messages(of: job).map(EventDocument.init) + measured(desk.catalogue, job))
  }

  /// The newest of them, the newest first, and how many there are in all: no more than that is read.
  static func newest(
    _ limit: Int, _ desk: PageDesk, _ job: JobIndex, from first: Int
  ) throws -> (events: [EventDocument], total: Int) {
    let (rows, written) = try JobEvents.newest(limit, path: desk.storePath, job: job)
    let (messages, said) = try desk.catalogue.newestMessages(limit, of: job)
    let measured = try measured(desk.catalogue, job)
    let all = EventDocument.merged(
      rows.map { EventDocument($0).counting(on: first) }, messages.map(EventDocument.init) + measured.suffix(limit))
    return (Array(all.reversed().prefix(limit)), written + said + measured.count)
  }

  /// Every hundredth step, or as many hundreds further apart that it is at most ``mostMeasured``.
  private static func measured(_ catalogue: Catalogue, _ job: JobIndex) throws -> [EventDocument] {
    guard let last = try catalogue.lastMetrics(of: job, count: 1).first?.step, last > 0 else { return [] }
    let every = 100 * max(1, (last + 100 * mostMeasured - 1) / (100 * mostMeasured))
    let steps = Array(stride(from: every, to: last, by: every)) + [last]
    return try catalogue.metrics(of: job, at: steps).compactMap(EventDocument.init)
  }

  private static let mostMeasured = 200

  /// `status`, `metrics`, `warning` or `error`, and as a badge says it.
  static func type(of event: EventDocument) -> (String, String) {
    switch event.event {
    case "checkpointsSaved", "log", "measured": ("metrics", "Metrics")
    case "warning", "podUnavailable", "retryScheduled", "decisionRequested", "jobBlocked": ("warning", "Warning")
    case "error", "podInterrupted", "workerFailed", "jobFailed": ("error", "Error")
    default: ("status", "Status")
    }
  }

  static func matches(_ event: EventDocument, _ type: String?, _ search: String?) -> Bool {
    guard type == nil || type == "all" || self.type(of: event).0 == type else { return false }
    guard let search = search?.lowercased() else { return true }
    return message(of: event).lowercased().contains(search) || event.details.lowercased().contains(search)
  }

  /// A sentence for people; the payload says the rest.
  static func message(of event: EventDocument) -> String {
    let fields = (try? JSONSerialization.jsonObject(with: Data(event.details.utf8))) as? [String: Any] ?? [:]
    func word(_ key: String) -> String { (fields[key] as? String).map(Wording.words) ?? "" }
    func number(_ key: String) -> Int64? { (fields[key] as? NSNumber)?.int64Value }
    switch event.event {
    case "warning", "error", "log", "measured": return event.details
    case "jobDrafted": return "Kept as a draft"
    case "jobConfirmed": return "The draft was submitted"
    case "jobSubmitted": return "Submitted: " + (number("steps").map { "\(Wording.group(Int($0))) steps" } ?? "")
    case "jobAdmitted": return "Has a slot; a GPU is asked for"
    case "jobBlocked": return "Blocked: \(word("refusal"))"
    case "podRequested": return "A GPU instance is asked for"
    case "podGranted":
      let rate = number("hourly_rate").map { " at \(Wording.money($0)) an hour" } ?? ""
      return "A GPU instance was granted" + rate
    case "podUnavailable": return "No GPU instance was to be had: \(word("why"))"
    case "stageFinished": return "Stage finished: \(word("stage"))"
    case "checkpointsSaved":
      return "Checkpoint saved" + (number("step").map { " at step \(Wording.group(Int($0)))" } ?? "")
    case "podInterrupted": return "Spot instance interrupted, initiating checkpoint recovery"
    case "podGone": return "The GPU instance is gone; the bill stops here"
    case "workerFailed", "jobFailed":
      return "\(event.event == "jobFailed" ? "Failed" : "The worker failed"): \(word("failure"))"
    case "switchedToOnDemand": return "Goes on with an on-demand instance"
    case "decisionRequested": return "A decision is needed: \(word("question"))"
    case "decisionAnswered": return "Answered: \(word("answer"))"
    case "billAdjusted":
      return "Adjusted to the provider's bill" + (number("amount").map { ": \(Wording.money($0))" } ?? "")
    case "pausedJobRepriced": return "To go on with \(word("pricing")) instances"
    case "storageCharged": return "Storage charged" + (number("amount").map { ": \(Wording.money($0))" } ?? "")
    default: return Wording.capital(Wording.words(Wording.snake(event.event)))
    }
  }

  /// As formatted JSON where it is JSON.
  static func payload(of event: EventDocument) -> String {
    guard let value = try? JSONSerialization.jsonObject(with: Data(event.details.utf8)),
      let data = try? JSONSerialization.data(withJSONObject: value, options: [.prettyPrinted, .sortedKeys])
    else { return event.details }
    return String(decoding: data, as: UTF8.self)
  }

  static func csv(_ events: [EventDocument]) -> String {
    CSVText.table(
      ["timestamp", "event_type", "event", "message", "payload"],
      events.map { [$0.at, type(of: $0).0, $0.event, message(of: $0), $0.details] })
  }

  static func json(_ events: [EventDocument]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(EventList(events: events)), as: UTF8.self)
  }
}
