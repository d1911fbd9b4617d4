// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Validation

/// What validation found of each job's model, in the order of the jobs: whether training gets better.
public struct ValidationTrend: Codable, Sendable {
  /// One part of one job's validation.
  public struct Point: Codable, Sendable {
    public var job: String
    public var name: String
    /// When the job ended; before that nil.
    public var ended_at: String?
    /// `perplexity`, or a suite's name.
    public var what: String
    public var title: String
    public var base: Double
    public var trained: Double
    /// Improvement, retention or alignment.
    public var percent: Double
    public var badge: String?
    public var verdict: DeliveryGate.Verdict
  }
  public var points: [Point]
}
