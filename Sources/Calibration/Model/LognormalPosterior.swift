import CGSL
import DiscreteEvent

/// What is known of a lognormal's median and sigma together: sigma on a grid of its logarithm, and given sigma a normal
/// law of the log median. Both priors are independent, so the joint law has no closed form (semi-conjugate: Gelman et
/// al.: Bayesian Data Analysis, 3rd ed., §3.2 and §5.6).
public struct LognormalPosterior: Hashable, Sendable, Codable {
  /// The first cell's lower edge and the width of a cell, in log sigma.
  var low: Double
  var width: Double
  /// Probability up to the end of each cell.
  var cumulative: [Double]
  /// Mean and standard deviation of the log median in each cell.
  var mean: [Double]
  var sd: [Double]

  func law(_ strata: inout Strata) -> Law {
    let u = strata.next()
    let z = strata.normal()
    let (cell, rho) = at(u)
    return .lognormal(median: exp(mean[cell] + sd[cell] * z), sigma: exp(rho))
  }

  func logSigma(_ u: Double) -> Double { at(u).1 }

  private func at(_ u: Double) -> (Int, Double) {
    var (a, b) = (0, cumulative.count - 1)
    while a < b {
      let middle = (a + b) / 2
      if cumulative[middle] < u { a = middle + 1 } else { b = middle }
    }
    let before = a > 0 ? cumulative[a - 1] : 0
    let share = cumulative[a] > before ? (u - before) / (cumulative[a] - before) : 0.5
    return (a, low + (Double(a) + min(max(share, 0), 1)) * width)
  }

  /// The quantile of the log median: of a mixture of normals.
  func logMedian(_ u: Double) -> Double {
    var a = Double.infinity
    var b = -Double.infinity
    for i in mean.indices {
      a = min(a, mean[i] - 9 * sd[i])
      b = max(b, mean[i] + 9 * sd[i])
    }
    for _ in 0..<60 {
      let middle = (a + b) / 2
      var below = 0.0
      for i in mean.indices {
        let weight = cumulative[i] - (i > 0 ? cumulative[i - 1] : 0)
        if weight > 1e-12 { below += weight * StandardNormal.cdf((middle - mean[i]) / sd[i]) }
      }
      if below < u { a = middle } else { b = middle }
    }
    return (a + b) / 2
  }
}

extension LognormalPosterior {
  /// The posterior after lengths seen to their end (their logs' count, mean and squares around it) and logs of lengths
  /// that were cut short; and the greatest log-likelihood met.
  static func fit(
    count n: Double, mean: Double, squares: Double, open: [Double], prior: Priors.Duration
  ) -> (LognormalPosterior, logLikelihood: Double) {
    let (m0, s0) = (log(prior.median.median), prior.median.logSD)
    let (r0, t0) = (log(prior.sigma.median), prior.sigma.logSD)
    var guess = n > 0 ? mean : m0
    /// The normal approximation in the log median given log sigma, the log of its integral, and the likelihood there.
    func slice(_ rho: Double) -> (mean: Double, sd: Double, logWeight: Double, logLikelihood: Double) {
      let precision = exp(-2 * rho)
      let inverse = exp(-rho)
      let own = n * precision + 1 / (s0 * s0)
      var mu = (n * precision * mean + m0 / (s0 * s0)) / own
      var curvature = own
      var tails = 0.0
      if !open.isEmpty {
        mu = max(mu, guess)
        for _ in 0..<25 {
          var (gradient, hessian) = (n * precision * (mean - mu) - (mu - m0) / (s0 * s0), own)
          tails = 0
          for t in open {
            let z = (t - mu) * inverse
            let jet = SpecialFunctions.logNormalTail(Jet.parameter(z, index: 0))
            tails += jet.v
            gradient -= jet.d0 * inverse
            hessian -= jet.h00 * precision
          }
          curvature = hessian
          let step = gradient / hessian
          if abs(step) < 1e-6 { break }
          mu += step
        }
        guess = mu
      }
      let likelihood =
        -n * rho - 0.5 * precision * (n * (mean - mu) * (mean - mu) + squares) + tails
      let before = -0.5 * (mu - m0) * (mu - m0) / (s0 * s0) - 0.5 * (rho - r0) * (rho - r0) / (t0 * t0)
      return (mu, 1 / curvature.squareRoot(), likelihood + before - 0.5 * log(curvature), likelihood)
    }
    // The mode of log sigma by a line search, its width by the drop on either side.
    var rho = n > 2 && squares > 0 ? 0.5 * log(squares / n) : r0
    var top = slice(rho).logWeight
    var reach = 0.5
    while reach > 0.01 {
      let (up, down) = (slice(rho + reach).logWeight, slice(rho - reach).logWeight)
      if up > top {
        (rho, top) = (rho + reach, up)
      } else if down > top {
        (rho, top) = (rho - reach, down)
      } else {
        reach /= 2
      }
    }
    func edge(_ direction: Double) -> Double {
      var step = 0.03
      while step < 8, slice(rho + direction * step).logWeight > top - 9 { step *= 1.4 }
      return rho + direction * step
    }
    let cells = 40
    let low = edge(-1)
    let width = (edge(1) - low) / Double(cells)
    var result = LognormalPosterior(low: low, width: width, cumulative: [], mean: [], sd: [])
    var sum = 0.0
    var best = -Double.infinity
    for i in 0..<cells {
      let s = slice(low + (Double(i) + 0.5) * width)
      sum += exp(s.logWeight - top)
      best = max(best, s.logLikelihood)
      result.cumulative.append(sum)
      result.mean.append(s.mean)
      result.sd.append(s.sd)
    }
    for i in 0..<cells { result.cumulative[i] /= sum }
    return (result, best)
  }
}
