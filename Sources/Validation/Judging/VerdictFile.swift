// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Scenarios

/// What a judge, a person or a model, made of both answers to one prompt.
public struct Verdict: Hashable, Sendable, Codable {
  public var item: String
  public var draw: Int?
  /// `person:anna`, or `model:NAME@PROMPT`.
  public var judge: String
  /// Which answer was shown first.
  public var first: ModelSide
  /// Which of several verdicts of this judge on this pair in this order.
  public var `repeat`: Int?
  /// The score of each scale, 1 to 5, for each model; nil where the judge's answer could not be read.
  public var scores: [String: [String: Int]]?
  public var reason: String?
  /// What a model answered, as it came.
  public var raw: String?

  public init(
    item: String, draw: Int? = nil, judge: String, first: ModelSide, repeat number: Int? = nil,
    scores: [String: [String: Int]]?, reason: String? = nil, raw: String? = nil
  ) {
    (self.item, self.draw, self.judge, self.first, self.repeat) = (item, draw, judge, first, number)
    (self.scores, self.reason, self.raw) = (scores, reason, raw)
  }

  /// nil where a scale is missing.
  func score(_ side: ModelSide, _ scale: String) -> Double? { scores?[side.rawValue]?[scale].map(Double.init) }

  /// The mean of all scales; nil where one is missing.
  func score(_ side: ModelSide, _ rubric: [Suite.Scale]) -> Double? {
    let all = rubric.compactMap { score(side, $0.id) }
    return all.count == rubric.count ? all.mean : nil
  }

  public var isPerson: Bool { judge.hasPrefix("person:") }
}

/// Verdicts as JSON lines, first a header.
public struct VerdictFile: Hashable, Sendable {
  public struct Header: Hashable, Sendable, Codable {
    public var format: String
    public var version: Int
    public var suite: String
    public var digest: String
    /// What a model was asked with, word for word.
    public var prompt: String?

    public init(suite: Suite, prompt: String? = nil) {
      (format, version, self.suite) = (VerdictFile.format, 1, suite.name)
      (digest, self.prompt) = (suite.digest, prompt)
    }
  }

  public static let format = "lora-train-verdicts"
  public var header: Header
  public var verdicts: [Verdict]

  public init(header: Header, verdicts: [Verdict]) { (self.header, self.verdicts) = (header, verdicts) }

  /// - Throws: `InputError` with the line of what is wrong: another suite's verdicts, an unknown scale, a score beyond 1 to 5.
  public static func read(path: String, suite: Suite) throws(InputError) -> VerdictFile {
    try decode(try TextFile.text(path: path, limit: 256_000_000), file: path, suite: suite)
  }

  static func decode(_ text: String, file: String, suite: Suite) throws(InputError) -> VerdictFile {
    let lines = JSONLines(text, file: file)
    let header = try lines.header(Header.self, format: format) { ($0.format, $0.version) }
    guard header.digest == suite.digest else {
      throw lines.error(
        1, "these are verdicts on \(header.suite) \(header.digest), not on \(suite.name) \(suite.digest)")
    }
    var verdicts: [Verdict] = []
    let items = Set(suite.items.map(\.id))
    try lines.forEach(Verdict.self) { verdict, line throws(InputError) in
      guard items.contains(verdict.item) else { throw lines.error(line, "the suite has no item \(verdict.item)") }
      if let problem = fault(verdict.scores, suite) { throw lines.error(line, problem) }
      verdicts.append(verdict)
    }
    return VerdictFile(header: header, verdicts: verdicts)
  }

  private static func fault(_ scores: [String: [String: Int]]?, _ suite: Suite) -> String? {
    guard let scores else { return nil }
    for side in ModelSide.allCases {
      guard let own = scores[side.rawValue] else { return "scores lacks \(side.rawValue)" }
      for scale in suite.rubric {
        guard let score = own[scale.id] else { return "scores.\(side.rawValue) lacks \(scale.id)" }
        guard (1...5).contains(score) else { return "scores.\(side.rawValue).\(scale.id) is \(score), not 1 to 5" }
      }
      if let unknown = own.keys.sorted().first(where: { id in !suite.rubric.contains { $0.id == id } }) {
        return "scores.\(side.rawValue) has \(unknown), which is no scale of the rubric"
      }
    }
    return nil
  }

  /// The file's text.
  public func text() throws -> String {
    try ([VerdictFile.line(header)] + verdicts.map(VerdictFile.line)).joined(separator: "\n") + "\n"
  }

  public static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
