import DiscreteEvent

@testable import Planning

/// A ``CheckpointedRun`` on pods with any law of lifetime, and with a switch to on-demand after so many interruptions.
///
/// A pod's age is not set back by a checkpoint, so segments are not independent: with j segments left,
/// `E_j = S(L)L + Σ_m ∫_{I_m} (t + D + E_{j−m}) dF`, where `L = R + length of the j segments` and a pod that dies in
/// `I_m` has finished m of them. The sum over m includes E_j itself (m = 0). Second moments likewise.
struct RenewalRun: Sendable {
  var run: CheckpointedRun
  var lifetime: Law
  /// After so many interruptions the run goes on on demand, where nothing interrupts it; nil: never.
  var maxInterruptions: Int?
  /// Downtime before the on-demand pod.
  var onDemandDowntime = 0.0

  init(_ run: CheckpointedRun, lifetime: Law, maxInterruptions: Int? = nil, onDemandDowntime: Double = 0) {
    self.run = run
    self.lifetime = lifetime
    self.maxInterruptions = maxInterruptions
    self.onDemandDowntime = onDemandDowntime
  }

  struct Moments: Sendable, Hashable {
    var mean = 0.0
    var secondMoment = 0.0
    var interruptions = 0.0
    /// Billed time on spot and on demand.
    var spot = 0.0
    var onDemand = 0.0
    /// The probability of a switch to on-demand.
    var switches = 0.0
    var variance: Double { max(0, secondMoment - mean * mean) }
  }

  /// What one pod does, with `left` segments to go and a restart of `restart` before them.
  private struct Pod {
    /// The probability, and ∫t dF and ∫t² dF, of dying with m segments finished.
    var mass: [Double] = []
    var first: [Double] = []
    var second: [Double] = []
    var survival = 1.0
    var length = 0.0
  }

  /// Exact up to quadrature (about 1e-12). O(segments² × maxInterruptions).
  func moments() -> Moments {
    let n = run.segments.count
    guard n > 0 else { return Moments() }
    let pods = [Pod()] + (1...n).map { pod(left: $0, restart: run.restart) }
    var after: [Moments]
    if let limit = maxInterruptions {
      // From the last interruption back: what follows it is on demand, and certain.
      after = (0...n).map { onDemand(left: $0) }
      for k in 1..<max(1, limit) {
        let next = after
        let down = k == 1 ? 0 : run.downtime
        after = (0...n).map { $0 == 0 ? Moments() : solve(pods[$0], left: $0, down: down) { next[$0] } }
      }
    } else {
      after = [Moments()]
      for j in 1...n {
        let known = after
        after.append(solve(pods[j], left: j, down: run.downtime) { $0 < j ? known[$0] : nil })
      }
    }
    let result = after
    // The on-demand pod's own downtime is part of what follows the last interruption.
    let down = maxInterruptions.map { $0 <= 1 } == true ? 0 : run.downtime
    return solve(pod(left: n, restart: 0), left: n, down: down) { result[$0] }
  }

  private func onDemand(left: Int) -> Moments {
    var m = Moments()
    m.onDemand = left == 0 ? 0 : run.restart + run.segments.suffix(left).reduce(0, +)
    m.mean = m.onDemand + onDemandDowntime
    m.secondMoment = m.mean * m.mean
    m.switches = 1
    return m
  }

  /// Conditions on what the pod does. `next(k)` is what k segments cost after an interruption; nil: the unknown itself.
  private func solve(_ pod: Pod, left: Int, down: Double, next: (Int) -> Moments?) -> Moments {
    var m = Moments()
    m.mean = pod.survival * pod.length
    m.secondMoment = pod.survival * pod.length * pod.length
    m.spot = m.mean
    // What the unknown is multiplied by: it moves to the left-hand side.
    var own = 0.0
    for finished in 0..<left {
      let p = pod.mass[finished]
      let t = pod.first[finished]
      let gone = t + down * p
      let square = pod.second[finished] + 2 * down * t + down * down * p
      m.mean += gone
      m.spot += t
      m.interruptions += p
      guard let rest = next(left - finished) else {
        own = p
        m.secondMoment += square
        continue
      }
      m.mean += p * rest.mean
      m.secondMoment += square + 2 * gone * rest.mean + p * rest.secondMoment
      m.interruptions += p * rest.interruptions
      m.spot += p * rest.spot
      m.onDemand += p * rest.onDemand
      m.switches += p * rest.switches
    }
    if own > 0 {
      m.mean /= 1 - own
      m.secondMoment += 2 * (pod.first[0] + down * own) * m.mean
      m.secondMoment /= 1 - own
      m.interruptions /= 1 - own
      m.spot /= 1 - own
    }
    return m
  }

  private func pod(left: Int, restart: Double) -> Pod {
    var pod = Pod()
    var a = 0.0
    var survivalAtA = 1.0
    for (m, segment) in run.segments.suffix(left).enumerated() {
      let b = a + segment + (m == 0 ? restart : 0)
      let survivalAtB = lifetime.survival(b)
      // By parts: ∫t dF = aS(a) − bS(b) + ∫S, and ∫t² dF = a²S(a) − b²S(b) + 2∫tS.
      let area = Quadrature.integral(a, b) { lifetime.survival($0) }
      let moment = Quadrature.integral(a, b) { $0 * lifetime.survival($0) }
      pod.mass.append(survivalAtA - survivalAtB)
      pod.first.append(a * survivalAtA - b * survivalAtB + area)
      pod.second.append(a * a * survivalAtA - b * b * survivalAtB + 2 * moment)
      a = b
      survivalAtA = survivalAtB
    }
    pod.length = a
    pod.survival = survivalAtA
    return pod
  }
}
