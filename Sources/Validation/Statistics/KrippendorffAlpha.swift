/// Krippendorff's alpha: how far several people who score the same units agree beyond luck. 1: wholly; 0: as by chance.
///
/// Krippendorff: "Computing Krippendorff's alpha-reliability", 2011 (University of Pennsylvania, ScholarlyCommons). Any number of
/// raters, scores may be missing; a unit with fewer than two scores says nothing.
public enum KrippendorffAlpha {
  /// How far two scores are apart.
  public enum Metric: String, Sendable, Codable { case nominal, ordinal, interval }

  /// - Parameter units: the scores that each unit got.
  /// - Returns: nil where no unit has two scores, or all scores are the same (nothing could disagree).
  /// - Complexity: O(scores + values²).
  public static func alpha(_ units: [[Double]], _ metric: Metric) -> Double? {
    let pairable = units.filter { $0.count > 1 }
    let values = Set(pairable.joined()).sorted()
    guard values.count > 1 else { return nil }
    let index = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    var coincidences = [[Double]](repeating: [Double](repeating: 0, count: values.count), count: values.count)
    for unit in pairable {
      let share = 1 / Double(unit.count - 1)
      let places = unit.compactMap { index[$0] }
      for (i, a) in places.enumerated() {
        for (j, b) in places.enumerated() where i != j { coincidences[a][b] += share }
      }
    }
    let margins = coincidences.map { $0.reduce(0, +) }
    let n = margins.reduce(0, +)
    func distance(_ a: Int, _ b: Int) -> Double {
      switch metric {
      case .nominal: return a == b ? 0 : 1
      case .interval: return (values[a] - values[b]) * (values[a] - values[b])
      case .ordinal:
        let (low, high) = (min(a, b), max(a, b))
        let between = margins[low...high].reduce(0, +) - (margins[low] + margins[high]) / 2
        return a == b ? 0 : between * between
      }
    }
    var (observed, expected) = (0.0, 0.0)
    for a in values.indices {
      for b in values.indices where a != b {
        observed += coincidences[a][b] * distance(a, b)
        expected += margins[a] * margins[b] * distance(a, b)
      }
    }
    return expected > 0 ? 1 - (n - 1) * observed / expected : nil
  }
}
