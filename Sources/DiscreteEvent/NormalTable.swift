/// The quantile function of the standard normal law from a table: a few nanoseconds, within 10⁻⁹ of ``StandardNormal/quantile(_:)``.
///
/// A cubic on each of 64 equal parts of each power of two of the tail's probability, from ½ down to 2⁻²⁴; what is rarer is
/// evaluated directly. The cubics pass through the function at Chebyshev's points. Fifty kilobytes, of which half of all draws
/// read the first two.
public enum NormalTable {
  /// Coefficients of the powers 0 … 3 of the place within a part, by part; the smallest probability comes first.
  ///
  /// Computed at first use, in a third of a millisecond, and never freed: plain memory, so that nobody counts references to it.
  @usableFromInline nonisolated(unsafe) static let rows: UnsafePointer<SIMD4<Double>> = {
    let rows = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: count)
    for row in 0..<count {
      let width = Double(sign: .plus, exponent: row / parts - octaves, significand: 1) / Double(parts)
      let low = width * Double(parts + row % parts)
      (rows + row).initialize(to: cubic { StandardNormal.quantile(low + $0 * width) })
    }
    return UnsafePointer(rows)
  }()

  private static var parts: Int { 64 }
  private static var octaves: Int { 24 }
  /// The power of two just below a half is the last.
  @usableFromInline static var count: Int { 23 * 64 }
  /// The top bits of 2⁻²⁴: exponent and the first six bits of the fraction.
  @usableFromInline static var first: Int { (1023 - 24) << 6 }

  /// The quantile at `u` in (0, 1).
  @inlinable @inline(__always)
  public static func quantile(_ u: Double) -> Double {
    let upper = u > 0.5
    let tail = upper ? 1 - u : u
    let bits = tail.bitPattern
    let row = Int(truncatingIfNeeded: bits >> 46) &- first
    guard row >= 0 && row < count else { return rare(u) }
    let c = rows[row]
    // What is left of the fraction, as a number in [0, 1).
    let x = Double(bitPattern: (bits << 6) & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000) - 1
    let z = ((c[3] * x + c[2]) * x + c[1]) * x + c[0]
    return upper ? -z : z
  }

  @usableFromInline @inline(never)
  static func rare(_ u: Double) -> Double { StandardNormal.quantile(u) }

  /// The cubic through a function at Chebyshev's four points of [0, 1]: by divided differences, expanded.
  private static func cubic(_ f: (Double) -> Double) -> SIMD4<Double> {
    let x = [0.038060233744356624, 0.30865828381745511, 0.69134171618254489, 0.96193976625564338]
    var d = x.map(f)
    for order in 1..<4 {
      for i in stride(from: 3, through: order, by: -1) { d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - order]) }
    }
    var c = SIMD4<Double>(d[3], 0, 0, 0)
    for i in stride(from: 2, through: 0, by: -1) {
      c = SIMD4(d[i] - x[i] * c[0], c[0] - x[i] * c[1], c[1] - x[i] * c[2], c[2])
    }
    return c
  }
}
