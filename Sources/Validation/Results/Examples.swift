/// Best and worst answers side by side.
struct Examples {
  private let pairs: [String: AnswerPair]
  private let entries: [ScoreBook.Entry]
  private let rubric: [Suite.Scale]

  init(_ suite: Suite, _ answers: AnswerFile, _ book: ScoreBook) {
    pairs = Dictionary(answers.pairs(suite).map { ($0.item.id, $0) }, uniquingKeysWith: { first, _ in first })
    entries = book.entries.sorted { ($1.change, $0.item.id) < ($0.change, $1.item.id) }
    rubric = suite.rubric
  }

  func best(_ n: Int) -> [ValidationDocument.Example] { entries.filter { $0.change > 0 }.prefix(n).compactMap(example) }

  func worst(_ n: Int) -> [ValidationDocument.Example] {
    entries.reversed().filter { $0.change < 0 }.prefix(n).compactMap(example)
  }

  private func example(_ entry: ScoreBook.Entry) -> ValidationDocument.Example? {
    guard let pair = pairs[entry.item.id] else { return nil }
    let changes = rubric.indices.filter { abs(entry.trained[$0] - entry.base[$0]) >= 0.5 }.map {
      "\(rubric[$0].title) \(Figure.number(entry.base[$0], 1)) → \(Figure.number(entry.trained[$0], 1))"
    }
    let reason = entry.verdicts.compactMap(\.reason).first { !$0.isEmpty }
    return ValidationDocument.Example(
      item: entry.item.id, prompt: entry.item.prompt, base_answer: pair.base, trained_answer: pair.trained,
      base_score: entry.baseScore, trained_score: entry.trainedScore,
      notes: (changes + [reason].compactMap { $0 }).joined(separator: "; "))
  }
}
