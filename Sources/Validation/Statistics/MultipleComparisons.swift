/// Many questions at once: by luck alone one of twenty would be answered yes.
public enum MultipleComparisons {
  /// Holm's adjusted chances: the chance of even one false yes among all is held (Scandinavian Journal of Statistics 6, 1979).
  public static func holm(_ chances: [Double]) -> [Double] {
    adjust(chances, order: { $0 < $1 }) { rank, m, p, before in max(before, min(1, Double(m - rank) * p)) }
  }

  /// Benjamini and Hochberg's adjusted chances: the expected share of false ones among those named is held (JRSS B 57, 1995).
  public static func benjaminiHochberg(_ chances: [Double]) -> [Double] {
    adjust(chances, order: { $0 > $1 }) { rank, m, p, before in
      min(rank == 0 ? 1 : before, Double(m) / Double(m - rank) * p)
    }
  }

  private static func adjust(
    _ chances: [Double], order: (Double, Double) -> Bool, _ step: (Int, Int, Double, Double) -> Double
  ) -> [Double] {
    var result = chances
    var before = 0.0
    let ranked = chances.indices.sorted { order(chances[$0], chances[$1]) }
    for (rank, i) in ranked.enumerated() {
      before = step(rank, chances.count, chances[i], before)
      result[i] = min(1, before)
    }
    return result
  }
}
