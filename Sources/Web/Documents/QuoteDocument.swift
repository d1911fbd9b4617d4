// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

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
  /// Of at least one interruption.
  public var p_interrupted: Double?
  /// What an hour of the pod costs.
  public var hourly_rate_usd: Double?
  /// What the mean cost is made of.
  public var parts: Parts?
  /// What the budget sets aside for it.
  public var reservation_usd: Double
  public var source: String
  public var warnings: [String]
  /// Where it is not safe that the job fits the GPU's memory: how much it takes, and what would do. Among the warnings, too.
  public var memory: String?
  /// Filled in by the server.
  public var budget: BudgetDocument?
  /// False: it would be blocked now.
  public var fits_budget: Bool?
  /// Of a job that goes on: from where, and what is left.
  public var resume: ResumptionDocument?
  /// What of it goes into answers to suites; filled in by the server.
  public var suites: SuiteTime?

  /// What a pod spends on the suites that it was ordered to answer, the middle case. Cost, duration and reservation have it in them.
  public struct SuiteTime: Codable, Sendable {
    public var prompts: Int
    public var duration_s, cost_usd: Double
    /// It stops answering then, whatever is left.
    public var limit_s: Double

    /// Three times what is expected, and for few prompts ten minutes: a model that answers far slower than any seen is not paid for all day.
    init(prompts: Int, duration_s: Double, hourlyRate: Double) {
      (self.prompts, self.duration_s) = (prompts, duration_s)
      cost_usd = duration_s / 3600 * hourlyRate
      limit_s = max(600, 3 * duration_s).rounded(.up)
    }
  }

  /// The mean cost of runs that complete, split.
  public struct Parts: Codable, Sendable {
    /// Training that is kept, setting up, checkpoints, storage.
    public var gpu_usd: Double
    /// Work that is lost and done again, recovery, and waiting to notice.
    public var interruptions_usd: Double
    public init(gpu_usd: Double, interruptions_usd: Double) {
      (self.gpu_usd, self.interruptions_usd) = (gpu_usd, interruptions_usd)
    }
  }

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
