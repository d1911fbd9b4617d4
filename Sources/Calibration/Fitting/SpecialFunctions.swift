import CGSL

/// What the likelihoods need beyond GSL: logarithms of tails with derivatives. Also the switch of GSL's error handler.
enum SpecialFunctions {
  /// GSL's default handler aborts the process. Read before the first call into GSL; statuses are checked instead.
  static let handlerIsOff: Bool = {
    _ = gsl_set_error_handler_off()
    return true
  }()

  /// `log Q(z)`, the log of the upper tail of the standard normal, with its first two derivatives.
  static func logNormalTail(_ z: Jet) -> Jet {
    let value = logNormalTail(z.v)
    // The hazard φ/Q; its derivative is h(h − z).
    let hazard = exp(-0.5 * z.v * z.v - 0.918_938_533_204_672_7 - value)
    return z.apply(value, -hazard, -hazard * (hazard - z.v))
  }

  /// `log Q(z)`, accurate in both tails.
  static func logNormalTail(_ z: Double) -> Double {
    if z < -1 { return log1p(-0.5 * erfc(-z * 0.5.squareRoot())) }
    if z < 25 { return log(0.5 * erfc(z * 0.5.squareRoot())) }
    return gsl_sf_log_erfc(z * 0.5.squareRoot()) - 0.693_147_180_559_945_3
  }

  /// The value below which a gamma law with scale 1 lies with probability `p`.
  ///
  /// Near 0, where GSL's iteration fails for small shapes, the first term of the series: P ≈ x^k ÷ Γ(k + 1).
  static func gammaQuantile(_ p: Double, shape k: Double) -> Double {
    _ = handlerIsOff
    if p > 0, k > 0 {
      let logX = (log(p) + gsl_sf_lngamma(k + 1)) / k
      if logX < -25 { return exp(logX) }
    }
    return gsl_cdf_gamma_Pinv(p, k, 1)
  }

  /// A number with its first two derivatives in one variable.
  private struct Series {
    var v: Double
    var d: Double
    var dd: Double
    static func * (a: Series, b: Series) -> Series {
      Series(v: a.v * b.v, d: a.d * b.v + a.v * b.d, dd: a.dd * b.v + 2 * a.d * b.d + a.v * b.dd)
    }
    static func + (a: Series, b: Series) -> Series { Series(v: a.v + b.v, d: a.d + b.d, dd: a.dd + b.dd) }
    var inverse: Series {
      let r = 1 / v
      return Series(v: r, d: -d * r * r, dd: (2 * d * d * r - dd) * r * r)
    }
    /// `f(self)` from the derivatives of `f`.
    func apply(_ f: Double, _ f1: Double, _ f2: Double) -> Series { Series(v: f, d: f1 * d, dd: f1 * dd + f2 * d * d) }
  }

  /// `lnΓ`, digamma and trigamma at a shape: shared by all observations of one evaluation.
  struct GammaConstants {
    var log: Double
    var psi: Double
    var psi1: Double
    init(shape k: Double) {
      _ = SpecialFunctions.handlerIsOff
      log = gsl_sf_lngamma(k)
      psi = gsl_sf_psi(k)
      psi1 = gsl_sf_psi_1(k)
    }
  }

  /// `log Q(k, y)`, the log of the regularised upper incomplete gamma function, with its derivatives in both arguments.
  ///
  /// Power series for y < k + 1, else Legendre's continued fraction by Lentz's method (Numerical Recipes 6.2), each
  /// differentiated term by term in k; derivatives in y from the density. O(√k) terms.
  static func logGammaTail(shape k: Jet, _ y: Jet, _ c: GammaConstants) -> Jet {
    guard y.v > 0 else { return Jet(0) }
    let logY = log(y.v)
    let tail = y.v < k.v + 1 ? lowerSeries(k.v, y.v, logY, c) : upperFraction(k.v, y.v, logY, c)
    let hazard = exp((k.v - 1) * logY - y.v - c.log - tail.v)
    return Jet.apply(
      tail.v, tail.d, -hazard, tail.dd, -hazard * (logY - c.psi - tail.d),
      -hazard * ((k.v - 1) / y.v - 1 + hazard), x: k, y: y)
  }

  private static func lowerSeries(_ k: Double, _ y: Double, _ logY: Double, _ c: GammaConstants) -> Series {
    // P = y^k e^{−y} / Γ(k) × Σ y^n / (k (k+1) … (k+n))
    var term = Series(v: k, d: 1, dd: 0).inverse
    var sum = term
    var n = 1.0
    while n < 100_000 {
      // Multiply by y / (k + n), whose derivatives in k are those of an inverse.
      let r = 1 / (k + n)
      let f = y * r
      term = term * Series(v: f, d: -f * r, dd: 2 * f * r * r)
      sum = sum + term
      if abs(term.v) < 1e-17 * abs(sum.v), abs(term.d) < 1e-16 * abs(sum.d), abs(term.dd) < 1e-15 * abs(sum.dd) {
        break
      }
      n += 1
    }
    let logSum = sum.apply(log(sum.v), 1 / sum.v, -1 / (sum.v * sum.v))
    let logP = Series(v: k * logY - y - c.log + logSum.v, d: logY - c.psi + logSum.d, dd: logSum.dd - c.psi1)
    let p = exp(logP.v)
    let q = -expm1(logP.v)
    // log(1 − e^x): derivatives −p/q and −p/q².
    return logP.apply(log1p(-p), -p / q, -p / (q * q))
  }

  private static func upperFraction(_ k: Double, _ y: Double, _ logY: Double, _ c: GammaConstants) -> Series {
    // Γ(k, y) = e^{−y} y^k × 1/(y + 1 − k − 1(1−k)/(y + 3 − k − …))
    var b = Series(v: y + 1 - k, d: -1, dd: 0)
    var cc = Series(v: 1e300, d: 0, dd: 0)
    var d = b.inverse
    var h = d
    var n = 1.0
    while n < 100_000 {
      let a = Series(v: -n * (n - k), d: n, dd: 0)
      b.v += 2
      var denominator = a * d + b
      if abs(denominator.v) < 1e-300 { denominator.v = 1e-300 }
      d = denominator.inverse
      cc = n == 1 ? b : a * cc.inverse + b
      let delta = d * cc
      h = h * delta
      if abs(delta.v - 1) < 1e-15, abs(delta.d) < 1e-14, abs(delta.dd) < 1e-12 { break }
      n += 1
    }
    let logH = h.apply(log(h.v), 1 / h.v, -1 / (h.v * h.v))
    return Series(v: k * logY - y - c.log + logH.v, d: logY - c.psi + logH.d, dd: logH.dd - c.psi1)
  }
}
