#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The quantile function of a gamma law with scale 1 as a table: log x as a function of the standard normal quantile z.
///
/// The function is smooth and nearly straight for every shape, so a cubic Hermite spline on an even grid with exact
/// derivatives follows it closely: the grid is halved until the spline is within 2·10⁻⁷ of the truth halfway between the nodes.
@usableFromInline
enum GammaTable {
  /// The table covers −limit … limit, more than the 53 bits of a uniform number can reach (8.21).
  @usableFromInline static let limit = 8.5

  /// log x at the normal quantile `z`; beyond the table, the nearest end.
  ///
  /// The layout: the number of intervals per unit of z, then for each node log x and its derivative times the interval.
  @inlinable
  static func logQuantile(_ table: ContiguousArray<Double>, _ z: Double) -> Double {
    let position = min(max((z + 8.5) * table[0], 0), Double((table.count - 1) / 2 - 1))
    let i = min(Int(position), (table.count - 1) / 2 - 2)
    let t = position - Double(i)
    return table.withUnsafeBufferPointer { nodes in
      let y0 = nodes[2 * i + 1]
      let d0 = nodes[2 * i + 2]
      let y1 = nodes[2 * i + 3]
      let d1 = nodes[2 * i + 4]
      let rise = y1 - y0
      return y0 + t * (d0 + t * (3 * rise - 2 * d0 - d1 + t * (d0 + d1 - 2 * rise)))
    }
  }

  static func make(shape: Double) -> ContiguousArray<Double> {
    var perUnit = 4.0
    var nodes = stride(from: 0, through: 68, by: 1).map { node(shape, z: Double($0) / perUnit - limit) }
    while true {
      let h = 1 / perUnit
      var finer = [nodes[0]]
      finer.reserveCapacity(2 * nodes.count)
      var worst = 0.0
      for i in 1..<nodes.count {
        let (left, right) = (nodes[i - 1], nodes[i])
        let middle = node(shape, z: (Double(i) - 0.5) * h - limit)
        let spline = 0.5 * (left.y + right.y) + 0.125 * h * (left.slope - right.slope)
        if middle.y > -700 { worst = max(worst, abs(spline - middle.y)) }
        finer += [middle, right]
      }
      nodes = finer
      perUnit *= 2
      // Halving divides the error by 16; what was measured is the error of the coarser grid.
      if worst < 3e-6 || perUnit >= 256 { break }
    }
    var table: ContiguousArray<Double> = [perUnit]
    for node in nodes { table.append(contentsOf: [node.y, node.slope / perUnit]) }
    return table
  }

  /// log x and d(log x)/dz = φ(z) / (x f(x)).
  private static func node(_ shape: Double, z: Double) -> (y: Double, slope: Double) {
    let y = IncompleteGamma.logQuantile(shape, lower: StandardNormal.cdf(z), upper: StandardNormal.cdf(-z))
    let x = exp(y)
    // x f(x) = x^a e^−x / Γ(a), also where x underflows.
    let logarithm =
      x < 1e-8 ? shape * y - IncompleteGamma.logGamma(shape + 1) : log(IncompleteGamma.powerTerm(shape, x))
    return (y, exp(-0.5 * z * z - 0.9189385332046727418 - log(shape) - logarithm))
  }
}
