import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios
import Simulator
import Testing

@testable import Live
@testable import Sandbox

/// One engine, two drivers: what the Simulator sampled is told to the Coordinator as a provider, workers and people would tell it, at the
/// same instants; its pods are the sandbox's, in this process and under virtual time. Both journals must be the same, event for event.
@Suite struct ParityTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scenarios")

  @Test(arguments: [
    "bad-weather", "budget-pressure", "gpu-shortage", "lora-workload", "on-demand", "queue-that-fills", "spot",
    "three-presets", "three-spot-slots", "cheapest-by-deadline",
  ])
  func bothDriversWriteTheSameJournal(_ name: String) async throws {
    let (scenario, source, request) = try Self.question(name)
    let simulated = try await Simulation.run(scenario, source: source, request: request)
    let experiment = try Simulation.experiment(scenario, source: source, request: request)
    try Self.compare(name, simulated.trace.map { ($0.0, $0.1) }, experiment)
  }

  /// People who cancel what runs, workers that die, and questions that are answered late or never.
  @Test func bothDriversDoWhatPeopleWant() async throws {
    var kinds: Set<EventKind> = []
    for name in ["gpu-shortage", "lora-workload", "spot", "three-spot-slots"] {
      for seed in UInt64(1)...3 { kinds.formUnion(try await Self.compareDisturbed(name, seed)) }
    }
    for kind in [EventKind.cancelRequested, .workerFailed, .podInterrupted, .podUnavailable] {
      #expect(kinds.contains(kind), "\(kind) never happened")
    }
  }

  /// - Returns: what happened.
  private static func compareDisturbed(_ name: String, _ seed: UInt64) async throws -> Set<EventKind> {
    let (scenario, source, request) = try question(name)
    var experiment = try Simulation.experiment(scenario, source: source, request: request)
    (experiment.seed, experiment.replications) = (seed, 1)
    func disturb(_ world: inout WorldParameters) {
      world.cancellationsPerHour = 0.04
      for preset in Preset.allCases { world.crashesPerHour[preset] = 0.02 }
      world.answerDelay = .exponential(mean: 1_800)
    }
    for i in experiment.worlds.indices { disturb(&experiment.worlds[i]) }
    for i in experiment.onDemandWorlds.indices { disturb(&experiment.onDemandWorlds[i]) }
    let trace = try await experiment.run(threads: 1, into: [(Instant, Event)]()) { all, result in
      all += result.trace.map { ($0.0, $0.1) }
    } merge: {
      $0 += $1
    }
    try compare("\(name), seed \(seed)", trace, experiment)
    return Set(trace.map(\.1.kind))
  }

  static func question(_ name: String) throws -> (Scenario, ModelSource, Simulation.Request) {
    var scenario = try ScenarioReader.read(path: Self.folder.appendingPathComponent("\(name).yaml").path)
    // A part of a long run says as much.
    if case .jobs(let n, _) = scenario.horizon, n > 300 { scenario.horizon = .jobs(300, warmUp: 0) }
    // For scenarios that leave the jobs to the model.
    var world = WorldParameters()
    world.mix = [Preset.balanced, .conservative].map {
      JobKind(weight: 1, configuration: JobConfiguration(preset: $0, pricing: .spot))
    }
    return (
      scenario, ModelSource(worlds: [world], jobs: 0, name: ""), Simulation.Request(replications: 1, traces: true)
    )
  }

  /// - Returns: what was asked for, and whether it was granted.
  @discardableResult
  static func compare(
    _ name: String, _ simulated: [(Instant, Event)], _ experiment: Experiment
  ) throws -> [(wish: Experiment.Request.Wish, isGranted: Bool)] {
    let trace = simulated.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map { Moment(at: $0.element.0, event: $0.element.1) }
    #expect(trace.count > 10, "\(name) has nothing to compare")
    var live = try ScriptedProvider(experiment)
    var requests = experiment.requests[...]
    for (i, moment) in trace.enumerated() {
      while let request = requests.first, request.at <= moment.at {
        requests.removeFirst()
        try live.ask(request)
      }
      // What followed from what was asked for is there already.
      if i < live.written.count, live.written[i] == moment.plain { continue }
      try live.tell(moment)
      try #require(live.written.count <= trace.count + 1)
      let same = min(i + 1, live.written.count)
      try #require(
        same == 0 || live.written[same - 1] == trace[same - 1].plain,
        "\(name), event \(same): \(live.written[same - 1]) where the simulator has \(trace[same - 1].plain)")
    }
    // What was asked for later changed nothing, or came after the simulation's end.
    #expect(live.written == trace.map(\.plain), "\(name)")
    #expect(live.coordinator.fleet.ledger == (try live.replayed(trace)).ledger)
    let rented = Set(live.cloud.listed.filter(\.status.isBilled).map(\.order.name))
    #expect(rented == live.names, "\(name): what the sandbox has rented out in the end is what the coordinator holds")
    #expect(!live.cloud.pods.isEmpty)
    return live.served
  }
}
