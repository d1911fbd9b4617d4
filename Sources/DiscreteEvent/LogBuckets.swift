#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Counts of positive numbers in buckets γⁱ⁻¹ < x ≤ γⁱ, γ = 1.005 / 0.995, so that a bucket's value is within 0.5 % of each.
struct LogBuckets: Hashable, Sendable {
  /// What is smaller counts as zero.
  static let least = 1e-9
  private static let logGamma = log((1 + Quantiles.relativeError) / (1 - Quantiles.relativeError))

  private(set) var total = 0
  /// The index of the first bucket in `counts`, which begins and ends with a bucket that is not empty.
  private var first = 0
  private var counts: [Int] = []

  mutating func add(_ x: Double) {
    let bounded = Swift.min(x, Double.greatestFiniteMagnitude)
    add(1, index: Int((log(bounded) / LogBuckets.logGamma).rounded(.up)))
  }

  mutating func merge(_ other: LogBuckets) {
    for (i, n) in other.counts.enumerated() where n > 0 { add(n, index: other.first + i) }
  }

  /// The value of the bucket that holds the number of this rank, from 0.
  func value(rank: Int) -> Double {
    var before = 0
    var index = 0
    while index + 1 < counts.count && before + counts[index] <= rank {
      before += counts[index]
      index += 1
    }
    // 2γⁱ / (γ + 1) has the same relative distance from both bounds.
    return exp(Double(first + index) * LogBuckets.logGamma) * (1 - Quantiles.relativeError)
  }

  private mutating func add(_ n: Int, index: Int) {
    total += n
    if counts.isEmpty { first = index }
    if index < first {
      counts.insert(contentsOf: repeatElement(0, count: first - index), at: 0)
      first = index
    }
    if index >= first + counts.count {
      counts.append(contentsOf: repeatElement(0, count: index - first - counts.count + 1))
    }
    counts[index - first] += n
  }
}
