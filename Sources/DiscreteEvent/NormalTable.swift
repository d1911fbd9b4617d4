/// The quantile function of the standard normal law from a table: a few nanoseconds, within 10⁻⁹ of ``StandardNormal/quantile(_:)``.
///
/// A cubic on each of 64 equal parts of each power of two of the tail's probability, from ½ down to 2⁻²⁴; what is rarer is
/// evaluated directly. The cubics pass through the function at Chebyshev's points. Fifty kilobytes, of which half of all draws
/// read the first two.
///
/// A handle: copying it costs nothing, and nobody counts references to the table, which is never freed.
@frozen
public struct NormalTable: BitwiseCopyable, @unchecked Sendable {
  /// Coefficients of the powers 0 … 3 of the place within a part, by part; the smallest probability comes first.
  @usableFromInline let rows: UnsafePointer<SIMD4<Double>>

  /// The one table that everybody shares; computed at first use, in a third of a millisecond.
  public static let shared = NormalTable()

  private static var parts: Int { 64 }
  private static var octaves: Int { 24 }
  /// The power of two just below a half is the last.
  @usableFromInline static var count: Int { 23 * 64 }
  /// The top bits of 2⁻²⁴: exponent and the first six bits of the fraction.
  @usableFromInline static var first: Int { (1023 - 24) << 6 }

  private init() {
    rows = CubicTable.make(count: NormalTable.count) { row in
      let width = Double(sign: .plus, exponent: row / Self.parts - Self.octaves, significand: 1) / Double(Self.parts)
      let low = width * Double(Self.parts + row % Self.parts)
      return { StandardNormal.quantile(low + $0 * width) }
    }
  }

  @inlinable
  init(rows: UnsafePointer<SIMD4<Double>>) { self.rows = rows }

  /// The quantile at `u` in (0, 1).
  @inlinable @inline(__always)
  public func quantile(_ u: Double) -> Double {
    let other = 1 - u
    let tail = other < u ? other : u
    let bits = tail.bitPattern
    let row = Int(truncatingIfNeeded: bits >> 46) &- NormalTable.first
    guard row >= 0 && row < NormalTable.count else { return NormalTable.rare(u) }
    let z = CubicTable.value(rows[row], bits << 6)
    // Which side it is is a coin toss: the sign goes in by its bit, for a branch would be mispredicted every other time.
    return Double(bitPattern: z.bitPattern ^ (0.5 - u).bitPattern & 1 << 63)
  }

  @usableFromInline @inline(never)
  static func rare(_ u: Double) -> Double { StandardNormal.quantile(u) }
}
