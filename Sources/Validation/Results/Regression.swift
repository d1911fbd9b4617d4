// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// An item that the trained model answered worse than its base.
public struct Regression: Hashable, Sendable, Codable {
  public enum Severity: String, Hashable, Sendable, Codable, CaseIterable { case minor, moderate, major }

  public var item: String
  public var base: Double
  public var trained: Double
  /// Below 0.
  public var change_percent: Double
  public var severity: Severity
  /// How likely the judge's noise alone makes so great a fall, corrected for all items (Benjamini–Hochberg).
  public var chance_of_luck: Double
  /// Whether it counts: at most ``greatestShareOfLuck`` of those that count are luck.
  public var is_counted: Bool

  /// The share of counted regressions that may be luck.
  public static let greatestShareOfLuck = 0.05

  /// How severe a fall is: by its size and by what it falls below, whichever is worse (story 6.2.2, whose classes leave gaps).
  ///
  /// Below 10 % minor, up to 20 % moderate, beyond major; moderate at least where it drops below 4, major where it drops below 3.
  public static func severity(base: Double, trained: Double) -> Severity {
    let fall = 100 * (base - trained) / base
    if fall > 20 || (base >= 3 && trained < 3) { return .major }
    return fall >= 10 || (base >= 4 && trained < 4) ? .moderate : .minor
  }

  /// All items that fell, the likeliest first.
  ///
  /// - Parameter items: id, both mean scores, and how many verdicts each is the mean of.
  public static func find(
    _ items: [(id: String, base: Double, trained: Double, verdicts: Int)], noise: JudgeNoise?
  ) -> [Regression] {
    let chances = items.map { item -> Double in
      guard let noise else { return 1 }
      let verdicts = noise.source == .spread ? 1 : item.verdicts
      return noise.chance(ofMeanDifference: item.trained - item.base, verdicts: verdicts)
    }
    let corrected = MultipleComparisons.benjaminiHochberg(chances)
    var found: [Regression] = []
    for (item, chance) in zip(items, corrected) where item.trained < item.base - 1e-9 {
      found.append(
        Regression(
          item: item.id, base: item.base, trained: item.trained,
          change_percent: 100 * (item.trained - item.base) / item.base,
          severity: severity(base: item.base, trained: item.trained), chance_of_luck: chance,
          is_counted: chance <= greatestShareOfLuck))
    }
    return found.sorted { ($0.chance_of_luck, $0.item) < ($1.chance_of_luck, $1.item) }
  }

  /// `3 minor regressions detected. Review before client delivery.`
  public static func warning(_ counted: [Regression]) -> String {
    let parts = Severity.allCases.reversed().compactMap { severity in
      let n = counted.count { $0.severity == severity }
      return n == 0 ? nil : "\(n) \(severity.rawValue)"
    }
    return
      "\(parts.joined(separator: ", ")) \(counted.count == 1 ? "regression" : "regressions") detected. Review before client delivery."
  }
}
