// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Live

/// How good the estimates of this store's own past jobs would have been: each from what was known when it was submitted.
public struct AccuracyDocument: Codable, Sendable {
  public enum Status: String, Codable, Sendable, CaseIterable {
    /// Nothing is known yet; ask again in a moment.
    case computing
    /// Too few jobs have ended to score any.
    case tooFew = "too_few"
    case ready
  }

  public struct Quantity: Codable, Sendable {
    public struct Coverage: Codable, Sendable {
      /// How much of the outcomes the interval is to hold: 0.5, 0.8 or 0.95.
      public var level: Double
      public var held, of: Int
      /// The share that it held, and the 95 % interval of that share.
      public var share, low95, high95: Double

      /// The interval is Wilson's (J. Am. Stat. Assoc. 22, 1927): it holds for few jobs, too.
      public init(level: Double, held: Int, of n: Int) {
        (self.level, self.held, of) = (level, held, n)
        share = Double(held) / Double(max(1, n))
        (low95, high95) = Analytics.wilson(held, of: n)
      }
    }

    public var coverage: [Coverage]
    /// How many outcomes fell into each tenth of what was estimated: even, where estimates are as sure as they say.
    public var pit: [Int]
    /// The middle case of how far the middle estimate was off, as a share of the outcome.
    public var median_error: Double
    /// The mean of log(estimate ÷ outcome): above 0, estimates are too high.
    public var bias_log: Double

    public init(coverage: [Coverage], pit: [Int], median_error: Double, bias_log: Double) {
      (self.coverage, self.pit, self.median_error, self.bias_log) = (coverage, pit, median_error, bias_log)
    }
  }

  /// How good projections of running jobs were when so large a share of their steps was done.
  public struct Projection: Codable, Sendable {
    public struct Held: Codable, Sendable {
      /// How many outcomes the 80 % interval held.
      public var coverage: Quantity.Coverage
      /// The middle case of how far the middle projection was off, as a share of the outcome.
      public var median_error: Double
      /// The mean of log(projection ÷ outcome): above 0, projections are too high.
      public var bias_log: Double

      public init(coverage: Quantity.Coverage, median_error: Double, bias_log: Double) {
        (self.coverage, self.median_error, self.bias_log) = (coverage, median_error, bias_log)
      }
    }

    /// 0.25, 0.5 or 0.75.
    public var share: Double
    public var cost, duration: Held
    public init(share: Double, cost: Held, duration: Held) {
      (self.share, self.cost, self.duration) = (share, cost, duration)
    }
  }

  public struct Job: Codable, Sendable {
    /// What was projected of it on its way.
    public struct Projected: Codable, Sendable {
      /// Of its steps, done by then.
      public var share: Double
      public var at: String
      /// By then.
      public var spent_usd: Double
      /// In all, at its end.
      public var cost_usd, duration_s: Estimated
      public init(share: Double, at: String, spent_usd: Double, cost_usd: Estimated, duration_s: Estimated) {
        (self.share, self.at, self.spent_usd) = (share, at, spent_usd)
        (self.cost_usd, self.duration_s) = (cost_usd, duration_s)
      }
    }

    public var id, name, preset: String
    /// Jobs that had ended when it was submitted.
    public var past_jobs: Int
    public var cost_usd, duration_s: Estimated
    /// What was said before its start.
    public var quoted_usd: Double?
    /// At a quarter, a half and three quarters of its steps, as far as it was written down when they were done.
    public var projections: [Projected] = []

    public struct Estimated: Codable, Sendable {
      /// What was estimated, and what came true.
      public var estimate: Band
      public var actual: Double
      public init(estimate: Band, actual: Double) { (self.estimate, self.actual) = (estimate, actual) }
    }

    public init(
      id: String, name: String, preset: String, past_jobs: Int, cost_usd: Estimated, duration_s: Estimated,
      quoted_usd: Double?
    ) {
      (self.id, self.name, self.preset, self.past_jobs) = (id, name, preset, past_jobs)
      (self.cost_usd, self.duration_s, self.quoted_usd) = (cost_usd, duration_s, quoted_usd)
    }
  }

  public var status: Status
  /// Of the history that it was computed from, or is being computed from.
  public var history_digest: String
  /// False: jobs have ended since; what is newer is being computed.
  public var is_current = true
  /// Jobs that have to have ended before the first is scored.
  public var from_jobs: Int
  public var cost: Quantity?
  public var duration: Quantity?
  /// Of the same jobs on their way, each projected from where it stood by a model that knew nothing later; by share.
  public var projections: [Projection] = []
  /// In the order of submission.
  public var jobs: [Job]
  public var seconds: Double?
  public var source: String

  public init(
    status: Status, history_digest: String, from_jobs: Int, cost: Quantity? = nil, duration: Quantity? = nil,
    jobs: [Job] = [], seconds: Double? = nil, source: String = ""
  ) {
    (self.status, self.history_digest, self.from_jobs) = (status, history_digest, from_jobs)
    (self.cost, self.duration, self.jobs, self.seconds, self.source) = (cost, duration, jobs, seconds, source)
  }
}

extension AccuracyDocument {
  /// Jobs that have to have ended before the first is scored.
  public static let from = 5
  /// So many jobs are scored at most: the last ones.
  public static let most = 200

  /// Which jobs there are, and when they ended: what was estimated of the past changes with nothing else.
  public static func digest(of view: LiveView) -> String {
    var digest = Digest()
    for job in view.fleet.jobs {
      digest.append(job.submitted.microseconds)
      digest.append(job.phase.isTerminal ? job.ended.microseconds : -1)
    }
    let text = String(digest.value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
