import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Reads a journal row by row and holds each against the chain.
struct JournalReader {
  let db: Database
  let file: String

  /// Sees to it that a database is a store of ours, and no newer than this program.
  static func check(_ db: Database, file: String) throws {
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == StoreSchema.applicationID else {
      throw InputError(
        .badData, file: file, "is a SQLite database, but no journal of lora-train",
        hint: "a journal is what serve keeps, and what simulate --journal FILE writes")
    }
    if try StoreSchema.migrator.hasBeenSuperseded(db) {
      throw InputError(
        .badData, file: file, "was written by a newer lora-train, whose journals this one cannot read",
        hint: "use that one; stores are brought forwards, never backwards")
    }
  }

  /// Calls `body` with each row in order.
  ///
  /// - Parameter start: a row that is known, with its instant and the chain up to it: those up to it are not read.
  /// - Parameter last: no row after this one is read.
  /// - Returns: the chain over all rows.
  /// - Throws: ``InputError`` that names the sequence number of the first row that is missing, changed or unreadable.
  func readAll(
    after start: (seq: Int64, at: Int64, chain: Digest) = (0, .min, Digest()), through last: Int64 = .max,
    _ body: (_ seq: Int64, _ at: Instant, _ entry: JournalEntry) throws -> Void
  ) throws -> Digest {
    var digest = start.chain
    var (expected, latest) = (start.seq + 1, start.at)
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT seq, at, format, kind, job, payload, digest FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
      arguments: [start.seq, last])
    while let columns = try rows.next() {
      let row = row(columns)
      guard row.seq == expected else { throw broken(expected, "is missing (the next one is \(row.seq))") }
      digest = row.digest(after: digest)
      guard Int64(bitPattern: digest.value) == (columns[6] as Int64) else {
        throw broken(row.seq, "was changed after it was written: its digest does not hold")
      }
      guard row.at >= latest else { throw broken(row.seq, "is earlier than the row before it") }
      try body(row.seq, Instant(microseconds: row.at), try entry(row))
      (expected, latest) = (expected + 1, row.at)
    }
    guard expected > 1 else { throw broken(1, "is missing: the journal is empty") }
    return digest
  }

  /// The first row alone.
  func readOpening() throws -> (JournalOpening, at: Instant) {
    let first = try Row.fetchOne(
      db, sql: "SELECT seq, at, format, kind, job, payload, digest FROM journal WHERE seq = 1")
    guard let first, case .opening(let opening) = try entry(row(first)) else {
      throw broken(1, "is missing: the journal is empty")
    }
    return (opening, Instant(microseconds: first[1]))
  }

  func row(_ columns: Row) -> JournalRow {
    JournalRow(
      seq: columns[0], at: columns[1], format: columns[2], kind: columns[3], job: columns[4], payload: columns[5])
  }

  func entry(_ row: JournalRow) throws -> JournalEntry {
    do throws(EventPayload.Fault) {
      let entry = try JournalEntry(row)
      guard (row.seq == 1) == entry.isOpening else {
        throw EventPayload.Fault(problem: row.seq == 1 ? "it does not open the store" : "the store is open already")
      }
      return entry
    } catch {
      throw broken(row.seq, "(\(row.kind)) cannot be read: \(error.problem)")
    }
  }

  /// What is said of a row that is not as it should be.
  func broken(_ seq: Int64, _ problem: String) -> InputError {
    InputError(
      .badData, file: file, "row \(seq) of the journal \(problem)",
      hint: "restore a backup; what stands before row \(seq) is whole and can be looked at with: "
        + "sqlite3 \(file) 'SELECT * FROM journal WHERE seq < \(seq)'")
  }
}
