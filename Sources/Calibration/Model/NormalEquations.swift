import CGSL

/// What independent observations y = x·β + noise and a normal prior say of β, and what they say of the noise's laws: β integrated out.
struct NormalEquations {
  /// The precision of β, of which ``add(_:_:weight:)`` keeps the lower triangle.
  private var a: [Double]
  private var b: [Double]
  private var quadratic = 0.0
  /// What the log likelihood has besides: the logs of the noise's precisions.
  var constant = 0.0

  init(priorMean: [Double], priorPrecision: [Double]) {
    let k = priorMean.count
    a = [Double](repeating: 0, count: k * k)
    b = zip(priorPrecision, priorMean).map(*)
    for i in 0..<k {
      a[i * k + i] = priorPrecision[i]
      quadratic += b[i] * priorMean[i]
    }
  }

  mutating func add(_ x: ArraySlice<Double>, _ y: Double, weight: Double) {
    let k = b.count
    let first = x.startIndex
    quadratic += weight * y * y
    for i in 0..<k {
      let wx = weight * x[first + i]
      b[i] += wx * y
      for j in 0...i { a[i * k + j] += wx * x[first + j] }
    }
  }

  /// Observations that were added have a deviation in common, normal around 0: it is integrated out (Sherman, Morrison).
  /// - Parameters:
  ///   - weight: of the observations together; `y` and `x` are their weighted sums.
  mutating func share(variance: Double, weight: Double, y: Double, x: ArraySlice<Double>) {
    let k = b.count
    let first = x.startIndex
    let shrunk = variance / (1 + variance * weight)
    constant -= 0.5 * log(1 + variance * weight)
    quadratic -= shrunk * y * y
    for i in 0..<k {
      let wx = shrunk * x[first + i]
      b[i] -= wx * y
      for j in 0...i { a[i * k + j] -= wx * x[first + j] }
    }
  }

  /// The mean of β, its precision, and the log marginal likelihood but for what the prior alone decides; nil where nothing decides β.
  func solve() -> (beta: [Double], precision: [Double], logMarginal: Double)? {
    let k = b.count
    var precision = a
    for i in 0..<k { for j in 0..<i { precision[j * k + i] = precision[i * k + j] } }
    guard let (beta, logDeterminant) = SmallMatrix.solve(precision, b) else { return nil }
    let explained = zip(beta, b).reduce(0) { $0 + $1.0 * $1.1 }
    return (beta, precision, constant - 0.5 * (quadratic - explained) - 0.5 * logDeterminant)
  }
}
