#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Law {
  /// The expected value; infinite where the quantity may never end.
  public var mean: Double { moments.mean }

  /// The variance.
  public var variance: Double { moments.variance }

  var moments: (mean: Double, variance: Double) {
    switch self {
    case .constant(let value): return (value, 0)
    case .exponential(let mean): return (mean, mean * mean)
    case .lognormal(let median, let sigma):
      let mean = median * exp(0.5 * sigma * sigma)
      return (mean, mean * mean * expm1(sigma * sigma))
    case .weibull(let shape, let scale):
      let first = IncompleteGamma.logGamma(1 + 1 / shape)
      let mean = scale * exp(first)
      return (mean, mean * mean * expm1(IncompleteGamma.logGamma(1 + 2 / shape) - 2 * first))
    case .gamma(let shape, let scale): return (shape * scale, shape * scale * scale)
    case .uniform(let low, let high): return (0.5 * (low + high), (high - low) * (high - low) / 12)
    case .erlang(let k, let mean): return (mean, mean * mean / Double(k))
    case .normal(let mean, let sd): return (mean, sd * sd)
    case .empirical(let values):
      return Law.moments(values.map { (weight: 1, mean: $0, variance: 0) })
    case .mixture(let components):
      return Law.moments(
        components.filter { $0.weight > 0 }.map { component in
          let m = component.law.moments
          return (weight: component.weight, mean: m.mean, variance: m.variance)
        })
    case .piecewiseExponential(let breaks, let rates): return Law.moments(breaks: breaks, rates: rates)
    }
  }

  /// The law of total variance.
  private static func moments(
    _ parts: [(weight: Double, mean: Double, variance: Double)]
  ) -> (mean: Double, variance: Double) {
    let total = parts.reduce(0) { $0 + $1.weight }
    let mean = parts.reduce(0) { $0 + $1.weight * $1.mean } / total
    if !mean.isFinite { return (mean, mean) }
    let variance = parts.reduce(0) { $0 + $1.weight * ($1.variance + ($1.mean - mean) * ($1.mean - mean)) } / total
    return (mean, variance)
  }

  /// E X = ∫ S(x) dx and E X² = ∫ 2x S(x) dx, piece by piece.
  private static func moments(breaks: [Double], rates: [Double]) -> (mean: Double, variance: Double) {
    var mean = 0.0
    var second = 0.0
    var survival = 1.0
    var start = 0.0
    for (i, rate) in rates.enumerated() {
      let width = i < breaks.count ? breaks[i] - start : .infinity
      let h = rate * width
      // ∫₀ʷ e^(−rt) dt and ∫₀ʷ t e^(−rt) dt
      let zeroth: Double
      let first: Double
      if rate == 0 {
        (zeroth, first) = (width, 0.5 * width * width)
      } else if h < 1e-4 {
        zeroth = width * (1 - h / 2 + h * h / 6 - h * h * h / 24)
        first = width * width * (0.5 - h / 3 + h * h / 8 - h * h * h / 30)
      } else if width == .infinity {
        (zeroth, first) = (1 / rate, 1 / (rate * rate))
      } else {
        zeroth = -expm1(-h) / rate
        first = (-expm1(-h) - h * exp(-h)) / (rate * rate)
      }
      mean += survival * zeroth
      second += 2 * survival * (start * zeroth + first)
      if width.isFinite { survival *= exp(-h) }
      start += width
    }
    return mean.isFinite ? (mean, second - mean * mean) : (.infinity, .infinity)
  }
}
