import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

@Suite struct DeterminismTests {
  @Test func theNumberOfThreadsChangesNothing() async throws {
    for replications in [1, 2, 17, 100] {
      let e = Worlds.experiment(Worlds.busy(), replications: replications)
      let one = try await Outcome.of(e, threads: 1)
      #expect(one.jobs > 0 && one.events > 100)
      for threads in [2, 7] {
        #expect(try await Outcome.of(e, threads: threads) == one, "\(threads) threads, \(replications) replications")
      }
      #expect(try await Outcome.of(e, threads: 1) == one, "twice")
    }
  }

  @Test func seedsAndReplicationsDiffer() async throws {
    let digests = try (UInt64(1)...20).map { seed in
      try Worlds.experiment(Worlds.busy(), seed: seed).replication(0).digest.value
    }
    #expect(Set(digests).count == 20)
    let e = Worlds.experiment(Worlds.busy())
    #expect(Set(try (0..<20).map { try e.replication($0).digest.value }).count == 20)
  }

  @Test func aReplicationIsTheSameAloneAndAmongOthers() async throws {
    let e = Worlds.experiment(Worlds.busy(), replications: 24)
    let among = try await e.run(threads: 3, into: [UInt64]()) { all, r in
      all.append(r.digest.value)
    } merge: { all, part in
      all.append(contentsOf: part)
    }
    #expect(among == (try (0..<24).map { try e.replication($0).digest.value }))
  }

  /// Blocks that live in the same worlds run side by side: each is still folded in its own order.
  @Test func manyWorldsAreFoldedInTheOrderOfReplications() async throws {
    for replications in [24, 100, 1_000] {
      var e = Worlds.experiment(Worlds.busy(), replications: replications)
      e.worlds = (0..<8).map { n in
        var world = e.worlds[0]
        world.cancellationsPerHour = Double(n) / 100
        return world
      }
      let among = try await e.run(threads: 2, into: [UInt32]()) { all, r in
        all.append(r.number)
      } merge: { all, part in
        all.append(contentsOf: part)
      }
      #expect(among == Array(0..<UInt32(replications)))
    }
  }

  @Test func theFirstLeaseMeetsTheSameLuckUnderEveryPolicy() throws {
    // Slots enough, so that nothing but the policy differs; the first lease is before any decision.
    func firstLeases(_ configure: (inout Policies) -> Void) throws -> [UInt32: (Instant, [Event])] {
      var e = Worlds.experiment(Worlds.busy())
      e.policies.budgetLimit = nil
      e.policies.maxConcurrent = 1000
      configure(&e.policies)
      e.traces = true
      var leases: [UInt32: (Instant, [Event])] = [:]
      var over: Set<UInt32> = []
      for (at, event, ordinal) in try e.replication(0).trace where !over.contains(ordinal) {
        switch event {
        case .podGranted: leases[ordinal] = (at, [])
        case .stageFinished(_, let stage): leases[ordinal]?.1.append(.stageFinished(.none, stage))
        case .checkpointsSaved(_, let step, let kept, let blocked):
          leases[ordinal]?.1.append(.checkpointsSaved(.none, step: step, keptThrough: kept, blocked: blocked))
        case .podInterrupted(_, let kind, let stopped, let billed):
          leases[ordinal]?.1.append(.podInterrupted(.none, kind, stoppedAt: stopped, billedUntil: billed))
          over.insert(ordinal)
        case .podGone: over.insert(ordinal)
        default: break
        }
      }
      return leases
    }
    let one = try firstLeases { $0.maxInterruptions = 1 }
    let two = try firstLeases {
      $0.maxInterruptions = .max
      $0.maxConcurrent = 500
    }
    #expect(one.count > 50)
    #expect(Set(one.keys) == Set(two.keys))
    for (ordinal, lease) in one {
      #expect(lease.0 == two[ordinal]?.0, "job \(ordinal): granted at another time")
      #expect(lease.1 == two[ordinal]?.1, "job \(ordinal): another first lease")
    }
  }

  @Test func retriesAfterAnAnswerMeetLuckOfTheirOwn() throws {
    var world = WorldParameters()
    world.availability = ByPricing(Availability(success: 0.05))
    world.answerDelay = .constant(60)
    world.answer = .keepTrying
    world.mix = [Worlds.kind(weight: 1, .spot, steps: 0, every: 1)]
    var policies = Policies()
    policies.answerDeadline = .hours(1)
    // With the old key the thirteen failures came again for ever; this ends.
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .until(.zero + .days(60)))
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    for n in 0..<200 {
      let job = try e.replication(n).jobs[0]
      #expect(job.phase == .completed, "replication \(n)")
    }
  }

  @Test func anAnswerThatTheBudgetRefusesEndsAtTheDeadline() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(60))
    world.interruptions.spot = .lifetime(.constant(3600))
    world.answerDelay = .constant(0)
    world.answer = .onDemand
    world.mix = [Worlds.kind(weight: 1, .spot, steps: 600, every: 1000)]
    var policies = Policies()
    policies.maxInterruptions = 1
    policies.afterInterruptions = .ask
    policies.budgetLimit = 1_000_000_000
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    let job = try e.replication(0).jobs[0]
    #expect(job.phase == .failed)
    #expect(job.ended == .zero + .hours(25))
  }

  @Test func aRollingLimitLetsTheQueueMoveWhenOldSpendingLeaves() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(60))
    world.hourlyRate = ByPricing(1)
    world.mix = [Worlds.kind(weight: 1, .spot, steps: 600, every: 1000)]
    var policies = Policies()
    policies.maxConcurrent = 1
    policies.budgetPeriod = .rolling30Days
    policies.budgetLimit = 15_000_000_000
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
    e.reservations = [5_000_000_000]
    e.submissions = [.init(at: .zero, kind: 0), .init(at: .zero, kind: 0), .init(at: .zero, kind: 0)]
    e.keepsJobs = true
    let jobs = try e.replication(0).jobs.sorted { $0.ordinal < $1.ordinal }
    #expect(jobs.map(\.phase) == [.completed, .completed, .completed])
    // $20 after two jobs: the third passes when $10 have left the window, at 720 h + 10 h, looked at every hour.
    #expect(jobs[1].admitted == .zero + .hours(10))
    #expect(jobs[2].admitted >= .zero + .hours(730))
    #expect(jobs[2].admitted <= .zero + .hours(731))
  }

  /// One more job that is sure to come changes nobody else's luck, while there are slots for all.
  @Test func anAdditionChangesNobodysLuck() throws {
    var e = Worlds.experiment(Worlds.busy(), seed: 3)
    e.policies.maxConcurrent = .max
    e.policies.budgetLimit = nil
    let before = try e.replication(0)
    e.submissions = [.init(at: .zero + .days(3), kind: 0), .init(at: .zero + .days(4), kind: 1)]
    let after = try e.replication(0)
    #expect(after.jobs.count == before.jobs.count + 2)
    let own = after.jobs.filter { $0.ordinal < Replication.firstSubmission }.sorted { $0.ordinal < $1.ordinal }
    let sorted = before.jobs.sorted { $0.ordinal < $1.ordinal }
    #expect(own.map(\.costs.total) == sorted.map(\.costs.total))
    #expect(own.map(\.ended) == sorted.map(\.ended))
  }
}
