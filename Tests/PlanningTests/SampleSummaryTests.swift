import DiscreteEvent
import Testing

@testable import Planning

@Suite struct SampleSummaryTests {
  /// Quantiles by selection are those of the sorted sample, ties and small samples included.
  @Test func quantilesBySelectionAreThoseOfTheSortedSample() {
    var stream = RandomStream(seed: 3, replication: 0, entity: 0, purpose: 1)
    let ps = [0.0, 0.1, 0.5, 0.5, 0.9, 1.0]
    for n in [0, 1, 2, 3, 4, 7, 10, 100, 1_001] {
      for grain in [1e9, 5, 1] {
        let sample = (0..<n).map { _ in (stream.uniform() * grain).rounded() }
        let sorted = SampleSummary(sample)
        #expect(SampleSummary.quantiles(of: sample, at: ps) == ps.map { sorted.quantile($0) }, "\(n), \(grain): seed 3")
        #expect(SampleSummary.quantiles(of: sample.sorted(), at: ps) == ps.map { sorted.quantile($0) })
        #expect(SampleSummary.quantiles(of: sample.sorted(by: >), at: ps) == ps.map { sorted.quantile($0) })
      }
    }
  }
}
