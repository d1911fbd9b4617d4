import CGSL
import Testing

@testable import DiscreteEvent

/// Laws against GSL's distribution functions and the published oracles.
@Suite struct LawQuantileTests {
  init() { gsl_set_error_handler_off() }

  static let probabilities: [Double] = [
    1e-300, 1e-100, 1e-30, 1e-16, 1e-12, 1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.025, 0.05, 0.0749, 0.0751, 0.1, 0.2, 0.25,
    0.3,
    0.4, 0.49, 0.5, 0.51, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999, 0.9999, 0.999999, 1 - 1e-9, 1 - 1e-12,
  ]
  static let shapes: [Double] = [0.05, 0.3, 0.5, 0.7, 0.99, 1, 1.5, 2, 2.3, 5, 11.9, 12, 30, 46, 100, 1000, 20_000]

  /// Relative to the law: within 10⁻⁹ wherever a stream's grid reaches.
  @Test func theTableOfTheExponentialLaw() {
    for exponent in 0..<53 {
      for part in 0...1024 {
        let u = min(1 - 0x1p-53, Double(sign: .plus, exponent: -exponent - 1, significand: 1 + Double(part) / 1024))
        #expect(relativeError(ExponentialTable.shared.minusLog(u), -log(u)) < 1e-8, "u = \(u)")
      }
    }
  }

  /// The table against the function, at the edges of its parts, in both tails, and beyond the table.
  @Test func theTableOfTheNormalLaw() {
    var worst = 0.0
    for octave in 1...30 {
      for part in 0...640 {
        let p = Double(sign: .plus, exponent: -octave - 1, significand: 1 + Double(part) / 640)
        for u in [p, p.nextDown, p.nextUp, 1 - p] where u > 0 && u < 1 {
          worst = max(worst, abs(NormalTable.shared.quantile(u) - StandardNormal.quantile(u)))
        }
      }
    }
    #expect(worst < 1e-9)
    #expect(NormalTable.shared.quantile(0.5) == StandardNormal.quantile(0.5))
    #expect(NormalTable.shared.quantile(0x1p-53) == StandardNormal.quantile(0x1p-53))
  }

  @Test func standardNormal() {
    for p in Self.probabilities {
      #expect(relativeError(StandardNormal.quantile(p), gsl_cdf_ugaussian_Pinv(p)) < 1e-12, "p = \(p)")
      #expect(relativeError(StandardNormal.cdf(StandardNormal.quantile(p)), p) < 1e-12, "p = \(p)")
    }
    #expect(StandardNormal.quantile(0) == -.infinity)
    #expect(StandardNormal.quantile(1) == .infinity)
    #expect(StandardNormal.quantile(-0.1).isNaN)
    #expect(StandardNormal.quantile(1.1).isNaN)
  }

  @Test(arguments: shapes)
  func gammaQuantile(shape: Double) {
    let law = Law.gamma(shape: shape, scale: 40)
    for p in Self.probabilities {
      let x = law.quantile(p)
      // GSL's own inverse does not reach every point of the tails; its forward function then judges.
      let gsl = gsl_cdf_gamma_Pinv(p, shape, 40)
      let agrees = relativeError(x, gsl) < 1e-9
      let leading = gsl_sf_exp((gsl_sf_log(p) + gsl_sf_lngamma(shape + 1)) / shape + gsl_sf_log(40))
      let inverts =
        x > 1e-290 ? relativeError(gsl_cdf_gamma_P(x, shape, 40), p) < 1e-9 : leading.isNaN || leading < 1e-290
      #expect(agrees || inverts, "p = \(p): \(x), GSL \(gsl)")
      if p > 1e-6 && p < 0.9999 && gsl > 1e-290 { #expect(agrees, "p = \(p): \(x), GSL \(gsl)") }
      let y = law.inverseSurvival(p)
      #expect(relativeError(gsl_cdf_gamma_Q(y, shape, 40), p) < 1e-8 || y > 1e290 || y < 1e-290, "q = \(p): \(y)")
    }
  }

  @Test(arguments: shapes)
  func gammaDistribution(shape: Double) {
    let law = Law.gamma(shape: shape, scale: 3)
    for factor in [1e-6, 0.01, 0.1, 0.5, 0.8, 0.95, 0.999, 1, 1.001, 1.05, 1.2, 1.5, 2, 4, 8] {
      let x = shape * 3 * factor
      let (p, q) = (gsl_cdf_gamma_P(x, shape, 3), gsl_cdf_gamma_Q(x, shape, 3))
      if p > 1e-300 { #expect(relativeError(law.cdf(x), p) < 1e-9, "x = \(x)") }
      if q > 1e-300 { #expect(relativeError(law.survival(x), q) < 1e-9, "x = \(x)") }
    }
  }

  @Test(arguments: [0.3, 0.7, 1, 1.5, 3.7, 20])
  func weibull(shape: Double) {
    let law = Law.weibull(shape: shape, scale: 90)
    for p in Self.probabilities {
      #expect(relativeError(law.quantile(p), gsl_cdf_weibull_Pinv(p, 90, shape)) < 1e-9, "p = \(p)")
      #expect(relativeError(law.inverseSurvival(p), gsl_cdf_weibull_Qinv(p, 90, shape)) < 1e-9, "q = \(p)")
    }
  }

  @Test func simpleLaws() {
    for p in Self.probabilities {
      #expect(relativeError(Law.exponential(mean: 7).quantile(p), gsl_cdf_exponential_Pinv(p, 7)) < 1e-12)
      #expect(relativeError(Law.exponential(mean: 7).inverseSurvival(p), gsl_cdf_exponential_Qinv(p, 7)) < 1e-12)
      let lognormal = Law.lognormal(median: 120, sigma: 0.5)
      #expect(relativeError(lognormal.quantile(p), gsl_cdf_lognormal_Pinv(p, gsl_sf_log(120), 0.5)) < 1e-9)
      let normal = Law.normal(mean: 22.5, sd: 0.2)
      #expect(relativeError(normal.quantile(p), 22.5 + gsl_cdf_gaussian_Pinv(p, 0.2)) < 1e-9)
      #expect(relativeError(Law.uniform(low: 2, high: 5).quantile(p), gsl_cdf_flat_Pinv(p, 2, 5)) < 1e-12)
      let erlang = Law.erlang(k: 3, mean: 6)
      #expect(erlang.quantile(p) == Law.gamma(shape: 3, scale: 2).quantile(p))
      #expect(Law.constant(4).quantile(p) == 4)
    }
  }

  @Test(arguments: [
    ("dist_weibull", Law.weibull(shape: 0.7, scale: 90)), ("dist_gamma", Law.gamma(shape: 2.3, scale: 40)),
    ("dist_chi2", Law.gamma(shape: 23, scale: 2)),
  ])
  func oracles(id: String, law: Law) throws {
    let expected = try Fixture.oracle(id).expected
    #expect(relativeError(law.mean, try #require(expected["mean"])) < 1e-9)
    #expect(relativeError(law.variance.squareRoot(), try #require(expected["sd"])) < 1e-9)
    for (key, p) in [("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
      #expect(relativeError(law.quantile(p), try #require(expected[key])) < 1e-9)
    }
    #expect(relativeError(law.cdf(law.mean), try #require(expected["cdf_at_mean"])) < 1e-9)
  }

  static let laws: [Law] = [
    .exponential(mean: 7), .lognormal(median: 120, sigma: 0.5), .weibull(shape: 0.7, scale: 90),
    .gamma(shape: 0.4, scale: 10), .gamma(shape: 25, scale: 2), .uniform(low: 3, high: 9), .erlang(k: 4, mean: 8),
    .normal(mean: 20, sd: 3), .piecewiseExponential(breaks: [1, 5, 20], rates: [0.3, 0.01, 0.1, 0.05]),
    .piecewiseExponential(breaks: [2], rates: [0, 0.5]),
    .mixture([
      .init(weight: 3, law: .lognormal(median: 5, sigma: 0.3)), .init(weight: 1, law: .exponential(mean: 100)),
    ]),
  ]

  @Test(arguments: laws)
  func quantileInvertsTheDistribution(law: Law) {
    for p in [1e-9, 1e-3, 0.02, 0.2, 0.5, 0.77, 0.98, 0.999, 1 - 1e-9] {
      // A value a little above a positive least one has no digits left for a tiny probability.
      let (cdf, survival) = (law.cdf(law.quantile(p)), law.survival(law.inverseSurvival(p)))
      #expect(relativeError(cdf, p) < 1e-12 || abs(cdf - p) < 1e-15, "p = \(p)")
      #expect(relativeError(survival, p) < 1e-9 || abs(survival - p) < 1e-15, "q = \(p)")
    }
    if case .uniform = law { return }
    #expect(relativeError(law.survival(law.inverseSurvival(1e-40)), 1e-40) < 1e-9)
  }

  /// Mean and variance against the integrals of the quantile function (midpoint rule in the probability, 400,000 points).
  @Test(arguments: laws)
  func moments(law: Law) {
    let n = 20_000
    var sum = 0.0
    var squares = 0.0
    // Composite Gauss–Legendre would not like the tails; substitute p = v²(3 − 2v), which flattens both ends.
    for i in 0..<n {
      let v = (Double(i) + 0.5) / Double(n)
      let weight = 6 * v * (1 - v) / Double(n)
      let p = v * v * (3 - 2 * v)
      let w = 1 - v
      let x = v < 0.5 ? law.quantile(p) : law.inverseSurvival(w * w * (3 - 2 * w))
      sum += weight * x
      squares += weight * (x - law.mean) * (x - law.mean)
    }
    #expect(relativeError(sum, law.mean) < 1e-5)
    #expect(relativeError(squares, law.variance) < 1e-3)
  }

  @Test func discreteLaws() {
    let law = Law.empirical([5, 1, 3, 3])
    #expect([0, 0.25, 0.2501, 0.75, 0.76, 1].map(law.quantile) == [1, 1, 3, 3, 5, 5])
    #expect(law.cdf(3) == 0.75 && law.cdf(2.9) == 0.25 && law.survival(5) == 0)
    #expect(law.mean == 3 && law.variance == 2)
    let mixture = Law.mixture([.init(weight: 1, law: .constant(0)), .init(weight: 3, law: .constant(10))])
    #expect([0.1, 0.25, 0.2501, 1].map(mixture.quantile) == [0, 0, 10, 10])
    #expect(mixture.mean == 7.5 && mixture.variance == 18.75)
    let never = Law.piecewiseExponential(breaks: [1], rates: [0.5, 0])
    #expect(never.quantile(0.9) == .infinity && never.mean == .infinity)
    #expect(relativeError(never.survival(1e9), gsl_sf_exp(-0.5)) < 1e-12)
  }
}
