import Calibration
import DiscreteEvent
import Engine

@testable import Simulator

/// A world in which everything that can happen does: the tests' common ground.
enum Worlds {
  static func busy() -> WorldParameters {
    var world = WorldParameters()
    world.provisioning = ByPricing(.lognormal(median: 120, sigma: 0.5))
    world.availability = ByPricing(
      spot: Availability(success: 0.8, recoveryRatePerHour: 2), onDemand: Availability(success: 0.97))
    world.boot = .uniform(low: 20, high: 60)
    world.preprocessing = .lognormal(median: 180, sigma: 0.3)
    world.modelLoading = .lognormal(median: 720, sigma: 0.2)
    world.restore = .constant(45)
    world.finalization = .erlang(k: 4, mean: 480)
    world.checkpoint = .constant(30)
    world.checkpointUpload = .constant(20)
    world.step = StepTime(median: .seconds(22.5), podSD: 0.05, jobSD: 0.04)
    world.interruptions = ByPricing(
      spot: .lifetime(.weibull(shape: 0.8, scale: 6 * 3600)), onDemand: .lifetime(.exponential(mean: 400 * 3600)))
    world.detection = .exponential(mean: 90)
    world.detectionIsBilled = true
    world.crashesPerHour = [.custom: 0.005]
    world.cancellationsPerHour = 0.003
    world.outOfMemory = [.custom: 0.02]
    world.answerDelay = .exponential(mean: 4 * 3600)
    world.answer = .onDemand
    world.arrivals = .poisson(perDay: 4)
    world.mix = [kind(weight: 3, .spot, steps: 1200, every: 100), kind(weight: 1, .onDemand, steps: 700, every: 50)]
    return world
  }

  static func kind(weight: Double, _ pricing: Pricing, steps: Int, every: Int) -> JobKind {
    var configuration = JobConfiguration(preset: .custom, pricing: pricing)
    configuration.statedSteps = steps
    configuration.checkpointEvery = every
    return JobKind(weight: weight, configuration: configuration)
  }

  static func experiment(_ world: WorldParameters, replications: Int = 40, seed: UInt64 = 11) -> Experiment {
    var policies = Policies()
    policies.maxConcurrent = 3
    policies.budgetLimit = 900_000_000_000
    var e = Experiment(
      worlds: [world], policies: policies, start: .zero, horizon: .until(.zero + .days(45)), seed: seed,
      replications: replications)
    e.fleet = Fleet(budget: BudgetState(boundaries: [.zero + .days(12), .zero + .days(42)]))
    e.reservations = [40_000_000_000, 60_000_000_000]
    e.keepsJobs = true
    return e
  }
}

/// Everything that comes out of an experiment, folded to one digest and to sums.
struct Outcome: Sendable, Equatable {
  var digest = ExperimentDigest()
  var events = 0
  var accrued: Int64 = 0
  var waits = 0.0
  var jobs = 0

  static func of(_ experiment: Experiment, threads: Int) async throws -> Outcome {
    try await experiment.run(threads: threads, into: (Outcome(), UInt64(0))) { state, r in
      // The replication's number is in its jobs; a replication without jobs adds its digest alone.
      state.0.digest.add(replication: UInt64(r.jobs.first?.replication ?? 0), r.digest)
      state.0.events += r.events
      state.0.accrued &+= r.accrued
      for job in r.jobs where job.admitted < .distantFuture { state.0.waits += job.wait.seconds }
      state.0.jobs += r.jobs.count
    } merge: { a, b in
      a.0.digest.merge(b.0.digest)
      a.0.events += b.0.events
      a.0.accrued &+= b.0.accrued
      a.0.waits += b.0.waits
      a.0.jobs += b.0.jobs
    }.0
  }
}
