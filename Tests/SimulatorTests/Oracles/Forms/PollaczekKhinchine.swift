import DiscreteEvent

/// One server, Poisson arrivals, any service time, first in first out (M/G/1).
///
/// Pollaczek 1930, Khinchine 1932 for the mean; Takács 1962 for the second moment.
struct PollaczekKhinchine: Sendable, Hashable {
  var arrivalRate: Double
  /// The first three moments of the service time; the third is needed by ``waitVariance`` alone.
  var mean: Double
  var secondMoment: Double
  var thirdMoment: Double?

  init(arrivalRate: Double, mean: Double, secondMoment: Double, thirdMoment: Double? = nil) {
    self.arrivalRate = arrivalRate
    self.mean = mean
    self.secondMoment = secondMoment
    self.thirdMoment = thirdMoment
  }

  /// The service time as a law; its third moment is not known to laws.
  init(arrivalRate: Double, service: Law) {
    self.init(
      arrivalRate: arrivalRate, mean: service.mean, secondMoment: service.variance + service.mean * service.mean)
  }

  /// Fraction of time in which the server is busy, and the probability of having to wait.
  var utilization: Double { arrivalRate * mean }
  /// `λE[S²] / 2(1 − ρ)`
  var meanWait: Double { arrivalRate * secondMoment / (2 * (1 - utilization)) }
  var meanTurnaround: Double { meanWait + mean }
  var meanQueue: Double { arrivalRate * meanWait }
  var meanJobs: Double { arrivalRate * meanTurnaround }
  /// `E[W²] − E[W]² = E[W]² + λE[S³] / 3(1 − ρ)`
  var waitVariance: Double? {
    thirdMoment.map { meanWait * meanWait + arrivalRate * $0 / (3 * (1 - utilization)) }
  }
}
