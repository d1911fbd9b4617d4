// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Scenarios

/// Perplexity on held-out conversations, from the losses that the pod wrote down (`evaluation.json`).
public enum PerplexityResults {
  /// One held-out conversation: sums of its answers' losses, and the number of their tokens.
  public struct Conversation: Hashable, Sendable, Codable {
    public var id: String
    public var persona: String?
    public var emotional_arc: String?
    public var topic: String?
    public var base_loss: Double
    public var trained_loss: Double
    public var tokens: Double

    public init(
      id: String, persona: String? = nil, emotional_arc: String? = nil, topic: String? = nil, base_loss: Double,
      trained_loss: Double, tokens: Double
    ) {
      (self.id, self.persona, self.emotional_arc, self.topic) = (id, persona, emotional_arc, topic)
      (self.base_loss, self.trained_loss, self.tokens) = (base_loss, trained_loss, tokens)
    }
  }

  private struct Evaluation: Decodable { var conversations: [Conversation]? }

  /// - Throws: `InputError` where the file holds no conversations' losses.
  public static func read(path: String) throws(InputError) -> [Conversation] {
    try read(try TextFile.bytes(path: path, limit: 64_000_000), file: path)
  }

  /// - Parameter file: how errors call it.
  /// - Throws: `InputError` where there are no conversations' losses in it.
  public static func read(_ data: Data, file path: String) throws(InputError) -> [Conversation] {
    guard let found = (try? JSONDecoder().decode(Evaluation.self, from: data))?.conversations, !found.isEmpty,
      found.allSatisfy({ $0.tokens > 0 && $0.base_loss.isFinite && $0.trained_loss.isFinite })
    else {
      throw InputError(
        .badData, file: path, "holds no losses of held-out conversations",
        hint: "it should be an evaluation.json; an older worker's has no conversations: run its evaluate again")
    }
    return found
  }

  public static func assess(_ conversations: [Conversation], job: String? = nil, seed: UInt64 = 1) -> ValidationDocument
  {
    let items = conversations.map { row in
      var groups: [Suite.Dimension: String] = [:]
      (groups[.persona], groups[.emotionalArc], groups[.topic]) = (row.persona, row.emotional_arc, row.topic)
      return PairedItem(
        id: row.id, sums: PairedSums(base: row.base_loss, trained: row.trained_loss, weight: row.tokens), groups: groups
      )
    }
    let comparer = Comparer(.perplexity, seed: seed)
    let overall = comparer.overall(items)
    var document = ValidationDocument(
      part: .perplexity, job: job, items: items.count, items_expected: items.count, overall: overall,
      gate: .perplexity(overall),
      method:
        "Perplexity = exp(mean loss per token of the answers); improvement = (base − trained) ÷ base. 95 % intervals: paired BCa bootstrap of "
        + "conversations, 2000 resamples. Chance of luck: paired randomisation test, corrected by Holm within each breakdown. "
        + "Groups below \(Comparison.fewest) conversations are drawn to their margins and carry no badge.")
    for dimension in [Suite.Dimension.persona, .emotionalArc, .topic] {
      let rows = comparer.breakdown(items, by: dimension)
      if !rows.isEmpty { document.by[dimension.rawValue] = rows }
    }
    for (name, columns) in [("persona_by_emotional_arc", Suite.Dimension.emotionalArc), ("persona_by_topic", .topic)] {
      let cells = comparer.matrix(items, .persona, columns)
      if !cells.isEmpty { document.matrix[name] = cells }
    }
    document.recommendations = Recommendations.texts(document)
    document.table = CategoryTable.rows(document)
    return document
  }

  /// `31% lower perplexity indicates significantly better prediction quality` (story 6.1.1), or what holds instead.
  public static func interpretation(_ overall: Comparison) -> String {
    let percent = Figure.number(abs(overall.improvement_percent), 0)
    if overall.improvement_percent < 0 {
      return "\(percent)% higher perplexity: the model predicts worse than its base"
    }
    guard (overall.chance_of_luck ?? 1) <= Comparison.greatestLuck else {
      return "\(percent)% lower perplexity, which luck alone would give as well"
    }
    return "\(percent)% lower perplexity indicates "
      + (overall.badge == Badge.perplexity.lowest ? "slightly" : "significantly") + " better prediction quality"
  }
}

/// Every group and cell of a document, for a spreadsheet.
enum CategoryTable {
  static func rows(_ document: ValidationDocument) -> [[String]] {
    let dimensions = ["persona", "emotional_arc", "topic"]
    let header =
      dimensions + [
        "count", "base", "trained", "improvement_percent", "low_percent", "high_percent", "chance_of_luck", "is_shrunk",
        "badge",
      ]
    let groups = dimensions.flatMap { document.by[$0] ?? [] }
    let cells = document.matrix.sorted { $0.key < $1.key }.flatMap(\.value)
    let all = [document.overall].compactMap { $0 } + groups + cells
    func number(_ value: Double?, _ decimals: Int) -> String { value.map { Figure.number($0, decimals) } ?? "" }
    return [header]
      + all.map { row in
        let names = dimensions.map { row.group[$0] ?? "" }
        let figures = [number(row.base, 4), number(row.trained, 4), number(row.improvement_percent, 2)]
        let interval = [number(row.interval_percent?.low, 2), number(row.interval_percent?.high, 2)]
        return names + ["\(row.count)"] + figures + interval
          + [number(row.chance_of_luck, 4), "\(row.is_shrunk)", row.badge?.code ?? ""]
      }
  }
}
