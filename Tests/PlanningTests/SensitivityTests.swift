import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Testing

@Suite struct SensitivityTests {
  /// Ishigami, Homma 1990: f = sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³, whose indices are known.
  private static func ishigami(_ x: [Double]) -> Double {
    let angle = x.map { (2 * $0 - 1) * Double.pi }
    let (first, second) = (sin(angle[0]), sin(angle[1]))
    return first + 7 * second * second + 0.1 * pow(angle[2], 4) * first
  }

  @Test func indicesOfAKnownFunction() {
    let n = 1 << 15
    func points(_ purpose: UInt16) -> [[Double]] {
      (0..<n).map { i in
        var stream = RandomStream(seed: 3, replication: UInt64(i), entity: 0, purpose: purpose)
        return (0..<3).map { _ in stream.uniform() }
      }
    }
    let (a, b) = (points(1), points(2))
    let mixed = (0..<3).map { input in
      zip(a, b).map { pair in
        var x = pair.0
        x[input] = pair.1[input]
        return Self.ishigami(x)
      }
    }
    let indices = SobolIndices(a: a.map(Self.ishigami), b: b.map(Self.ishigami), mixed: mixed)
    let v1 = pow(1 + 0.1 * pow(Double.pi, 4) / 5, 2) / 2
    let v2 = 49.0 / 8
    let v13 = 8 * 0.01 * pow(Double.pi, 8) / 225
    let v = v1 + v2 + v13
    #expect(abs(indices.variance / v - 1) < 0.02)
    for (share, (first, total)) in zip(indices.shares, [(v1 / v, (v1 + v13) / v), (v2 / v, v2 / v), (0, v13 / v)]) {
      #expect(abs(share.first - first) < 4 / 1.96 * share.firstHalfWidth + 0.002, "\(share.first), not \(first)")
      #expect(abs(share.total - total) < 4 / 1.96 * share.totalHalfWidth + 0.002, "\(share.total), not \(total)")
      #expect(share.firstHalfWidth < 0.03 && share.totalHalfWidth < 0.03)
    }
  }

  /// The shares add up as theory says, and what is not uncertain carries nothing.
  @Test func theMonthOfTheDemonstration() async throws {
    let history = try Demonstration.history()
    let model = Model.fit(history: history, priors: try Priors.shipped())
    let calendar = try #require(CalendarMonths())
    let n = 1_024
    let draws = (1...2).map { seed in (0..<n).map { model.draw($0, of: n, seed: UInt64(seed)) } }
    let request = Forecast.Request(
      first: .init(year: 2026, month: 12), asOf: history.until, policies: Demonstration.policies, threads: 2)
    func ask(threads: Int) async throws -> Sensitivity {
      var request = request
      request.threads = threads
      return try await Sensitivity.run(request, history: history, a: draws[0], b: draws[1], calendar: calendar)
    }
    let s = try await ask(threads: 2)
    #expect(s.fixed == [.rate])
    var first = 0.0
    for (input, share) in zip(s.inputs, s.indices.shares) {
      #expect(share.first <= share.total + share.firstHalfWidth + share.totalHalfWidth + 0.02, "\(input)")
      first += share.first
      if input == .rate { #expect(share.first == 0 && share.total == 0) }
    }
    #expect(first < 1.2 && first > 0.6)
    #expect((s.indices.shares.last?.total ?? 0) > 0.3, "most of a month is luck")
    #expect(try await ask(threads: 1).indices == s.indices)
  }
}
