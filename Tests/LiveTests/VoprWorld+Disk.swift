import DiscreteEvent
import Engine
import GRDB
import Journal
import Scenarios

@testable import Journal
@testable import Live

/// A disk that fails: see ``FragileDisk``.
extension VoprWorld {
  /// Now and then something is to happen to the disk within the next step.
  func planTrouble() -> FragileDisk.Fault? {
    guard let disk, now < end, weather.uniform() < 0.002 else { return nil }
    let fault = FragileDisk.Fault.allCases[Int(weather.uniform() * Double(FragileDisk.Fault.allCases.count))]
    disk.fail(after: 1 + Int(weather.uniform() * 60), fault)
    return fault
  }

  /// The process has met a failure, or its end.
  func endAfter(
    _ fault: FragileDisk.Fault?, _ current: Coordinator, _ before: Digest, _ error: InputError
  ) throws {
    let after = current.fleet.stateDigest
    switch fault {
    case .powerCut, .kill:
      // The last sync may have come through, and nobody was told.
      try crash(current, [before, after], "in the middle of a commit")
    case .full:
      // Nor has the log gone. Where the last page that was refused is what lay there from before, letter by letter, its commit is whole.
      try? current.store.close()
      try crash(current, [before, after], "\(error)")
    case .failedWrite, .failedSync, nil:
      // A process that lives ends in order, and takes the log away.
      try? current.store.close()
      try crash(current, [before], "\(error)")
    }
  }

  /// In the end the file is whole, and its history is what follows from its journal.
  func checkDisk(_ current: Coordinator) throws {
    guard disk != nil else { return }
    let verdict = try current.store.queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    guard verdict == ["ok"] else { throw failure("the file is damaged: \(verdict.prefix(3))") }
    let kept = try projections(current)
    try current.store.rebuildHistory()
    guard try projections(current) == kept else { throw failure("the history is not what follows from the journal") }
  }

  private func projections(_ current: Coordinator) throws -> [String] {
    try current.store.queue.read { db in
      try StoreSchema.projections.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }.sorted()
      }
    }
  }
}
