import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// Possible worlds in which dear jobs are more frequent: the exponential change of measure behind ``RareOverrun``.
struct TiltedMeasure: Sendable {
  /// θ, a US dollar.
  private(set) var tilt = 0.0
  /// log E[e^{θC}] over all worlds.
  private(set) var logNormalizer = 0.0
  private let worlds: [WorldParameters]
  /// Expected number of jobs that arrive, by world.
  private let arrivals: [Double]
  /// Probability of each kind, by world.
  private let mix: [[Double]]
  private let costs: [Double]
  /// log E[e^{θC}] by world.
  private var logs: [Double] = []

  /// - Parameter shift: by how many US dollars the mean is to be moved.
  init(worlds: [WorldParameters], arrivals: [Double], costs: [Double], shift: Double) {
    self.worlds = worlds
    self.arrivals = arrivals
    self.costs = costs
    mix = worlds.map { world in
      let sum = world.mix.reduce(0) { $0 + $1.weight }
      return world.mix.map { $0.weight / max(sum, .leastNormalMagnitude) }
    }
    let still = mean(0)
    var low = 0.0
    // A dear job becomes at most e⁵ times as frequent.
    var high = 5 / max(costs.max() ?? 0, 1e-9)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if mean(middle) - still < shift { low = middle } else { high = middle }
    }
    tilt = low
    logs = worlds.indices.map { arrivals[$0] * (factor($0, tilt) - 1) }
    let greatest = logs.max() ?? 0
    logNormalizer = greatest + log(logs.reduce(0) { $0 + exp($1 - greatest) } / Double(max(1, logs.count)))
  }

  /// Σ pk e^{θck}: how many times as many jobs come.
  private func factor(_ w: Int, _ tilt: Double) -> Double {
    zip(mix[w], costs).reduce(0) { $0 + $1.0 * exp(tilt * $1.1) }
  }

  /// The mean of C under the changed measure.
  private func mean(_ tilt: Double) -> Double {
    let logs = worlds.indices.map { arrivals[$0] * (factor($0, tilt) - 1) }
    let greatest = logs.max() ?? 0
    var (sum, weights) = (0.0, 0.0)
    for w in worlds.indices {
      let weight = exp(logs[w] - greatest)
      weights += weight
      sum += weight * arrivals[w] * zip(mix[w], costs).reduce(0) { $0 + $1.0 * $1.1 * exp(tilt * $1.1) }
    }
    return weights > 0 ? sum / weights : 0
  }

  /// `n` worlds by systematic sampling, each changed: as often as its own normalizer says.
  func draw(_ n: Int, offset: Double) -> [WorldParameters] {
    let greatest = logs.max() ?? 0
    let weights = logs.map { exp($0 - greatest) }
    let total = weights.reduce(0, +)
    var drawn: [WorldParameters] = []
    var cumulative = 0.0
    for w in worlds.indices {
      cumulative += weights[w] / total * Double(n)
      if Double(drawn.count) + offset >= cumulative { continue }
      let world = changed(w)
      while Double(drawn.count) + offset < cumulative, drawn.count < n { drawn.append(world) }
    }
    while drawn.count < n, let last = drawn.last { drawn.append(last) }
    return drawn
  }

  private func changed(_ w: Int) -> WorldParameters {
    var world = worlds[w]
    let factor = factor(w, tilt)
    switch world.arrivals {
    case .poisson(let perDay): world.arrivals = .poisson(perDay: perDay * factor)
    case .hourly(let perDay, let weights): world.arrivals = .hourly(perDay: perDay * factor, weights: weights)
    case .none, .every, .times: break
    }
    for k in world.mix.indices where k < costs.count { world.mix[k].weight *= exp(tilt * costs[k]) }
    return world
  }
}

extension Arrivals {
  /// How many jobs are expected to arrive between two instants; nil where arrivals are not a Poisson process.
  func expected(from: Instant, to: Instant) -> Double? {
    switch self {
    case .poisson(let perDay): return perDay * (to - from).hours / 24
    case .hourly(let perDay, let weights):
      let sum = weights.reduce(0, +)
      guard weights.count == 168, sum > 0 else { return nil }
      var expected = 0.0
      var at = Double(from.microseconds) / 3.6e9
      let end = Double(to.microseconds) / 3.6e9
      while at < end {
        let next = min(at.rounded(.down) + 1, end)
        // 1970-01-01 was a Thursday: hour 72 of a week that begins on Monday.
        let week = Int((at.rounded(.down) + 72).truncatingRemainder(dividingBy: 168))
        expected += perDay * 7 * weights[week < 0 ? week + 168 : week] / sum * (next - at)
        at = next
      }
      return expected
    case .none, .every, .times: return nil
    }
  }
}
