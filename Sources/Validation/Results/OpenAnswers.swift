/// Scenarios and voices: from answers and verdicts to the document.
public enum OpenAnswers {
  /// - Parameter job: whose model it is; without it what the answers say.
  public static func assess(
    _ suite: Suite, answers: AnswerFile, verdicts: [Verdict], job: String? = nil, seed: UInt64 = 1
  ) -> ValidationDocument {
    let book = ScoreBook(suite, verdicts)
    let isVoice = suite.kind == .voice
    let items = book.pairedItems()
    var comparer = Comparer(.score, seed: seed)
    if isVoice { comparer.badges = nil }
    let found = Regression.find(
      book.entries.map { ($0.item.id, $0.baseScore, $0.trainedScore, $0.differences.count) }, noise: book.noise)
    var document = ValidationDocument(
      part: isVoice ? .voice : .scenarios, suite: suite.reference, job: job ?? answers.header.job,
      items: items.count, items_expected: suite.items.count,
      gate: DeliveryGate(.review, ["nothing was judged"]), method: method(isVoice))
    guard !items.isEmpty else {
      document.warnings = ["no verdict has scores: nothing can be said"]
      if let gap = answers.gap(suite) { document.warnings.append(gap) }
      return document
    }
    document.overall = comparer.overall(items)
    document.scales = comparer.family(
      suite.rubric.indices.map { (["scale": suite.rubric[$0].id], book.pairedItems(scale: $0)) }, key: "scale")
    for dimension in Suite.Dimension.allCases {
      let rows = comparer.breakdown(items, by: dimension)
      if !rows.isEmpty { document.by[dimension.rawValue] = rows }
    }
    let cells = comparer.matrix(items, .persona, .emotionalArc)
    if !cells.isEmpty { document.matrix["persona_by_emotional_arc"] = cells }
    document.regressions = found
    document.lower_at_all = found.count
    let examples = Examples(suite, answers, book)
    document.best = examples.best(isVoice ? 5 : 10)
    document.worst = examples.worst(5)
    document.judges = book.judges
    document.power = Power.sentence(
      items: items.count, of: isVoice ? "prompts" : "scenarios", deviation: book.entries.map(\.change).deviation)
    let counted = found.filter(\.is_counted)
    document.root_causes = RootCauses.find(
      counted.compactMap { suite.item($0.item) }, among: book.entries.map(\.item), of: "regressions")
    document.recommendations = Recommendations.texts(document)
    if !counted.isEmpty { document.recommendations += Recommendations.forRegressions }
    var gates = [DeliveryGate.regressions(found, of: items.count)]
    if isVoice {
      document.levels = VoiceLevels.levels(suite, book, seed: seed)
      if let overall = document.levels.first, let badge = overall.badge { gates.append(.voice(overall.score, badge)) }
    }
    document.warnings = warnings(document)
    if let gap = answers.gap(suite) { document.warnings.append(gap) }
    if items.count < suite.items.count {
      gates.append(DeliveryGate(.review, ["\(items.count) of \(suite.items.count) items were judged"]))
    }
    document.gate = .all(gates)
    document.table = ItemTable.rows(suite, answers, book, found)
    return document
  }

  private static func warnings(_ document: ValidationDocument) -> [String] {
    var texts: [String] = []
    guard let judges = document.judges else { return texts }
    if judges.unreadable > 0 {
      texts.append("\(judges.unreadable) of \(judges.verdicts) verdicts could not be read, and count nowhere")
    }
    if judges.noise_source == .spread {
      texts.append(
        "no pair was judged twice: the judge's noise is taken as the spread between items, its upper bound, so regressions may be missed"
      )
    }
    if judges.position_bias == nil {
      texts.append("all pairs were judged in one order: what the first place is worth is not known")
    }
    for row in judges.agreement {
      if let alpha = row.alpha, alpha < 0.667 {
        texts.append(
          "raters agree little on \(row.scale) (alpha \(Figure.number(alpha, 2)); below 0.667 no conclusion should be drawn)"
        )
      }
    }
    if let calibration = judges.calibration, let interval = calibration.bias_interval, !interval.contains(0) {
      texts.append(
        "the model judge gives \(Figure.number(calibration.bias, 2)) points beyond people (95 %: \(Figure.number(interval.low, 2)) to \(Figure.number(interval.high, 2)))"
      )
    }
    return texts
  }

  private static func method(_ isVoice: Bool) -> String {
    "95 % intervals: paired BCa bootstrap of \(isVoice ? "prompts" : "scenarios"), 2000 resamples. Chance of luck: paired randomisation test, "
      + "corrected by Holm within each breakdown; badges above \(Comparison.greatestLuck) are withheld. Regressions: beyond the judge's noise, "
      + "by Student's t, false discovery rate \(Regression.greatestShareOfLuck) (Benjamini–Hochberg)."
  }
}
