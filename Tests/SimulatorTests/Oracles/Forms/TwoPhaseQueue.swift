/// Poisson arrivals and a service of two exponential phases on `servers` slots (M/PH₂/c).
///
/// Two phases match any mean and any coefficient of variation from √½ upwards: Erlang-2 below 1, hyperexponential above.
/// The chain (jobs present, how many of the busy slots are in phase one) is solved level by level from a truncation down
/// (linear level reduction, Gaver, Jacobs, Latouche 1984).
struct TwoPhaseQueue: Sendable, Hashable {
  var arrivalRate: Double
  var servers: Int
  /// A service starts in phase one with this probability, and goes on from one to two with that one.
  var startsInOne: Double
  var goesOn: Double
  var rates: [Double]

  /// Erlang-2 service with this mean.
  static func erlang2(arrivalRate: Double, mean: Double, servers: Int) -> TwoPhaseQueue {
    TwoPhaseQueue(arrivalRate: arrivalRate, servers: servers, startsInOne: 1, goesOn: 1, rates: [2 / mean, 2 / mean])
  }

  /// Hyperexponential service: rate `one` with probability `p`, else rate `two`.
  static func hyperexponential(
    arrivalRate: Double, p: Double, one: Double, two: Double, servers: Int
  ) -> TwoPhaseQueue {
    TwoPhaseQueue(arrivalRate: arrivalRate, servers: servers, startsInOne: p, goesOn: 0, rates: [one, two])
  }

  /// Mean number that wait, and the probability of having to wait.
  func solve() -> (meanQueue: Double, waitProbability: Double) {
    let mean = startsInOne / rates[0] + (1 - startsInOne + startsInOne * goesOn) / rates[1]
    let utilization = arrivalRate * mean / Double(servers)
    // The tail falls about as ρ^(2n/(1 + c²)); this leaves less than 1e-13 of it.
    let levels = servers + Int(120 / max(1e-3, 1 - utilization))
    // R_n carries the probabilities of level n − 1 to level n.
    var ratios = [[[Double]]](repeating: [], count: levels + 1)
    for n in stride(from: levels, through: 1, by: -1) {
      var local = stay(n)
      if n == levels { for i in local.indices { local[i][i] += arrivalRate } }
      if n < levels {
        let back = multiply(ratios[n + 1], down(n + 1))
        for i in local.indices { for j in local.indices { local[i][j] += back[i][j] } }
      }
      ratios[n] = solveRight(up(n - 1), local.map { $0.map { -$0 } })
    }
    var level = [1.0]
    var total = 1.0
    var queue = 0.0
    var waiting = 0.0
    for n in 1...levels {
      level = multiply([level], ratios[n])[0]
      let mass = level.reduce(0, +)
      total += mass
      if n >= servers {
        waiting += mass
        queue += Double(n - servers) * mass
      }
    }
    if servers == 0 { waiting = total }
    return (queue / total, waiting / total)
  }

  /// States of a level: 0…min(n, c) busy slots in phase one.
  private func size(_ n: Int) -> Int { min(n, servers) + 1 }

  private func up(_ n: Int) -> [[Double]] {
    var m = matrix(size(n), size(n + 1))
    for i in 0..<size(n) {
      if n < servers {
        m[i][i + 1] += arrivalRate * startsInOne
        m[i][i] += arrivalRate * (1 - startsInOne)
      } else {
        m[i][i] += arrivalRate
      }
    }
    return m
  }

  private func stay(_ n: Int) -> [[Double]] {
    var m = matrix(size(n), size(n))
    let busy = min(n, servers)
    for i in 0...busy {
      m[i][i] -= arrivalRate + Double(i) * rates[0] + Double(busy - i) * rates[1]
      if i > 0 { m[i][i - 1] += Double(i) * rates[0] * goesOn }
    }
    return m
  }

  private func down(_ n: Int) -> [[Double]] {
    var m = matrix(size(n), size(n - 1))
    let busy = min(n, servers)
    for i in 0...busy {
      // Who ended, by phase; who waits takes the slot and starts anew.
      for (rate, left) in [(Double(i) * rates[0] * (1 - goesOn), i - 1), (Double(busy - i) * rates[1], i)]
      where rate > 0 {
        if n > servers {
          m[i][left + 1] += rate * startsInOne
          m[i][left] += rate * (1 - startsInOne)
        } else {
          m[i][left] += rate
        }
      }
    }
    return m
  }

  private func matrix(_ rows: Int, _ columns: Int) -> [[Double]] {
    [[Double]](repeating: [Double](repeating: 0, count: columns), count: rows)
  }

  private func multiply(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
  }

  /// `a · b⁻¹` by elimination with pivots on the columns of b.
  private func solveRight(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    var a = a
    var b = b
    let n = b.count
    for k in 0..<n {
      let pivot = (k..<n).max { abs(b[k][$0]) < abs(b[k][$1]) } ?? k
      if pivot != k {
        for r in 0..<n { b[r].swapAt(k, pivot) }
        for r in a.indices { a[r].swapAt(k, pivot) }
      }
      for j in 0..<n where j != k && b[k][j] != 0 {
        let factor = b[k][j] / b[k][k]
        for r in 0..<n { b[r][j] -= factor * b[r][k] }
        for r in a.indices { a[r][j] -= factor * a[r][k] }
      }
    }
    for k in 0..<n { for r in a.indices { a[r][k] /= b[k][k] } }
    return a
  }
}
