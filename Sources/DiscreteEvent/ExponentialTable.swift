#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// −log u from a table: a few nanoseconds, within 10⁻¹⁰. The exponential law with mean 1 by inversion.
///
/// A cubic on each of 128 equal parts of [1, 2), and the power of two apart. A handle, as ``NormalTable`` is one.
@frozen
public struct ExponentialTable: BitwiseCopyable, @unchecked Sendable {
  @usableFromInline let rows: UnsafePointer<SIMD4<Double>>

  /// The one table that everybody shares.
  public static let shared = ExponentialTable()

  private init() {
    rows = CubicTable.make(count: 128) { row in { -log(1 + (Double(row) + $0) / 128) } }
  }

  @inlinable
  init(rows: UnsafePointer<SIMD4<Double>>) { self.rows = rows }

  /// −log u of a normal number `u` in (0, 1]. Near 1, where the result is small, it is evaluated directly.
  @inlinable @inline(__always)
  public func minusLog(_ u: Double) -> Double {
    let bits = u.bitPattern
    let exponent = 1023 &- Int64(truncatingIfNeeded: bits >> 52)
    let part = CubicTable.value(rows[Int(truncatingIfNeeded: bits >> 45 & 127)], bits << 7)
    return u > 0.99 ? ExponentialTable.rare(u) : Double(exponent) * 0.6931471805599453 + part
  }

  @usableFromInline @inline(never)
  static func rare(_ u: Double) -> Double { -log(u) }
}
