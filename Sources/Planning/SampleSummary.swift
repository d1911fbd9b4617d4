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

extension SampleSummary {
  /// What ``quantile(_:)`` gives at each of these ascending `ps`, of a sample that nobody asks anything else of. O(n).
  static func quantiles(of sample: [Double], at ps: [Double]) -> [Double] {
    guard !sample.isEmpty else { return ps.map { _ in 0 } }
    var values = sample
    var from = 0
    return ps.map { p in
      let position = p * Double(values.count - 1)
      let low = Int(position)
      select(low, in: &values, from: from)
      from = low
      guard let next = values[(low + 1)...].min() else { return values[low] }
      return values[low] + (position - Double(low)) * (next - values[low])
    }
  }

  /// Puts in its place what would stand there if the values from `from` on were sorted, nothing larger before it and nothing smaller
  /// after it (Hoare's FIND, with the median of three).
  private static func select(_ rank: Int, in values: inout [Double], from: Int) {
    var (low, high) = (from, values.count - 1)
    while low < high {
      let (a, b, c) = (values[low], values[(low + high) / 2], values[high])
      let pivot = max(min(a, b), min(max(a, b), c))
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while values[j] > pivot { j -= 1 }
        if i <= j {
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if rank <= j { high = j } else if rank >= i { low = i } else { return }
    }
  }
}
