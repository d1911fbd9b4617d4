// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Foundation

/// A suite as the JSON that a pod is given, and that another program can read; reading it back gives the same suite.
public struct SuiteDocument: Codable, Sendable {
  public struct Scale: Codable, Sendable {
    public var id: String
    public var title: String
    public var question: String
    public var anchors: [String: String]
  }
  public struct Item: Codable, Sendable {
    public var id: String
    public var category: String?
    public var difficulty: String?
    public var persona: String?
    public var emotional_arc: String?
    public var topic: String?
    public var prompt: String
    public var expects: [String]?
    public var options: [String: String]?
    public var answer: String?
    public var why: String?
    public var holds_for: String?
    public var critical: Bool?
  }
  public var version = 1
  public var name: String
  public var title: String
  public var kind: String
  public var year: Int
  public var answered_by: String?
  public var rubric: [Scale]?
  public var items: [Item]
}

extension Suite {
  public var document: SuiteDocument {
    SuiteDocument(
      name: name, title: title, kind: kind.rawValue, year: year,
      // What is usual is left out: a suite that says it is the same as one that does not, and so is its digest.
      answered_by: answeredBy == .letter ? nil : answeredBy.rawValue,
      rubric: kind == .questions
        ? nil
        : rubric.map { scale in
          SuiteDocument.Scale(
            id: scale.id, title: scale.title, question: scale.question,
            anchors: Dictionary(uniqueKeysWithValues: scale.anchors.map { (String($0), $1) }))
        },
      items: items.map { item in
        SuiteDocument.Item(
          id: item.id, category: item.category, difficulty: item.difficulty?.rawValue, persona: item.persona,
          emotional_arc: item.emotionalArc, topic: item.topic, prompt: item.prompt,
          expects: item.expects.isEmpty ? nil : item.expects,
          options: item.options.isEmpty
            ? nil : Dictionary(uniqueKeysWithValues: item.options.map { ($0.label, $0.text) }),
          answer: item.answer, why: item.why, holds_for: item.holdsFor, critical: item.isCritical ? true : nil)
      })
  }

  /// One line of JSON, the same for the same content.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(document)
  }

  /// The version of its content: 16 hexadecimal digits that change when a word of it does.
  ///
  /// It tells versions apart; it is not cryptographic.
  public var digest: String {
    var digest = Digest()
    for byte in (try? json()) ?? Data() { digest.append(UInt64(byte)) }
    let digits = String(digest.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
