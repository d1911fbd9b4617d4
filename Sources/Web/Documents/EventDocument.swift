import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// One row of a job's diary.
public struct EventDocument: Codable, Sendable {
  public var seq: Int
  public var at: String
  public var event: String
  public var details: String
}

public struct EventList: Codable, Sendable { public var events: [EventDocument] }

extension EventDocument {
  /// What a worker said, in the same diary.
  init(_ message: Catalogue.Message) {
    self.init(
      seq: 0, at: Wording.stamp(Instant(microseconds: message.at)) ?? "", event: message.kind.rawValue,
      details: ([message.code] + (message.step.map { ["step \($0)"] } ?? []) + [message.message])
        .filter { !$0.isEmpty }.joined(separator: ": "))
  }
}

public struct MetricList: Codable, Sendable { public var metrics: [Catalogue.Metric] }
