import CGSL
import DiscreteEvent

/// What is known of a law of a length of time: its family, and its parameters with their uncertainty.
public struct DurationPosterior: Hashable, Sendable, Codable {
  /// The law's family.
  public enum Family: String, Hashable, Sendable, Codable {
    case constant, lognormal, gamma, weibull, normal, uniform
  }

  public var family: Family
  /// lognormal: none, see ``spread``; gamma, weibull: (log shape, log scale); normal: (mean, log sd).
  var block: NormalBlock
  /// constant: the value; uniform: the least and the greatest length seen.
  var low = 0.0
  var high = 0.0
  /// uniform: how many lengths were seen.
  var count = 0.0

  /// lognormal only.
  var spread: LognormalPosterior?

  static func lognormal(_ spread: LognormalPosterior) -> DurationPosterior {
    DurationPosterior(family: .lognormal, block: NormalBlock(mean: [], sd: []), spread: spread)
  }

  static func constant(_ seconds: Double) -> DurationPosterior {
    DurationPosterior(family: .constant, block: NormalBlock(mean: [], sd: []), low: seconds, high: seconds)
  }

  /// The law with parameters from one draw. Takes two numbers whatever the family.
  func law(_ strata: inout Strata) -> Law {
    if let spread { return spread.law(&strata) }
    if block.count == 0 {
      let (u, v) = (strata.next(), strata.next())
      guard family == .uniform else { return .constant(low) }
      return uniform(u, v)
    }
    let x = block.draw(&strata)
    switch family {
    case .lognormal, .constant, .uniform, .gamma: return .gamma(shape: exp(x[0]), scale: exp(x[1]))
    case .weibull: return .weibull(shape: exp(x[0]), scale: exp(x[1]))
    case .normal: return .normal(mean: x[0], sd: exp(x[1]))
    }
  }

  /// Given n lengths between `low` and `high`, and a flat prior of both ends on the scale of the width w:
  /// (high − low) ÷ w has a beta law (n − 1, 2), and the slack is shared evenly.
  private func uniform(_ u: Double, _ v: Double) -> Law {
    let share = Marginal.beta(successes: count - 1, failures: 2).quantile(u)
    let slack = (high - low) * (1 / share - 1)
    return .uniform(low: max(0, low - slack * v), high: high + slack * (1 - v))
  }

  /// The parameters as people know them, each with its median and 95 % interval.
  var parameters: [(name: String, value: Double, low95: Double, high95: Double)] {
    func positive(_ name: String, _ i: Int) -> (String, Double, Double, Double) {
      let half = 1.959_963_984_540_054 * block.sd(i)
      return (name, exp(block.mean[i]), exp(block.mean[i] - half), exp(block.mean[i] + half))
    }
    switch family {
    case .constant: return [("value", low, low, low)]
    case .uniform:
      let slack = (high - low) * (1 / Marginal.beta(successes: count - 1, failures: 2).quantile(0.025) - 1)
      return [("low", low, max(0, low - slack), low), ("high", high, high, high + slack)]
    case .lognormal:
      guard let spread else { return [] }
      func triple(_ quantile: (Double) -> Double) -> (Double, Double, Double) {
        (exp(quantile(0.5)), exp(quantile(0.025)), exp(quantile(0.975)))
      }
      let (median, sigma) = (triple(spread.logMedian), triple(spread.logSigma))
      return [("median", median.0, median.1, median.2), ("sigma", sigma.0, sigma.1, sigma.2)]
    case .gamma, .weibull: return [positive("shape", 0), positive("scale", 1)]
    case .normal:
      let half = 1.959_963_984_540_054 * block.sd(0)
      return [("mean", block.mean[0], block.mean[0] - half, block.mean[0] + half), positive("sd", 1)]
    }
  }
}
