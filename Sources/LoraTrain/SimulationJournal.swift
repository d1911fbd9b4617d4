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
    let entries = entries(answer, of: experiment, scenario)
    var unnoted = 0
    for start in stride(from: 0, to: entries.count, by: batch) {
      try Interrupt.check()
      let step = entries[start..<min(start + batch, entries.count)]
      unnoted += step.count
      // A state is digested in O(jobs): as often as it costs no more than the rows themselves.
      let isDue = unnoted >= answer.outcomes.count || step.endIndex == entries.endIndex
      try store.append(step, notesState: isDue)
      if isDue { unnoted = 0 }
    }
    try store.close()
    do {
      try FileManager.default.moveItem(atPath: temporary, toPath: path)
    } catch {
      throw InputError(.cannotCreate, file: path, "cannot be written: \(error.localizedDescription)")
    }
  }

  private static func entries(
    _ answer: Simulation, of experiment: Experiment, _ scenario: Scenario
  ) -> [(Instant, JournalEntry)] {
    let own = answer.outcomes.filter { $0.replication == 0 }
    let kinds = Dictionary(own.map { ($0.ordinal, Int($0.kind)) }) { first, _ in first }
    var entries: [(Instant, JournalEntry)] = []
    entries.reserveCapacity(answer.trace.count + own.count)
    // A lease's facts were delivered at its end, each with its own time; a journal has them in the order of time.
    let trace = answer.trace.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
    for (at, event, _) in trace.map(\.element) {
      if case .jobSubmitted(let spec) = event, let kind = kinds[spec.ordinal], kind < experiment.kinds.count {
        var configuration = experiment.kinds[kind].configuration
        configuration.statedSteps = Int(spec.steps)
        let number = JobOutcome.number(spec.ordinal)
        var job = JobDescription(
          ordinal: spec.ordinal, id: "s\(number)", name: "job \(number)", configuration: configuration)
        let client = experiment.kinds[kind].client
        job.client = client.isEmpty ? nil : client
        if let gpu = scenario.gpu { job.gpuType = gpu }
        entries.append((at, .described(job)))
      }
      entries.append((at, .event(event)))
    }
    return entries
  }
}
