/// A queue whose state is the number present: stationary probabilities from its birth and death rates.
///
/// Balance of each cut, `p_n λ_n = p_{n+1} μ_{n+1}`; see any text on Markov chains.
struct BirthDeathQueue: Sendable, Hashable {
  /// `probabilities[n]`: n jobs present.
  let probabilities: [Double]
  let servers: Int
  let arrivalRate: Double

  /// - Parameters:
  ///   - capacity: the most jobs that may be present, those in service included.
  ///   - deathRate: the rate at which one of `n` jobs leaves.
  init(arrivalRate: Double, servers: Int, capacity: Int, deathRate: (Int) -> Double) {
    self.arrivalRate = arrivalRate
    self.servers = servers
    var p = [1.0]
    p.reserveCapacity(capacity + 1)
    for n in stride(from: 1, through: capacity, by: 1) {
      let next = p[n - 1] * arrivalRate / deathRate(n)
      p.append(next)
      if next > 1e250 { for k in p.indices { p[k] *= 1e-250 } }
      // The tail only falls from here.
      if n > servers, next < 1e-300 { break }
    }
    // Small terms first.
    let sum = p.sorted().reduce(0, +)
    probabilities = p.map { $0 / sum }
  }

  /// M/M/c/K: whoever finds `capacity` jobs present is refused. With `capacity = servers`, Erlang's loss system.
  static func finite(arrivalRate: Double, serviceRate: Double, servers: Int, capacity: Int) -> BirthDeathQueue {
    BirthDeathQueue(arrivalRate: arrivalRate, servers: servers, capacity: capacity) {
      Double(min($0, servers)) * serviceRate
    }
  }

  /// Erlang A, M/M/c+M: whoever waits gives up at `abandonRate` (Palm 1957; Garnett, Mandelbaum, Reiman 2002).
  static func impatient(
    arrivalRate: Double, serviceRate: Double, servers: Int, abandonRate: Double
  ) -> BirthDeathQueue {
    // Beyond this the terms have fallen below what counts.
    let capacity = servers + 50 + Int((arrivalRate + 40 * (arrivalRate + 1).squareRoot()) / abandonRate)
    return BirthDeathQueue(arrivalRate: arrivalRate, servers: servers, capacity: capacity) {
      Double(min($0, servers)) * serviceRate + Double(max($0 - servers, 0)) * abandonRate
    }
  }

  private func mean(_ value: (Int) -> Int) -> Double {
    probabilities.enumerated().reversed().reduce(0) { $0 + Double(value($1.offset)) * $1.element }
  }

  var emptyProbability: Double { probabilities[0] }
  /// The probability that an arrival finds all places taken.
  var blockingProbability: Double { probabilities[probabilities.count - 1] }
  /// The probability that an arrival has to wait or is refused.
  var waitProbability: Double { probabilities.dropFirst(servers).reversed().reduce(0, +) }
  /// Mean number present.
  var meanJobs: Double { mean { $0 } }
  /// Mean number that wait.
  var meanQueue: Double { mean { max(0, $0 - servers) } }
  /// Mean number of busy slots ÷ slots.
  var utilization: Double { mean { min($0, servers) } / Double(servers) }
  /// Jobs that come in, a unit of time.
  var throughput: Double { arrivalRate * (1 - blockingProbability) }
  /// Mean wait of those that come in (Little's law).
  var meanWait: Double { meanQueue / throughput }
  /// Mean time from arrival to leaving of those that come in.
  var meanTurnaround: Double { meanJobs / throughput }
}
