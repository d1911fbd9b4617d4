import Calibration
import DiscreteEvent
import GRDB
import Scenarios

/// Reads any database of the history schema into plain values, and never writes to it.
///
/// Shape and content are held against the contract before anything is fitted to them: a wrong schema, a row that ends before
/// it starts, a reference to nothing, an unknown word each end in an ``InputError`` that names table, row and way out.
public enum HistoryReader {
  /// Reads the history at `path`, in one read transaction.
  ///
  /// - Parameters:
  ///   - asOf: Uses nothing that was recorded later. Jobs submitted later are gone, what ended later is still going on, a
  ///     charge that spans the instant is cut pro rata.
  ///   - patience: How many seconds to wait for a writer that holds the database locked.
  /// - Throws: ``InputError``: `noInput` for a missing file, `tryAgainLater` for a locked one, `badData` for everything else.
  /// - Complexity: O(rows); about 0.1 s for 40,000 rows.
  public static func read(
    path: String, asOf: Instant? = nil, patience: Double = 2
  ) throws(InputError) -> History {
    let file = HistoryFile(path: path, patience: patience)
    var history = try file.read { db in
      try HistoryTable.check(db, file: path)
      var loader = HistoryLoader(db: db, file: path)
      try loader.load()
      return loader.history.known(at: asOf)
    }
    history.source = path
    return history
  }

  /// What a forecast from a running month asks: jobs that are not over, and those that something was charged for, or that ended, since.
  ///
  /// Of those that are over only their charges are there: requests and leases are read of those that go on alone.
  ///
  /// - Complexity: O(jobs + charges) to find them, and O(rows) of those alone: a store of many years answers like a young one.
  public static func readRecent(path: String, since: Instant) throws(InputError) -> History {
    var history = try HistoryFile(path: path, patience: 2).read { db in
      try HistoryTable.check(db, file: path)
      var loader = HistoryLoader(
        db: db, file: path,
        part: try HistoryTable.Part(HistoryTable.recent(since: since.microseconds, in: db), in: db))
      try loader.load()
      return loader.history.known(at: nil)
    }
    history.source = path
    return history
  }
}
