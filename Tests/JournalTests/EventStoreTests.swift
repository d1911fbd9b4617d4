import Calibration
import DiscreteEvent
import Engine
import Foundation
import GRDB
import Scenarios
import Testing

@testable import Journal

@Suite struct EventStoreTests {
  let folder: TestFolder
  init() throws { folder = try TestFolder() }

  @Test func aCommitIsOnTheDiskWhenItReturns() throws {
    let store = try TestJournal.store(folder.path("a"))
    let durability = try store.durability()
    #expect(durability.journalMode == "wal" && durability.synchronous == 2)
    // What was committed is there for another process, though nobody closed anything.
    #expect(try JournalReplay.read(path: folder.path("a")).fleet.stateDigest == store.fleet.stateDigest)
  }

  private func rights(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  @Test func onlyItsOwnerReadsAStore() throws {
    let path = folder.path("live")
    let opening = JournalOpening(store: "live", origin: .sandbox, policyName: "test", policies: Policies())
    let store = try EventStore.create(path: path, opening: opening, at: TestJournal.start)
    for suffix in ["", "-wal", "-shm"] { #expect(try rights(path + suffix) == 0o600, "\(suffix)") }
    try StoreBackup.make(of: path, to: folder.path("copy"))
    #expect(try rights(folder.path("copy")) == 0o600)
    try store.close()
  }

  @Test func aBackupLetsNobodyInAndIsKnownForOne() throws {
    let (path, copy, again) = (folder.path("a"), folder.path("copy"), folder.path("again"))
    let store = try TestJournal.store(path)
    let (now, later) = (TestJournal.start, TestJournal.start + .days(1))
    try store.catalogue.put(Catalogue.Person(name: "mia", role: .manager), at: now)
    try store.catalogue.addSession(digest: "feedbeef00", person: "mia", agent: "", at: now, until: later)
    try store.catalogue.addLink(digest: "feedbeef01", person: "mia", until: later)
    _ = try store.catalogue.addShare(
      digest: "feedbeef02", of: JobIndex(0), for: .public, showsCosts: true, showsNotes: true, by: "mia", at: now,
      until: later)
    try StoreBackup.make(of: path, to: copy)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.contains("copy.part") })
    // The store itself goes on as it was.
    #expect(try store.catalogue.session(ofDigest: "feedbeef00", at: now, idle: .days(1)) != nil)
    #expect(try StoreBackup.mark(of: path) == nil)
    try store.close()
    let mark = try #require(try StoreBackup.mark(of: copy))
    let restored = try EventStore.open(path: copy)
    #expect(restored.fleet.stateDigest == store.fleet.stateDigest)
    #expect(try restored.catalogue.people().map(\.name) == ["mia"])
    #expect(try restored.catalogue.session(ofDigest: "feedbeef00", at: now, idle: .days(1)) == nil)
    #expect(try restored.catalogue.link(ofDigest: "feedbeef01", at: now) == nil)
    #expect(try restored.catalogue.share(ofDigest: "feedbeef02", at: now) == nil)
    try restored.close()
    // The backup of one that was restored is another copy.
    try StoreBackup.make(of: copy, to: again)
    #expect(try StoreBackup.mark(of: again) != mark && StoreBackup.mark(of: copy) == mark)
  }

  @Test func aStoreOpensWhereItEnded() throws {
    let path = folder.path("a")
    let entries = try TestJournal.entries()
    var store = try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    let whole = try TestJournal.store(nil)
    for (i, entry) in entries.enumerated() {
      // A new process for every step.
      if i > 0 { store = try EventStore.open(path: path) }
      try store.append([entry], notesState: true)
      try store.close()
    }
    let replay = try JournalReplay.read(path: path)
    #expect(replay.fleet.stateDigest == whole.fleet.stateDigest && replay.statesChecked == entries.count)
    #expect(replay.rows == entries.count + 1)
    #expect(replay.fleet[JobIndex(0)].phase == .completed && replay.fleet[JobIndex(1)].phase == .cancelled)
  }

  @Test(arguments: ["journal", "state_digest"]) func nothingIsEverChanged(_ table: String) throws {
    let path = folder.path("a")
    try TestJournal.store(path).close()
    let queue = try DatabaseQueue(path: path)
    for sql in ["UPDATE \(table) SET digest = 0", "DELETE FROM \(table)", "UPDATE \(table) SET seq = seq + 1000"] {
      let error = #expect(throws: DatabaseError.self) { try queue.write { db in try db.execute(sql: sql) } }
      #expect(error?.message?.contains("append-only") == true)
    }
  }

  /// Whoever changes a row past the triggers is found by its sequence number.
  @Test(arguments: [
    ("UPDATE journal SET payload = replace(payload, '2490000000', '2390000000') WHERE seq = 12", 12),
    ("UPDATE journal SET at = at + 1 WHERE seq = 20", 20), ("UPDATE journal SET kind = 'podGone' WHERE seq = 9", 9),
    ("UPDATE journal SET job = 1 WHERE seq = 12", 12), ("DELETE FROM journal WHERE seq = 15", 15),
    ("DELETE FROM journal WHERE seq = 1", 1), ("DELETE FROM journal", 1),
    ("UPDATE state_digest SET digest = digest + 1 WHERE seq = 21", 21),
  ])
  func whatWasChangedIsFound(_ sql: String, _ seq: Int) throws {
    let path = folder.path("a")
    try TestJournal.store(path).close()
    try withoutTriggers(path, sql)
    for read in [{ _ = try JournalReplay.read(path: path) }, { _ = try EventStore.open(path: path) }] {
      if sql.contains("state_digest"), (try? EventStore.open(path: path)) != nil { continue }
      let error = #expect(throws: InputError.self) { try read() }
      #expect(
        error?.kind == .badData && error?.description.contains("row \(seq) ") == true, "\(error?.description ?? "")")
      #expect(error?.hint?.contains("backup") == true)
    }
  }

  /// A row that is whole, but says what cannot have happened or what nobody can read.
  @Test(arguments: [
    ("podGone", #"{"job":0}"#, 1, "cannot have happened"), ("podGone", #"{"job":77}"#, 1, "cannot have happened"),
    ("podGone", "{}", 1, "job is missing"), ("podGone", "[", 1, "no JSON object"),
    ("podWent", "{}", 1, "no event 'podWent'"),
    ("podGone", #"{"job":-1}"#, 1, "no number that fits"), ("podGone", #"{"job":"a"}"#, 1, "no number that fits"),
    ("stageFinished", #"{"job":0,"stage":"lunch"}"#, 1, "none of boot"), ("podGone", #"{"job":0}"#, 9, "format 9"),
    ("storeOpened", "{}", 1, "not that of a storeOpened"),
  ])
  func aRowThatCannotBeIsNamed(_ kind: String, _ payload: String, _ format: Int, _ word: String) throws {
    let path = folder.path("a")
    try TestJournal.store(path).close()
    let queue = try DatabaseQueue(path: path)
    let seq = try queue.write { db in
      let last = try #require(try Row.fetchOne(db, sql: "SELECT seq, at, digest FROM journal ORDER BY seq DESC"))
      let row = JournalRow(seq: last[0] + 1, at: last[1], format: format, kind: kind, job: nil, payload: payload)
      var digest = Digest()
      digest.value = UInt64(bitPattern: last[2] as Int64)
      try row.insert(try db.makeStatement(sql: JournalRow.insertion), digest: row.digest(after: digest))
      return row.seq
    }
    try queue.close()
    let error = #expect(throws: InputError.self) { try JournalReplay.read(path: path) }
    #expect(
      error?.description.contains("row \(seq) ") == true && error?.description.contains(word) == true, "\(error!)")
  }

  @Test func whatCannotHaveHappenedIsNotWritten() throws {
    let path = folder.path("a")
    let store = try TestJournal.store(path)
    let before = try JournalReplay.read(path: path)
    let at = TestJournal.start + .days(1)
    #expect(throws: TransitionError.self) {
      try store.append([
        (at, .event(.jobSubmitted(JobSpec(ordinal: 5, pricing: .spot, steps: 1)))), (at, .event(.podGone(JobIndex(0)))),
      ])
    }
    // All or none, and nothing more until it is opened anew.
    #expect(throws: InputError.self) { try store.append([(at, .event(.periodTurned))]) }
    #expect(try JournalReplay.read(path: path).chain == before.chain)
    try store.close()
    let again = try EventStore.open(path: path)
    try again.append([(at, .event(.periodTurned))])
    #expect(try JournalReplay.read(path: path).rows == before.rows + 1)
  }

  /// A full disk: SQLite's own limit on pages stands for it.
  @Test func aFullDiskKeepsWhatWasThere() throws {
    let path = folder.path("a")
    let store = try TestJournal.store(path)
    let before = try JournalReplay.read(path: path)
    try store.queue.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
    }
    let many = (0..<5_000).map { i in
      (
        TestJournal.start + .days(1),
        JournalEntry.event(.jobSubmitted(JobSpec(ordinal: UInt32(10 + i), pricing: .spot, steps: 1)))
      )
    }
    let error = #expect(throws: InputError.self) { try store.append(many) }
    #expect(error?.kind == .cannotCreate && error?.description.contains("full") == true, "\(error?.description ?? "")")
    #expect(try JournalReplay.read(path: path).chain == before.chain)
    #expect(try EventStore.open(path: path).fleet.stateDigest == before.fleet.stateDigest)
  }

  @Test func timeNeverRunsBackwards() throws {
    let store = try EventStore.create(path: folder.path("a"), opening: TestJournal.opening(), at: TestJournal.start)
    let spec = JobSpec(ordinal: 0, pricing: .spot, steps: 1)
    try store.append([(TestJournal.start + .hours(1), .event(.jobSubmitted(spec)))])
    try store.append([(TestJournal.start, .event(.cancelRequested(JobIndex(0))))])
    let replay = try JournalReplay.read(path: folder.path("a"))
    #expect(replay.fleet[JobIndex(0)].ended == TestJournal.start + .hours(1))
  }

  @Test func otherFilesAreRefusedWithAWayOut() throws {
    let path = folder.path("a")
    try TestJournal.store(path).close()
    let again = #expect(throws: InputError.self) {
      try EventStore.create(path: path, opening: TestJournal.opening(), at: TestJournal.start)
    }
    #expect(again?.kind == .cannotCreate && again?.description.contains("there already") == true)
    let missing = #expect(throws: InputError.self) { try EventStore.open(path: folder.path("nowhere")) }
    #expect(missing?.kind == .noInput)
    let history = try TestDatabase()
    let other = #expect(throws: InputError.self) { try EventStore.open(path: history.path) }
    #expect(other?.kind == .badData && other?.description.contains("no journal") == true)
    try withoutTriggers(path, "INSERT INTO grdb_migrations VALUES ('2 of the future')")
    let newer = #expect(throws: InputError.self) { try EventStore.open(path: path) }
    #expect(newer?.description.contains("newer lora-train") == true)
    let unwritable = #expect(throws: InputError.self) {
      try EventStore.create(path: "/nowhere/at/all", opening: TestJournal.opening(), at: TestJournal.start)
    }
    #expect(unwritable?.kind == .cannotCreate)
  }

  private func withoutTriggers(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'") {
        try db.execute(sql: "DROP TRIGGER \(name)")
      }
      try db.execute(sql: sql)
    }
    try queue.close()
  }
}
