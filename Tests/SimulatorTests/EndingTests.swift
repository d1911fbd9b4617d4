import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// Whatever the world is like, a replication without a horizon ends, and what was given up is counted.
@Suite struct EndingTests {
  private static func experiment(_ change: (inout WorldParameters, inout Policies) -> Void) -> Experiment {
    var (world, policies) = (WorldParameters(), Policies())
    world.step = StepTime(median: .seconds(22.5))
    world.modelLoading = .constant(720)
    policies.maxInterruptions = .max
    policies.afterProvisioning = .keepTrying
    policies.maxConcurrent = 1
    change(&world, &policies)
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
    e.kinds = [Worlds.kind(weight: 1, .spot, steps: 2000, every: 100)]
    // The second waits for the first one's slot.
    e.submissions = [.init(at: .zero, kind: 0), .init(at: .zero, kind: 0)]
    e.keepsJobs = true
    return e
  }

  @Test(arguments: [Law.constant(0), .constant(1), .exponential(mean: 240)])
  func podsThatAreAlwaysTakenBack(_ lifetime: Law) throws {
    let e = Self.experiment { world, _ in world.interruptions.spot = .lifetime(lifetime) }
    let result = try e.replication(0)
    #expect(result.failed[Int(Failure.recoveryExhausted.rawValue)] == 2 && result.isBalanced)
    #expect(result.jobs.allSatisfy { $0.interruptions == Int32(Policies.mostLeases) })
  }

  @Test(arguments: [true, false]) func podsThatAreNeverToBeHad(_ traces: Bool) throws {
    var e = Self.experiment { world, _ in
      world.availability = ByPricing(Availability(success: 0, recoveryRatePerHour: nil))
    }
    e.traces = traces
    let result = try e.replication(0)
    #expect(result.failed[Int(Failure.provisioning.rawValue)] == 2)
    // An attempt every five minutes.
    let attempts = Int64(Replication.mostRequests)
    #expect(result.jobs.first?.ended == Instant.zero + .minutes(5) * (attempts - 1))
  }

  /// A fleet that was rebuilt from what happened, not from what was decided: the engine decides at the fork.
  @Test(arguments: [Phase.admitted, .interrupted, .waitingForGPU, .stopping])
  func whoWasNotDecidedAboutGoesOn(_ phase: Phase) throws {
    var e = Self.experiment { _, policies in policies.maxInterruptions = 3 }
    let j = JobIndex(0)
    let spec = JobSpec(ordinal: 0, pricing: .spot, steps: 2000)
    var events = [Event.jobSubmitted(spec), .jobAdmitted(j)]
    if phase != .admitted { events.append(.podRequested(j)) }
    switch phase {
    case .interrupted:
      events.append(.podGranted(j, hourlyRate: 2_490_000_000))
      events.append(.podInterrupted(j, .interrupted, stoppedAt: .zero + .minutes(4), billedUntil: .zero + .minutes(4)))
    case .waitingForGPU: events.append(.podUnavailable(j, .noCapacity))
    case .stopping: events += [.podGranted(j, hourlyRate: 2_490_000_000), .cancelRequested(j)]
    default: break
    }
    for (n, event) in events.enumerated() { try e.fleet.evolve(event, at: .zero + .minutes(Int64(n))) }
    #expect(e.fleet[j].phase == phase)
    e.start = .zero + .hours(1)
    e.firstOrdinal = 1
    e.submissions = [.init(at: e.start, kind: 0)]
    e.resumptions = [
      .init(index: j, kind: 0, stageStarted: .zero, step: 0, stepAt: .zero, secondsPerStep: nil)
    ]
    let result = try e.replication(0)
    #expect(result.completed == (phase == .stopping ? 1 : 2) && result.cancelled == (phase == .stopping ? 1 : 0))
    #expect(result.isBalanced)
  }
}
