import CGSL
import DiscreteEvent
import Testing

@testable import Calibration

/// Properties of the scores and posteriors that no single record shows.
@Suite struct ScoringTests {
  static func normals(_ n: Int, _ seed: UInt64) -> [Double] {
    var s = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 7)
    return (0..<n).map { _ in gsl_cdf_ugaussian_Pinv(s.uniform()) }
  }

  @Test func ensembleIsItsDefinition() {
    let sample = Self.normals(37, 1)
    for y in [-2, 0.1, 3] {
      let distance = sample.reduce(0) { $0 + abs($1 - y) } / 37
      let pairs = sample.reduce(0) { sum, a in sum + sample.reduce(0) { $0 + abs($1 - a) } }
      #expect(abs(CRPS.ensemble(sample, outcome: y) - (distance - pairs / 37 / 37 / 2)) < 1e-12)
      #expect(abs(CRPS.fair(sample, outcome: y) - (distance - pairs / 37 / 36 / 2)) < 1e-12)
    }
    #expect(CRPS.ensemble([4], outcome: 7) == 3)
    #expect(CRPS.fair([4], outcome: 7) == 3)
  }

  @Test func largeEnsemblesApproachTheClosedForms() {
    // Stratified quantiles: the ensemble of a million draws, without their noise.
    let z = (0..<20_000).map { gsl_cdf_ugaussian_Pinv((Double($0) + 0.5) / 20_000) }
    for y in [-1.0, 0, 2.5] {
      #expect(
        abs(CRPS.ensemble(sorted: z.map { 3 + 2 * $0 }, outcome: y) - CRPS.normal(mean: 3, sd: 2, outcome: y)) < 1e-3)
      let lognormal = z.map { exp(0.5 + 0.4 * $0) }
      #expect(
        abs(CRPS.ensemble(sorted: lognormal, outcome: y) - CRPS.lognormal(mu: 0.5, sigma: 0.4, outcome: y)) < 1e-3)
    }
    #expect(CRPS.normal(mean: 1, sd: 0, outcome: 3) == 2)
    #expect(abs(CRPS.lognormal(mu: 0, sigma: 0, outcome: 3) - 2) < 1e-15)
  }

  @Test func theTruthScoresBest() {
    let outcomes = Self.normals(4000, 2)
    func mean(_ m: Double, _ sd: Double) -> Double {
      outcomes.reduce(0) { $0 + CRPS.normal(mean: m, sd: sd, outcome: $1) } / 4000
    }
    for (m, sd) in [(0.3, 1.0), (-0.3, 1), (0, 0.7), (0, 1.4)] { #expect(mean(0, 1) < mean(m, sd)) }
    func pinball(_ q: Double) -> Double {
      outcomes.reduce(0) { $0 + QuantileScores.pinball(quantile: q, level: 0.9, outcome: $1) }
    }
    for q in [0.9, 1.7] { #expect(pinball(1.2816) < pinball(q)) }
  }

  @Test func transformsAreUniformWithTies() {
    var s = RandomStream(seed: 3, replication: 0, entity: 0, purpose: 8)
    // Integers tie often; each outcome is exchangeable with its sample.
    let values = (0..<4000).map { _ -> Double in
      let draws = (0..<20).map { _ in (s.uniform() * 6).rounded(.down) }
      return PIT(sorted: draws.dropLast().sorted(), outcome: draws[19]).randomised(&s, sampleSize: 19)
    }
    let counts = PIT.histogram(values, bins: 10)
    #expect(counts.reduce(0, +) == 4000)
    let chi = counts.reduce(0.0) { $0 + (Double($1) - 400) * (Double($1) - 400) / 400 }
    #expect(gsl_cdf_chisq_Q(chi, 9) > 1e-4, "chi-square \(chi)")
    let pit = PIT(sorted: [1, 2, 2, 3], outcome: 2)
    #expect(pit.low == 0.25 && pit.high == 0.75)
    let u = pit.randomised(&s)
    #expect(u > 0.25 && u < 0.75)
    #expect(PIT(sorted: [1, 2], outcome: 0).high == 0)
    #expect(PIT(sorted: [1, 2], outcome: 9).low == 1)
  }

  @Test func predictiveCountsAddUp() {
    let next = GammaPoisson(mean: 0.1, events: 2).posterior(events: 3, exposure: 40).predictive(time: 25)
    let p = (0..<400).map { next.probability($0) }
    #expect(abs(p.reduce(0, +) - 1) < 1e-12)
    let mean = p.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    let square = p.enumerated().reduce(0) { $0 + Double($1.offset * $1.offset) * $1.element }
    #expect(abs(mean - next.mean) < 1e-10)
    #expect(abs(square - mean * mean - next.variance) < 1e-9)
    for level in [0.05, 0.5, 0.9, 0.999] {
      let k = next.quantile(level)
      #expect(p[...k].reduce(0, +) >= level)
      #expect(k == 0 || p[..<k].reduce(0, +) < level)
    }
    #expect(GammaPoisson(shape: 1e-300, exposure: 1).predictive(time: 1).quantile(0.5) == 0)
  }

  @Test func betaBinomialCountsAddUp() {
    let posterior = BetaBinomial(mean: 0.9, trials: 4).posterior(successes: 7, failures: 2)
    let p = (0...12).map { posterior.probability($0, of: 12) }
    #expect(abs(p.reduce(0, +) - 1) < 1e-12)
    #expect(abs(p.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } - 12 * posterior.mean) < 1e-10)
    #expect(abs(posterior.mean - 10.6 / 13) < 1e-15)
    #expect(abs(gsl_cdf_beta_P(posterior.quantile(0.05), 10.6, 2.4) - 0.05) < 1e-9)
    #expect(posterior.probability(13, of: 12) == 0)
  }

  @Test func poolingKnowsItsLimits() {
    let (means, counts) = ([1.0, 2, 6], [5, 5, 0])
    let all = NormalPooling(means: means, counts: counts, sigma: 1, tau: 0)
    #expect(all.groups == [1.5, 1.5, 1.5])
    let none = NormalPooling(means: means, counts: counts, sigma: 1, tau: 1e6)
    #expect(abs(none.groups[0] - 1) < 1e-9 && abs(none.groups[1] - 2) < 1e-9 && abs(none.groups[2] - 1.5) < 1e-9)
    #expect(abs(none.deviations[0] - 0.2.squareRoot()) < 1e-6)
    #expect(none.deviations[2] > 1e5)
    #expect(NormalPooling.tau(means: [1, 1.01], counts: [5, 5], sigma: 1) == 0)
    // Many groups: the spread between them is found again.
    let z = Self.normals(800, 4)
    let found = NormalPooling.tau(
      means: (0..<400).map { 0.3 * z[$0] + 0.1 * z[400 + $0] }, counts: Array(repeating: 4, count: 400), sigma: 0.2)
    #expect(abs(found - 0.3) < 0.04)
  }

  @Test func exactIntervals() {
    let none = PoissonRate.garwood(events: 0, exposure: 10)
    #expect(none.low == 0 && abs(none.high - 0.368_887_945_411_393_6) < 1e-12)
    let share = Coverage.shareInterval(hits: 8, of: 10)
    // Clopper, Pearson 1934: 0.4439, 0.9748.
    #expect(abs(share.low - 0.4439) < 5e-5 && abs(share.high - 0.9748) < 5e-5)
    #expect(Coverage.shareInterval(hits: 0, of: 10).low == 0)
    #expect(Coverage.shareInterval(hits: 10, of: 10).high == 1)
    #expect(SplitConformal(scores: 3, coverage: 0.8).bound(sorted: [1, 2, 3]) == .infinity)
    #expect(SplitConformal(scores: 4, coverage: 0.8).bound(sorted: [1, 2, 3, 4]) == 4)
    #expect(SplitConformal(scores: 3, coverage: 0.8).conditionalCoverage(quantile: 0.1) == 1)
  }

  @Test func kolmogorovBySimulationAndLimits() {
    // n = 1: D = max(U, 1 − U), so P(D ≤ d) = 2d − 1.
    for d in [0.5, 0.6, 0.9, 1] { #expect(abs(KolmogorovDistribution.cdf(d, n: 1) - (2 * d - 1)) < 1e-12) }
    #expect(KolmogorovDistribution.cdf(0.01, n: 20) == 0)
    // The example of Marsaglia, Tsang and Wang, in 40 digits by kolmogorov_check.py's function.
    #expect(abs(KolmogorovDistribution.cdf(0.274, n: 10) - 0.628_479_615_456_504) < 1e-12)
    // The two ways to compute the tail meet where they change over.
    let d = (4.0 / 300).squareRoot()
    let step = KolmogorovDistribution.cdf(d * 1.000_001, n: 300) - KolmogorovDistribution.cdf(d * 0.999_999, n: 300)
    #expect(step > 0 && step < 1e-7)
  }

  /// GSL's own handler would end the process here.
  @Test func nonsenseGivesNoNumberInsteadOfAnAbort() {
    #expect(GammaPoisson(shape: 0.1, exposure: 1).quantile(1e-300) == 0)
    for shape in [1e-4, 0.01, 0.3, 2, 50] {
      for p in [1e-9, 0.001, 0.05, 0.5, 0.95, 0.999_999] {
        let x = GammaPoisson(shape: shape, exposure: 1).quantile(p)
        #expect(x == 0 || abs(gsl_cdf_gamma_P(x, shape, 1) / p - 1) < 1e-8, "shape \(shape) p \(p): \(x)")
      }
    }
    #expect(BetaBinomial(successes: -1, failures: 2).quantile(0.5).isNaN)
    #expect(GammaPoisson(shape: 0, exposure: 1).predictive(time: 1).probability(0).isNaN)
  }
}
