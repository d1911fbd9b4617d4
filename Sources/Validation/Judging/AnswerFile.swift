// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Scenarios

/// Which of the two models.
public enum ModelSide: String, Hashable, Sendable, Codable, CaseIterable { case base, trained }

/// One answer of one model, as the pod wrote it.
public struct Answer: Hashable, Sendable, Codable {
  public var item: String
  public var model: ModelSide
  /// Which of several answers to the same prompt; 0 where there is one.
  public var draw: Int?
  /// The labels of the options in the order in which they were shown.
  public var order: [String]?
  /// The text; of a question what the model chose, as its label in the suite.
  public var answer: String
  /// How likely the model found each option (logarithms), by its label in the suite.
  public var scores: [String: Double]?

  public init(
    item: String, model: ModelSide, draw: Int? = nil, order: [String]? = nil, answer: String,
    scores: [String: Double]? = nil
  ) {
    (self.item, self.model, self.draw, self.order) = (item, model, draw, order)
    (self.answer, self.scores) = (answer, scores)
  }
}

/// What a pod wrote down: JSON lines, first a header, then every answer of both models.
public struct AnswerFile: Hashable, Sendable {
  public struct Header: Hashable, Sendable, Codable {
    public var format: String
    public var version: Int
    public var suite: String
    /// ``Suite/digest`` of the version that was answered.
    public var digest: String
    public var job: String?
    public var model: String?
    /// 0: deterministic.
    public var temperature: Double?
    public var seed: UInt64?
  }

  public static let format = "lora-train-answers"
  public var header: Header
  public var answers: [Answer]

  /// - Throws: `InputError` with the line of what is wrong: no JSON, an unknown item, an answer that is there twice.
  public static func read(path: String, suite: Suite) throws(InputError) -> AnswerFile {
    try decode(try TextFile.text(path: path, limit: 256_000_000), file: path, suite: suite)
  }

  /// - Parameter file: how errors call it.
  public static func decode(_ text: String, file: String, suite: Suite) throws(InputError) -> AnswerFile {
    let lines = JSONLines(text, file: file)
    let header = try lines.header(Header.self, format: format) { ($0.format, $0.version) }
    guard header.digest == suite.digest else {
      throw InputError(
        .badData, file: file, line: 1, column: 1,
        "these are answers to \(header.suite) \(header.digest), not to \(suite.name) \(suite.digest)",
        hint: "answer the suite anew, or name the version of it that was answered")
    }
    var answers: [Answer] = []
    var seen: Set<String> = []
    let items = Dictionary(uniqueKeysWithValues: suite.items.map { ($0.id, $0) })
    try lines.forEach(Answer.self) { answer, line throws(InputError) in
      guard let item = items[answer.item] else {
        throw lines.error(line, "the suite has no item \(answer.item)")
      }
      let key = "\(answer.item)\u{1}\(answer.model)\u{1}\(answer.draw ?? 0)\u{1}\(answer.order ?? [])"
      guard seen.insert(key).inserted else {
        throw lines.error(line, "the \(answer.model.rawValue) model's answer to \(answer.item) is there twice")
      }
      if let order = answer.order, suite.answeredBy == .text {
        throw lines.error(
          line, "order of \(answer.item) is \(order): by text no options are shown; was it an older worker?")
      }
      if let order = answer.order, order.sorted() != item.options.map(\.label) {
        throw lines.error(line, "order of \(answer.item) is \(order), not its options")
      }
      answers.append(answer)
    }
    return AnswerFile(header: header, answers: answers)
  }

  /// The answers of both models to each item and draw, where both are there; in the suite's order.
  public func pairs(_ suite: Suite) -> [AnswerPair] {
    let byItem = Dictionary(grouping: answers, by: \.item)
    return suite.items.flatMap { item -> [AnswerPair] in
      let own = byItem[item.id] ?? []
      return Set(own.map { $0.draw ?? 0 }).sorted().compactMap { draw in
        func text(_ side: ModelSide) -> String? {
          own.first { $0.model == side && ($0.draw ?? 0) == draw }?.answer
        }
        guard let base = text(.base), let trained = text(.trained) else { return nil }
        return AnswerPair(item: item, draw: draw, base: base, trained: trained)
      }
    }
  }

  /// The items that are not answered by both models: of a question, in every order in which one of them was shown it.
  public func unanswered(_ suite: Suite) -> [String] {
    let byItem = Dictionary(grouping: answers, by: \.item)
    return suite.items.filter { item in
      let own = byItem[item.id] ?? []
      let hasOrders = own.contains { $0.order != nil }
      return ModelSide.allCases.contains { side in
        own.count { $0.model == side } < (hasOrders ? item.options.count : 1)
      }
    }.map(\.id)
  }

  /// Names what is not answered; nil where nothing is.
  func gap(_ suite: Suite) -> String? {
    let missing = unanswered(suite)
    guard !missing.isEmpty else { return nil }
    return "\(missing.count) of \(suite.items.count) items were not answered by both models, and count nowhere: "
      + missing.joined(separator: ", ")
  }

  /// What a model chose: the option it found likeliest over all orders, or that it chose most often. nil: none, or a tie.
  public func choice(_ item: String, _ side: ModelSide) -> String? {
    let own = answers.filter { $0.item == item && $0.model == side }
    var weight: [String: Double] = [:]
    if own.allSatisfy({ $0.scores != nil }) {
      for answer in own { weight.merge(answer.scores ?? [:], uniquingKeysWith: +) }
    } else {
      for answer in own { weight[answer.answer, default: 0] += 1 }
    }
    guard let greatest = weight.values.max() else { return nil }
    let best = weight.filter { $0.value == greatest }.keys
    return best.count == 1 ? best.first : nil
  }
}

/// What both models answered to the same prompt.
public struct AnswerPair: Hashable, Sendable {
  public var item: Suite.Item
  public var draw: Int
  public var base: String
  public var trained: String

  public func answer(_ side: ModelSide) -> String { side == .base ? base : trained }
}
