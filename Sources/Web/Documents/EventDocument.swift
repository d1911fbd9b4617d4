import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// One row of a job's diary.
public struct EventDocument: Codable, Sendable {
  public var seq: Int
  public var at: String
  public var event: String
  public var details: String
}

public struct EventList: Codable, Sendable {
  public var events: [EventDocument]
  /// Where the next page is.
  public var next: String?
  public init(events: [EventDocument]) { self.events = events }
}

extension EventList {
  /// Where a page ends: the journal's last row on it or before, and the last row's time; of a worker's line also how many of that second there were
  /// before it. A worker's line may come in late, between others.
  private struct Cursor: Codable {
    var journal: Int64
    var at: String
    /// nil: the last row is the journal's.
    var equal: Int?
  }

  /// A page of a job's diary: what stands on it is all that is read of the store.
  init(of job: JobIndex, path: String, _ catalogue: Catalogue, _ request: Request) throws {
    let query = request.uri.queryParameters
    let limit = try query.count("limit", 1...1_000) ?? 1_000
    var (after, from, seen, ended): (Int64, Instant, Int, String) = (0, .distantPast, 0, "")
    if let text = query.get("cursor") {
      // What a cursor says comes from outside.
      guard let last: Cursor = Paging.decoded(text), let at = try? Date(last.at, strategy: .iso8601),
        (0..<1e11).contains(at.timeIntervalSince1970)
      else {
        throw Problem(.notFound, "there is no such page", hint: "take `next` of the page before", place: "cursor")
      }
      let second = Instant(microseconds: Int64(at.timeIntervalSince1970) * 1_000_000)
      // Within a second, what workers said stands before the journal's rows.
      (after, from) = (last.journal, last.equal == nil ? second + .seconds(1) : second)
      (seen, ended) = (last.equal.map { min(max(0, $0), 1_000_000) + 1 } ?? 0, last.at)
    }
    let rows = try JobEvents.read(path: path, job: job, after: after, limit: limit + 1).map(EventDocument.init)
    let said = try catalogue.messages(of: job, from: from, limit: seen + limit + 1).map(EventDocument.init)
    // Only those of the second at which the page before ended.
    seen = said.prefix(seen).prefix { $0.at == ended }.count
    let all = EventDocument.merged(rows, said.dropFirst(seen))
    events = Array(all.prefix(limit))
    guard all.count > limit, let last = events.last else { return }
    let journal = events.last { $0.seq > 0 }.map { Int64($0.seq) } ?? after
    var equal: Int?
    if last.seq == 0 {
      let shown = said.prefix(seen + events.count { $0.seq == 0 })
      equal = shown.dropLast().reversed().prefix { $0.at == last.at }.count
    }
    next = Paging.address(after: Paging.encoded(Cursor(journal: journal, at: last.at, equal: equal)), request)
  }
}

extension EventDocument {
  init(_ entry: JobEvents.Entry) {
    self.init(seq: Int(entry.seq), at: Wording.stamp(entry.at) ?? "", event: entry.kind, details: entry.payload)
  }

  /// One diary of both: by time and number.
  static func merged(_ rows: some Sequence<EventDocument>, _ said: some Sequence<EventDocument>) -> [EventDocument] {
    (Array(rows) + Array(said)).sorted { ($0.at, $0.seq) < ($1.at, $1.seq) }
  }

  /// What was measured at a step, in the same diary: `step 100: loss=0.521, lr=0.0002, gpu_util=89%`.
  ///
  /// nil: it is not known when.
  init?(_ metric: Catalogue.Metric) {
    guard let at = metric.at else { return nil }
    let values: [(String, Double?, (Double) -> String)] = [
      ("loss", metric.training_loss, Wording.loss), ("validation_loss", metric.validation_loss, Wording.loss),
      ("lr", metric.learning_rate, { String(format: "%g", $0) }),
      ("epoch", metric.epoch, { String(format: "%.2f", $0) }),
      ("gpu_util", metric.gpu_utilization, { String(format: "%.0f%%", $0) }),
    ]
    let said = values.compactMap { name, value, text in value.map { "\(name)=\(text($0))" } }
    self.init(
      seq: 0, at: Wording.stamp(Instant(microseconds: at)) ?? "", event: "measured",
      details: "Step \(metric.step): " + said.joined(separator: ", "))
  }

  /// What a worker said, in the same diary.
  init(_ message: Catalogue.Message) {
    self.init(
      seq: 0, at: Wording.stamp(Instant(microseconds: message.at)) ?? "", event: message.kind.rawValue,
      details: ([message.code] + (message.step.map { ["step \($0)"] } ?? []) + [message.message])
        .filter { !$0.isEmpty }.joined(separator: ": "))
  }
}

public struct MetricList: Codable, Sendable {
  public var metrics: [Catalogue.Metric]
  /// Where the next page is.
  public var next: String?
  public init(metrics: [Catalogue.Metric], next: String? = nil) { (self.metrics, self.next) = (metrics, next) }
}
