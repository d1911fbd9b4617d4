import CGSL
import Foundation
import Testing

@testable import DiscreteEvent

@Suite struct StatisticsTests {
  init() { gsl_set_error_handler_off() }

  func numbers(_ n: Int, seed: UInt64) -> [Double] {
    var random = SplitMix(seed)
    return (0..<n).map { _ in exp(Double.random(in: -6...6, using: &random)) }
  }

  @Test(arguments: [2, 3, 10, 1000])
  func tallyAgreesWithGSL(n: Int) {
    let x = numbers(n, seed: UInt64(n))
    var tally = Tally()
    for v in x { tally.add(v) }
    #expect(tally.count == n)
    #expect(relativeError(tally.mean, gsl_stats_mean(x, 1, n)) < 1e-12)
    #expect(relativeError(tally.variance, gsl_stats_variance(x, 1, n)) < 1e-12)
    #expect(tally.min == x.min() && tally.max == x.max())
    let t = gsl_cdf_tdist_Pinv(0.975, Double(n - 1))
    let half = t * (gsl_stats_variance(x, 1, n) / Double(n)).squareRoot()
    #expect(relativeError(tally.halfWidth95, half) < 1e-9)
    for cut in [0, 1, n / 2, n] {
      var (a, b) = (Tally(), Tally())
      for v in x[..<cut] { a.add(v) }
      for v in x[cut...] { b.add(v) }
      a.merge(b)
      #expect(a.count == n && a.min == tally.min && a.max == tally.max)
      #expect(relativeError(a.mean, tally.mean) < 1e-12 && relativeError(a.variance, tally.variance) < 1e-12)
    }
  }

  @Test func tallyOfNothing() {
    var tally = Tally()
    #expect(tally.mean == 0 && tally.variance == 0 && tally.halfWidth95 == .infinity)
    tally.add(3)
    #expect(tally.mean == 3 && tally.halfWidth95 == .infinity)
  }

  @Test(arguments: [1.0, 2, 3, 4.5, 7, 10, 31, 100, 1000, 10_000])
  func studentT(n: Double) {
    for p in [1e-12, 1e-6, 0.001, 0.025, 0.1, 0.3, 0.49, 0.51, 0.6, 0.9, 0.975, 0.999, 1 - 1e-6] {
      let t = StudentT.quantile(p, degreesOfFreedom: n)
      let gsl = gsl_cdf_tdist_Pinv(p, n)
      // GSL's inverse is itself off in the far tail; its forward function then judges.
      let ok = relativeError(t, gsl) < 1e-9 || relativeError(gsl_cdf_tdist_P(t, n), p) < 1e-9
      #expect(ok, "p = \(p): \(t), GSL \(gsl)")
      #expect(relativeError(StudentT.cdf(t, degreesOfFreedom: n), p) < 1e-10)
    }
  }

  @Test func studentTOracle() throws {
    let expected = try Fixture.oracle("dist_tstudent").expected
    for (key, p) in [("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
      #expect(relativeError(StudentT.quantile(p, degreesOfFreedom: 7), try #require(expected[key])) < 1e-9)
    }
    #expect(StudentT.cdf(0, degreesOfFreedom: 7) == 0.5)
  }

  @Test func poissonOracle() throws {
    let expected = try Fixture.oracle("dist_poisson").expected
    // P(N ≤ k) = Q(k + 1, μ).
    #expect(relativeError(IncompleteGamma.upper(13, 12), try #require(expected["cdf_at_mean"])) < 1e-9)
    for (key, p) in [("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
      let k = try #require(expected[key])
      #expect(IncompleteGamma.upper(k + 1, 12) >= p && IncompleteGamma.upper(k, 12) < p)
    }
  }

  @Test func timeWeighted() {
    let at = { (s: Int64) in Instant.zero + .seconds(s) }
    var busy = TimeWeighted(from: at(0))
    #expect(busy.average(at: at(0)) == 0)
    busy.set(2, at: at(10))
    busy.add(1, at: at(20))
    busy.add(-3, at: at(20))
    #expect(busy.value == 0)
    #expect(busy.average(at: at(40)) == 0.5)
    busy.set(4, at: at(40))
    #expect(busy.integralSeconds(at: at(45)) == 40)
    busy.restart(at: at(50))
    #expect(busy.average(at: at(50)) == 4 && busy.average(at: at(60)) == 4)
  }

  @Test func exactQuantilesAreType7() {
    let x = numbers(101, seed: 4)
    var set = Quantiles()
    for v in x { set.add(v) }
    let sorted = x.sorted()
    for p in [0, 0.013, 0.25, 0.5, 0.777, 0.99, 1] {
      #expect(relativeError(set.quantile(p), gsl_stats_quantile_from_sorted_data(sorted, 1, 101, p)) < 1e-12)
    }
    #expect(Quantiles().quantile(0.5).isNaN)
  }

  @Test(arguments: 1...5)
  func sketchIsWithinItsError(seed: UInt64) {
    let x = numbers(20_000, seed: seed).enumerated().map { $0 % 7 == 0 ? -$1 : $0 % 11 == 0 ? 0 : $1 }
    var set = Quantiles(capacity: 100)
    for v in x { set.add(v) }
    #expect(!set.isExact)
    let sorted = x.sorted()
    for p in stride(from: 0.0, through: 1, by: 0.01) {
      let exact = sorted[Int(p * Double(x.count - 1))]
      #expect(relativeError(set.quantile(p), exact) <= 0.005 + 1e-12, "seed \(seed), p = \(p)")
    }
  }

  @Test(arguments: [50, 5000])
  func quantilesMergeInAnyOrder(capacity: Int) {
    let parts = (0..<6).map { i in
      var set = Quantiles(capacity: capacity)
      for v in numbers(i * 37, seed: UInt64(i)) { set.add(v) }
      return set
    }
    let orders = [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 5, 0, 1, 4, 3]]
    let merged = orders.map { order in
      var set = Quantiles(capacity: capacity)
      for i in order { set.merge(parts[i]) }
      return set
    }
    let p = stride(from: 0.0, through: 1, by: 0.05).map { $0 }
    #expect(merged[0] == merged[1] && merged[0] == merged[2])
    #expect(merged[0].quantiles(p) == merged[1].quantiles(p) && merged[0].quantiles(p) == merged[2].quantiles(p))
    #expect(merged[0].count == 555 && merged[0].isExact == (capacity == 5000))
  }

  @Test func mser5AndBatchMeansOracle() throws {
    let expected = try Fixture.oracle("mser5_ar1").expected
    let lines = String(decoding: try Fixture.data("ar1_bias.csv"), as: UTF8.self).split(whereSeparator: \.isNewline)
    let x = try lines.dropFirst().map { try #require(Double($0)) }
    #expect(x.count == 10_000)
    let found = try #require(WarmUp.mser5(x))
    #expect(Double(found.batches) == expected["d_batches"])
    #expect(Double(found.observations) == expected["d_obs"])
    #expect(relativeError(found.statistic, try #require(expected["mser_stat"])) < 1e-9)
    #expect(relativeError(found.mean, try #require(expected["mean_after"])) < 1e-9)
    #expect(relativeError(x.reduce(0, +) / 10_000, try #require(expected["mean_untruncated"])) < 1e-9)
    let batches = try #require(BatchMeans(Array(x[found.observations...]), batches: 32))
    #expect(relativeError(batches.tally.mean, try #require(expected["bm32_mean"])) < 1e-9)
    #expect(relativeError(batches.tally.halfWidth95, try #require(expected["bm32_halfwidth95"])) < 1e-9)
    let lag1 = try #require(expected["lag1_autocorr_of_batch_means"])
    #expect(relativeError(batches.lag1Autocorrelation, lag1) < 1e-9)
    #expect(WarmUp.mser5([1, 2, 3]) == nil && BatchMeans([1], batches: 2) == nil)
  }

  static let phis = ["0", "0.5", "0.9", "0.99"]

  /// The variance of an AR(1) mean, simulated with 2,000 replications, against its closed form.
  @Test(arguments: phis, [100, 1000, 10_000])
  func varianceOfAnAutocorrelatedMean(phi: String, n: Int) throws {
    let expected = try #require(try Fixture.oracle("ar1_varmean_phi\(phi)_n\(n)").expected["var_mean"])
    let f = try #require(Double(phi))
    var sum = 1.0
    for k in 1..<n { sum += 2 * (1 - Double(k) / Double(n)) * pow(f, Double(k)) }
    #expect(relativeError(sum / Double(n), expected) < 1e-9)
    // 5 % is 1.6 standard errors of a variance at 2,000 replications; here |z| ≤ 4, with fewer of the long ones.
    let replications = n == 10_000 ? 200 : 2000
    let innovation = (1 - f * f).squareRoot()
    var means = Tally()
    for r in 0..<replications {
      var stream = RandomStream(seed: 11, replication: UInt64(r), entity: UInt32(n), purpose: 1)
      var x = StandardNormal.quantile(stream.uniform())
      var total = 0.0
      for _ in 0..<n {
        total += x
        x = f * x + innovation * StandardNormal.quantile(stream.uniform())
      }
      means.add(total / Double(n))
    }
    let z = (means.variance / expected - 1) / (2 / Double(replications - 1)).squareRoot()
    #expect(abs(z) < 4)
  }

  @Test func eightTalliesAtOnceAreEightTallies() {
    var stream = RandomStream(seed: 8, replication: 0, entity: 0, purpose: 1)
    var vector = TallyVector()
    var one = Array(repeating: Tally(), count: 8)
    var all = ContiguousArray<SIMD8<Double>>()
    for _ in 0..<3_000 {
      var x = SIMD8<Double>()
      for lane in 0..<8 { x[lane] = Double(lane) * 100 - 250 + stream.uniform() }
      vector.add(x)
      all.append(x)
      for lane in 0..<8 { one[lane].add(x[lane]) }
    }
    for lane in 0..<8 {
      let tally = vector[lane]
      #expect(tally.count == 3_000 && tally.min == one[lane].min && tally.max == one[lane].max)
      #expect(relativeError(tally.mean, one[lane].mean) < 1e-12)
      #expect(relativeError(tally.variance, one[lane].variance) < 1e-9)
    }
    // Lanes go into quantiles as numbers do, while exact, across the edge, and in the sketch.
    for capacity in [10_000, 2_000, 0] {
      var (a, b) = (Quantiles(capacity: capacity), Quantiles(capacity: capacity))
      for start in stride(from: 0, to: 3_000, by: 500) {
        a.add(ContiguousArray(all[start..<start + 500]), lane: 2)
        for x in all[start..<start + 500] { b.add(x[2]) }
      }
      #expect(a == b)
    }
  }
}
