import DiscreteEvent

/// The uniform numbers of one of `count` stratified draws: a Latin hypercube that is never written down.
///
/// Every dimension has its own permutation of the `count` cells, a keyed Feistel network with cycle walking, so draw
/// `index` needs no other draw (McKay, Beckman, Conover: Technometrics 21, 1979; Black, Rogaway: CT-RSA 2002).
struct Strata {
  /// Everything at its median: the point estimate.
  static var medians: Strata { Strata(index: 0, of: 0, seed: 0) }

  private let index: UInt64
  private let count: UInt64
  private let seed: UInt64
  private let halfBits: UInt64
  private var dimension: UInt64 = 0
  private let points: SobolPoints?

  /// - Parameters:
  ///   - count: 0 for the medians.
  ///   - points: as many, in place of the hypercube as far as their dimensions go.
  init(index: Int, of count: Int, seed: UInt64, points: SobolPoints? = nil) {
    self.points = points
    precondition(index >= 0 && (count == 0 || index < count))
    self.index = UInt64(index)
    self.count = UInt64(count)
    self.seed = seed
    var half: UInt64 = 1
    while 1 << (2 * half) < UInt64(count) { half += 1 }
    halfBits = half
  }

  /// The next dimension's number in (0, 1).
  mutating func next() -> Double {
    guard count > 0 else { return 0.5 }
    dimension += 1
    if let points, dimension <= SobolPoints.dimensions { return points[Int(index), Int(dimension) - 1] }
    let key = Philox.block2x64(dimension, Strata.purpose, key: seed).0
    let jitter = Double(Philox.block2x64(index, dimension, key: key).0 >> 12) + 0.5
    return (Double(cell(key)) + jitter * 0x1p-52) / Double(count)
  }

  /// The next dimension's standard normal number.
  mutating func normal() -> Double { StandardNormal.quantile(next()) }

  private func cell(_ key: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << halfBits) - 1
    var x = index
    repeat {
      var left = x >> halfBits
      var right = x & mask
      for round: UInt64 in 0..<6 {
        var h = (right &+ round &* 0x9E37_79B9_7F4A_7C15) ^ key
        h = (h ^ h >> 33) &* 0xFF51_AFD7_ED55_8CCD
        h = (h ^ h >> 33) &* 0xC4CE_B9FE_1A85_EC53
        h ^= h >> 33
        (left, right) = (right, (left ^ h) & mask)
      }
      x = left << halfBits | right
    } while x >= count
    return x
  }

  private static let purpose: UInt64 = 0x6472_6177
}
