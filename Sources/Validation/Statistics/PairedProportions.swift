import DiscreteEvent
import Foundation

/// Questions that two models answered: how many both had right, only one, or neither.
public struct PairedProportions: Hashable, Sendable {
  public var both: Int
  /// Right before, wrong after.
  public var lost: Int
  /// Wrong before, right after.
  public var gained: Int
  public var neither: Int

  public init(both: Int, lost: Int, gained: Int, neither: Int) {
    (self.both, self.lost, self.gained, self.neither) = (both, lost, gained, neither)
  }

  public var count: Int { both + lost + gained + neither }
  public var base: Int { both + lost }
  public var trained: Int { both + gained }
  /// Trained ÷ base of the right answers; nil where the base had none right.
  public var retention: Double? { base > 0 ? Double(trained) / Double(base) : nil }
  /// The difference of the shares of right answers, trained less base.
  public var difference: Double { count > 0 ? Double(trained - base) / Double(count) : 0 }

  /// McNemar's exact test: only the questions on which the models differ count, and each falls to either side like a coin.
  ///
  /// - Returns: the two-sided chance, and that of as many losses in a model that forgot nothing.
  /// McNemar: Psychometrika 12, 1947; exact by the binomial law.
  public var mcNemar: (twoSided: Double, forgetting: Double) {
    let n = lost + gained
    return (min(1, 2 * BinomialHalf.upTo(min(lost, gained), of: n)), BinomialHalf.upTo(gained, of: n))
  }

  /// Newcombe's interval of ``difference`` (method 10: Wilson's limits squared and added, with the continuity-corrected
  /// correlation): Newcombe: "Improved confidence intervals for the difference between binomial proportions based on paired
  /// data", Statistics in Medicine 17, 1998.
  public func newcombe(confidence: Double = 0.95) -> Interval {
    guard count > 0 else { return Interval(low: -1, high: 1) }
    let n = Double(count)
    let z = StandardNormal.quantile(1 - (1 - confidence) / 2)
    let (p, q) = (Double(trained) / n, Double(base) / n)
    let (a, b) = (Wilson.interval(Double(trained), of: n, z: z), Wilson.interval(Double(base), of: n, z: z))
    let margins = Double(trained) * (n - Double(trained)) * Double(base) * (n - Double(base))
    let cross = Double(both * neither) - Double(gained * lost)
    let corrected = cross > n / 2 ? cross - n / 2 : min(cross, 0)
    let phi = margins > 0 ? corrected / margins.squareRoot() : 0
    func spread(_ x: Double, _ y: Double) -> Double { max(0, x * x + y * y - 2 * phi * x * y).squareRoot() }
    return Interval(
      low: difference - spread(p - a.low, b.high - q), high: difference + spread(a.high - p, q - b.low))
  }

  /// The interval of ``retention``: Bonett, Price: "Confidence intervals for a ratio of binomial proportions based on paired data",
  /// Statistics in Medicine 25, 2006 (hybrid of Wilson's limits). nil where no question was answered right by either.
  public func retentionInterval(confidence: Double = 0.95) -> Interval? {
    let n = Double(both + lost + gained)
    guard base > 0 else { return nil }
    let (x, y) = (Double(trained), Double(base))
    let a = (Double(lost + gained + 2) / ((x + 1) * (y + 1))).squareRoot()
    let b = ((1 - (x + 1) / (n + 2)) / (x + 1)).squareRoot()
    let c = ((1 - (y + 1) / (n + 2)) / (y + 1)).squareRoot()
    let z = StandardNormal.quantile(1 - (1 - confidence) / 2) * a / (b + c)
    let (over, under) = (Wilson.interval(x, of: n, z: z), Wilson.interval(y, of: n, z: z))
    return Interval(low: over.low / under.high, high: over.high / under.low)
  }
}

/// Wilson's interval of a share: JASA 22, 1927.
public enum Wilson {
  public static func interval(_ hits: Double, of n: Double, z: Double) -> Interval {
    let middle = 2 * hits + z * z
    let root = z * (z * z + 4 * hits * (1 - hits / n)).squareRoot()
    return Interval(low: (middle - root) / (2 * (n + z * z)), high: (middle + root) / (2 * (n + z * z)))
  }
}

/// A fair coin, thrown n times.
enum BinomialHalf {
  /// The chance of at most `k` heads.
  static func upTo(_ k: Int, of n: Int) -> Double {
    guard k >= 0 else { return 0 }
    return k >= n ? 1 : min(1, (0...k).reduce(0) { $0 + Binomial.probability($1, of: n, 0.5) })
  }
}

enum Binomial {
  /// The chance of exactly `k` among `n`.
  static func probability(_ k: Int, of n: Int, _ p: Double) -> Double {
    guard (0...n).contains(k) else { return 0 }
    if p <= 0 { return k == 0 ? 1 : 0 }
    if p >= 1 { return k == n ? 1 : 0 }
    let misses = Double(n - k)
    let ways: Double = lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(misses + 1)
    let odds: Double = Double(k) * log(p) + misses * log1p(-p)
    return exp(ways + odds)
  }
}
