#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Student's t law.
public enum StudentT {
  /// The probability of a value up to `t`, accurate in both tails. `degreesOfFreedom` > 0.
  public static func cdf(_ t: Double, degreesOfFreedom n: Double) -> Double {
    let upper = tail(abs(t), n)
    return t > 0 ? 1 - upper : upper
  }

  /// The inverse of ``cdf(_:degreesOfFreedom:)``, to about 1 part in 10¹²; ±∞ at 0 and 1.
  public static func quantile(_ p: Double, degreesOfFreedom n: Double) -> Double {
    if !(p > 0 && p < 1) { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    if p == 0.5 { return 0 }
    let q = min(p, 1 - p)
    // A bracket on log t, then Newton on the logarithm of the tail, bisecting where it leaves the bracket.
    var low = -800.0
    var high = 800.0
    var y = log(-StandardNormal.quantile(q))
    for _ in 0..<200 {
      let t = exp(y)
      let value = tail(t, n)
      let residual = log(value / q)
      if residual == 0 { break }
      if residual > 0 { low = y } else { high = y }
      let slope = -density(t, n) * t / value
      var next = y - residual / slope
      // Newton's error is of the order of the square of its last step. So small a step may leave the bracket by rounding.
      if abs(next - y) <= 1e-10 {
        y = next
        break
      }
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      if next == y { break }
      y = next
    }
    return p < 0.5 ? -exp(y) : exp(y)
  }

  /// The probability of a value beyond t ≥ 0: half of I(n/2, 1/2) at n / (n + t²).
  private static func tail(_ t: Double, _ n: Double) -> Double {
    let square = t * t
    return 0.5 * IncompleteBeta.lower(0.5 * n, 0.5, n / (n + square), square / (n + square))
  }

  private static func density(_ t: Double, _ n: Double) -> Double {
    let constant = IncompleteGamma.logGamma(0.5 * (n + 1)) - IncompleteGamma.logGamma(0.5 * n)
    return exp(constant - 0.5 * (n + 1) * log1p(t * t / n)) / (n * Double.pi).squareRoot()
  }
}
