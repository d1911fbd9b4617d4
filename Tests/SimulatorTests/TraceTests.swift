import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// What is kept of a simulation is what live mode would have kept: calibration reads both alike.
@Suite struct TraceTests {
  private func experiment(_ seed: UInt64) -> Experiment {
    var world = Worlds.busy()
    world.step.withinCV = 0.2
    var e = Worlds.experiment(world, seed: seed)
    e.kinds = [Worlds.kind(weight: 1, .spot, steps: 1200, every: 50)]
    e.worlds[0].mix = e.kinds
    e.policies.budgetLimit = nil
    e.traces = true
    return e
  }

  @Test func everyCheckpointStandsByItself() throws {
    var (checkpoints, periods) = (0, Set<Span>())
    for seed in UInt64(71)...75 {
      let e = experiment(seed)
      var fleet = e.fleet
      var before: [UInt32: Instant] = [:]
      for (at, event, ordinal) in try e.replication(0).trace {
        if case .checkpointsSaved(let j, let step, let kept, let blocked) = event, fleet[j].phase != .stopping {
          #expect(step == (fleet[j].durableStep / 50 + 1) * 50, "seed \(seed)")
          #expect(blocked == .seconds(30) && at - kept == .seconds(20), "seed \(seed)")
          if let last = before[ordinal] { periods.insert(kept - last) }
          before[ordinal] = kept
          checkpoints += 1
        }
        if case .podGranted = event { before[ordinal] = nil }
        try fleet.evolve(event, at: at)
      }
    }
    // No two periods are the same: steps vary, and nothing was spread evenly.
    #expect(checkpoints > 500 && periods.count > checkpoints / 2)
  }

  @Test func whatRunsAtTheHorizonIsWhereItIs() throws {
    var running = 0
    for seed in UInt64(76)...95 {
      let e = experiment(seed)
      let result = try e.replication(0)
      var fleet = e.fleet
      for (at, event, _) in result.trace.enumerated().sorted(by: {
        ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
      })
      .map(\.element) {
        #expect(at <= result.end)
        try fleet.evolve(event, at: at)
      }
      for job in fleet.jobs where job.lease.isOpen && result.end - job.lease.granted > .hours(2) {
        running += 1
        #expect(job.phase.rawValue >= Phase.restoring.rawValue, "seed \(seed): \(job.phase)")
      }
    }
    print("pods held for two hours at the horizon, seeds 76…95: \(running)")
    #expect(running > 5)
  }
}
