import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// Attempts to get a pod: at once, then every `interval` while `giveUpAfter` has not passed; each succeeds with
/// probability `success`, whatever the others did. A truncated geometric law.
struct ProvisioningRetry: Sendable, Hashable {
  var success: Double
  var interval: Double
  var giveUpAfter: Double

  init(success: Double, interval: Double, giveUpAfter: Double) {
    self.success = success
    self.interval = interval
    self.giveUpAfter = giveUpAfter
  }

  /// At 0, 5 … 60 min: 13.
  var attempts: Int { Int((giveUpAfter / interval).rounded(.down)) + 1 }
  /// The probability that all attempts fail.
  var failureProbability: Double { pow(1 - success, Double(attempts)) }
  /// Mean time until the pod, where there is one in time.
  var meanWaitGivenSuccess: Double {
    (0..<attempts).reduce(0.0) { $0 + Double($1) * interval * pow(1 - success, Double($1)) * success }
      / (1 - failureProbability)
  }
  /// Mean time until the pod or the last attempt.
  var meanElapsed: Double {
    meanWaitGivenSuccess * (1 - failureProbability) + Double(attempts - 1) * interval * failureProbability
  }
}

/// Availability that comes in spells: up and down for exponential times.
struct SpellAvailability: Sendable, Hashable {
  var meanUp: Double
  var meanDown: Double

  init(meanUp: Double, meanDown: Double) {
    self.meanUp = meanUp
    self.meanDown = meanDown
  }

  /// The fraction of time in which a pod is to be had.
  var availability: Double { meanUp / (meanUp + meanDown) }
  /// Mean wait of a request at a random time.
  var meanWait: Double { (1 - availability) * meanDown }
  /// The probability of waiting longer than `t`.
  func waitSurvival(_ t: Double) -> Double { (1 - availability) * exp(-t / meanDown) }
}

/// What is left of a stretch of time that is met at a random instant: the inspection paradox of renewal theory.
enum Inspection {
  /// Mean time left, `E[X²]/2E[X]`.
  static func meanResidual(mean: Double, secondMoment: Double) -> Double { secondMoment / (2 * mean) }
  /// Mean length of the stretch that is met, `E[X²]/E[X]`: longer than the mean.
  static func meanLength(mean: Double, secondMoment: Double) -> Double { secondMoment / mean }
}
