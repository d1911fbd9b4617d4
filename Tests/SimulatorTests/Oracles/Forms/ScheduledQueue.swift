#if canImport(Glibc)
  import Glibc
#endif

/// One server, arrivals at a fixed interval, exponential service (D/M/1): jobs submitted by a schedule.
struct ScheduledQueue: Sendable, Hashable {
  var interval: Double
  var serviceRate: Double

  init(interval: Double, serviceRate: Double) {
    self.interval = interval
    self.serviceRate = serviceRate
  }

  /// The probability of having to wait: the root σ in (0, 1) of `σ = e^{−μD(1−σ)}` (Kendall 1953, G/M/1).
  var waitProbability: Double {
    let load = serviceRate * interval
    guard load > 1 else { return 1 }
    // With s = 1 − σ: log(1 − s) + load·s = 0; concave, so Newton from the right of its maximum falls to the root.
    var s = 1 - exp(-load)
    for _ in 0..<100 {
      let step = (log1p(-s) + load * s) / (load - 1 / (1 - s))
      let next = s - step
      if abs(next - s) <= 1e-16 * s { break }
      s = next
    }
    return 1 - s
  }

  /// `σ / μ(1 − σ)`
  var meanWait: Double {
    let sigma = waitProbability
    return sigma / (serviceRate * (1 - sigma))
  }
  var meanTurnaround: Double { meanWait + 1 / serviceRate }
}
