// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Scenarios

/// What one part of validation found: the document that is kept, shown, printed and exported.
public struct ValidationDocument: Hashable, Sendable, Codable {
  public enum Part: String, Hashable, Sendable, Codable, CaseIterable { case perplexity, scenarios, questions, voice }

  public struct SuiteReference: Hashable, Sendable, Codable {
    public var name: String
    public var title: String
    public var year: Int
    /// The version of the suite that was answered.
    public var digest: String
  }

  /// How good the trained model's voice is by itself, whatever the base was.
  public struct Level: Hashable, Sendable, Codable {
    public var scale: String?
    public var title: String
    /// 1 to 5.
    public var score: Double
    public var base_score: Double
    /// Score ÷ 5.
    public var alignment_percent: Double
    public var interval: Interval?
    /// `excellent`, `strong`, `good`, `fair`, `needs improvement`.
    public var word: String
    public var badge: Badge?
    /// How often a model that lies just below the badge's threshold would score as high.
    public var chance_of_luck: Double?
  }

  public struct Retention: Hashable, Sendable, Codable {
    /// nil: all questions.
    public var category: String?
    public var questions: Int
    public var base_correct: Int
    public var trained_correct: Int
    public var base_accuracy_percent: Double
    public var trained_accuracy_percent: Double
    public var retention_percent: Double?
    /// Bonett and Price.
    public var retention_interval_percent: Interval?
    /// Trained less base, in points; Newcombe.
    public var difference_interval_points: Interval
    /// McNemar's exact test: as many losses in a model that forgot nothing.
    public var chance_of_luck: Double
    public var badge: Badge?
    public var lost: [String]
    public var gained: [String]
  }

  public struct Example: Hashable, Sendable, Codable {
    public var item: String
    public var prompt: String
    public var base_answer: String
    public var trained_answer: String
    public var base_score: Double
    public var trained_score: Double
    public var notes: String
  }

  public struct Agreement: Hashable, Sendable, Codable {
    public var scale: String
    public var raters: Int
    /// Krippendorff's, ordinal.
    public var alpha: Double?
  }

  public struct Judges: Hashable, Sendable, Codable {
    public var names: [String]
    public var verdicts: Int
    /// Those of which no scores could be read; they are kept, and count nowhere.
    public var unreadable: Int
    /// Standard deviation of the difference that one verdict finds.
    public var noise: Double?
    public var noise_source: JudgeNoise.Source?
    /// Points that the answer shown first gets beyond its due.
    public var position_bias: Double?
    public var agreement: [Agreement]
    /// A model's scores beside people's, where both judged the same answers.
    public var calibration: JudgeCalibration?
  }

  public var format = "lora-train-validation"
  public var version = 1
  public var part: Part
  public var suite: SuiteReference?
  public var job: String?
  /// Items that were answered and judged, and items that there are.
  public var items: Int
  public var items_expected: Int
  public var overall: Comparison?
  public var scales: [Comparison] = []
  public var levels: [Level] = []
  public var retention: [Retention] = []
  public var by: [String: [Comparison]] = [:]
  public var matrix: [String: [Comparison]] = [:]
  public var regressions: [Regression] = []
  /// Items on which the trained model scored lower at all, noise or not.
  public var lower_at_all: Int?
  public var best: [Example] = []
  public var worst: [Example] = []
  public var judges: Judges?
  public var power: String?
  public var root_causes: [String] = []
  public var recommendations: [String] = []
  public var warnings: [String] = []
  public var gate: DeliveryGate
  public var method: String
  /// One row for each item or category: the table that is exported.
  public var table: [[String]] = []

  /// The exported table as CSV; what would run as a formula is defused.
  public var csv: String { CSVText.table(table.first ?? [], Array(table.dropFirst())) + "\n" }

  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
