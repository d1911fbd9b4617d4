import CGSL

@testable import Calibration

/// The exact law of the two-sided Kolmogorov–Smirnov distance of n values from a continuous law known beforehand.
///
/// Marsaglia, Tsang, Wang: "Evaluating Kolmogorov's distribution", J. Stat. Software 8(18), 2003: Durbin's matrix to
/// the n-th power, O((nd)³ log n), good to 13 to 15 digits. Far in the tail, where it loses digits, twice the one-sided tail of Smirnov.
enum KolmogorovDistribution {
  /// `P(D_n ≤ d)`.
  static func cdf(_ d: Double, n: Int) -> Double {
    let count = Double(n)
    if d <= 0.5 / count { return 0 }
    if d >= 1 { return 1 }
    // Where the two-sided tail is, to double precision, twice the one-sided.
    if count * d * d > 4 { return 1 - 2 * oneSidedTail(d, n: n) }
    let k = Int(count * d) + 1
    let m = 2 * k - 1
    let h = Double(k) - count * d
    var matrix = [Double](repeating: 0, count: m * m)
    for i in 0..<m { for j in 0..<m where i - j + 1 >= 0 { matrix[i * m + j] = 1 } }
    for i in 0..<m {
      matrix[i * m] -= pow(h, Double(i + 1))
      matrix[(m - 1) * m + i] -= pow(h, Double(m - i))
    }
    matrix[(m - 1) * m] += 2 * h - 1 > 0 ? pow(2 * h - 1, Double(m)) : 0
    for i in 0..<m {
      for j in 0..<m where i - j + 1 > 0 {
        for g in 1...(i - j + 1) { matrix[i * m + j] /= Double(g) }
      }
    }
    let (power, exponent) = matrixPower(matrix, m, n)
    var s = power[(k - 1) * m + k - 1]
    var scale = exponent
    for i in 1...n {
      s = s * Double(i) / count
      if s < 1e-140 {
        s *= 1e140
        scale -= 140
      }
    }
    return s * pow(10, Double(scale))
  }

  /// The distance that is exceeded with probability `alpha`.
  static func criticalValue(alpha: Double, n: Int) -> Double {
    var low = 0.5 / Double(n)
    var high = 1.0
    for _ in 0..<60 where high - low > 1e-14 {
      let middle = (low + high) / 2
      if 1 - cdf(middle, n: n) > alpha { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// `P(D⁺_n > d)`, Smirnov's sum (Birnbaum, Tingey 1951).
  private static func oneSidedTail(_ d: Double, n: Int) -> Double {
    _ = SpecialFunctions.handlerIsOff
    var sum = 0.0
    let count = Double(n)
    for j in 0...Int(count * (1 - d)) {
      let x = d + Double(j) / count
      guard x < 1 else { continue }
      let binomial = gsl_sf_lngamma(count + 1) - gsl_sf_lngamma(Double(j) + 1) - gsl_sf_lngamma(count - Double(j) + 1)
      sum += exp(binomial + Double(j - 1) * log(x) + (count - Double(j)) * log1p(-x))
    }
    return min(1, d * sum)
  }

  /// The n-th power with an exponent of 10 kept apart.
  private static func matrixPower(_ a: [Double], _ m: Int, _ n: Int) -> ([Double], Int) {
    var result = a
    var exponent = 0
    // Binary digits after the leading one, from the left.
    for bit in stride(from: Int.bitWidth - n.leadingZeroBitCount - 2, through: 0, by: -1) {
      result = product(result, result, m)
      exponent *= 2
      if n >> bit & 1 == 1 { result = product(result, a, m) }
      if result[(m / 2) * m + m / 2] > 1e140 {
        for i in result.indices { result[i] *= 1e-140 }
        exponent += 140
      }
    }
    return (result, exponent)
  }

  private static func product(_ a: [Double], _ b: [Double], _ m: Int) -> [Double] {
    var c = [Double](repeating: 0, count: m * m)
    for i in 0..<m {
      for k in 0..<m {
        let x = a[i * m + k]
        if x == 0 { continue }
        for j in 0..<m { c[i * m + j] += x * b[k * m + j] }
      }
    }
    return c
  }
}
