#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Law {
  /// The probability that the quantity is at most `x`.
  public func cdf(_ x: Double) -> Double { tails(x).lower }

  /// The probability that the quantity exceeds `x`, precise also where it is tiny.
  public func survival(_ x: Double) -> Double { tails(x).upper }

  /// Both tails at `x`, each with its own precision.
  func tails(_ x: Double) -> (lower: Double, upper: Double) {
    if x.isNaN { return (.nan, .nan) }
    switch self {
    case .constant(let value): return x < value ? (0, 1) : (1, 0)
    case .exponential(let mean): return Law.tails(hazard: x / mean)
    case .lognormal(let median, let sigma):
      if x <= 0 { return (0, 1) }
      return sigma == 0 ? (x < median ? (0, 1) : (1, 0)) : Law.normalTails(log(x / median) / sigma)
    case .weibull(let shape, let scale): return x <= 0 ? (0, 1) : Law.tails(hazard: pow(x / scale, shape))
    case .gamma(let shape, let scale): return IncompleteGamma.both(shape, x / scale)
    case .uniform(let low, let high):
      if x >= high { return (1, 0) }
      return x < low ? (0, 1) : ((x - low) / (high - low), (high - x) / (high - low))
    case .erlang(let k, let mean): return IncompleteGamma.both(Double(k), x * Double(k) / mean)
    case .normal(let mean, let sd):
      return sd == 0 ? (x < mean ? (0, 1) : (1, 0)) : Law.normalTails((x - mean) / sd)
    case .empirical(let values):
      let below = values.count { $0 <= x }
      return (Double(below) / Double(values.count), Double(values.count - below) / Double(values.count))
    case .mixture(let components): return Law.mixtureTails(components, x)
    case .piecewiseExponential(let breaks, let rates):
      return Law.tails(hazard: Law.cumulativeHazard(x, breaks: breaks, rates: rates))
    }
  }

  private static func tails(hazard h: Double) -> (lower: Double, upper: Double) {
    h <= 0 ? (0, 1) : (-expm1(-h), exp(-h))
  }

  private static func normalTails(_ z: Double) -> (lower: Double, upper: Double) {
    (StandardNormal.cdf(z), StandardNormal.cdf(-z))
  }

  private static func mixtureTails(_ components: [Component], _ x: Double) -> (lower: Double, upper: Double) {
    var lower = 0.0
    var upper = 0.0
    var total = 0.0
    for component in components {
      let tails = component.law.tails(x)
      lower += component.weight * tails.lower
      upper += component.weight * tails.upper
      total += component.weight
    }
    return (lower / total, upper / total)
  }

  /// The integral of the hazard rate up to the age `x`.
  static func cumulativeHazard(_ x: Double, breaks: [Double], rates: [Double]) -> Double {
    var sum = 0.0
    var start = 0.0
    for (i, end) in breaks.enumerated() {
      if x <= end { return sum + rates[i] * max(0, x - start) }
      sum += rates[i] * (end - start)
      start = end
    }
    let last = rates[breaks.count]
    return last == 0 ? sum : sum + last * max(0, x - start)
  }
}
