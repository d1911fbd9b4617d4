import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// The simulated world delivers a lease's checkpoints at its end, in one event; live mode one by one. No job can tell.
@Suite struct DeliveryTests {
  /// Replays a trace through `Fleet.evolve` alone, with every checkpoint told at its own time.
  private func eager(_ e: Experiment, _ result: ReplicationResult, every: Int32) throws -> (Fleet, [UInt32: Job], Int) {
    var fleet = e.fleet
    fleet.budget.limit = e.policies.budgetLimit
    fleet.budget.period = e.policies.budgetPeriod
    var ended: [UInt32: Job] = [:]
    var told = 0
    var pace: [UInt32: Instant] = [:]
    for (at, event, ordinal) in result.trace {
      switch event {
      case .checkpointsSaved(let j, let step, let kept, let blocked):
        // One pace a lease: n checkpoints at equal distances after the first.
        let first = fleet[j].durableStep
        let count = Int64((step - first) / every)
        let began = try #require(pace[ordinal])
        let one = Span(microseconds: blocked.microseconds / max(1, count))
        let period = Span(microseconds: (kept - began).microseconds / max(1, count))
        for n in 1...max(1, count) {
          let last = n == max(1, count)
          let told1 = last ? kept : began + period * n
          try fleet.evolve(
            .checkpointsSaved(
              j, step: last ? step : first + Int32(n) * every, keptThrough: told1,
              blocked: last ? blocked - one * (n - 1) : one),
            at: last ? at : told1)
          told += 1
        }
      default:
        if case .stageFinished(_, .modelLoading) = event { pace[ordinal] = at }
        if case .stageFinished(_, .restore) = event { pace[ordinal] = at }
        try fleet.evolve(event, at: at)
        if let j = event.job, fleet[j].phase.isTerminal, ended[ordinal] == nil {
          ended[ordinal] = fleet[j]
        }
      }
    }
    return (fleet, ended, told)
  }

  @Test func lazyAndEagerDeliveryAreTheSame() throws {
    var checkpoints = 0
    for seed in UInt64(1)...20 {
      var e = Worlds.experiment(Worlds.busy(), seed: seed)
      e.kinds = [Worlds.kind(weight: 1, .spot, steps: 1200, every: 50)]
      e.worlds[0].mix = e.kinds
      e.traces = true
      let result = try e.replication(0)
      let (fleet, ended, told) = try eager(e, result, every: 50)
      checkpoints += told
      #expect(fleet.digest == result.digest, "seed \(seed)")
      #expect(fleet.ledger.isBalanced)
      #expect(fleet.accrued(at: result.end) == result.accrued, "seed \(seed)")
      for job in result.jobs where job.phase.isTerminal || job.phase == .blocked {
        let same = try #require(ended[job.ordinal])
        #expect(same.costs.total == job.costs.total, "seed \(seed), job \(job.ordinal)")
        #expect(same.ended == job.ended || job.phase == .blocked, "seed \(seed), job \(job.ordinal)")
        #expect(same.durableStep == job.durableStep, "seed \(seed), job \(job.ordinal)")
        // An account may round once more for each checkpoint; the total never does.
        for account in Account.allCases {
          #expect(abs(same.costs[account] - job.costs[account]) <= 2 * 24 * Int64(job.leases + 1), "seed \(seed)")
        }
      }
    }
    #expect(checkpoints > 1000)
  }

  @Test func replayingATraceDecidesNothingAndArrivesAtTheSameDigest() throws {
    for seed in UInt64(21)...40 {
      var e = Worlds.experiment(Worlds.busy(), seed: seed)
      e.traces = true
      let result = try e.replication(0)
      var fleet = e.fleet
      fleet.budget.limit = e.policies.budgetLimit
      for (at, event, _) in result.trace { try fleet.evolve(event, at: at) }
      #expect(fleet.digest == result.digest, "seed \(seed)")
      #expect(fleet.accrued(at: result.end) == result.accrued, "seed \(seed)")
    }
  }

  /// A replication that is traced tells the engine each fact alone, each grant when it happens; one that is not tells it a lease
  /// at once, and where nothing reads the spending in between only at its end. Nothing that comes out differs.
  @Test(arguments: [true, false]) func aLeaseAtOnceIsALeaseFactByFact(gated: Bool) throws {
    for seed in UInt64(41)...70 {
      var e = Worlds.experiment(Worlds.busy(), seed: seed)
      if !gated { e.policies.budgetLimit = nil }
      e.marks = (1..<45).map { .zero + .days(Int64($0)) + .seconds(17) }
      let atOnce = try e.replication(0)
      e.traces = true
      let byFact = try e.replication(0)
      #expect(atOnce.digest == byFact.digest, "seed \(seed)")
      #expect(atOnce.events == byFact.events, "seed \(seed)")
      #expect(atOnce.marks == byFact.marks, "seed \(seed)")
      #expect(atOnce.accrued == byFact.accrued, "seed \(seed)")
      // Where events are kept, no job takes the place of one that is over: those that go on stand elsewhere.
      let byOrdinal = { (jobs: [JobOutcome]) in jobs.sorted { $0.ordinal < $1.ordinal } }
      #expect(byOrdinal(Array(atOnce.jobs)) == byOrdinal(Array(byFact.jobs)), "seed \(seed)")
      #expect(atOnce.isBalanced && atOnce.marks.count == 44)
    }
  }

  @Test func factsThatDoNotFollowFromThePhaseAreRefused() throws {
    var fleet = Fleet()
    try fleet.evolve(.jobSubmitted(JobSpec(ordinal: 7, pricing: .spot, steps: 10)), at: .zero)
    var facts = LeaseFacts()
    facts.loadingEnd = .zero + .seconds(5)
    #expect(throws: TransitionError.self) {
      _ = try fleet.evolve(facts, of: JobIndex(0), until: .zero + .seconds(9))
    }
    // What ends after the lease has not happened.
    #expect(try fleet.evolve(facts, of: JobIndex(0), until: .zero + .seconds(4)) == 0)
    #expect(fleet[JobIndex(0)].phase == .queued)
  }

  @Test func costIsBilledTimeTimesRate() throws {
    var world = Worlds.busy()
    world.mix = [Worlds.kind(weight: 1, .spot, steps: 1200, every: 100)]
    var e = Worlds.experiment(world)
    e.policies.afterInterruptions = .keepTrying
    e.policies.afterProvisioning = .keepTrying
    var jobs = 0
    for n in 0..<20 {
      let result = try e.replication(n)
      #expect(result.isBalanced)
      for job in result.jobs where job.phase.isTerminal {
        // Each lease is rounded down once.
        let whole = job.billed.hours * 2.49e9
        #expect(abs(Double(job.costs.total) - whole) <= Double(job.leases) + 1, "replication \(n), job \(job.ordinal)")
        jobs += 1
      }
    }
    #expect(jobs > 500)
  }

  /// What is spent on suites is part of the last stage: on the bill, under the hazard, and before the cap.
  @Test func suitesTakeTheirTime() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(10))
    world.finalization = .constant(1000)
    world.suitePass = 0.5
    func run(_ passes: Int?, lost: Double? = nil, maxCost: Int64? = nil) throws -> JobOutcome {
      var kind = Worlds.kind(weight: 1, .spot, steps: 25, every: 20)
      kind.configuration.suitePasses = passes
      var world = world
      world.mix = [kind]
      if let lost { world.interruptions.spot = .lifetime(.empirical([lost])) }
      world.interruptions.onDemand = .never
      var policies = Policies()
      policies.maxInterruptions = 1
      var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
      e.submissions = [.init(at: .zero, kind: 0)]
      e.keepsJobs = true
      if let maxCost { e.maxCosts = [maxCost] }
      return try e.replication(0).jobs[0]
    }
    #expect(try run(nil).ended == .zero + .seconds(1250))
    let answered = try run(480)
    #expect(answered.ended == .zero + .seconds(1490) && answered.phase == .completed)
    #expect(
      try answered.costs.total - run(nil).costs.total
        == Ledger.cost(hourlyRate: 2_490_000_000, time: .seconds(1490))
        - Ledger.cost(hourlyRate: 2_490_000_000, time: .seconds(1250)))
    // A pod that lives long enough for the finalization alone is lost over the suites.
    #expect(try run(nil, lost: 1300).interruptions == 0 && run(480, lost: 1300).interruptions == 1)
    let cap = Ledger.cost(hourlyRate: 2_490_000_000, time: .seconds(1300))
    #expect(try run(nil, maxCost: cap).phase == .completed && run(480, maxCost: cap).phase == .failed)
  }

  /// A job without a step that answers suites loads, answers, and is done: it trains nothing, finishes nothing, and needs no memory for it.
  @Test func anExaminationTakesNothingButItsSuites() throws {
    var world = WorldParameters()
    world.boot = .constant(100)
    world.finalization = .constant(1000)
    world.suitePass = 0.5
    world.outOfMemory = [.custom: 1]
    world.interruptions.onDemand = .never
    func run(_ step: StepTime, lost: Double? = nil, steps: Int = 0, suites: Int? = 480) throws -> JobOutcome {
      var kind = Worlds.kind(weight: 1, .spot, steps: steps, every: 20)
      kind.configuration.suitePasses = suites
      var world = world
      (world.mix, world.step) = ([kind], step)
      if let lost { world.interruptions.spot = .lifetime(.empirical([lost])) }
      var policies = Policies()
      policies.maxInterruptions = 1
      policies.afterInterruptions = .onDemand
      var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
      e.submissions = [.init(at: .zero, kind: 0)]
      e.keepsJobs = true
      return try e.replication(0).jobs[0]
    }
    // Whatever a step would take, and by whichever way it would be drawn.
    for step in [StepTime(median: .seconds(10)), StepTime(median: .law(.erlang(k: 2, mean: 10)))] {
      let job = try run(step)
      #expect(job.phase == .completed && job.ended == .zero + .seconds(100 + 240), "\(job)")
      // Taken back in the middle, it loads once more and answers from the beginning.
      let again = try run(step, lost: 200)
      #expect(again.phase == .completed && again.interruptions == 1 && again.ended == .zero + .seconds(200 + 340))
      // A training of one step, with the same suites, is no examination.
      #expect(try run(step, steps: 1).phase == .failed)
    }
  }

  @Test func anUploadMayEndAfterTraining() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(10))
    world.checkpoint = .constant(5)
    world.checkpointUpload = .constant(300)
    world.finalization = .constant(1000)
    // Taken back in finalization, when the upload that began in training has ended: 20 of 25 steps are kept.
    world.interruptions.spot = .lifetime(.empirical([255 + 400]))
    world.interruptions.onDemand = .never
    world.mix = [Worlds.kind(weight: 1, .spot, steps: 25, every: 20)]
    var policies = Policies()
    policies.maxInterruptions = 1
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    e.traces = true
    let result = try e.replication(0)
    let job = result.jobs[0]
    #expect(job.phase == .completed)
    #expect(job.interruptions == 1)
    let lost =
      Ledger.cost(hourlyRate: 2_490_000_000, time: .seconds(655))
      - Ledger.cost(
        hourlyRate: 2_490_000_000, time: .seconds(205))
    #expect(job.costs[.lostWork] == lost)
    var last = Instant.zero
    for entry in result.trace {
      #expect(entry.0 >= last, "\(entry.1) goes back in time")
      last = max(last, entry.0)
    }
  }
}
