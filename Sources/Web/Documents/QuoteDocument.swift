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
  /// What the budget sets aside for it.
  public var reservation_usd: Double
  public var source: String
  public var warnings: [String]
  /// Filled in by the server.
  public var budget: BudgetDocument?
  /// False: it would be blocked now.
  public var fits_budget: Bool?
  /// Of a job that goes on: from where, and what is left.
  public var resume: ResumptionDocument?

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
