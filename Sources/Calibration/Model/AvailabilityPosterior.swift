import CGSL

/// What is known of getting a pod: the first attempt's odds, and how fast a shortage ends.
public struct AvailabilityPosterior: Hashable, Sendable, Codable {
  var success: Marginal
  var recoveryPerHour: Marginal

  /// A beta law for first attempts; for retries after dt hours `success × (1 − exp(−rate × dt))`, with a lognormal prior
  /// of the rate and the success at its posterior median.
  init(_ first: Evidence.Count, _ retries: [Evidence.Retry], prior: Priors.Probability, recovery: Priors.Positive) {
    let beta = Marginal.beta(
      successes: prior.successes + first.events, failures: prior.failures + first.exposure - first.events
    ).tabulated
    success = beta
    guard !retries.isEmpty else {
      recoveryPerHour = .lognormal(median: recovery.median, logSD: recovery.logSD)
      return
    }
    let top = beta.median
    // Attempts come at a few distances only: retries of the same distance count together.
    var groups: [(after: Double, tried: Double, got: Double)] = []
    for r in retries.sorted(by: { ($0.after, $0.success ? 1 : 0) < ($1.after, $1.success ? 1 : 0) }) {
      if let last = groups.last, r.after < last.after * 1.01 + 1e-4 {
        groups[groups.count - 1].tried += 1
        groups[groups.count - 1].got += r.success ? 1 : 0
      } else {
        groups.append((r.after, 1, r.success ? 1 : 0))
      }
    }
    let m = log(recovery.median)
    func density(_ y: Double) -> Double {
      var sum = -0.5 * (y - m) * (y - m) / (recovery.logSD * recovery.logSD)
      for g in groups {
        let p = top * -expm1(-exp(y) * g.after)
        if g.got > 0 { sum += g.got * log(max(p, 1e-300)) }
        sum += (g.tried - g.got) * log1p(-min(p, 1 - 1e-15))
      }
      return sum
    }
    var mode = m
    var reach = 2.0
    while reach > 1e-3 {
      if density(mode + reach) > density(mode) {
        mode += reach
      } else if density(mode - reach) > density(mode) {
        mode -= reach
      } else {
        reach /= 2
      }
    }
    recoveryPerHour = .positive(mode: mode, scale: 1 / (1 + Double(retries.count)).squareRoot(), logDensity: density)
  }

  func draw(_ strata: inout Strata) -> Availability {
    let success = success.quantile(strata.next())
    return Availability(success: success, recoveryRatePerHour: recoveryPerHour.quantile(strata.next()))
  }
}
