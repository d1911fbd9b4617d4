import Foundation
import GRDB
import Scenarios

/// A database file that is only ever read: how it is opened, and what its failures mean to a person.
struct HistoryFile {
  let path: String
  /// Seconds to wait for a lock.
  let patience: Double
  /// What it is taken for, and so where another is named.
  var role = Role.history

  enum Role {
    case history
    /// What `serve` keeps and `simulate --journal` writes.
    case journal

    var hint: String {
      switch self {
      case .history: "name a database of the history schema: --history FILE, or model: in a scenario"
      case .journal: "name what serve keeps, or what simulate --journal FILE writes"
      }
    }
  }

  /// Runs `body` in one read transaction.
  func read<Value>(_ body: (Database) throws -> Value) throws(InputError) -> Value {
    let header = try checkHeader()
    do {
      // A database in WAL mode that nobody has open wants a -shm file beside it, which a read-only directory refuses and
      // which would be litter elsewhere. Immutable needs none; whoever opens the database meanwhile leaves a -wal.
      if header.isWAL, !exists(path + "-wal") {
        if let value = try? read(at: "file:\(escaped)?immutable=1", body), !exists(path + "-wal") { return value }
      }
      return try read(at: path, body)
    } catch let error as InputError {
      throw error
    } catch let error as DatabaseError {
      if Self.wantsWriting(error), let value = try readCopy(body) { return value }
      throw explained(error)
    } catch {
      throw InputError(.badData, file: path, "cannot be read: \(error)")
    }
  }

  private func read<Value>(at path: String, _ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read(body)
  }

  /// SQLite must write beside the file (recover a journal, build a WAL index) and may not: it does so on a copy.
  private func readCopy<Value>(_ body: (Database) throws -> Value) throws(InputError) -> Value? {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("lora-train-\(UUID().uuidString)")
    defer { try? files.removeItem(at: folder) }
    do {
      try files.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let copy = folder.appendingPathComponent("history.sqlite").path
      for suffix in ["", "-wal", "-journal"] where exists(path + suffix) {
        try files.copyItem(atPath: path + suffix, toPath: copy + suffix)
        try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy + suffix)
      }
      let queue = try DatabaseQueue(path: copy)
      defer { try? queue.close() }
      return try queue.read(body)
    } catch let error as InputError {
      throw error
    } catch let error as DatabaseError {
      throw explained(error)
    } catch {
      return nil
    }
  }

  private static func wantsWriting(_ error: DatabaseError) -> Bool {
    [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private var escaped: String {
    let absolute = URL(fileURLWithPath: path).path
    return absolute.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? absolute
  }

  private func explained(_ error: DatabaseError) -> InputError {
    let said = error.message ?? "no reason given"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
      return InputError(
        .tryAgainLater, file: path, "the database is locked by another process",
        hint: "wait until it has finished writing, or read a copy: sqlite3 \(path) \".backup copy.sqlite\"")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
      return InputError(
        .badData, file: path, "the database is damaged (\(said))",
        hint: "restore a backup, or save what can be read: sqlite3 \(path) .recover | sqlite3 recovered.sqlite")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return InputError(.noInput, file: path, "cannot be opened (\(said))", hint: "check that you may read it")
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOMEM:
      return InputError(.tryAgainLater, file: path, "cannot be read just now (\(said))", hint: "check the disk")
    default:
      return InputError(.badData, file: path, "cannot be read as a history (\(said))")
    }
  }
}
