import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// Rates of interruption from what people say and count.
enum InterruptionRate {
  /// From the probability of at least one within `time`: `−ln(1 − p)/time`.
  static func rate(probability: Double, within time: Double) -> Double { -log1p(-probability) / time }

  /// From a count over an exposure, with the exact interval of Garwood (Biometrika 28, 1936).
  static func rate(
    count: Int, exposure: Double, confidence: Double = 0.95
  ) -> (value: Double, low: Double, high: Double) {
    let tail = (1 - confidence) / 2
    let low = count == 0 ? 0 : Law.gamma(shape: Double(count), scale: 1).quantile(tail)
    let high = Law.gamma(shape: Double(count + 1), scale: 1).inverseSurvival(tail)
    return (Double(count) / exposure, low / exposure, high / exposure)
  }

  /// The probability of at least one within `time`.
  static func probability(rate: Double, within time: Double) -> Double { -expm1(-rate * time) }

  /// The probability that a job with Poisson(mean) interruptions survives them all, when one recovery works with
  /// probability `success` and is tried `tries` times: the probability generating function `e^{−m(1−q)}`.
  static func survival(interruptions mean: Double, success: Double, tries: Int = 1) -> Double {
    exp(-mean * pow(1 - success, Double(tries)))
  }
}
