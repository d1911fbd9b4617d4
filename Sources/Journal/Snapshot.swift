import DiscreteEvent
import Engine
import Foundation
import GRDB

/// What a journal had led to after one of its rows: a cache that spares a start the rows before it, and never the truth.
///
/// Its table is made when the first is written, and may be emptied or dropped at any time.
struct Snapshot {
  /// The state after this row.
  var seq: Int64
  /// The chain up to that row: a snapshot of another journal, or of rows that were changed since, has another.
  var chain: Digest
  var state: [UInt8]

  /// Of everything that is in `state`, in words: any other is passed over.
  static func version(of follower: any JournalFollower.Type) -> String {
    "engine \(Fleet.version), journal 4, \(follower) \(follower.version)"
  }

  private static let table = """
    CREATE TABLE IF NOT EXISTS snapshot (
      seq      INTEGER PRIMARY KEY,         -- the state after this row of the journal
      version  TEXT    NOT NULL,            -- of what wrote it
      chain    INTEGER NOT NULL,            -- the row's digest
      checksum INTEGER NOT NULL,            -- of all of this
      state    BLOB    NOT NULL
    ) STRICT
    """

  /// The latest, where it is whole, of this version, and of this very journal.
  static func latest(_ version: String, in db: Database) throws -> Snapshot? {
    guard try db.tableExists("snapshot") else { return nil }
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT seq, version, chain, checksum, state FROM snapshot
        JOIN journal USING (seq) WHERE chain = journal.digest ORDER BY seq DESC LIMIT 1
        """)
    guard let row, row[1] == version else { return nil }
    var chain = Digest()
    chain.value = UInt64(bitPattern: row[2])
    let snapshot = Snapshot(seq: row[0], chain: chain, state: [UInt8](row[4] as Data))
    return snapshot.checksum(version) == row[3] ? snapshot : nil
  }

  /// Takes the place of all others.
  func write(_ version: String, in db: Database) throws {
    try db.execute(sql: Snapshot.table)
    try db.execute(sql: "DELETE FROM snapshot")
    try db.execute(
      sql: "INSERT INTO snapshot (seq, version, chain, checksum, state) VALUES (?, ?, ?, ?, ?)",
      arguments: [seq, version, Int64(bitPattern: chain.value), checksum(version), Data(state)])
  }

  private func checksum(_ version: String) -> Int64 {
    var digest = chain
    digest.append(seq)
    digest.append(bytes: Array(version.utf8))
    digest.append(bytes: state)
    return Int64(bitPattern: digest.value)
  }
}
