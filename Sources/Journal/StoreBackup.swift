import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// Copies of a store, and whether what is in one is whole.
public enum StoreBackup {
  /// Copies a store as it stands at one instant, though somebody writes to it meanwhile.
  ///
  /// Whoever is signed in is so in the store alone: no session and no link to a password is in the copy. It bears a mark of its own, by which it
  /// is seen to be a copy wherever it is put.
  /// - Throws: ``InputError`` where the store is none, or the copy is there already or cannot be written; then no copy is left.
  public static func make(of path: String, to copy: String) throws {
    guard !FileManager.default.fileExists(atPath: copy) else {
      throw InputError(
        .cannotCreate, file: copy, "is there already", hint: "name another file; a backup is never written over")
    }
    let part = copy + ".part"
    defer {
      for suffix in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: part + suffix) }
    }
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      do {
        PrivateFile.make(part)
        let target = try DatabaseQueue(path: part)
        try target.writeWithoutTransaction { try db.backup(to: $0) }
        try target.write { try settle($0) }
        try target.close()
        try FileManager.default.moveItem(atPath: part, toPath: copy)
      } catch {
        throw InputError(
          .cannotCreate, file: copy,
          "cannot be written: \((error as? DatabaseError)?.message ?? error.localizedDescription)",
          hint: "check that the folder exists, is writable and has room")
      }
    }
  }

  private static func settle(_ db: Database) throws {
    for table in try SignInSchema.entrances.filter({ try db.tableExists($0) }) {
      try db.execute(sql: "DELETE FROM \(table)")
    }
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS copy_mark (mark TEXT NOT NULL) STRICT; DELETE FROM copy_mark")
    try db.execute(sql: "INSERT INTO copy_mark (mark) VALUES (?)", arguments: [UUID().uuidString])
  }

  /// Which backup a store was restored from; nil: from none.
  public static func mark(of path: String) throws(InputError) -> String? {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try db.tableExists("copy_mark") ? String.fetchOne(db, sql: "SELECT mark FROM copy_mark") : nil
    }
  }

  /// SQLite's own check of a file's pages and of what refers to what.
  public static func checkFile(_ path: String) throws {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      let found = try String.fetchAll(db, sql: "PRAGMA integrity_check")
      guard found == ["ok"] else {
        throw InputError(
          .badData, file: path, "the database is damaged: \(found.prefix(3).joined(separator: "; "))",
          hint: "restore a backup, or save what can be read: sqlite3 \(path) .recover | sqlite3 recovered.sqlite")
      }
    }
  }

  /// Tables of the history that are not what follows from the journal.
  public static func staleTables(of path: String) throws -> [String] {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      let fresh = try DatabaseQueue()
      return try fresh.write { other in
        try other.execute(sql: HistorySchema.sql)
        try other.execute(sql: HistorySchema.suites)
        try other.execute(sql: HistorySchema.examinations)
        try other.execute(sql: AuditProjection.sql)
        var projection = HistoryProjection()
        var last = Instant.zero
        _ = try JournalReader(db: db, file: path).readAll { _, at, entry in
          try projection.take(entry, at: at, into: other)
          last = at
        }
        try projection.watched(until: last, in: other)
        return try StoreSchema.projections.filter { table in
          let sql = "SELECT * FROM \(table) ORDER BY rowid"
          // A copy of an older store has no table of what it had none of.
          return try (db.tableExists(table) ? Row.fetchAll(db, sql: sql) : []) != Row.fetchAll(other, sql: sql)
        }
      }
    }
  }
}
