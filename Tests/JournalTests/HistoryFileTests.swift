import Calibration
import DiscreteEvent
import Foundation
import GRDB
import Journal
import Scenarios
import Testing

/// Databases in the states that live ones and backups are found in.
@Suite struct HistoryFileTests {
  @Test func aWriteAheadLogIsReadWhileItsWriterIsOpen() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let pool = try DatabasePool(path: database.path)
    try pool.write { db in try db.execute(sql: "UPDATE job SET name = 'renamed' WHERE id = 'a'") }
    #expect(try HistoryReader.read(path: database.path).jobs[0].name == "renamed")
    // In the middle of a transaction: the state before it.
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN IMMEDIATE; UPDATE job SET name = 'half done' WHERE id = 'a'")
      #expect(try HistoryReader.read(path: database.path).jobs[0].name == "renamed")
      try db.execute(sql: "ROLLBACK")
    }
    try pool.close()
    let before = try FileManager.default.contentsOfDirectory(atPath: database.folder.path).sorted()
    #expect(try HistoryReader.read(path: database.path).jobs[0].name == "renamed")
    // Reading leaves nothing behind.
    #expect(try FileManager.default.contentsOfDirectory(atPath: database.folder.path).sorted() == before)
  }

  @Test func aLogWithoutItsWriterIsRead() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let pool = try DatabasePool(path: database.path)
    try pool.write { db in try db.execute(sql: "UPDATE job SET name = 'renamed' WHERE id = 'a'") }
    // What a crash leaves: the database and its log.
    let copy = database.folder.appendingPathComponent("a copy?&#%.sqlite").path
    try FileManager.default.copyItem(atPath: database.path, toPath: copy)
    try FileManager.default.copyItem(atPath: database.path + "-wal", toPath: copy + "-wal")
    try pool.close()
    #expect(try HistoryReader.read(path: copy).jobs[0].name == "renamed")
    try? FileManager.default.removeItem(atPath: copy + "-wal")
    try? FileManager.default.removeItem(atPath: copy + "-shm")
    #expect(try HistoryReader.read(path: copy).jobs.count == 2)
  }

  /// SQLite may not build the log's index there, so a copy is read. (For root every folder is writable, and nothing is shown.)
  @Test func aLogInAReadOnlyFolderIsRead() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let pool = try DatabasePool(path: database.path)
    try pool.write { db in try db.execute(sql: "UPDATE job SET name = 'renamed' WHERE id = 'a'") }
    let files = FileManager.default
    let folder = database.folder.appendingPathComponent("backup")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let copy = folder.appendingPathComponent("history.sqlite").path
    for suffix in ["", "-wal"] { try files.copyItem(atPath: database.path + suffix, toPath: copy + suffix) }
    try pool.close()
    try files.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
    #expect(try HistoryReader.read(path: copy).jobs[0].name == "renamed")
    // A broken row of a copy is called by the name of the original.
    try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    let broken = try DatabaseQueue(path: copy)
    try broken.writeWithoutTransaction { db in try db.execute(sql: "UPDATE job SET preset = 'bold'") }
    try broken.close()
    #expect(throws: InputError.self) { try HistoryReader.read(path: copy) }
  }

  @Test func aReadOnlyFileInAReadOnlyFolderIsRead() throws {
    let database = try TestDatabase("PRAGMA journal_mode = WAL;" + TestDatabase.twoJobs)
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o400], ofItemAtPath: database.path)
    try files.setAttributes([.posixPermissions: 0o500], ofItemAtPath: database.folder.path)
    defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: database.folder.path) }
    #expect(try HistoryReader.read(path: database.path).jobs.count == 2)
  }

  /// Random damage to the file: whatever comes, an ``InputError`` or a value, never a crash.
  @Test func fuzz() throws {
    let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    print("fuzzing histories: FUZZ_SEED=\(seed) swift test --filter HistoryFileTests")
    var state = seed
    func below(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(n))
    }
    let database = try TestDatabase(TestDatabase.twoJobs)
    let whole = try Data(contentsOf: URL(fileURLWithPath: database.path))
    let path = database.folder.appendingPathComponent("fuzzed.sqlite").path
    var errors = 0
    let iterations = 1500
    for _ in 0..<iterations {
      var bytes = whole
      // Mostly where there is something: the ends of pages, and the header.
      for _ in 0...below(8) {
        let page = below(bytes.count / 4096)
        let at = below(3) == 0 ? page * 4096 + below(110) : page * 4096 + 4095 - below(600)
        bytes[at] = UInt8(truncatingIfNeeded: below(256))
      }
      if below(10) == 0 { bytes.removeLast(below(bytes.count)) }
      try bytes.write(to: URL(fileURLWithPath: path))
      do throws(InputError) {
        _ = try HistoryReader.read(path: path, asOf: Instant(microseconds: 30_000_000_000), patience: 0)
      } catch {
        errors += 1
        #expect(!error.problem.isEmpty)
      }
    }
    print("histories: \(errors) errors of \(iterations)")
    #expect(errors > iterations / 10)
  }
}
