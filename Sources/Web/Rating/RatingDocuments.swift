// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Validation

/// Answers that people are asked to score.
public struct NewRatings: Codable, Sendable {
  /// A shipped suite's name; or what `suite_text` is called.
  public var suite: String
  /// A client's own suite, as JSON or YAML.
  public var suite_text: String?
  /// What the pod wrote: JSON lines.
  public var answers: String

  public init(suite: String, suiteText: String? = nil, answers: String) {
    (self.suite, suite_text, self.answers) = (suite, suiteText, answers)
  }
}

/// How far scoring has come.
public struct RatingDocument: Codable, Sendable {
  public struct Rater: Codable, Sendable {
    public var person: String
    public var done: Int
  }
  public var suite: String
  public var title: String
  /// How many pairs of answers there are.
  public var pairs: Int
  public var raters: [Rater]
  /// Krippendorff's alpha of each scale, from two raters on.
  public var agreement: [ValidationDocument.Agreement]
  public var asked_by: String
  public var asked_at: String
}

public struct RatingList: Codable, Sendable { public var rounds: [RatingDocument] }

/// The next pair that somebody has to score. Which answer is the trained model's is not told.
public struct RatingSheet: Codable, Sendable {
  public struct Scale: Codable, Sendable {
    public var id: String
    public var title: String
    /// What is asked of an answer.
    public var question: String
    /// What some of the scores mean, by score.
    public var anchors: [String: String]
  }
  public var suite: String
  public var title: String
  public var pairs: Int
  public var done: Int
  /// From 1, in an order of this rater's own; nil: all are scored.
  public var number: Int?
  public var prompt: String?
  /// What a good answer does.
  public var expects: [String]
  /// Two, in random order.
  public var answers: [String]
  public var scales: [Scale]
}

/// What somebody gave a pair: 1 to 5 on each scale, to the answer that stands first and to the other.
public struct NewScores: Codable, Sendable {
  public var number: Int
  public var first: [String: Int]
  public var second: [String: Int]
  public var remark: String?

  public init(number: Int, first: [String: Int], second: [String: Int], remark: String? = nil) {
    (self.number, self.first, self.second, self.remark) = (number, first, second, remark)
  }
}
