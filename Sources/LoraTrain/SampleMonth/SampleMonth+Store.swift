import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Sandbox
import Scenarios

extension SampleMonth {
  /// The world that it happened in.
  struct World {
    var settings: SandboxSettings
    var seed: UInt64
  }

  /// Makes a store that begins with it, and the memory of the sandbox beside the store. The store is there whole, or not at all.
  ///
  /// - Parameter limit: of the budget from its end on, in nanodollars; nil: the team's own.
  /// - Throws: `InputError` where a file cannot be made.
  static func make(_ path: String, _ opening: JournalOpening, _ world: World, limit: Int64?) throws {
    let part = path + ".part"
    func clear() { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: part + suffix) } }
    clear()
    defer { clear() }
    var opening = opening
    opening.policies.budgetLimit = SampleTeam.limit
    let start = Instant(microseconds: opening.simulatedUntil ?? 0) - length
    let store = try EventStore.create(path: part, opening: opening, at: start)
    let home = try LiveStore.home(path, now: part)
    var cloud = SandboxCloud(settings: world.settings, seed: world.seed, at: start)
    cloud.credit = SampleTeam.credit
    let rates = (spot: cloud.settings.gpus[0].spot, onDemand: cloud.settings.gpus[0].secure)
    var month = try SampleMonth(
      opening: opening, home: home, cloud: cloud, acts: SampleTeam.acts(rates: rates, limit: limit))
    try month.run()
    // Whoever comes now has what the sandbox promises.
    month.cloud.credit = month.cloud.spent
    try store.append(month.entries, notesState: true)
    try store.catalogue.record(month.measures)
    try store.close()
    try SandboxHost.leave(month.cloud, in: path + ".sandbox")
    do {
      try FileManager.default.moveItem(atPath: part, toPath: path)
    } catch {
      throw InputError(.cannotCreate, file: path, "cannot be made: \(error.localizedDescription)")
    }
  }
}
