#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The regularised incomplete beta function.
enum IncompleteBeta {
  /// I(a, b) at x, where y = 1 − x is given for its precision.
  ///
  /// The continued fraction of Abramowitz and Stegun 26.5.8 by Lentz's method, mirrored where it converges slowly.
  static func lower(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - direct(b, a, y, x) }
    return direct(a, b, x, y)
  }

  private static func direct(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    let logBeta = IncompleteGamma.logGamma(a) + IncompleteGamma.logGamma(b) - IncompleteGamma.logGamma(a + b)
    return exp(a * log(x) + b * log(y) - logBeta) / a * fraction(a, b, x)
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    func guarded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var h = d
    var m = 1.0
    while m < 1_000_000 {
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      h *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      let factor = d * c
      h *= factor
      if abs(factor - 1) < 3e-16 { break }
      m += 1
    }
    return h
  }
}
