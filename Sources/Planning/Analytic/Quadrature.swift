#if canImport(Glibc)
  import Glibc
#endif

/// Numerical integration by the double exponential rule (Takahasi and Mori 1974).
enum Quadrature {
  /// Nodes at the distances from the ends (fractions of the interval) and weights, step 2⁻⁴.
  private static let nodes: [(fraction: Double, weight: Double)] = {
    let h = 0x1p-4
    return (-64...64).compactMap { k in
      let t = Double(k) * h
      let u = Double.pi / 2 * sinh(t)
      // (1 + tanh u)/2 without cancellation, and its derivative.
      let fraction = 1 / (1 + exp(-2 * u))
      let c = cosh(u)
      let weight = h * Double.pi / 4 * cosh(t) / (c * c)
      return weight > 1e-40 && weight.isFinite ? (fraction, weight) : nil
    }
  }()

  /// The integral of `f` over [a, b]; singular derivatives at the ends do no harm.
  static func integral(_ a: Double, _ b: Double, _ f: (Double) -> Double) -> Double {
    guard b > a else { return 0 }
    return (b - a) * nodes.reduce(0) { $0 + $1.weight * f(a + (b - a) * $1.fraction) }
  }
}
