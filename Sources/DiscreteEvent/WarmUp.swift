/// Where the start of a simulation ends.
public enum WarmUp {
  /// What MSER-5 found.
  public struct Truncation: Hashable, Sendable {
    /// How many batches of five to drop.
    public var batches: Int
    /// How many observations to drop: 5 × ``batches``.
    public var observations: Int
    /// The criterion at its minimum.
    public var statistic: Double
    /// The mean of what is kept, without a last batch that is not full.
    public var mean: Double
  }

  /// MSER-5: averages batches of five observations and drops the d first batches that minimise
  /// Σ (y − ȳ)² / (n − d)² over the rest, with d ≤ n / 2. Nil for fewer than ten observations. O(n).
  ///
  /// White, Cobb, Spratt: "A comparison of five steady-state truncation heuristics for simulation", WSC 2000. A minimum at the
  /// bound says that the run is too short.
  public static func mser5(_ observations: [Double]) -> Truncation? {
    let means = BatchMeans.means(of: observations, size: 5)
    let n = means.count
    if n < 2 { return nil }
    // From the back: Welford's sums over the last k batches.
    var tally = Tally()
    var best: Truncation?
    for d in stride(from: n - 1, through: 0, by: -1) {
      tally.add(means[d])
      if d > n / 2 { continue }
      let kept = Double(n - d)
      let statistic = tally.squares / (kept * kept)
      if let found = best, found.statistic < statistic { continue }
      best = Truncation(batches: d, observations: 5 * d, statistic: statistic, mean: tally.mean)
    }
    return best
  }
}
