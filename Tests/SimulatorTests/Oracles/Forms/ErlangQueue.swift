import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// A queue with Poisson arrivals, exponential service and `servers` slots, first in first out (M/M/c).
///
/// Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges",
/// 1917; notation of Gross and Harris, "Fundamentals of Queueing Theory". Rates are per unit of the caller's time.
struct ErlangQueue: Sendable, Hashable {
  var arrivalRate: Double
  var serviceRate: Double
  var servers: Int

  init(arrivalRate: Double, serviceRate: Double, servers: Int) {
    self.arrivalRate = arrivalRate
    self.serviceRate = serviceRate
    self.servers = servers
  }

  /// Offered load in erlangs, λ/μ.
  var offeredLoad: Double { arrivalRate / serviceRate }
  /// Fraction of the slots that is busy; the queue is stable below 1.
  var utilization: Double { offeredLoad / Double(servers) }
  /// How fast a queue drains while all slots are busy, cμ − λ.
  var drain: Double { Double(servers) * serviceRate - arrivalRate }

  /// Erlang B: the probability of loss if nobody may wait. `B_k = aB_{k−1} / (k + aB_{k−1})`.
  var lossProbability: Double {
    var b = 1.0
    for k in 1...max(1, servers) { b = offeredLoad * b / (Double(k) + offeredLoad * b) }
    return b
  }

  /// Erlang C: the probability of having to wait. `C = B / (1 − ρ(1 − B))`.
  var waitProbability: Double {
    let b = lossProbability
    return b / (1 - utilization * (1 - b))
  }

  /// The probability that nobody is there.
  var emptyProbability: Double {
    var term = 1.0
    var sum = 0.0
    for k in 0..<servers {
      sum += term
      term *= offeredLoad / Double(k + 1)
    }
    return 1 / (sum + term / (1 - utilization))
  }

  /// Mean time until a slot, `C / (cμ − λ)`.
  var meanWait: Double { waitProbability / drain }
  /// Mean time from arrival to end.
  var meanTurnaround: Double { meanWait + 1 / serviceRate }
  /// Mean number that wait (Little's law).
  var meanQueue: Double { arrivalRate * meanWait }
  /// Mean number present.
  var meanJobs: Double { arrivalRate * meanTurnaround }
  /// Variance of the time from arrival to end.
  var turnaroundVariance: Double {
    let c = waitProbability
    return 1 / (serviceRate * serviceRate) + c * (2 - c) / (drain * drain)
  }

  /// The waiting time that is not exceeded with probability `p`: `P(wait > t) = C e^{−(cμ−λ)t}`.
  func waitQuantile(_ p: Double) -> Double { max(0, log(waitProbability / (1 - p)) / drain) }

  /// `P(turnaround > t)`, the convolution of the wait with one service.
  func turnaroundSurvival(_ t: Double) -> Double {
    let own = exp(-serviceRate * t)
    let difference = serviceRate - drain
    // Equal rates: the limit of the quotient.
    let quotient = abs(difference) < 1e-12 * serviceRate ? t * own : (exp(-drain * t) - own) / difference
    return own + waitProbability * serviceRate * quotient
  }

  /// The turnaround that is not exceeded with probability `p`, by bisection to the last bit.
  func turnaroundQuantile(_ p: Double) -> Double {
    var low = 0.0
    var high = 1 / serviceRate
    while turnaroundSurvival(high) > 1 - p { high *= 2 }
    for _ in 0..<200 where high > low {
      let middle = (low + high) / 2
      if turnaroundSurvival(middle) > 1 - p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// `n·Var(mean of n successive waits)` in the limit, for one server (Daley 1968; Whitt 1989): how long to simulate.
  var waitAsymptoticVariance: Double? {
    guard servers == 1 else { return nil }
    let r = utilization
    let whole = r * (2 + 5 * r - 4 * r * r + r * r * r)
    return whole / (pow(1 - r, 4) * serviceRate * serviceRate)
  }
}
