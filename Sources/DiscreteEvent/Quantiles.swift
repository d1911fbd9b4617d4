#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The quantiles of a set of numbers: exact up to a capacity, then within 0.5 % of the value by a sketch.
///
/// The sketch counts the numbers in buckets whose bounds grow by the factor γ = 1.005 / 0.995: Masson, Rim, Lee: "DDSketch",
/// PVLDB 12, 2019. Which numbers were added decides the result; neither their order nor the order of merging does.
public struct Quantiles: Hashable, Sendable, Codable {
  /// The sketch's greatest relative error.
  public static let relativeError = 0.005
  /// How many numbers are kept as they are.
  public let capacity: Int
  /// How many numbers were added.
  public private(set) var count = 0
  /// The least number; +∞ of nothing.
  public private(set) var min = Double.infinity
  /// The greatest number; −∞ of nothing.
  public private(set) var max = -Double.infinity

  private var exact: [Double] = []
  private var positive = LogBuckets()
  private var negative = LogBuckets()
  private var zeros = 0

  /// - Parameter capacity: how many numbers to keep before they become a sketch. Sets to merge must agree on it.
  public init(capacity: Int = 100_000) {
    precondition(capacity >= 0, "a capacity is not negative")
    self.capacity = capacity
  }

  /// True while quantiles are exact.
  public var isExact: Bool { count <= capacity }

  /// Adds one number, which must not be NaN; infinite ones count as the greatest finite ones. Amortised O(1).
  public mutating func add(_ x: Double) {
    precondition(!x.isNaN, "not a number has no place in an order")
    count += 1
    min = Swift.min(min, x)
    max = Swift.max(max, x)
    if count <= capacity {
      exact.append(x)
    } else {
      spill()
      bucket(x)
    }
  }

  /// Adds one lane of each vector, which must not be NaN; faster than one by one.
  public mutating func add(_ vectors: ContiguousArray<SIMD8<Double>>, lane: Int) {
    guard count >= capacity else {
      for vector in vectors { add(vector[lane]) }
      return
    }
    precondition(lane >= 0 && lane < SIMD8<Double>.scalarCount, "no such lane")
    spill()
    count += vectors.count
    var (low, high) = (min, max)
    vectors.withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Double.self)
      var i = lane
      while i < numbers.count {
        let x = numbers[i]
        low = x < low ? x : low
        high = x > high ? x : high
        i &+= SIMD8<Double>.scalarCount
      }
      // What has its bucket goes there in one sweep, up to the next number that has none yet.
      i = lane
      while true {
        i = positive.sweep(numbers, from: i, by: SIMD8<Double>.scalarCount, zeros: &zeros)
        guard i < numbers.count else { break }
        precondition(!numbers[i].isNaN, "not a number has no place in an order")
        bucket(numbers[i])
        i += SIMD8<Double>.scalarCount
      }
    }
    (min, max) = (low, high)
  }

  /// Adds the numbers of another set of the same capacity.
  public mutating func merge(_ other: Quantiles) {
    precondition(capacity == other.capacity, "sets of different capacities do not merge")
    count += other.count
    min = Swift.min(min, other.min)
    max = Swift.max(max, other.max)
    if count <= capacity {
      exact += other.exact
      return
    }
    spill()
    for x in other.exact { bucket(x) }
    positive.merge(other.positive)
    negative.merge(other.negative)
    zeros += other.zeros
  }

  /// The quantile at `p` in [0, 1]: interpolated as Hyndman and Fan's type 7 while exact; NaN of nothing.
  ///
  /// In the sketch, the number of rank ⌊p (n − 1)⌋ within 0.5 % of its value. O(n log n) while exact.
  public func quantile(_ p: Double) -> Double { quantiles([p])[0] }

  /// Several quantiles for the price of one.
  public func quantiles(_ probabilities: [Double]) -> [Double] {
    if count == 0 { return probabilities.map { _ in .nan } }
    if isExact {
      let ascending = exact.sorted()
      return probabilities.map { Quantiles.type7(ascending, $0) }
    }
    return probabilities.map { sketched($0) }
  }

  /// Type 7 of Hyndman and Fan ("Sample quantiles in statistical packages", 1996) of ascending numbers, of which there is one.
  public static func type7(_ ascending: [Double], _ p: Double) -> Double {
    precondition(!ascending.isEmpty && p >= 0 && p <= 1, "a quantile needs numbers and a probability")
    let position = p * Double(ascending.count - 1)
    let i = Int(position)
    let rest = position - Double(i)
    return rest == 0 ? ascending[i] : ascending[i] + rest * (ascending[i + 1] - ascending[i])
  }

  private func sketched(_ p: Double) -> Double {
    precondition(p >= 0 && p <= 1, "a probability lies in [0, 1]")
    if p == 0 { return min }
    if p == 1 { return max }
    var rank = Int(p * Double(count - 1))
    let value: Double
    if rank < negative.total {
      value = -negative.value(rank: negative.total - 1 - rank)
    } else {
      rank -= negative.total
      value = rank < zeros ? 0 : positive.value(rank: rank - zeros)
    }
    return Swift.min(Swift.max(value, min), max)
  }

  /// Moves what is still exact to the buckets.
  private mutating func spill() {
    if exact.isEmpty { return }
    for x in exact { bucket(x) }
    exact = []
  }

  private mutating func bucket(_ x: Double) {
    if abs(x) < LogBuckets.least {
      zeros += 1
    } else if x > 0 {
      positive.add(x)
    } else {
      negative.add(-x)
    }
  }
}

extension Quantiles {
  public static func == (a: Quantiles, b: Quantiles) -> Bool {
    a.capacity == b.capacity && a.count == b.count && a.min == b.min && a.max == b.max && a.zeros == b.zeros
      && a.positive == b.positive && a.negative == b.negative && a.exact.sorted() == b.exact.sorted()
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(min)
    hasher.combine(max)
  }
}
