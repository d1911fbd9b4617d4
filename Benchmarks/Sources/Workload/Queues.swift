import Calibration
import Engine
import Foundation
import Planning
import Scenarios

/// The clone's root, wherever the program is started.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// M/M/c at load 0.9. A service takes an hour on average.
func queue(_ arguments: Arguments) throws -> (UInt64) async throws -> Report {
  var scenario = try ScenarioReader.read(path: root.appending(path: "scenarios/mm3.yaml").path)
  scenario.policies.maxConcurrent = Int32(arguments.c)
  scenario.world.arrivals = .poisson(perDay: 0.9 * Double(arguments.c) * 24)
  scenario.horizon = .jobs(arguments.n, warmUp: 0)
  return { [scenario] seed in
    try await simulate(scenario, arguments, seed: seed) { mean in
      (
        2 * Double(arguments.n),
        [
          ("time_in_system", mean("turnaround_s") / 3600), ("wait", mean("wait_s") / 3600), ("p_wait", mean("p_wait")),
        ]
      )
    }
  }
}

/// Spot training jobs: `lora` in c slots, `lora-independent` with a slot for whoever comes.
func lora(_ arguments: Arguments) throws -> (UInt64) async throws -> Report {
  var scenario = try ScenarioReader.read(path: root.appending(path: "scenarios/lora-workload.yaml").path)
  scenario.policies.maxConcurrent = arguments.workload == .independent ? .max : Int32(arguments.c)
  scenario.world.arrivals = .poisson(perDay: 86_400 * 0.85 * Double(arguments.c) / 2730)
  scenario.horizon = .jobs(arguments.n, warmUp: 0)
  return { [scenario] seed in
    try await simulate(scenario, arguments, seed: seed) { mean in
      // Arrival, 25 chunks, preprocessing's end; for each lease its grant, for each but the last its interruption; and the
      // end of loading, which 4.4 % of the interrupted leases do not reach.
      let interruptions = mean("interruptions")
      let queued = arguments.workload == .lora ? 1.0 : 0
      let events = Double(arguments.n) * (queued + 28 + 2.956 * interruptions)
      return (
        events,
        [
          ("holding_s", mean("duration_s")), ("cost_usd", mean("cost_usd")), ("interruptions", interruptions),
          ("wait_s", mean("wait_s")),
        ]
      )
    }
  }
}

/// Times one replication and reports what `measure` makes of the means.
private func simulate(
  _ scenario: Scenario, _ arguments: Arguments, seed: UInt64,
  measure: ((String) -> Double) -> (events: Double, check: [(String, Double)])
) async throws -> Report {
  let source = ModelSource(worlds: [WorldParameters()], jobs: 0, name: "the scenario alone")
  let request = Simulation.Request(seed: seed, replications: 1, threads: arguments.threads)
  let began = Stopwatch.now
  let answer = try await Simulation.run(scenario, source: source, request: request)
  let elapsed = Stopwatch.now - began
  let (events, check) = measure { key in answer.metrics.first { $0.key == key }?.mean ?? 0 }
  return Report(
    arguments: arguments, modelEvents: events, elapsed: elapsed, check: check, digest: "\(answer.digest)")
}
