/// Many questions at once: by luck alone one of twenty would be answered yes.
public enum MultipleComparisons {
  /// Holm's adjusted chances: the chance of even one false yes among all is held (Scandinavian Journal of Statistics 6, 1979).
  public static func holm(_ chances: [Double]) -> [Double] {
    var result = chances
    var before = 0.0
    for (rank, i) in chances.indices.sorted(by: { chances[$0] < chances[$1] }).enumerated() {
      before = max(before, min(1, Double(chances.count - rank) * chances[i]))
      result[i] = before
    }
    return result
  }

  /// Benjamini and Hochberg's adjusted chances: the expected share of false ones among those named is held (JRSS B 57, 1995).
  public static func benjaminiHochberg(_ chances: [Double]) -> [Double] {
    var result = chances
    var before = 1.0
    for (rank, i) in chances.indices.sorted(by: { chances[$0] > chances[$1] }).enumerated() {
      before = min(before, Double(chances.count) / Double(chances.count - rank) * chances[i])
      result[i] = before
    }
    return result
  }
}
