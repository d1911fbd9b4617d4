/// What to do next: which data to add, by name and number.
enum Recommendations {
  static let forRegressions = [
    "Add training data for the scenarios that regressed",
    "Reduce the learning rate, or increase regularization (dropout, weight decay), and train again",
  ]
  static let forForgetting = "Retrain with a lower learning rate to prevent overfitting"

  /// A group that surely improves less than all do; and cells too thin to judge.
  static func texts(_ document: ValidationDocument) -> [String] {
    guard let overall = document.overall else { return [] }
    var texts: [String] = []
    for dimension in [Suite.Dimension.persona, .emotionalArc, .topic, .category] {
      for row in document.by[dimension.rawValue] ?? [] where !row.is_shrunk {
        guard let high = row.interval_percent?.high, high < overall.improvement_percent else { continue }
        texts.append(
          "\(row.group[dimension.rawValue] ?? "") shows lower improvement (\(Figure.percent(row.improvement_percent)), of all "
            + "\(Figure.percent(overall.improvement_percent))) - consider adding specialized training data for this \(dimension.words)"
        )
      }
    }
    let cells = document.matrix["persona_by_emotional_arc"] ?? []
    let thin = cells.filter(\.is_shrunk).sorted {
      ($0.count, $0.improvement_percent) < ($1.count, $1.improvement_percent)
    }
    for cell in thin.prefix(5) {
      let names = "'\(cell.group["persona"] ?? "") + \(cell.group["emotional_arc"] ?? "")'"
      // A fifth of the conversations is held out; of scenarios each one counts.
      let missing = (Comparison.fewest - cell.count) * (document.part == .perplexity ? 5 : 1)
      let what = document.part == .perplexity ? "conversations for better coverage" : "scenarios to judge it"
      texts.append("Add \(missing)+ more \(names) \(what) (\(cell.count) \(cell.count == 1 ? "was" : "were") examined)")
    }
    return texts
  }
}
