/// The table of every item, for a spreadsheet.
enum ItemTable {
  static func rows(_ suite: Suite, _ answers: AnswerFile, _ book: ScoreBook, _ found: [Regression]) -> [[String]] {
    let scales = suite.rubric.map(\.id)
    let header =
      ["item", "category", "difficulty", "persona", "emotional_arc", "topic", "verdicts", "base", "trained", "change"]
      + scales.map { "base_\($0)" } + scales.map { "trained_\($0)" }
      + ["regression", "chance_of_luck", "prompt", "base_answer", "trained_answer"]
    let regressions = Dictionary(uniqueKeysWithValues: found.map { ($0.item, $0) })
    let pairs = Dictionary(answers.pairs(suite).map { ($0.item.id, $0) }, uniquingKeysWith: { first, _ in first })
    func score(_ value: Double) -> String { Figure.number(value, 3) }
    return [header]
      + book.entries.map { entry in
        let item = entry.item
        let regression = regressions[item.id]
        let names: [Suite.Dimension] = [.category, .difficulty, .persona, .emotionalArc, .topic]
        let mark = regression.map { $0.is_counted ? $0.severity.rawValue : "within noise" } ?? ""
        return [item.id] + names.map { item.group($0) ?? "" }
          + ["\(entry.differences.count)", score(entry.baseScore), score(entry.trainedScore), score(entry.change)]
          + entry.base.map(score) + entry.trained.map(score)
          + [mark, regression.map { Figure.number($0.chance_of_luck, 4) } ?? "", item.prompt]
          + [pairs[item.id]?.base ?? "", pairs[item.id]?.trained ?? ""]
      }
  }
}
