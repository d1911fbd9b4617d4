import Calibration
import DiscreteEvent
import Engine
import Simulator

#if canImport(Glibc)
  import Glibc
#endif

/// How many steps to do between two checkpoints on spot: the exact optimum for a constant rate of interruption, and the classical
/// approximations beside it.
public struct CheckpointAdvice: Sendable, Hashable {
  /// Seconds between interruptions, on average over a run.
  public var mtbf: Double
  /// Steps between checkpoints with the least expected bill; as many as the run has: no checkpoint pays.
  public var exact: Int
  /// Young's and Daly's intervals, in steps.
  public var young: Double
  public var daly: Double
  /// The continuous optimum of an endless run, in steps.
  public var continuous: Double

  /// nil where nothing interrupts a spot pod, or where the run has no steps.
  public init?(_ configuration: JobConfiguration, in world: WorldParameters) {
    let seconds = world.step.median(for: configuration)
    let steps = configuration.steps
    guard steps > 0, seconds > 0 else { return nil }
    guard let mtbf = world.interruptions.spot.meanInterval(over: Double(steps) * seconds) else { return nil }
    self.init(
      run: CheckpointedRun(
        steps: steps, secondsPerStep: seconds, every: 1, checkpoint: world.checkpoint.mean,
        restart: world.boot.mean + world.modelLoading.mean + world.restore.mean,
        downtime: world.provisioning.spot.mean), mtbf: mtbf)
  }

  /// For a run whose parameters are known, `every` apart.
  public init(run: CheckpointedRun, mtbf: Double) {
    self.mtbf = mtbf
    let continuous = CheckpointInterval.exact(mtbf: mtbf, checkpoint: run.checkpoint) / run.secondsPerStep
    self.continuous = continuous
    young = CheckpointInterval.young(mtbf: mtbf, checkpoint: run.checkpoint) / run.secondsPerStep
    daly = CheckpointInterval.daly(mtbf: mtbf, checkpoint: run.checkpoint) / run.secondsPerStep
    // The bill has one minimum in the interval but for the remainder of the last one; the window is wide enough for that.
    let low = max(1, Int(min(continuous / 3, 1e9)))
    let high = min(run.steps, Int(min(continuous * 3, 1e9)) + 2)
    var best = (every: run.steps, bill: CheckpointAdvice.bill(run, every: run.steps, mtbf: mtbf))
    for k in stride(from: low, through: max(low, high), by: max(1, (high - low) / 5_000)) where k <= run.steps {
      let bill = CheckpointAdvice.bill(run, every: k, mtbf: mtbf)
      if bill < best.bill { best = (k, bill) }
    }
    exact = best.every
  }

  private static func bill(_ run: CheckpointedRun, every: Int, mtbf: Double) -> Double {
    var run = run
    run.every = every
    let bill = run.moments(mtbf: mtbf).billed
    return bill.isFinite ? bill : .infinity
  }

  /// The middle of the advice in several possible worlds; nil where most of them do not interrupt.
  static func median(_ configuration: JobConfiguration, in worlds: [WorldParameters]) -> CheckpointAdvice? {
    let some = stride(from: 0, to: worlds.count, by: max(1, worlds.count / 32)).map {
      CheckpointAdvice(configuration, in: worlds[$0])
    }
    let sorted = some.compactMap(\.self).sorted { ($0.exact, $0.mtbf) < ($1.exact, $1.mtbf) }
    return sorted.count * 2 > some.count ? sorted[sorted.count / 2] : nil
  }
}

extension Hazard {
  /// The mean time between interruptions while pods do `work` seconds of work, in seconds: the age at which a pod's hazard is
  /// looked at is spread over what a pod reaches. nil: none.
  func meanInterval(over work: Double) -> Double? {
    switch self {
    case .never: return nil
    case .lifetime(.exponential(let mean)): return mean
    case .lifetime(let law):
      // A pod lives until it is taken back or the work is done: exposure ÷ events of such pods.
      let exposure = Quadrature.integral(0, work) { law.survival($0) }
      let events = law.cdf(work)
      return events > 0 ? exposure / events : nil
    case .byHour(let rates, _):
      let mean = rates.reduce(0, +) / Double(max(1, rates.count))
      return mean > 0 ? 3600 / mean : nil
    case .byAgeAndHour(let breaks, let rates, let factors, _):
      let factor = factors.reduce(0, +) / Double(max(1, factors.count))
      let law = Law.piecewiseExponential(breaks: breaks.map { $0 * 3600 }, rates: rates.map { $0 * factor / 3600 })
      return Hazard.lifetime(law).meanInterval(over: work)
    case .trace(let times):
      guard let last = times.max(), last > 0 else { return nil }
      return last / Double(times.count)
    }
  }
}
