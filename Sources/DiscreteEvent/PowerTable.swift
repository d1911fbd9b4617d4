#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The exponential function from a table of powers of two: within 10⁻¹⁵ of its value, in line and without a call.
///
/// eˣ = 2ᵏ · 2^(j/64) · eʳ with |r| ≤ ln 2 / 128, where five terms suffice: Tang, "Table-driven implementation of the exponential
/// function in IEEE floating-point arithmetic", ACM TOMS 15, 1989. A handle, as ``NormalTable`` is one.
@frozen
public struct PowerTable: BitwiseCopyable, @unchecked Sendable {
  /// 2^(j/64) for j from 0 to 63.
  @usableFromInline let powers: UnsafePointer<Double>

  /// The one table that everybody shares.
  public static let shared = PowerTable()

  private init() {
    let powers = UnsafeMutablePointer<Double>.allocate(capacity: 64)
    for j in 0..<64 { (powers + j).initialize(to: exp2(Double(j) / 64)) }
    self.powers = UnsafePointer(powers)
  }

  /// eˣ.
  @inlinable @inline(__always)
  public func exp(_ x: Double) -> Double {
    guard abs(x) < 700 else { return PowerTable.rare(x) }
    // Adding 1.5 · 2⁵² rounds to the nearest integer, which is then in the low bits.
    let shifted = x * 92.332482616893656 + 0x1.8p52
    let n = Int64(bitPattern: shifted.bitPattern) &- 0x4338_0000_0000_0000
    let whole = shifted - 0x1.8p52
    // ln 2 / 64 in two parts: the product with the first is exact.
    let r = (x - whole * 0x1.62e42fefa0000p-7) - whole * 0x1.cf79abc9e3b3ap-46
    let series = 1 + r * (1 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120)))))
    let scaled = powers[Int(truncatingIfNeeded: n & 63)].bitPattern &+ UInt64(bitPattern: n >> 6) << 52
    return Double(bitPattern: scaled) * series
  }

  @usableFromInline @inline(never)
  static func rare(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.exp(x)
    #elseif canImport(Musl)
      Musl.exp(x)
    #else
      Darwin.exp(x)
    #endif
  }
}
