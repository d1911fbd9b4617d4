import CGSL

@testable import Calibration

/// What is known of a probability: a beta law, updated by successes and failures.
struct BetaBinomial: Sendable, Hashable, Codable {
  /// The successes and failures it weighs as much as.
  var successes: Double
  var failures: Double

  init(successes: Double, failures: Double) {
    self.successes = successes
    self.failures = failures
  }

  /// The prior with this mean whose weight is that of `trials` observed trials.
  init(mean: Double, trials: Double) { self.init(successes: mean * trials, failures: (1 - mean) * trials) }

  func posterior(successes: Double, failures: Double) -> BetaBinomial {
    BetaBinomial(successes: self.successes + successes, failures: self.failures + failures)
  }

  var mean: Double { successes / (successes + failures) }
  var standardDeviation: Double {
    let n = successes + failures
    return (successes * failures / (n * n * (n + 1))).squareRoot()
  }
  /// The probability at level `p` in (0, 1).
  func quantile(_ p: Double) -> Double {
    _ = SpecialFunctions.handlerIsOff
    return gsl_cdf_beta_Pinv(p, successes, failures)
  }

  /// The probability of `count` successes in `trials` to come.
  func probability(_ count: Int, of trials: Int) -> Double {
    guard (0...trials).contains(count) else { return 0 }
    _ = SpecialFunctions.handlerIsOff
    let (k, n) = (Double(count), Double(trials))
    let choose = gsl_sf_lngamma(n + 1) - gsl_sf_lngamma(k + 1) - gsl_sf_lngamma(n - k + 1)
    return exp(choose + gsl_sf_lnbeta(k + successes, n - k + failures) - gsl_sf_lnbeta(successes, failures))
  }
}
