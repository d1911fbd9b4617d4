/// Functions from tables of cubics: one on each part of the argument's range, through the function at Chebyshev's four points.
@usableFromInline
enum CubicTable {
  /// Memory for ever: `count` rows of the coefficients of the powers 0 … 3.
  static func make(count: Int, _ function: (Int) -> (Double) -> Double) -> UnsafePointer<SIMD4<Double>> {
    let rows = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: count)
    for row in 0..<count { (rows + row).initialize(to: cubic(function(row))) }
    return UnsafePointer(rows)
  }

  /// The value at the place within a part that the top 52 of these bits (after the sign and exponent) say.
  @inlinable @inline(__always)
  static func value(_ c: SIMD4<Double>, _ bits: UInt64) -> Double {
    let x = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000) - 1
    return ((c[3] * x + c[2]) * x + c[1]) * x + c[0]
  }

  /// By divided differences, expanded.
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
