import Calibration
import Foundation
import GRDB
import Journal
import Scenarios
import Testing

@Suite struct HistoryErrorTests {
  private func expectError(
    _ problem: String, kind: InputError.Kind = .badData, hint: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> History
  ) {
    do {
      _ = try body()
      Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as InputError {
      #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
      #expect(error.problem.contains(problem), "\(error)", sourceLocation: sourceLocation)
      #expect(error.file != nil, sourceLocation: sourceLocation)
      if let hint { #expect(error.hint?.contains(hint) == true, "\(error)", sourceLocation: sourceLocation) }
    } catch {
      Issue.record("not an InputError: \(error)", sourceLocation: sourceLocation)
    }
  }

  /// A change to the two jobs, and what it is called.
  @Test(arguments: [
    (
      "UPDATE job SET ended_at = 100, admitted_at = NULL, submitted_at = 200 WHERE id = 'a'",
      "table job, row a: ended_at (1970-01-01T00:00:00Z) is before submitted_at"
    ),
    ("UPDATE job SET admitted_at = 21599999999 WHERE id = 'b'", "table job, row b: admitted_at"),
    (
      "DELETE FROM lease WHERE job_id = 'a'; DELETE FROM stage_run; DELETE FROM checkpoint; DELETE FROM progress; DELETE FROM charge",
      "table job, row a: it completed, but table lease has no row for it"
    ),
    ("UPDATE job SET preset = 'bold' WHERE id = 'a'", "table job, row a: preset is “bold”, not one of conservative"),
    ("UPDATE job SET pricing = 'free'", "pricing is “free”, not one of spot, on_demand"),
    ("UPDATE job SET failure = 'bad luck' WHERE id = 'a'", "failure is “bad luck”"),
    ("UPDATE job SET rank = 0 WHERE id = 'a'", "rank is 0, not a positive whole number"),
    ("UPDATE job SET training_pairs = -1 WHERE id = 'a'", "training_pairs is -1, not a count"),
    ("UPDATE job SET retry_of = 'zz' WHERE id = 'b'", "table job, row b: retry_of is “zz”, but there is no such job"),
    ("UPDATE job SET submitted_at = 9223372036854775807 WHERE id = 'b'", "not a time in microseconds"),
    (
      "UPDATE pod_request SET job_id = 'zz' WHERE id = 'r3'",
      "table pod_request, row r3: job_id is “zz”, but table job has no such row"
    ),
    ("UPDATE pod_request SET result = 'maybe' WHERE id = 'r1'", "result is “maybe”"),
    (
      "UPDATE pod_request SET resolved_at = 1 WHERE id = 'r1'",
      "resolved_at (1970-01-01T00:00:00Z) is before requested_at"
    ),
    (
      "UPDATE pod_request SET requested_at = 3 WHERE id = 'r3'",
      "table pod_request, row r3: requested_at (1970-01-01T00:00:00Z) is before its job b was submitted"
    ),
    ("UPDATE pod_request SET result = NULL WHERE id = 'r1'", "of resolved_at and result one is NULL"),
    ("UPDATE lease SET request_id = 'zz' WHERE id = 'l3'", "table lease, row l3: request_id is “zz”"),
    ("UPDATE lease SET request_id = 'r3' WHERE id = 'l1'", "table lease, row l1: its request belongs to job b"),
    ("UPDATE lease SET hourly_rate = -1 WHERE id = 'l1'", "hourly_rate is negative"),
    (
      "UPDATE lease SET hourly_rate = 9000000000000000000 WHERE id = 'l1'",
      "hourly_rate is more than a million US dollars an hour"
    ),
    ("UPDATE lease SET end_reason = 'lost' WHERE id = 'l3'", "it has an end_reason but no ended_at"),
    (
      "UPDATE stage_run SET ended_at = 1 WHERE lease_id = 'l1'", "table stage_run, row l1/training/7200000000: ended_at"
    ),
    (
      "UPDATE stage_run SET lease_id = 'zz' WHERE lease_id = 'l3'",
      "table stage_run, row zz/training/25200000000: lease_id is “zz”"
    ),
    (
      "UPDATE stage_run SET last_step = 1 WHERE stage = 'training' AND lease_id = 'l2'",
      "last_step (1) is before first_step (100)"
    ),
    ("UPDATE checkpoint SET durable_at = 1 WHERE lease_id = 'l1'", "table checkpoint, row l1/100: durable_at"),
    ("UPDATE checkpoint SET blocked_us = -5 WHERE lease_id = 'l1'", "blocked_us is -5, not a duration"),
    ("UPDATE checkpoint SET job_id = 'b' WHERE lease_id = 'l1'", "its lease l1 belongs to another job"),
    ("UPDATE progress SET at = 1 WHERE step = 250", "table progress, row l2/250: its time is before that of step 150"),
    ("UPDATE charge SET to_at = 1 WHERE id = 1", "table charge, row 1: to_at"),
    ("UPDATE charge SET job_id = 'b' WHERE id = 1", "table charge, row 1: its lease belongs to another job"),
    ("UPDATE charge SET amount = 9223372036854775807", "add up to more than nine billion dollars"),
    ("UPDATE job_pause SET to_at = 1", "table job_pause, row b/25200000000: to_at"),
    ("DELETE FROM observation", "table observation is empty"),
    ("PRAGMA user_version = 2", "schema version 2 (PRAGMA user_version), not 1"),
    ("PRAGMA user_version = 0", "schema version 0"),
    ("DROP TABLE progress", "the history has no table progress"),
    ("ALTER TABLE lease RENAME COLUMN granted_at TO given_at", "table lease has no column granted_at"),
  ])
  func namesTableRowAndFault(change: String, problem: String) throws {
    let database = try TestDatabase(TestDatabase.twoJobs + change)
    expectError(problem) { try HistoryReader.read(path: database.path) }
  }

  @Test func tablesThatAreNotStrictMayHoldAnything() throws {
    let schema = TestDatabase.schema.replacingOccurrences(of: ") STRICT;", with: ");")
    for (change, problem) in [
      ("UPDATE job SET rank = 'x' WHERE id = 'a'", "row a: rank is “x”, not a whole number"),
      ("UPDATE job SET submitted_at = 1.5 WHERE id = 'a'", "submitted_at is 1.5, not a whole number"),
      ("UPDATE job SET learning_rate = 'fast' WHERE id = 'a'", "learning_rate is “fast”, not a number"),
      ("UPDATE job SET name = x'00ff' WHERE id = 'a'", "name is a blob, not text"),
    ] {
      let database = try TestDatabase(schema: schema, TestDatabase.twoJobs + change)
      expectError(problem) { try HistoryReader.read(path: database.path) }
    }
  }

  @Test func anEmptyHistoryHasNoJobs() throws {
    let database = try TestDatabase()
    let history = try HistoryReader.read(path: database.path)
    #expect(history.jobs.isEmpty && history.observations.isEmpty)
  }

  @Test func filesThatAreNoHistory() throws {
    let database = try TestDatabase(schema: "CREATE TABLE t (x)", "")
    expectError("it has none of the tables") { try HistoryReader.read(path: database.path) }
    expectError("no such file", kind: .noInput) { try HistoryReader.read(path: database.path + "x") }
    expectError("is a directory", kind: .noInput) { try HistoryReader.read(path: database.folder.path) }
    let other = database.folder.appendingPathComponent("other").path
    try Data().write(to: URL(fileURLWithPath: other))
    expectError("empty file", hint: "sqlite3") { try HistoryReader.read(path: other) }
    try Data("job,preset\n".utf8).write(to: URL(fileURLWithPath: other))
    expectError("is not a SQLite database") { try HistoryReader.read(path: other) }
  }

  @Test func truncatedAndDamagedFilesSaySo() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let whole = try Data(contentsOf: URL(fileURLWithPath: database.path))
    let cut = database.folder.appendingPathComponent("cut.sqlite").path
    for length in [20, 100, 4096, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
      expectError("truncated", hint: ".recover") {
        try HistoryReader.read(path: cut)
      }
    }
    var damaged = whole
    for i in 4096..<min(whole.count, 12_288) { damaged[i] = 0xAB }
    try damaged.write(to: URL(fileURLWithPath: cut))
    expectError("damaged", hint: ".recover") { try HistoryReader.read(path: cut) }
  }

  @Test func aLockedDatabaseIsToBeTriedAgainLater() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let queue = try DatabaseQueue(path: database.path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN EXCLUSIVE; UPDATE job SET name = 'x'")
      expectError("locked", kind: .tryAgainLater, hint: "wait") {
        try HistoryReader.read(path: database.path, patience: 0.05)
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(try HistoryReader.read(path: database.path).jobs.count == 2)
  }
}
