/// Counts of positive numbers, each rounded to eight significant bits: within 0.4 %, and exact for whole numbers up to 256.
/// The rounded number's bit pattern names its bucket: no logarithm is taken.
struct LogBuckets: Hashable, Sendable, Codable {
  /// What is smaller counts as zero.
  static let least = 1e-9
  private static let shift: UInt64 = 45

  private(set) var total = 0
  /// The index of the first bucket in `counts`, which begins and ends with a bucket that is not empty.
  private var first = 0
  private var counts: ContiguousArray<Int> = []

  mutating func add(_ x: Double) {
    // The greatest numbers must not round up to infinity.
    let bounded = Swift.min(x, 0x1p1023)
    let index = Int(truncatingIfNeeded: (bounded.bitPattern &+ 1 << (LogBuckets.shift - 1)) >> LogBuckets.shift)
    let place = index - first
    if place >= 0, place < counts.count {
      total += 1
      counts[place] += 1
    } else {
      add(1, index: index)
    }
  }

  /// Adds every `step`th number from `start` on that is zero or has its bucket, and returns where the first is that has none.
  mutating func sweep(
    _ numbers: UnsafeBufferPointer<Double>, from start: Int, by step: Int, zeros: inout Int
  ) -> Int {
    let first = UInt64(first)
    var (i, added, none) = (start, 0, 0)
    counts.withUnsafeMutableBufferPointer { counts in
      while i < numbers.count {
        let x = numbers[i]
        if abs(x) < LogBuckets.least {
          none &+= 1
        } else {
          // A negative number has its sign in the top bit, and so a place beyond the last, as what is not a number.
          let place = (x.bitPattern &+ 1 << (LogBuckets.shift - 1)) >> LogBuckets.shift &- first
          guard place < UInt64(counts.count) else { break }
          counts[Int(place)] &+= 1
          added &+= 1
        }
        i &+= step
      }
    }
    zeros += none
    total += added
    return i
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
    return Double(bitPattern: UInt64(first + index) << LogBuckets.shift)
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
