import DiscreteEvent

/// How far a voice is met (story 6.4.1): each characteristic, and the mean of them all.
enum VoiceLevels {
  /// All characteristics together first, then one by one.
  static func levels(_ suite: Suite, _ book: ScoreBook, seed: UInt64) -> [ValidationDocument.Level] {
    var overall = level("Voice consistency", nil, book.pairedItems(), seed)
    let badge = Badge.voice.badge(overall.score)
    overall.badge = badge
    if let threshold = badge.threshold {
      overall.chance_of_luck = chance(book.entries.map(\.trainedScore), of: threshold)
    }
    return [overall]
      + suite.rubric.indices.map { i in
        level(suite.rubric[i].title, suite.rubric[i].id, book.pairedItems(scale: i), seed)
      }
  }

  private static func level(
    _ title: String, _ scale: String?, _ items: [PairedItem], _ seed: UInt64
  ) -> ValidationDocument.Level {
    let bootstrap = PairedBootstrap(items.map(\.sums), seed: seed, key: "level/\(scale ?? "all")") {
      $0.trained / $0.weight
    }
    return ValidationDocument.Level(
      scale: scale, title: title, score: bootstrap.estimate, base_score: Measure.score.base(items.map(\.sums).total),
      alignment_percent: bootstrap.estimate * 20, interval: bootstrap.interval(),
      word: Badge.word(forCharacteristic: bootstrap.estimate))
  }

  /// The chance that prompts of a voice whose true score is `threshold` have so high a mean: Student's t over the prompts.
  static func chance(_ scores: [Double], of threshold: Double) -> Double? {
    guard scores.count > 1, let mean = scores.mean else { return nil }
    let error = scores.deviation / Double(scores.count).squareRoot()
    guard error > 0 else { return mean > threshold ? 0 : 1 }
    return 1 - StudentT.cdf((mean - threshold) / error, degreesOfFreedom: Double(scores.count - 1))
  }
}
