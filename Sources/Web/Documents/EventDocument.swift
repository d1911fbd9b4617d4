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
  /// Where a page ends: the last row's time and number, and how many of that time and number there were before it. A worker's line may come in late,
  /// between others.
  private struct Cursor: Codable {
    var at: String
    var seq: Int
    var equal: Int
  }

  /// - Parameter all: by time and number.
  init(page all: [EventDocument], _ request: Request) throws {
    let query = request.uri.queryParameters
    let limit = try query.count("limit", 1...1_000) ?? 1_000
    var start = 0
    if let text = query.get("cursor") {
      guard let last: Cursor = Paging.decoded(text) else {
        throw Problem(.notFound, "there is no such page", hint: "take `next` of the page before", place: "cursor")
      }
      let first = all.firstIndex { ($0.at, $0.seq) >= (last.at, last.seq) } ?? all.count
      let ties = all[first...].prefix { ($0.at, $0.seq) == (last.at, last.seq) }.count
      // What a cursor says comes from outside.
      start = first + min(ties, min(max(0, last.equal), ties) + 1)
    }
    events = Array(all.dropFirst(start).prefix(limit))
    let end = start + events.count
    guard end < all.count, let last = events.last else { return }
    let equal = all[..<(end - 1)].reversed().prefix { ($0.at, $0.seq) == (last.at, last.seq) }.count
    next = Paging.address(after: Paging.encoded(Cursor(at: last.at, seq: last.seq, equal: equal)), request)
  }
}

extension EventDocument {
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
