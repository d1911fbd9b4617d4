import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What stands in a journal of one job.
public enum JobEvents {
  /// One row of the journal that concerns the job.
  public struct Entry: Hashable, Sendable {
    public var seq: Int64
    public var at: Instant
    /// The event's name, as it stands in the journal.
    public var kind: String
    /// JSON.
    public var payload: String
  }

  /// In the journal's order.
  ///
  /// - Parameters:
  ///   - after: only rows behind this one.
  ///   - limit: how many at most.
  /// - Throws: ``InputError`` where the store cannot be read.
  /// - Complexity: O(limit), whatever else the journal holds of the job.
  public static func read(
    path: String, job: JobIndex, after: Int64 = 0, limit: Int = .max
  ) throws(InputError) -> [Entry] {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      let first = try submission(of: job, in: db).flatMap { $0 > after ? $0 : nil }
      // The index has a job's rows in this order.
      let rest = try rows("job = ? AND seq > ? ORDER BY seq LIMIT ?", [Int64(job.rawValue), after, Int64(limit)], db)
      return Array(((try first.map { try rows("seq = ?", [$0], db) } ?? []) + rest).prefix(limit))
    }
  }

  /// The newest, in the journal's order, and how many there are in all.
  public static func newest(
    _ limit: Int, path: String, job: JobIndex
  ) throws(InputError) -> (entries: [Entry], total: Int) {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      let index = Int64(job.rawValue)
      var newest = try rows("job = ? ORDER BY seq DESC LIMIT ?", [index, Int64(limit)], db)
      var total = try Int.fetchOne(db, sql: "SELECT count(*) FROM journal WHERE job = ?", arguments: [index]) ?? 0
      if let first = try submission(of: job, in: db) {
        total += 1
        if newest.count < limit { newest += try rows("seq = ?", [first], db) }
      }
      return (newest.reversed(), total)
    }
  }

  private static func rows(_ which: String, _ arguments: [Int64], _ db: Database) throws -> [Entry] {
    try Row.fetchAll(
      db, sql: "SELECT seq, at, kind, payload FROM journal WHERE " + which, arguments: StatementArguments(arguments)
    ).map { Entry(seq: $0[0], at: Instant(microseconds: $0[1]), kind: $0[2], payload: $0[3]) }
  }

  /// The row that made a job: it bears no index yet, but the ordinal that becomes one.
  ///
  /// - Complexity: O(rows between it and the first that names the job), which are few; of a job that only waits, O(rows since).
  static func submission(of job: JobIndex, in db: Database) throws -> Int64? {
    let index = Int64(job.rawValue)
    let known = try Int64.fetchOne(db, sql: "SELECT min(seq) FROM journal WHERE job = ?", arguments: [index])
    return try Int64.fetchOne(
      db,
      sql: """
        SELECT seq FROM journal
        WHERE seq <= ? AND kind IN ('jobSubmitted', 'jobDrafted') AND json_extract(payload, '$.ordinal') = ?
        ORDER BY seq DESC LIMIT 1
        """, arguments: [known ?? Int64.max, index])
  }
}
