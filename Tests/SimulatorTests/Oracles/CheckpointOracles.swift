import Calibration
import DiscreteEvent
import Engine
import Planning

@testable import Simulator

/// A checkpointed run as an experiment.
struct CheckpointOracle {
  var run: CheckpointedRun
  var lifetime: Law
  var price = 2.49
  var onDemandPrice = 7.99
  var onDemandDowntime = 60.0
  /// Interruptions until the switch to on-demand.
  var cap: Int32 = .max

  init(run: CheckpointedRun, lifetime: Law) {
    self.run = run
    self.lifetime = lifetime
  }

  init(_ oracle: Oracle) throws {
    let work = oracle.inputs["work_s"]?.number
    let steps = try work.map { $0 / 22.5 } ?? oracle.input("steps")
    run = CheckpointedRun(
      steps: Int(steps), secondsPerStep: oracle.inputs["s_per_step"]?.number ?? 22.5,
      every: Int(try oracle.inputs["ckpt_every"]?.number ?? (work == nil ? oracle.input("ckpt_every") : steps)),
      checkpoint: try work == nil ? oracle.input("delta_s") : 0, restart: try oracle.input("R_s"),
      downtime: try oracle.input("D_s"))
    lifetime = try Self.lifetime(oracle)
    price = oracle.inputs["price_per_h"]?.number ?? oracle.inputs["p_spot"]?.number ?? price
    onDemandPrice = oracle.inputs["p_od"]?.number ?? onDemandPrice
    onDemandDowntime = oracle.inputs["D_od_s"]?.number ?? onDemandDowntime
    if let cap = oracle.inputs["cap"]?.number { self.cap = Int32(cap) }
  }

  /// The lifetime law of a record, in seconds.
  static func lifetime(_ oracle: Oracle) throws -> Law {
    let inputs = oracle.inputs
    switch inputs["lifetime"]?.text {
    case "weibull": return .weibull(shape: try oracle.input("shape"), scale: try oracle.input("scale_s"))
    case "gamma": return .gamma(shape: try oracle.input("shape"), scale: try oracle.input("scale_s"))
    case "lognormal": return .lognormal(median: expOf(try oracle.input("mu")), sigma: try oracle.input("sigma"))
    case "exponential": return .exponential(mean: try oracle.input("mean_s"))
    default: return .exponential(mean: try oracle.input("M_s"))
    }
  }

  func world() -> WorldParameters {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(run.secondsPerStep))
    world.checkpoint = .constant(run.checkpoint)
    world.restore = .constant(run.restart)
    world.provisioning = ByPricing(spot: .constant(run.downtime), onDemand: .constant(onDemandDowntime))
    world.interruptions.spot = .lifetime(lifetime)
    world.hourlyRate = ByPricing(spot: price, onDemand: onDemandPrice)
    var configuration = JobConfiguration(preset: .custom, pricing: .spot)
    configuration.statedSteps = run.steps
    configuration.checkpointEvery = run.every
    world.mix = [JobKind(weight: 1, configuration: configuration)]
    return world
  }

  func experiment(replications: Int, seed: UInt64) -> Experiment {
    var policies = Policies()
    policies.maxInterruptions = cap
    policies.afterInterruptions = .onDemand
    var e = Experiment(
      worlds: [world()], policies: policies, start: .zero, horizon: .drained, seed: seed, replications: replications)
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    return e
  }

  /// One simulated job for each replication, in order.
  static func jobs(_ experiment: Experiment) async throws -> [JobOutcome] {
    let threads = 2
    return try await experiment.run(threads: threads, into: [JobOutcome]()) { all, r in
      all.append(contentsOf: r.jobs)
    } merge: { all, part in
      all.append(contentsOf: part)
    }
  }

  /// Grant of the first pod → end: the records leave the first provisioning out.
  func time(_ job: JobOutcome) -> Double { job.duration.seconds - run.downtime }
}
