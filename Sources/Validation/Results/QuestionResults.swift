/// Multiple choice: what was known before, and what still is.
public enum QuestionResults {
  public static func assess(_ suite: Suite, answers: AnswerFile, job: String? = nil) -> ValidationDocument {
    struct Graded {
      var item: Suite.Item
      var base: String?
      var trained: String?
      var baseRight: Bool { base == item.answer }
      var trainedRight: Bool { trained == item.answer }
    }
    let unanswered = Set(answers.unanswered(suite))
    let graded = suite.items.filter { !unanswered.contains($0.id) }.map {
      Graded(item: $0, base: answers.choice($0.id, .base), trained: answers.choice($0.id, .trained))
    }
    func table(_ rows: [Graded]) -> PairedProportions {
      PairedProportions(
        both: rows.count { $0.baseRight && $0.trainedRight }, lost: rows.count { $0.baseRight && !$0.trainedRight },
        gained: rows.count { !$0.baseRight && $0.trainedRight },
        neither: rows.count { !$0.baseRight && !$0.trainedRight })
    }
    func retention(_ rows: [Graded], _ category: String?) -> ValidationDocument.Retention {
      let counts = table(rows)
      let lost = rows.filter { $0.baseRight && !$0.trainedRight }.map(\.item.id)
      let gained = rows.filter { !$0.baseRight && $0.trainedRight }.map(\.item.id)
      return .init(counts, category: category, lost: lost, gained: gained)
    }
    let whole = table(graded)
    let categories = Dictionary(grouping: graded) { $0.item.category ?? "" }.sorted { $0.key < $1.key }
    let lost = graded.filter { $0.baseRight && !$0.trainedRight }.map(\.item)
    var document = ValidationDocument(
      part: .questions, suite: suite.reference, job: job ?? answers.header.job, items: graded.count,
      items_expected: suite.items.count,
      gate: .retention(whole, criticalLost: lost.filter(\.isCritical).map(\.id)),
      method:
        "Retention = trained ÷ base of the right answers; its interval: Bonett and Price. Difference of accuracies: Newcombe's method 10. "
        + "Chance of luck: McNemar's exact test, one-sided. "
        + (suite.answeredBy == .letter
          ? "A question's choice is the option likeliest over all orders in which it was shown."
          : "A question's choice is the option whose text is likeliest after the question, a byte.")
    )
    document.retention = [retention(graded, nil)] + categories.map { retention($0.value, $0.key) }
    if let value = whole.retention, value < 0.95 {
      document.root_causes = RootCauses.find(lost, among: graded.map(\.item), of: "lost questions")
      document.recommendations = [Recommendations.forForgetting]
      for row in document.retention.dropFirst() where row.lost.count > 1 {
        document.recommendations.append(
          "\(row.lost.count) \(row.category ?? "") questions regressed (\(row.lost.joined(separator: ", "))): add such knowledge to the training data"
        )
      }
    }
    document.power = power(whole)
    document.warnings = warnings(suite, whole)
    if let gap = answers.gap(suite) { document.warnings.append(gap) }
    if graded.count < suite.items.count {
      document.gate = .all([
        document.gate,
        DeliveryGate(.review, ["\(graded.count) of \(suite.items.count) questions were answered by both models"]),
      ])
    }
    document.table =
      [
        [
          "item", "category", "difficulty", "critical", "answer", "base_choice", "trained_choice", "base_right",
          "trained_right", "change", "prompt",
        ]
      ]
      + graded.map { row in
        [
          row.item.id, row.item.category ?? "", row.item.difficulty?.rawValue ?? "", "\(row.item.isCritical)",
          row.item.answer ?? "", row.base ?? "", row.trained ?? "", "\(row.baseRight)", "\(row.trainedRight)",
          row.baseRight == row.trainedRight ? "" : row.baseRight ? "lost" : "gained", row.item.prompt,
        ]
      }
    return document
  }

  /// What the gate sees: of a model that forgets one answer in seven, and of one that forgets one in fifty.
  private static func power(_ table: PairedProportions) -> String? {
    guard table.base > 0 else { return nil }
    func blocked(_ forgets: Double) -> String {
      let chance = Power.chanceOfFailing(
        known: table.base, questions: table.count, forgets: forgets, learns: 0, threshold: 0.9)
      return Figure.percent(100 * chance)
    }
    return
      "A model that forgets 15 % of what its base knows is blocked with \(blocked(0.15)), one that forgets 2 % with \(blocked(0.02))"
  }

  private static func warnings(_ suite: Suite, _ table: PairedProportions) -> [String] {
    guard table.count > 0 else { return ["no question was answered by both models"] }
    let options = suite.items.map { Double(max(2, $0.options.count)) }
    let guess = options.reduce(0) { $0 + 1 / $1 } / Double(options.count)
    let luck = (table.base...table.count).reduce(0) { $0 + Binomial.probability($1, of: table.count, guess) }
    guard luck > 0.05 else { return [] }
    return [
      "the base model has \(table.base) of \(table.count) right, which guessing gives as well (\(Figure.chance(luck))): retention says nothing of it"
    ]
  }
}

extension ValidationDocument.Retention {
  init(_ table: PairedProportions, category: String?, lost: [String], gained: [String]) {
    let n = Double(max(1, table.count))
    func percent(_ interval: Interval) -> Interval { Interval(low: 100 * interval.low, high: 100 * interval.high) }
    self.init(
      category: category, questions: table.count, base_correct: table.base, trained_correct: table.trained,
      base_accuracy_percent: 100 * Double(table.base) / n, trained_accuracy_percent: 100 * Double(table.trained) / n,
      retention_percent: table.retention.map { 100 * $0 },
      retention_interval_percent: table.retentionInterval().map(percent),
      difference_interval_points: percent(table.newcombe()), chance_of_luck: table.mcNemar.forgetting,
      badge: table.count < Comparison.fewest ? nil : table.retention.map { Badge.retention.badge($0) }, lost: lost,
      gained: gained)
  }
}
