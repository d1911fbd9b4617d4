import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What stands in a journal of one job.
public enum JobEvents {
  public struct Entry: Hashable, Sendable {
    public var seq: Int64
    public var at: Instant
    /// The event's name, as it stands in the journal.
    public var kind: String
    /// JSON.
    public var payload: String
  }

  /// - Throws: ``InputError`` where the store cannot be read.
  public static func read(path: String, job: JobIndex) throws(InputError) -> [Entry] {
    try HistoryFile(path: path, patience: 5).read { db in
      try JournalReader.check(db, file: path)
      let columns = "SELECT seq, at, kind, payload FROM journal WHERE "
      return try Row.fetchAll(
        db, sql: columns + "seq = ? OR job = ? ORDER BY seq",
        arguments: [try submission(of: job, in: db), Int64(job.rawValue)]
      ).map { Entry(seq: $0[0], at: Instant(microseconds: $0[1]), kind: $0[2], payload: $0[3]) }
    }
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
