/// Scores of quantiles and intervals, in the unit of the outcome: smaller is better.
enum QuantileScores {
  /// The pinball loss of a quantile at level `p`: `(y − q) p` above it, `(q − y)(1 − p)` below.
  static func pinball(quantile q: Double, level p: Double, outcome y: Double) -> Double {
    y >= q ? (y - q) * p : (q - y) * (1 - p)
  }

  /// Winkler's interval score of a central interval with this nominal coverage: its width, and 2/α times the miss.
  static func winkler(low: Double, high: Double, coverage: Double, outcome y: Double) -> Double {
    let alpha = 1 - coverage
    return (high - low) + 2 / alpha * max(0, low - y) + 2 / alpha * max(0, y - high)
  }

  /// The quantile of an ascending sample by linear interpolation (Hyndman, Fan: type 7).
  static func quantile(sorted sample: [Double], _ p: Double) -> Double {
    precondition(!sample.isEmpty && p >= 0 && p <= 1)
    let h = Double(sample.count - 1) * p
    let i = min(Int(h), sample.count - 1)
    guard i + 1 < sample.count else { return sample[i] }
    return sample[i] + (h - Double(i)) * (sample[i + 1] - sample[i])
  }
}
