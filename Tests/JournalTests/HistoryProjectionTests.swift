import Calibration
import DiscreteEvent
import Engine
import Foundation
import GRDB
import Testing

@testable import Journal

@Suite struct HistoryProjectionTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  private func dump(_ path: String) throws -> [String: [String]] {
    var dump: [String: [String]] = [:]
    for table in StoreSchema.projections {
      dump[table] = try TestJournal.rows(path, "SELECT * FROM \(table) ORDER BY rowid")
    }
    return dump
  }

  @Test func itIsAHistoryLikeAnyOther() throws {
    let path = folder.path("a")
    try TestJournal.store(path).close()
    let history = try HistoryReader.read(path: path)
    #expect(history.jobs.map(\.id) == ["first", "second"] && history.leases.count == 3)
    let first = history.jobs[0]
    #expect(first.outcome == .completed && first.configuration.preset == .balanced)
    #expect(history.jobs[1].outcome == .cancelled && first.pauses.count == 1)
    #expect(first.admitted == TestJournal.start && first.ended == TestJournal.start + .minutes(266))
    // Every nanodollar of the ledger is a charge.
    let fleet = try JournalReplay.read(path: path).fleet
    #expect(history.charges.reduce(0) { $0 + $1.amount } == fleet.ledger.payable)
    for account in Account.allCases {
      let sum = history.charges.filter { $0.account == account.key }.reduce(0) { $0 + $1.amount }
      #expect(sum == fleet.ledger.accounts[account], "\(account)")
    }
    #expect(history.requests.map(\.result) == [.unavailable, .granted, .granted, .error, .granted])
    let taken = history.leases[0]
    #expect(taken.endReason == .interrupted && taken.ended == TestJournal.start + .minutes(89))
    #expect(taken.lastSeen == TestJournal.start + .minutes(88) && taken.hourlyRate == 2_490_000_000)
    #expect(taken.checkpoints.map(\.step) == [100] && taken.checkpoints[0].blocked == .seconds(30))
    // One event stood for two checkpoints of thirty seconds each.
    let second = history.leases[1]
    #expect(second.checkpoints.map(\.step) == [200, 300] && second.endReason == .paused)
    #expect(second.checkpoints.allSatisfy { $0.blocked == .seconds(30) })
    #expect(second.stages.map(\.stage.rawValue) == ["boot", "model_loading", "restore", "training"])
  }

  /// Whoever plans by the history sees a draft only once it is submitted, and from then on; one that is thrown away never.
  @Test func aDraftIsNoJobOfTheHistory() throws {
    let path = folder.path("drafts")
    let store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    for (ordinal, id) in [(UInt32(0), "kept"), (1, "thrown-away")] {
      let text = JobDescription(
        ordinal: ordinal, id: id, name: id, configuration: JobConfiguration(preset: .balanced, pricing: .spot))
      let spec = JobSpec(ordinal: ordinal, pricing: .spot, steps: 300, reservation: 0)
      try store.append([(TestJournal.start, .described(text)), (TestJournal.start, .event(.jobDrafted(spec)))])
    }
    let submitted = TestJournal.start + .hours(5)
    try store.append([(submitted, .event(.jobConfirmed(JobIndex(0))))])
    try store.append([(submitted, .event(.cancelRequested(JobIndex(1))))])
    #expect(store.fleet.jobs[1].phase == .cancelled)
    let history = try HistoryReader.read(path: path)
    #expect(history.jobs.map(\.id) == ["kept"] && history.jobs[0].submitted == submitted)
    try store.rebuildHistory()
    #expect(try HistoryReader.read(path: path).jobs.map(\.id) == ["kept"])
  }

  /// What answers suites is no part of the contract: a table beside it, which a history need not have.
  @Test func theTimeOfSuitesIsRead() throws {
    let path = folder.path("suites")
    let store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    for (ordinal, passes) in [(UInt32(0), 240), (1, nil)] {
      var text = JobDescription(
        ordinal: ordinal, id: "job-\(ordinal)", name: "a job",
        configuration: JobConfiguration(preset: .balanced, pricing: .spot))
      (text.configuration.suitePasses, text.suiteLimit) = (passes, passes.map { _ in 600 })
      let spec = JobSpec(ordinal: ordinal, pricing: .spot, steps: 300, reservation: 0)
      try store.append([(TestJournal.start, .described(text)), (TestJournal.start, .event(.jobSubmitted(spec)))])
    }
    #expect(try HistoryReader.read(path: path).jobs.map(\.configuration.suitePasses) == [240, nil])
    let recent = try RecentHistory(path: path).read(since: TestJournal.start)
    #expect(recent.jobs.map(\.configuration.suitePasses) == [240, nil])
    try store.rebuildHistory()
    #expect(try HistoryReader.read(path: path).jobs.map(\.configuration.suitePasses) == [240, nil])
    #expect(try StoreBackup.staleTables(of: path).isEmpty)
    // From a snapshot, too.
    let (_, listener) = try EventStore.open(path: path, following: SnapshotTests.Listener.self)
    try store.keepSnapshot(of: listener)
    let kept = try EventStore.open(path: path, following: SnapshotTests.Listener.self).store
    #expect(kept.memory.projection.descriptions[0]?.configuration.suitePasses == 240)
    #expect(kept.memory.projection.descriptions[0]?.suiteLimit == 600)
    // A history of somebody else's, or of an older store, has no such table.
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "DROP TABLE job_suites") }
    try queue.close()
    #expect(try HistoryReader.read(path: path).jobs.map(\.configuration.suitePasses) == [nil, nil])
    #expect(try StoreBackup.staleTables(of: path) == ["job_suites"])
  }

  /// What trains nothing is marked beside the contract, and calibration is none the wiser for it.
  @Test func examinationsAreMarked() throws {
    let path = folder.path("examinations")
    let store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    for (ordinal, examined) in [(UInt32(0), nil), (1, "job-0")] {
      var text = JobDescription(
        ordinal: ordinal, id: "job-\(ordinal)", name: "a job",
        configuration: JobConfiguration(preset: .balanced, pricing: .spot))
      text.examines = examined
      let spec = JobSpec(ordinal: ordinal, pricing: .spot, steps: 1, reservation: 0)
      try store.append([(TestJournal.start, .described(text)), (TestJournal.start, .event(.jobSubmitted(spec)))])
    }
    let history = try HistoryReader.read(path: path)
    #expect(history.jobs.map(\.isExamination) == [false, true] && history.trainings.jobs.map(\.id) == ["job-0"])
    #expect(try RecentHistory(path: path).read(since: TestJournal.start).jobs.map(\.isExamination) == [false, true])
    try store.rebuildHistory()
    #expect(try HistoryReader.read(path: path).jobs.map(\.isExamination) == [false, true])
    #expect(try StoreBackup.staleTables(of: path).isEmpty)
    // From a snapshot, too.
    let (_, listener) = try EventStore.open(path: path, following: SnapshotTests.Listener.self)
    try store.keepSnapshot(of: listener)
    let kept = try EventStore.open(path: path, following: SnapshotTests.Listener.self).store
    #expect(kept.memory.projection.descriptions[1]?.examines == "job-0")
    // A store of before has no such table.
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "DROP TABLE job_examination") }
    try queue.close()
    #expect(try HistoryReader.read(path: path).jobs.map(\.isExamination) == [false, false])
    #expect(try StoreBackup.staleTables(of: path) == ["job_examination"])
  }

  @Test func madeAnewItIsWhatWasKeptUpToDate() throws {
    let path = folder.path("a")
    let store = try TestJournal.store(path)
    let kept = try dump(path)
    #expect(kept["charge"]?.isEmpty == false && kept["checkpoint"]?.count == 3)
    try store.rebuildHistory()
    #expect(try dump(path) == kept)
    #expect(try StoreBackup.staleTables(of: path).isEmpty)
    // Also when somebody has meddled with it, and with the store going on afterwards.
    try store.close()
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in try db.execute(sql: "DELETE FROM charge; UPDATE job SET name = 'x'") }
    try queue.close()
    #expect(try StoreBackup.staleTables(of: path) == ["charge", "job"])
    let again = try EventStore.open(path: path)
    try again.rebuildHistory()
    #expect(try dump(path) == kept)
    try again.append([(TestJournal.start + .days(2), .event(.billAdjusted(JobIndex(0), 5)))])
    #expect(try dump(path)["charge"]?.count == (kept["charge"]?.count ?? 0) + 1)
  }

  /// A copy made while the store is written to is a store, as it stood at one step.
  @Test func aBackupIsAStore() throws {
    let path = folder.path("a")
    let store = try TestJournal.store(path)
    let before = try JournalReplay.read(path: path)
    try StoreBackup.make(of: path, to: folder.path("copy"))
    try store.append([(TestJournal.start + .days(2), .event(.billAdjusted(JobIndex(0), 5)))])
    let copy = try EventStore.open(path: folder.path("copy"))
    #expect(copy.fleet.stateDigest == before.fleet.stateDigest)
    // Restored, it goes on.
    try copy.append([(TestJournal.start + .days(3), .event(.billAdjusted(JobIndex(0), 7)))])
    #expect(try JournalReplay.read(path: folder.path("copy")).rows == before.rows + 1)
    try StoreBackup.checkFile(folder.path("copy"))
    #expect(try StoreBackup.staleTables(of: folder.path("copy")).isEmpty)
  }

  @Test func theSchemaIsTheContract() throws {
    func shape(_ sql: String) throws -> [String] {
      let queue = try DatabaseQueue()
      try queue.write { db in try db.execute(sql: sql) }
      return try queue.read { db in
        try Row.fetchAll(
          db, sql: "SELECT m.name, p.* FROM sqlite_master m, pragma_table_info(m.name) p ORDER BY m.name, p.cid"
        ).map { "\($0)" } + [try String.fetchOne(db, sql: "PRAGMA user_version") ?? ""]
      }
    }
    #expect(try shape(HistorySchema.sql) == shape(TestDatabase.schema))
  }
}
