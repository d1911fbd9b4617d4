import DiscreteEvent
import Engine
import Foundation
import GRDB
import Scenarios
import Testing

@testable import Journal

/// A start from a snapshot is a replay of everything, or there is no start from a snapshot.
@Suite struct SnapshotTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  /// Knows the kinds of all entries, and how many of them it was shown itself.
  struct Listener: JournalFollower {
    static let version = 1
    var heard: [String] = []
    var shown = 0

    mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) {
      if let row = try? entry.row(seq: 0, at: at.microseconds) { heard.append(row.kind) }
      shown += 1
    }
    mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription]) {
      coder.code(&heard, blank: "") { $1.code(&$0) }
    }
  }

  /// A store that kept a snapshot after so many entries; the rest came later.
  private func store(_ name: String, cut: Int) throws -> (path: String, rows: Int) {
    let path = folder.path(name)
    let entries = try TestJournal.entries()
    let store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    try store.append(entries.prefix(cut))
    let (_, listener) = try EventStore.open(path: path, following: Listener.self)
    try store.keepSnapshot(of: listener)
    try store.append(entries.dropFirst(cut), notesState: true)
    try store.close()
    return (path, entries.count + 1)
  }

  @Test func aStartFromASnapshotIsAReplayWhereverItWasCut() throws {
    let entries = try TestJournal.entries()
    let whole = folder.path("whole")
    try TestJournal.store(whole).close()
    for cut in 0...entries.count {
      let (path, rows) = try store("\(cut)", cut: cut)
      let (opened, listener) = try EventStore.open(path: path, following: Listener.self)
      #expect(listener.shown == rows - cut - 1 && listener.heard.count == rows, "cut \(cut)")
      let replay = try JournalReplay.read(path: path)
      #expect(opened.fleet.stateDigest == replay.fleet.stateDigest && opened.memory.digest == replay.chain)
      #expect(replay.rows == rows && replay.statesChecked == 1)
      #expect(try StoreBackup.staleTables(of: path) == [])
      try opened.close()
    }
  }

  /// What is in memory of the tables is what a replay has of them, too: the rest of the journal makes the same of both.
  @Test func theTablesGoOnAsIfNothingHadHappened() throws {
    let entries = try TestJournal.entries()
    for cut in 0..<entries.count {
      let path = folder.path("tables-\(cut)")
      let store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
      try store.append(entries.prefix(cut))
      try store.keepSnapshot(of: Listener())
      try store.close()
      let (opened, listener) = try EventStore.open(path: path, following: Listener.self)
      #expect(listener.shown == 0)
      try opened.append(entries.dropFirst(cut))
      try opened.close()
      #expect(try StoreBackup.staleTables(of: path) == [], "cut \(cut)")
    }
  }

  @Test(arguments: [
    "DELETE FROM snapshot", "DROP TABLE snapshot", "ALTER TABLE snapshot RENAME TO snapshots",
    "ALTER TABLE snapshot RENAME COLUMN chain TO link", "UPDATE snapshot SET chain = chain + 1",
    "UPDATE snapshot SET checksum = checksum + 1", "UPDATE snapshot SET seq = seq - 1",
    "UPDATE snapshot SET version = replace(version, 'journal', 'diary')",
    "UPDATE snapshot SET state = substr(state, 1, length(state) - 1)", "UPDATE snapshot SET state = x''",
    "UPDATE snapshot SET state = zeroblob(length(state))",
  ])
  func whatCannotBeTrustedIsPassedOver(_ sql: String) throws {
    let (path, rows) = try store("a", cut: 20)
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    let (opened, listener) = try EventStore.open(path: path, following: Listener.self)
    #expect(listener.shown == rows)
    #expect(opened.fleet.stateDigest == (try JournalReplay.read(path: path)).fleet.stateDigest)
    // … and the next one takes its place, where it may.
    guard !sql.contains("COLUMN") else { return }
    try opened.keepSnapshot(of: listener)
    #expect(try opened.reopened(following: Listener.self).follower.shown == 0)
  }

  /// One bit of it is enough, whichever it is.
  @Test func aFlippedBitIsFound() throws {
    let (path, rows) = try store("a", cut: 30)
    let queue = try DatabaseQueue(path: path)
    let state = try queue.read { [UInt8](try Data.fetchOne($0, sql: "SELECT state FROM snapshot") ?? Data()) }
    var random = RandomStream(seed: 1, replication: 0, entity: 0, purpose: 0)
    for _ in 0..<50 {
      var damaged = state
      damaged[Int(random.uniform() * Double(state.count))] ^= 1 << UInt8(random.uniform() * 8)
      try queue.write { try $0.execute(sql: "UPDATE snapshot SET state = ?", arguments: [Data(damaged)]) }
      #expect(try EventStore.open(path: path, following: Listener.self).follower.shown == rows)
    }
  }

  struct Successor: JournalFollower {
    static let version = 2
    var shown = 0
    mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) { shown += 1 }
    mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription]) {}
  }

  @Test func anotherVersionIsPassedOver() throws {
    let (path, rows) = try store("a", cut: 20)
    #expect(try EventStore.open(path: path, following: Successor.self).follower.shown == rows)
  }

  /// A journal that lost its end (a restored file, say) has nothing to do with what it once led to.
  @Test func aSnapshotOfRowsThatAreGoneIsPassedOver() throws {
    let (path, _) = try store("a", cut: 36)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "DROP TRIGGER journal_refuses_delete")
      try db.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM journal WHERE seq > 30")
    }
    try queue.close()
    #expect(try EventStore.open(path: path, following: Listener.self).follower.shown == 30)
  }

  /// Whoever starts trusts the snapshot; whoever checks reads every row.
  @Test func aCheckReadsTheWholeJournalAllTheSame() throws {
    let (path, rows) = try store("a", cut: 36)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "DROP TRIGGER journal_refuses_update; UPDATE journal SET at = at + 1 WHERE seq = 20")
    }
    try queue.close()
    #expect(try EventStore.open(path: path, following: Listener.self).follower.heard.count == rows)
    for read in [
      { _ = try JournalReplay.read(path: path) }, { _ = try StoreBackup.staleTables(of: path) },
      { _ = try EventStore.open(path: path) },
    ] {
      let error = #expect(throws: InputError.self) { try read() }
      #expect(error?.description.contains("row 20 ") == true)
    }
  }

  @Test func aFullDiskCostsTheSnapshotAndNothingElse() throws {
    let path = folder.path("a")
    let store = try TestJournal.store(path)
    let (_, listener) = try EventStore.open(path: path, following: Listener.self)
    try store.queue.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
    #expect(throws: InputError.self) { try store.keepSnapshot(of: listener) }
    #expect(store.rowsSinceSnapshot == 0)
    try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
    try store.append([(TestJournal.start + .days(1), .event(.periodTurned))])
    #expect(try JournalReplay.read(path: path).fleet.stateDigest == store.fleet.stateDigest)
  }
}
