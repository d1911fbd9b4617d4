import CGSL

/// How often intervals hold the outcome, and how much of that is luck.
public enum Coverage {
  /// The shares of hits among `n` that a true coverage `nominal` gives with at least this `confidence`: the
  /// equal-tailed quantiles of the binomial law, divided by n.
  public static func acceptanceBand(n: Int, nominal: Double, confidence: Double = 0.95) -> (low: Double, high: Double) {
    let tail = (1 - confidence) / 2
    return (
      Double(binomialQuantile(tail, n: n, p: nominal)) / Double(n),
      Double(binomialQuantile(1 - tail, n: n, p: nominal)) / Double(n)
    )
  }

  /// The least k with `P(X ≤ k) ≥ u`, X binomial.
  static func binomialQuantile(_ u: Double, n: Int, p: Double) -> Int {
    _ = SpecialFunctions.handlerIsOff
    var low = 0
    var high = n
    while low < high {
      let middle = (low + high) / 2
      if gsl_cdf_binomial_P(UInt32(middle), p, UInt32(n)) < u { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Clopper–Pearson: the exact interval of a share, from `hits` among `n`.
  public static func shareInterval(hits: Int, of n: Int, confidence: Double = 0.95) -> (low: Double, high: Double) {
    let tail = (1 - confidence) / 2
    _ = SpecialFunctions.handlerIsOff
    let k = Double(hits)
    let m = Double(n - hits)
    return (
      hits == 0 ? 0 : gsl_cdf_beta_Pinv(tail, k, m + 1), hits == n ? 1 : gsl_cdf_beta_Qinv(tail, k + 1, m)
    )
  }
}

/// Split conformal prediction: what a rank among earlier scores promises (Vovk: ACML 2012).
public struct SplitConformal: Sendable, Hashable {
  /// How many scores the rank is taken among.
  public let scores: Int
  /// The rank, from 1, of the score that bounds the next one: ⌈(n + 1)(1 − α)⌉. Greater than ``scores``: no bound
  /// can be promised.
  public let rank: Int

  /// - Parameter coverage: 1 − α.
  public init(scores: Int, coverage: Double) {
    self.scores = scores
    // (n + 1)(1 − α) is often a whole number: rounding noise must not lift it.
    rank = Int((Double(scores + 1) * coverage - 1e-9).rounded(.up))
  }

  /// The probability that the next score lies within the bound, over all that may have been seen.
  public var marginalCoverage: Double { min(1, Double(rank) / Double(scores + 1)) }

  /// A quantile of the coverage given the scores that were seen: Beta(rank, n + 1 − rank).
  public func conditionalCoverage(quantile p: Double) -> Double {
    _ = SpecialFunctions.handlerIsOff
    return rank > scores ? 1 : gsl_cdf_beta_Pinv(p, Double(rank), Double(scores + 1 - rank))
  }

  /// The bound itself: the score of that rank among ascending scores; infinite when there are too few.
  public func bound(sorted: [Double]) -> Double { rank <= sorted.count && rank > 0 ? sorted[rank - 1] : .infinity }
}
