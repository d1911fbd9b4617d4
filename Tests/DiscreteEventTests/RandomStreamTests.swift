import CGSL
import Foundation
import Testing

@testable import DiscreteEvent

@Suite struct RandomStreamTests {
  init() { gsl_set_error_handler_off() }

  /// Pairs of keys that differ in one thing by one.
  static let neighbours: [(String, RandomStream, RandomStream)] = {
    func stream(_ s: UInt64, _ r: UInt64, _ e: UInt32, _ l: UInt16, _ p: UInt16) -> RandomStream {
      RandomStream(seed: s, replication: r, entity: e, part: l, purpose: p)
    }
    let one = stream(1, 0, 0, 0, 0)
    return [
      ("seed", one, stream(2, 0, 0, 0, 0)), ("replication", one, stream(1, 1, 0, 0, 0)),
      ("entity", one, stream(1, 0, 1, 0, 0)), ("part", one, stream(1, 0, 0, 1, 0)),
      ("purpose", one, stream(1, 0, 0, 0, 1)),
    ]
  }()

  @Test(arguments: neighbours)
  func neighboursAreIndependent(name: String, a: RandomStream, b: RandomStream) {
    var (a, b) = (a, b)
    let n = 100_000
    var cells = [Int](repeating: 0, count: 256)
    var products = 0.0
    for _ in 0..<n {
      let (u, v) = (a.uniform(), b.uniform())
      cells[Int(u * 16) * 16 + Int(v * 16)] += 1
      products += (u - 0.5) * (v - 0.5) * 12
    }
    let mean = Double(n) / 256
    let chiSquare = cells.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
    #expect(gsl_cdf_chisq_Q(chiSquare, 255) > 1e-4 && gsl_cdf_chisq_P(chiSquare, 255) > 1e-4)
    #expect(abs(products) / Double(n).squareRoot() < 4)
  }

  /// The first number of each of many streams is itself a good random number.
  @Test(arguments: ["replication", "entity", "part", "purpose"])
  func firstNumbersAreUniform(name: String) {
    let n = 50_000
    var cells = [Int](repeating: 0, count: 100)
    var previous = 0.5
    var lag = 0.0
    for i in 0..<n {
      var stream =
        switch name {
        case "replication": RandomStream(seed: 9, replication: UInt64(i), entity: 3, purpose: 2)
        case "entity": RandomStream(seed: 9, replication: 0, entity: UInt32(i), purpose: 2)
        case "part": RandomStream(seed: 9, replication: 0, entity: 3, part: UInt16(i), purpose: 2)
        default: RandomStream(seed: 9, replication: 0, entity: 3, purpose: UInt16(i))
        }
      let u = stream.uniform()
      cells[Int(u * 100)] += 1
      lag += (u - 0.5) * (previous - 0.5) * 12
      previous = u
    }
    let mean = Double(n) / 100
    let chiSquare = cells.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
    #expect(gsl_cdf_chisq_Q(chiSquare, 99) > 1e-4 && gsl_cdf_chisq_P(chiSquare, 99) > 1e-4)
    #expect(abs(lag) / Double(n).squareRoot() < 4)
  }

  @Test func keysOfReplicationsDifferAndAreNotOnPhiloxsOwnGrid() {
    let keys = (0..<2000).map { RandomStream.base(seed: 1, replication: $0) }
    #expect(Set(keys).count == keys.count)
    let shifted = Set(keys.flatMap { key in (1...9).map { key &+ $0 &* 0x9E37_79B9_7F4A_7C15 } })
    #expect(shifted.isDisjoint(with: keys))
  }

  @Test func drawingFromOneStreamDoesNotMoveAnother() {
    var a = RandomStream(seed: 1, replication: 2, entity: 3, part: 4, purpose: 5)
    var b = RandomStream(base: RandomStream.base(seed: 1, replication: 2), entity: 3, part: 4, purpose: 5)
    var c = RandomStream(seed: 1, replication: 2, entity: 4, part: 4, purpose: 5)
    for _ in 0..<100 {
      _ = c.nextUInt64()
      #expect(a.nextUInt64() == b.nextUInt64())
    }
    #expect(RandomStream.uniform(.min) > 0 && RandomStream.uniform(.max) < 1)
    #expect(RandomStream.uniform(.min) == 0x1p-53 && RandomStream.uniform(.max) == 1 - 0x1p-53)
  }

  @Test func antitheticVariates() throws {
    let expected = try Fixture.oracle("antithetic_exp").expected
    var stream = RandomStream(seed: 3, replication: 0, entity: 0, purpose: 0)
    var plain = Tally()
    var pairs = Tally()
    for _ in 0..<1_000_000 {
      let u = stream.uniform()
      plain.add(exp(u))
      pairs.add(0.5 * (exp(u) + exp(1 - u)))
    }
    #expect(relativeError(plain.variance, try #require(expected["var_plain_one"])) < 0.05)
    #expect(relativeError(pairs.variance, try #require(expected["var_antithetic_pair_mean"])) < 0.05)
    let ratio = pairs.variance / (plain.variance / 2)
    #expect(relativeError(ratio, try #require(expected["var_ratio_vs_two_plain"])) < 0.05)
    #expect(abs(pairs.mean - (try #require(expected["mean"]))) / pairs.standardError < 4)
  }

  @Test func importanceSampling() throws {
    let oracle = try Fixture.oracle("is_normal_c4.5")
    let c = try #require(oracle.inputs["c"])
    let p = try #require(oracle.expected["p"])
    #expect(relativeError(StandardNormal.cdf(-c), p) < 1e-9)
    var stream = RandomStream(seed: 4, replication: 0, entity: 0, purpose: 0)
    var tally = Tally()
    for _ in 0..<400_000 {
      let z = c + StandardNormal.quantile(stream.uniform())
      tally.add(z > c ? exp(-c * z + 0.5 * c * c) : 0)
    }
    #expect(abs(tally.mean - p) / tally.standardError < 3)
    #expect(relativeError(tally.standardDeviation / p, try #require(oracle.expected["rel_sd_IS"])) < 0.02)
    let speedup = p * (1 - p) / tally.variance
    #expect(relativeError(speedup, try #require(oracle.expected["speedup"])) < 0.04)
  }
}
