import CGSL
import DiscreteEvent

/// What is known of one number after the history: a law with quantiles.
public enum Marginal: Hashable, Sendable, Codable {
  case fixed(Double)
  case normal(mean: Double, sd: Double)
  case lognormal(median: Double, logSD: Double)
  case gamma(shape: Double, rate: Double)
  case beta(successes: Double, failures: Double)
  /// Quantiles at the probabilities Φ(z), z = −4, −3.875 … 4.
  case table([Double])

  /// The value below which the number lies with probability `u`.
  public func quantile(_ u: Double) -> Double {
    _ = SpecialFunctions.handlerIsOff
    switch self {
    case .fixed(let x): return x
    case .normal(let mean, let sd): return mean + sd * StandardNormal.quantile(u)
    case .lognormal(let median, let logSD): return median * exp(logSD * StandardNormal.quantile(u))
    case .gamma(let shape, let rate): return Law.gamma(shape: shape, scale: 1 / rate).quantile(u)
    case .beta(let a, let b): return Marginal.betaQuantile(u, a, b)
    case .table(let values):
      guard values.count > 1 else { return values.first ?? .nan }
      let at = (StandardNormal.quantile(u) + Marginal.reach) / Marginal.step
      let i = min(max(Int(at), 0), values.count - 2)
      return values[i] + (values[i + 1] - values[i]) * min(max(at - Double(i), 0), 1)
    }
  }

  /// The median: what ``Model/point`` takes.
  public var median: Double { quantile(0.5) }

  /// The same law as a table, where its quantiles are dear.
  var tabulated: Marginal {
    switch self {
    case .gamma, .beta: .table(Marginal.grid.map { quantile(StandardNormal.cdf($0)) })
    default: self
    }
  }

  /// GSL's inverse fails for small shapes; then the logarithm of the quantile is bisected.
  private static func betaQuantile(_ u: Double, _ a: Double, _ b: Double) -> Double {
    let x = gsl_cdf_beta_Pinv(u, a, b)
    if x.isFinite, abs(gsl_cdf_beta_P(x, a, b) - u) < 1e-9 { return x }
    if a > b { return 1 - betaQuantile(1 - u, b, a) }
    var (low, high) = (-700.0, 0.0)
    for _ in 0..<70 {
      let middle = (low + high) / 2
      if gsl_cdf_beta_P(exp(middle), a, b) < u { low = middle } else { high = middle }
    }
    return exp(low)
  }

  static let reach = 4.0
  static let step = 0.125
  static let grid: [Double] = (0...64).map { -reach + step * Double($0) }
}

extension Marginal {
  /// The posterior of a positive number x from the log density of y = log x, up to a constant and with one mode:
  /// integrated on 600 points between the places where it has fallen by 30.
  static func positive(mode start: Double, scale: Double, logDensity: (Double) -> Double) -> Marginal {
    func edge(_ direction: Double, from mode: Double, _ top: Double) -> Double {
      var width = scale
      while logDensity(mode + direction * width) > top - 30, width < 200 { width *= 1.5 }
      return mode + direction * width
    }
    let top = logDensity(start)
    let low = edge(-1, from: start, top)
    let high = edge(1, from: start, top)
    let n = 600
    let width = (high - low) / Double(n)
    let logs = (0..<n).map { logDensity(low + (Double($0) + 0.5) * width) }
    return table(low: low, width: width, logWeights: logs)
  }

  /// The table of exp(y) where y has a density on cells of equal width.
  static func table(low: Double, width: Double, logWeights: [Double]) -> Marginal {
    let top = logWeights.max() ?? 0
    let weights = logWeights.map { exp($0 - top) }
    let total = weights.reduce(0, +)
    var values: [Double] = []
    values.reserveCapacity(grid.count)
    var cell = 0
    var below = 0.0
    for z in grid {
      let target = StandardNormal.cdf(z) * total
      while cell < weights.count - 1, below + weights[cell] < target {
        below += weights[cell]
        cell += 1
      }
      let inside = weights[cell] > 0 ? min(max((target - below) / weights[cell], 0), 1) : 0
      values.append(exp(low + (Double(cell) + inside) * width))
    }
    return .table(values)
  }

  /// A rate with a lognormal prior after `events` in `exposure` of a Poisson process.
  static func rate(events: Double, exposure: Double, prior: Priors.Positive) -> Marginal {
    guard exposure > 0 else { return .lognormal(median: prior.median, logSD: prior.logSD) }
    let m = log(prior.median)
    let precision = 1 / (prior.logSD * prior.logSD)
    var mode = m
    for _ in 0..<60 {
      let expected = exposure * exp(mode)
      let step = (events - expected - (mode - m) * precision) / (expected + precision)
      mode += max(-2, min(2, step))
      if abs(step) < 1e-10 { break }
    }
    let sd = 1 / (exposure * exp(mode) + precision).squareRoot()
    return positive(mode: mode, scale: sd) { y in
      events * y - exposure * exp(y) - 0.5 * (y - m) * (y - m) * precision
    }
  }
}
