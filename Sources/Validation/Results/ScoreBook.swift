/// All verdicts on a suite, by item: what scenarios and voices are scored from.
struct ScoreBook {
  struct Entry {
    var item: Suite.Item
    var verdicts: [Verdict]
    /// Means over the verdicts, of each scale.
    var base: [Double]
    var trained: [Double]
    /// What each verdict found, freed of the place of the answers.
    var differences: [Double]

    var baseScore: Double { base.mean ?? 0 }
    var trainedScore: Double { trained.mean ?? 0 }
    var change: Double { trainedScore - baseScore }
  }

  let suite: Suite
  let entries: [Entry]
  let all: [Verdict]
  /// nil: answers stood in one order only.
  let positionBias: Double?
  let noise: JudgeNoise?

  init(_ suite: Suite, _ verdicts: [Verdict]) {
    self.suite = suite
    all = verdicts
    let rubric = suite.rubric
    func difference(_ v: Verdict) -> Double? {
      guard let base = v.score(.base, rubric), let trained = v.score(.trained, rubric) else { return nil }
      return trained - base
    }
    let readable = verdicts.filter { difference($0) != nil }
    // A place's advantage is half of what changes when the answers change places.
    let first = readable.filter { $0.first == .trained }.compactMap(difference).mean
    let second = readable.filter { $0.first == .base }.compactMap(difference).mean
    let bias = first.flatMap { a in second.map { (a - $0) / 2 } }
    positionBias = bias
    let byItem = Dictionary(grouping: readable, by: \.item)
    entries = suite.items.compactMap { item in
      guard let own = byItem[item.id], !own.isEmpty else { return nil }
      func means(_ side: ModelSide) -> [Double] {
        rubric.map { scale in own.compactMap { $0.score(side, scale.id) }.mean ?? 0 }
      }
      let differences = own.compactMap { verdict in
        difference(verdict).map { $0 - (verdict.first == .trained ? 1 : -1) * (bias ?? 0) }
      }
      return Entry(item: item, verdicts: own, base: means(.base), trained: means(.trained), differences: differences)
    }
    noise = JudgeNoise(differences: entries.map(\.differences), scales: rubric.count)
  }

  /// The items as pairs of mean scores; of one scale, or of all.
  func pairedItems(scale: Int? = nil) -> [PairedItem] {
    entries.map { entry in
      let (base, trained) = scale.map { (entry.base[$0], entry.trained[$0]) } ?? (entry.baseScore, entry.trainedScore)
      return PairedItem(id: entry.item.id, sums: PairedSums(base: base, trained: trained), groups: entry.item.groups)
    }
  }

  var judges: ValidationDocument.Judges {
    return ValidationDocument.Judges(
      names: Set(all.map(\.judge)).sorted(), verdicts: all.count, unreadable: all.count { $0.scores == nil },
      noise: noise?.deviation, noise_source: noise?.source, position_bias: positionBias,
      agreement: RaterAgreement.of(all, suite), calibration: calibration)
  }

  private var calibration: JudgeCalibration? {
    JudgeCalibration(
      entries.compactMap { entry in
        func score(_ isPerson: Bool, _ side: ModelSide) -> Double? {
          entry.verdicts.filter { $0.isPerson == isPerson }.compactMap { $0.score(side, suite.rubric) }.mean
        }
        guard let a = score(true, .base), let b = score(true, .trained), let c = score(false, .base),
          let d = score(false, .trained)
        else { return nil }
        return (people: (base: a, trained: b), model: (base: c, trained: d))
      })
  }
}

extension Suite.Item {
  var groups: [Suite.Dimension: String] {
    var groups: [Suite.Dimension: String] = [:]
    for dimension in Suite.Dimension.allCases { groups[dimension] = group(dimension) }
    return groups
  }
}

extension Suite {
  var reference: ValidationDocument.SuiteReference {
    ValidationDocument.SuiteReference(name: name, title: title, year: year, digest: digest)
  }
}
