import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// The sum of a Poisson number of gamma costs: a month's spend, and the odds that it passes a limit.
struct CompoundPoissonGamma: Sendable, Hashable {
  /// Expected number of jobs.
  var jobs: Double
  var meanCost: Double
  /// Coefficient of variation of one cost.
  var cv: Double

  init(jobs: Double, meanCost: Double, cv: Double) {
    self.jobs = jobs
    self.meanCost = meanCost
    self.cv = cv
  }

  var shape: Double { 1 / (cv * cv) }
  var scale: Double { meanCost * cv * cv }
  var mean: Double { jobs * meanCost }
  /// `λ(σ² + μ²)`
  var variance: Double { jobs * meanCost * meanCost * (1 + cv * cv) }

  /// `P(spend > limit) = Σ_n Poisson(n; λ) Q(nk, limit/θ)`, the sum of n gammas being a gamma.
  func survival(_ limit: Double) -> Double {
    guard limit >= 0 else { return 1 }
    let last = Int(jobs + 12 * jobs.squareRoot() + 40)
    var sum = 0.0
    for n in stride(from: last, through: 1, by: -1) {
      let k = Double(n)
      let weight = exp(k * log(jobs) - jobs - lgamma(k + 1))
      sum += weight * IncompleteGamma.upper(k * shape, limit / scale)
    }
    return sum
  }

  /// The spend that is not exceeded with probability `p`, by bisection.
  func quantile(_ p: Double) -> Double {
    guard survival(0) > 1 - p else { return 0 }
    var low = 0.0
    var high = max(mean, meanCost)
    while survival(high) > 1 - p { high *= 2 }
    for _ in 0..<100 where high - low > 1e-14 * high {
      let middle = (low + high) / 2
      if survival(middle) > 1 - p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
