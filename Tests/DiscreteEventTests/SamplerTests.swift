import CGSL
import Foundation
import Testing

@testable import DiscreteEvent

/// What the compiled laws give: moments and goodness of fit against GSL's distribution functions, with fixed seeds.
@Suite struct SamplerTests {
  init() { gsl_set_error_handler_off() }

  struct Case: Sendable, CustomTestStringConvertible {
    var law: Law
    var cdf: @Sendable (Double) -> Double
    var testDescription: String { "\(law)" }
  }

  static let cases: [Case] = [
    Case(law: .exponential(mean: 7)) { gsl_cdf_exponential_P($0, 7) },
    Case(law: .lognormal(median: 120, sigma: 0.5)) { gsl_cdf_lognormal_P($0, gsl_sf_log(120), 0.5) },
    Case(law: .weibull(shape: 0.7, scale: 90)) { gsl_cdf_weibull_P($0, 90, 0.7) },
    Case(law: .weibull(shape: 3, scale: 20)) { gsl_cdf_weibull_P($0, 20, 3) },
    Case(law: .gamma(shape: 0.3, scale: 40)) { gsl_cdf_gamma_P($0, 0.3, 40) },
    Case(law: .gamma(shape: 2.3, scale: 40)) { gsl_cdf_gamma_P($0, 2.3, 40) },
    Case(law: .gamma(shape: 400, scale: 2)) { gsl_cdf_gamma_P($0, 400, 2) },
    Case(law: .uniform(low: 2, high: 5)) { gsl_cdf_flat_P($0, 2, 5) },
    Case(law: .erlang(k: 3, mean: 6)) { gsl_cdf_gamma_P($0, 3, 2) },
    Case(law: .normal(mean: 22.5, sd: 2)) { gsl_cdf_gaussian_P($0 - 22.5, 2) },
    Case(
      law: .mixture([.init(weight: 3, law: .gamma(shape: 9, scale: 1)), .init(weight: 1, law: .exponential(mean: 60))])
    ) { 0.75 * gsl_cdf_gamma_P($0, 9, 1) + 0.25 * gsl_cdf_exponential_P($0, 60) },
    Case(law: .piecewiseExponential(breaks: [2, 10], rates: [0.2, 0, 0.05])) { x in
      1 - exp(-0.2 * min(x, 2) - 0.05 * max(0, x - 10))
    },
  ]

  @Test(arguments: cases)
  func fits(_ c: Case) {
    let sampler = Sampler(c.law)
    let n = 40_000
    var stream = RandomStream(seed: 20_261_123, replication: 3, entity: 7, purpose: 1)
    var sample = (0..<n).map { _ in sampler.value(&stream) }
    var tally = Tally()
    for x in sample { tally.add(x) }
    #expect(abs(tally.mean - c.law.mean) / tally.standardError < 4)
    // The variance of a sample variance is (μ₄ − σ⁴) / n.
    let squares = sample.map { ($0 - c.law.mean) * ($0 - c.law.mean) }
    var second = Tally()
    for x in squares { second.add(x) }
    #expect(abs(second.mean - c.law.variance) / second.standardError < 4)

    sample.sort()
    var ks = 0.0
    var ad = 0.0
    let u = sample.map(c.cdf)
    for i in 0..<n {
      ks = max(ks, u[i] - Double(i) / Double(n), Double(i + 1) / Double(n) - u[i])
      ad -= (2 * Double(i) + 1) / Double(n) * (log(u[i]) + log1p(-u[n - 1 - i]))
    }
    // Kolmogorov's and Anderson and Darling's 0.1 % points: 1.95 and 6.0.
    #expect(ks * Double(n).squareRoot() < 1.95)
    #expect(ad - Double(n) < 6.0)
  }

  /// The table's stated error, and that it grows with u.
  @Test(arguments: [0.02, 0.05, 0.3, 0.5, 0.9, 1, 1.7, 2.3, 8, 60, 1000, 100_000])
  func gammaTableIsWithinOneMillionth(shape: Double) {
    let law = Law.gamma(shape: shape, scale: 40)
    let sampler = Sampler(law)
    var previous = 0.0
    for i in 0..<4000 {
      // Even steps of the normal quantile reach both tails.
      let u = StandardNormal.cdf(-8 + 16 * (Double(i) + 0.37) / 4000)
      if u > 1 - 0x1p-53 { break }
      let x = sampler.quantile(u)
      let exact = law.quantile(u)
      if exact > 1e-290 && relativeError(x, exact) > 1e-6 {
        Issue.record("u = \(u): \(x) instead of \(exact)")
        return
      }
      #expect(x >= previous)
      previous = x
    }
    #expect(sampler.quantile(0x1p-53) >= 0)
    #expect(sampler.quantile(1 - 0x1p-53).isFinite)
  }

  @Test(arguments: LawQuantileTests.laws + [.empirical([5, 1, 3, 3]), .constant(4)])
  func agreesWithTheLaw(law: Law) {
    if case .mixture = law { return }
    let sampler = Sampler(law)
    for u in [0x1p-53, 1e-9, 0.01, 0.25, 0.3, 0.5, 0.7501, 0.9, 0.999, 1 - 0x1p-53] {
      #expect(relativeError(sampler.quantile(u), law.quantile(u)) < 1e-6 || u < 1e-15, "u = \(u)")
    }
  }

  @Test func aSpanIsNeverNegative() {
    let sampler = Sampler(.normal(mean: 0, sd: 1))
    var stream = RandomStream(seed: 1, replication: 1, entity: 1, purpose: 1)
    var zeros = 0
    for _ in 0..<1000 {
      let span = sampler.span(&stream)
      #expect(span >= .zero)
      if span == .zero { zeros += 1 }
    }
    #expect(zeros > 400 && zeros < 600)
    var other = stream
    let never = Sampler(.piecewiseExponential(breaks: [1], rates: [0, 0]))
    #expect(Instant(microseconds: 5) + never.span(&other) == .distantFuture)
  }
}
