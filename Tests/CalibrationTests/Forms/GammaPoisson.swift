import CGSL

@testable import Calibration

/// What is known of the rate of a Poisson process: a gamma law, updated by events and exposure.
///
/// Prior Gamma(shape a, rate b); after d events in T units of time, Gamma(a + d, b + T)
/// (Gelman et al.: Bayesian Data Analysis, 3rd ed., §2.6). Rates are per the unit of the exposure.
struct GammaPoisson: Sendable, Hashable, Codable {
  var shape: Double
  /// In units of exposure: the prior weighs as much as having watched for so long.
  var exposure: Double

  init(shape: Double, exposure: Double) {
    self.shape = shape
    self.exposure = exposure
  }

  /// The prior with this mean whose weight is that of `events` observed events.
  init(mean: Double, events: Double) { self.init(shape: events, exposure: events / mean) }

  func posterior(events: Double, exposure: Double) -> GammaPoisson {
    GammaPoisson(shape: shape + events, exposure: self.exposure + exposure)
  }

  /// How much of the posterior mean after `exposure` is the data's own rate: T ÷ (b + T).
  func dataWeight(exposure: Double) -> Double { exposure / (self.exposure + exposure) }

  var mean: Double { shape / exposure }
  var standardDeviation: Double { shape.squareRoot() / exposure }
  /// The rate at probability `p` in (0, 1).
  func quantile(_ p: Double) -> Double {
    SpecialFunctions.gammaQuantile(p, shape: shape) / exposure
  }

  /// The number of events in `time` to come: negative binomial.
  func predictive(time: Double) -> Predictive { Predictive(shape: shape, ratio: time / exposure) }

  /// A negative binomial law of a count: Poisson with a gamma-distributed mean.
  struct Predictive: Sendable, Hashable {
    let shape: Double
    /// Time to come ÷ exposure.
    let ratio: Double

    var mean: Double { shape * ratio }
    var variance: Double { mean * (1 + ratio) }
    var probabilityOfNone: Double { exp(-shape * log1p(ratio)) }
    /// The probability of exactly `count` events.
    func probability(_ count: Int) -> Double {
      _ = SpecialFunctions.handlerIsOff
      let k = Double(count)
      let choose = gsl_sf_lngamma(shape + k) - gsl_sf_lngamma(shape) - gsl_sf_lngamma(k + 1)
      let grow = count == 0 ? 0 : k * (log(ratio) - log1p(ratio))
      return exp(choose - shape * log1p(ratio) + grow)
    }
    /// The least count whose cumulative probability reaches `p`. O(result).
    func quantile(_ p: Double) -> Int {
      var term = probabilityOfNone
      var sum = term
      var count = 0
      let odds = ratio / (1 + ratio)
      while sum < p, term > 0 || Double(count) < mean {
        term = term > 0 ? term * odds * (shape + Double(count)) / Double(count + 1) : probability(count + 1)
        sum += term
        count += 1
      }
      return count
    }
  }
}

/// The rate of a Poisson process from a count and an exposure, without a prior.
enum PoissonRate {
  /// Garwood's exact interval of the rate (Biometrika 28, 1936), per unit of exposure.
  static func garwood(events: Int, exposure: Double, confidence: Double = 0.95) -> (low: Double, high: Double) {
    _ = SpecialFunctions.handlerIsOff
    let tail = (1 - confidence) / 2
    let low = events == 0 ? 0 : gsl_cdf_gamma_Pinv(tail, Double(events), 1)
    return (low / exposure, gsl_cdf_gamma_Qinv(tail, Double(events) + 1, 1) / exposure)
  }

  /// The rate at which at least one event within `time` has probability `p`: −ln(1 − p) ÷ time.
  static func rate(probabilityOfAny p: Double, within time: Double) -> Double { -log1p(-p) / time }

  /// The probability of at least one event within `time`.
  static func probabilityOfAny(rate: Double, within time: Double) -> Double { -expm1(-rate * time) }

  /// The probability that a Poisson number of interruptions with this mean is survived altogether, each with
  /// probability `success`, or with `tries` independent attempts at each: the generating function exp(−m (1 − q)).
  static func probabilityOfSurvivingAll(mean: Double, success: Double, tries: Int = 1) -> Double {
    exp(-mean * pow(1 - success, Double(tries)))
  }
}
