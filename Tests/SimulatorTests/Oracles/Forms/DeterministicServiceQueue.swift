import DiscreteEvent

/// Poisson arrivals, constant service, `servers` slots, first in first out (M/D/c).
struct DeterministicServiceQueue: Sendable, Hashable {
  var arrivalRate: Double
  var service: Double
  var servers: Int

  init(arrivalRate: Double, service: Double, servers: Int) {
    self.arrivalRate = arrivalRate
    self.service = service
    self.servers = servers
  }

  var utilization: Double { arrivalRate * service / Double(servers) }

  /// Mean wait: `D Σ_i [P(ic, ia) − (c/a) P(ic+1, ia)]` with the load `a = λD` and the regularised incomplete gamma
  /// function P, which is the tail of a Poisson law (Crommelin 1932, Pollaczek). O(1/(1 − ρ)²) terms.
  var meanWait: Double {
    let a = arrivalRate * service
    let c = Double(servers)
    var sum = 0.0
    var small = 0
    var i = 1.0
    while small < 4 {
      let term = IncompleteGamma.lower(i * c, i * a) - c / a * IncompleteGamma.lower(i * c + 1, i * a)
      sum += term
      small = abs(term) < 1e-15 * sum ? small + 1 : 0
      i += 1
    }
    return service * sum
  }
  /// Mean number that wait.
  var meanQueue: Double { arrivalRate * meanWait }
  /// Mean number present.
  var meanJobs: Double { meanQueue + arrivalRate * service }
}
