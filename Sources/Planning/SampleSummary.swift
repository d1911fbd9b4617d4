import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// A sorted sample of simulated outcomes, and what people ask of it.
public struct SampleSummary: Sendable {
  /// Ascending.
  public private(set) var sorted: [Double]
  public let mean: Double
  public let sd: Double

  /// O(n log n).
  public init(_ values: [Double]) {
    sorted = values.sorted()
    let n = Double(values.count)
    let mean = values.isEmpty ? 0 : values.reduce(0, +) / n
    self.mean = mean
    var squares = 0.0
    for x in sorted { squares += (x - mean) * (x - mean) }
    sd = n > 1 ? (squares / (n - 1)).squareRoot() : 0
  }

  public var count: Int { sorted.count }

  /// Hyndman–Fan type 7; 0 for an empty sample.
  public func quantile(_ p: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let position = p * Double(sorted.count - 1)
    let low = Int(position)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (position - Double(low)) * (sorted[low + 1] - sorted[low])
  }

  /// The share of outcomes above `limit`.
  public func probability(above limit: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > limit { high = middle } else { low = middle + 1 }
    }
    return Double(sorted.count - low) / Double(sorted.count)
  }

  /// `{"mean", "p05" …}` with these percentiles.
  public func percentiles(_ ps: [Int]) -> [(String, Double)] {
    [("mean", mean)] + ps.map { (SampleSummary.key($0), quantile(Double($0) / 100)) }
  }

  public static func key(_ p: Int) -> String { p < 10 ? "p0\(p)" : "p\(p)" }
}
