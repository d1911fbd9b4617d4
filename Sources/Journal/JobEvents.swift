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
      // Its submission bears no index yet, but the ordinal that becomes one.
      return try Row.fetchAll(
        db,
        sql: """
          SELECT seq, at, kind, payload FROM journal
          WHERE job = :job OR (kind IN ('jobSubmitted', 'jobDrafted') AND json_extract(payload, '$.ordinal') = :job) ORDER BY seq
          """,
        arguments: ["job": Int64(job.rawValue)]
      ).map { Entry(seq: $0[0], at: Instant(microseconds: $0[1]), kind: $0[2], payload: $0[3]) }
    }
  }
}
