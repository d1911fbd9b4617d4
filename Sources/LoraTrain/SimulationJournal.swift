import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios
import Simulator

/// Keeps a simulation's first replication as live mode keeps what happens: as a journal that `replay` runs again.
enum SimulationJournal {
  /// Rows of one transaction.
  private static let batch = 1_000

  /// Writes the journal whole, under another name first.
  static func write(_ answer: Simulation, of experiment: Experiment, scenario: Scenario, to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw InputError(
        .cannotCreate, file: path, "is there already; a journal is never written over",
        hint: "name another file, or move that one away")
    }
    let temporary = path + ".\(ProcessInfo.processInfo.processIdentifier).part"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: temporary + suffix) } }
    let opening = JournalOpening(
      store: "\(scenario.name), seed \(answer.seed)", origin: .synthetic, policyName: scenario.name,
      policies: experiment.policies, budget: experiment.fleet.budget)
    let store = try EventStore.create(path: temporary, opening: opening, at: experiment.start)
    var fleet = opening.controller().fleet
    // A lease's facts were delivered at its end, each with its own time; a journal has them in the order of time.
    let events = answer.trace.enumerated().sorted { a, b in
      (a.element.0, a.offset) < (b.element.0, b.offset)
    }.map { ($0.element.0, $0.element.1) }
    var unnoted = 0
    for start in stride(from: 0, to: events.count, by: batch) {
      let step = events[start..<min(start + batch, events.count)]
      for (at, event) in step { try fleet.evolve(event, at: at) }
      unnoted += step.count
      // A state is digested in O(jobs): as often as it costs no more than the rows themselves.
      let isDue = unnoted >= fleet.jobs.count || step.endIndex == events.endIndex
      try store.append(step, state: isDue ? fleet.stateDigest : nil)
      if isDue { unnoted = 0 }
    }
    try store.close()
    do {
      try FileManager.default.moveItem(atPath: temporary, toPath: path)
    } catch {
      throw InputError(.cannotCreate, file: path, "cannot be written: \(error.localizedDescription)")
    }
  }
}
