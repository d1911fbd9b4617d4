#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Law {
  /// The smallest value that the quantity does not exceed with probability `p` in [0, 1].
  ///
  /// The law must be valid (see ``validate()``). In a loop use a ``Sampler``.
  public func quantile(_ p: Double) -> Double { quantile(lower: p, upper: 1 - p) }

  /// The value that the quantity exceeds with probability `q`: S⁻¹(q), exact also for a tiny `q`.
  ///
  /// What has reached the age `a` ends at `inverseSurvival(u * survival(a))`, where `u` is uniform.
  public func inverseSurvival(_ q: Double) -> Double { quantile(lower: 1 - q, upper: q) }

  /// The quantile where `lower` + `upper` = 1 and the smaller one carries the precision.
  func quantile(lower p: Double, upper q: Double) -> Double {
    if !(p >= 0 && q >= 0) { return .nan }
    switch self {
    case .constant(let value): return value
    case .exponential(let mean): return mean * Law.hazard(p, q)
    case .lognormal(let median, let sigma):
      return sigma == 0 ? median : median * exp(sigma * StandardNormal.quantile(lower: p, upper: q))
    case .weibull(let shape, let scale): return scale * pow(Law.hazard(p, q), 1 / shape)
    case .gamma(let shape, let scale): return scale * IncompleteGamma.quantile(shape, lower: p, upper: q)
    case .uniform(let low, let high): return p < q ? low + p * (high - low) : high - q * (high - low)
    case .erlang(let k, let mean):
      return mean / Double(k) * IncompleteGamma.quantile(Double(k), lower: p, upper: q)
    case .normal(let mean, let sd):
      return sd == 0 ? mean : mean + sd * StandardNormal.quantile(lower: p, upper: q)
    case .empirical(let values): return Law.order(values.sorted(), p)
    case .mixture(let components): return Law.mixtureQuantile(components, p, q)
    case .piecewiseExponential(let breaks, let rates):
      return Law.age(at: Law.hazard(p, q), breaks: breaks, rates: rates)
    }
  }

  /// −log(1 − p), the cumulative hazard at which the quantity has ended with probability p.
  static func hazard(_ p: Double, _ q: Double) -> Double { p < 0.5 ? -log1p(-p) : -log(q) }

  /// The value at probability `p` among ascending values, each as likely as the others.
  static func order(_ ascending: [Double], _ p: Double) -> Double {
    let n = ascending.count
    let rank = (p * Double(n)).rounded(.up)
    return ascending[min(n - 1, max(0, Int(rank) - 1))]
  }

  /// The age at which the cumulative hazard reaches `h`; infinite where it never does.
  static func age(at h: Double, breaks: [Double], rates: [Double]) -> Double {
    var start = 0.0
    var left = h
    for (i, end) in breaks.enumerated() {
      let share = rates[i] * (end - start)
      if left <= share { return left == 0 ? start : start + left / rates[i] }
      left -= share
      start = end
    }
    return left == 0 ? start : start + left / rates[breaks.count]
  }

  /// Bisects between the components' own quantiles, which enclose the mixture's.
  private static func mixtureQuantile(_ components: [Component], _ p: Double, _ q: Double) -> Double {
    var low = Double.infinity
    var high = -Double.infinity
    for component in components where component.weight > 0 {
      let x = component.law.quantile(lower: p, upper: q)
      low = min(low, x)
      high = max(high, x)
    }
    if !(low < high) || high == .infinity && p >= 1 { return high }
    let law = Law.mixture(components)
    func reaches(_ x: Double) -> Bool { p < q ? law.cdf(x) >= p : law.survival(x) <= q }
    if high == .infinity {
      high = max(1, abs(low))
      while !reaches(high) {
        if high > 1e300 { return .infinity }
        high *= 2
      }
    }
    if reaches(low) { return low }
    for _ in 0..<2000 {
      let middle = low + 0.5 * (high - low)
      if !(middle > low && middle < high) { break }
      if reaches(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
