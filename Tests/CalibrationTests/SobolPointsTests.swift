import DiscreteEvent
import Foundation
import Testing

@testable import Calibration

@Suite struct SobolPointsTests {
  /// ∏ (1 + (xᵢ − ½)) over five dimensions has the mean 1: smooth, and no sum of one-dimensional parts.
  private static func mean(_ count: Int, _ x: (Int, Int) -> Double) -> Double {
    (0..<count).reduce(0.0) { sum, i in sum + (0..<5).reduce(1.0) { $0 * (0.5 + x(i, $1)) } } / Double(count)
  }

  @Test func theyAreUnbiasedAndVaryLess() {
    var (sobol, hypercube, plain) = (Tally(), Tally(), Tally())
    for seed in UInt64(1)...400 {
      let points = SobolPoints(count: 256, seed: seed)
      sobol.add(Self.mean(256) { points[$0, $1] })
      let strata = (0..<256).map { i -> [Double] in
        var strata = Strata(index: i, of: 256, seed: seed)
        return (0..<5).map { _ in strata.next() }
      }
      hypercube.add(Self.mean(256) { strata[$0][$1] })
      var stream = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 1)
      let numbers = (0..<(256 * 5)).map { _ in stream.uniform() }
      plain.add(Self.mean(256) { numbers[$0 * 5 + $1] })
    }
    for (name, tally) in [("sobol", sobol), ("hypercube", hypercube), ("plain", plain)] {
      let z = (tally.mean - 1) / tally.standardError
      print("\(name): z \(z), variance \(tally.variance)")
      #expect(abs(z) <= 4, "\(name) is biased: z = \(z)")
    }
    // 24 and 3.6 times less here.
    #expect(sobol.variance * 2 < hypercube.variance && hypercube.variance * 4 < plain.variance)
  }

  @Test func eachCoordinateIsStratifiedAndInside() {
    let points = SobolPoints(count: 256, seed: 7)
    for d in 0..<SobolPoints.dimensions {
      let x = (0..<256).map { points[$0, d] }.sorted()
      #expect(x[0] > 0 && x[255] < 1)
      for i in 1..<256 { #expect(abs(x[i] - x[i - 1] - 1.0 / 256) < 1e-9) }
    }
  }

  /// A model's draws by either sampling have the same mean.
  @Test func aModelIsDrawnWithoutBias() throws {
    let model = Model.fit(history: History(source: ""), priors: try Priors.shipped(), goodnessOfFit: false)
    var difference = Tally()
    for seed in UInt64(1)...60 {
      let points = SobolPoints(count: 64, seed: seed)
      let logs = { (points: SobolPoints?) in
        (0..<64).map { log(model.draw($0, of: 64, seed: seed, points: points).modelLoading.mean) }.reduce(0, +) / 64
      }
      difference.add(logs(points) - logs(nil))
    }
    #expect(abs(difference.mean) <= 4 * difference.standardError, "\(difference.mean) ± \(difference.standardError)")
  }
}
