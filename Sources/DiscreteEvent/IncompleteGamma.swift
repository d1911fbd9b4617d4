#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x), and their inverse.
///
/// Series and continued fraction as in Abramowitz and Stegun 6.5.29 and 6.5.31; the prefactor after Temme's ϕ-function,
/// so that large shapes lose no digits (DLMF 8.7, 8.9, 8.11).
public enum IncompleteGamma {
  /// P(a, x), the distribution function of a gamma law with shape `a` and scale 1.
  public static func lower(_ a: Double, _ x: Double) -> Double { both(a, x).lower }

  /// Q(a, x), the survival function of a gamma law with shape `a` and scale 1.
  public static func upper(_ a: Double, _ x: Double) -> Double { both(a, x).upper }

  /// P and Q, each with its own precision in its tail.
  static func both(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
    if !(x > 0) { return x.isNaN ? (.nan, .nan) : (0, 1) }
    if x == .infinity { return (1, 0) }
    let d = powerTerm(a, x)
    if x < a + 1 {
      let p = min(1, d * series(a, x))
      return (p, 1 - p)
    }
    let q = min(1, d * a * fraction(a, x))
    return (1 - q, q)
  }

  /// The x at which P(a, x) = `p` and Q(a, x) = `q`, where p + q = 1 and the smaller of both is exact.
  static func quantile(_ a: Double, lower p: Double, upper q: Double) -> Double {
    exp(logQuantile(a, lower: p, upper: q))
  }

  /// The logarithm of the quantile, finite also where the quantile itself underflows.
  static func logQuantile(_ a: Double, lower p: Double, upper q: Double) -> Double {
    if !(p > 0) { return p == 0 ? -.infinity : .nan }
    if !(q > 0) { return q == 0 ? .infinity : .nan }
    let useLower = p <= q
    let target = log(useLower ? p : q)
    // Newton's iteration on the logarithm of the smaller tail as a function of y = log x, kept inside a bracket.
    var y = start(a, p: p, q: q)
    var low = -Double.infinity
    var high = Double.infinity
    for _ in 0..<100 {
      let x = exp(y)
      let (residual, slope) = tail(a, y, x, lower: useLower, target: target)
      if residual == 0 { break }
      if (residual > 0) == useLower { high = y } else { low = y }
      var next = y - residual / slope
      // Newton's error is of the order of the square of its last step. So small a step may leave the bracket by rounding.
      if abs(next - y) <= 1e-10 { return next }
      if !(next > low && next < high) {
        if low.isFinite && high.isFinite { next = 0.5 * (low + high) } else { next = low.isFinite ? y + 1 : y - 1 }
      }
      if next == y { break }
      y = next
    }
    return y
  }

  /// log(tail) − target and its derivative with respect to y = log x.
  private static func tail(
    _ a: Double, _ y: Double, _ x: Double, lower: Bool, target: Double
  ) -> (residual: Double, slope: Double) {
    if lower && x < 1e-8 {
      // P(a, x) = x^a / Γ(a + 1) · (1 − a x / (a + 1) + O(x²)), also where it underflows.
      return (a * y - logGamma(a + 1) - a * x / (a + 1) - target, a)
    }
    let d = powerTerm(a, x)
    let (p, q) = both(a, x)
    let value = lower ? p : q
    let slope = a * d / value
    return (log(value) - target, lower ? slope : -slope)
  }

  /// log of a first guess: Wilson and Hilferty, or the leading term of P where that fails.
  private static func start(_ a: Double, p: Double, q: Double) -> Double {
    let z = StandardNormal.quantile(lower: p, upper: q)
    let t = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    if a >= 0.5 && t > 0.2 { return log(a) + 3 * log(t) }
    let small = (log(p) + logGamma(a + 1)) / a
    if small < log(a + 1) - 1 { return small }
    return q < 0.5 ? log(max(-log(q) - logGamma(a), 0.2 * (a + 1))) : min(small, log(a + 1))
  }

  /// x^a e^−x / Γ(a + 1).
  static func powerTerm(_ a: Double, _ x: Double) -> Double {
    if a < 12 { return exp(a * log(x) - x - logGamma(a + 1)) }
    let mu = (x - a) / a
    let distance = abs(mu) > 0.25 ? x / a - 1 - log(x / a) : phi(mu)
    return exp(-a * distance - stirling(a)) / (2 * Double.pi * a).squareRoot()
  }

  /// μ − log(1 + μ) for a small μ, without cancellation.
  private static func phi(_ mu: Double) -> Double {
    // With r = μ / (2 + μ): log(1 + μ) = 2 artanh(r), and μ − 2r = μ r.
    let r = mu / (2 + mu)
    let r2 = r * r
    var term = r2 * r
    var sum = 0.0
    var k = 3.0
    while abs(term) > 1e-18 * abs(mu * r) {
      sum += term / k
      term *= r2
      k += 2
    }
    return mu * r - 2 * sum
  }

  /// The remainder of Stirling's formula for log Γ(a + 1), for a ≥ 12: 1/(12a) − 1/(360a³) + …
  static func stirling(_ a: Double) -> Double {
    let r = 1 / (a * a)
    var s = -691.0 / 360360 * r + 1.0 / 1188
    s = s * r - 1.0 / 1680
    s = s * r + 1.0 / 1260
    s = s * r - 1.0 / 360
    s = s * r + 1.0 / 12
    return s / a
  }

  /// Σ xⁿ / ((a + 1) … (a + n)).
  private static func series(_ a: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var n = a
    while term > 1e-17 * sum {
      n += 1
      term *= x / n
      sum += term
    }
    return sum
  }

  /// Γ(a, x) / (x^a e^−x), by Lentz's method on the continued fraction, for x ≥ a + 1.
  private static func fraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    var i = 1.0
    while true {
      let numerator = -i * (i - a)
      b += 2
      d = numerator * d + b
      if abs(d) < tiny { d = tiny }
      c = b + numerator / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let factor = d * c
      h *= factor
      if abs(factor - 1) < 1e-16 || i > 100_000_000 { return h }
      i += 1
    }
  }

  static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 1
    return lgamma_r(x, &sign)
  }
}
