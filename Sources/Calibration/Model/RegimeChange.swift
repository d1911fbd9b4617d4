import CGSL
import DiscreteEvent

/// Where a law of the world stopped being what it was.
public struct RegimeChange: Hashable, Sendable, Codable {
  /// Twice the log of the likelihood ratio at the best place, over the whole series.
  public var statistic: Double
  /// The first instant of the new regime.
  public var at: Instant
  /// New level over the old one.
  public var ratio: Double

  /// The statistic above which a change is told: about 0.4 % of series without one pass it (the supremum of a squared
  /// Brownian bridge, Andrews: Econometrica 61, 1993, is above 13.0 with probability 1 %).
  static let threshold = 15.0

  /// A shift of the mean of independent normal values around 0 with known variances. Single odd values do not make a
  /// regime: each counts as 2.5 standard deviations at most, and either side has 8 values and a twentieth of all.
  static func shift(_ values: [(at: Instant, value: Double, variance: Double)]) -> RegimeChange? {
    let minimum = max(8, values.count / 20)
    let series = values.map { v in
      let most = 2.5 * v.variance.squareRoot()
      return (at: v.at, value: min(max(v.value, -most), most), variance: v.variance)
    }
    let total = series.reduce((w: 0.0, x: 0.0)) { ($0.w + 1 / $1.variance, $0.x + $1.value / $1.variance) }
    var (w, x) = (0.0, 0.0)
    var best: RegimeChange?
    for (i, s) in series.enumerated() {
      if i >= minimum, series.count - i >= minimum {
        let difference = (total.x - x) / (total.w - w) - x / w
        let statistic = difference * difference / (1 / w + 1 / (total.w - w))
        if statistic > max(threshold, best?.statistic ?? 0) {
          best = RegimeChange(statistic: statistic, at: s.at, ratio: exp(difference))
        }
      }
      w += 1 / s.variance
      x += s.value / s.variance
    }
    return best
  }

  /// A change of the rate of a Poisson process, seen as events against what was expected, stretch by stretch.
  static func rate(
    _ series: [(at: Instant, events: Double, expected: Double)], minimum: Double = 5
  ) -> RegimeChange? {
    let total = series.reduce((n: 0.0, e: 0.0)) { ($0.n + $1.events, $0.e + $1.expected) }
    guard total.n > 0, total.e > 0 else { return nil }
    var (n, e) = (0.0, 0.0)
    var best: RegimeChange?
    func term(_ n: Double, _ e: Double) -> Double { n > 0 ? n * log(n / e) : 0 }
    for s in series {
      if e >= minimum, total.e - e >= minimum {
        let (later, expected) = (total.n - n, total.e - e)
        let statistic = 2 * (term(n, e) + term(later, expected) - term(total.n, total.e))
        if statistic > max(threshold, best?.statistic ?? 0) {
          best = RegimeChange(
            statistic: statistic, at: s.at, ratio: later / expected / max(n / e, 0.5 / e))
        }
      }
      n += s.events
      e += s.expected
    }
    return best
  }
}
