import DiscreteEvent
import Engine
import Foundation
import GRDB
import Scenarios

/// The journal of one store: events are appended, a whole step in one transaction, and nothing is ever changed.
///
/// A commit that returns is on the disk (WAL, `synchronous = FULL`). One that fails has left nothing: whoever holds a ``Fleet`` that has
/// seen those events must drop it and replay.
public final class EventStore: Sendable {
  private let queue: DatabaseQueue
  private let file: String

  private init(_ queue: DatabaseQueue, file: String) {
    self.queue = queue
    self.file = file
  }

  /// A new store; without a path, in memory.
  ///
  /// - Throws: ``InputError`` where there is such a file already, or it cannot be written.
  public static func create(
    path: String?, opening: JournalOpening, at: Instant
  ) throws(InputError) -> EventStore {
    if let path, FileManager.default.fileExists(atPath: path) {
      throw InputError(
        .cannotCreate, file: path, "is there already; a journal is never written over",
        hint: "name another file, or move that one away")
    }
    let store = try connect(path)
    try store.guarded { try StoreSchema.migrator.migrate(store.queue) }
    try store.append(first: opening, at: at)
    return store
  }

  /// A store that is there.
  ///
  /// - Throws: ``InputError`` where it is missing, none of ours, damaged or of a newer version.
  public static func open(path: String) throws(InputError) -> EventStore {
    let file = HistoryFile(path: path, patience: 5)
    try file.read { db in try JournalReader.check(db, file: path) }
    let store = try connect(path)
    try store.guarded { try StoreSchema.migrator.migrate(store.queue) }
    return store
  }

  private static func connect(_ path: String?) throws(InputError) -> EventStore {
    let name = path ?? "the journal in memory"
    do {
      if let path {
        return EventStore(try DatabaseQueue(path: path, configuration: StoreSchema.configuration), file: name)
      }
      return EventStore(try DatabaseQueue(configuration: StoreSchema.configuration), file: name)
    } catch {
      throw explained(error, name)
    }
  }

  /// Appends one step's events, all or none. `state`: the digest of the fleet that has seen them, kept for replays to be held against.
  public func append(_ events: some Sequence<(Instant, Event)>, state: Digest? = nil) throws(InputError) {
    try guarded {
      try self.queue.write { db in
        var (seq, at, digest) = try Self.last(db)
        let statement = try db.cachedStatement(sql: JournalRow.insertion)
        for (instant, event) in events {
          let (kind, payload) = EventCodec.row(event)
          seq += 1
          // Time never runs backwards in a journal, whatever a clock says.
          at = max(at, instant.microseconds)
          let row = JournalRow(
            seq: seq, at: at, format: EventCodec.format, kind: kind, job: event.job.map { Int64($0.rawValue) },
            payload: payload)
          digest = row.digest(after: digest)
          try row.insert(statement, digest: digest)
        }
        guard let state else { return }
        try db.execute(
          sql: "INSERT OR IGNORE INTO state_digest (seq, engine, digest) VALUES (?, ?, ?)",
          arguments: [seq, Fleet.version, Int64(bitPattern: state.value)])
      }
    }
  }

  /// Every row again, in order, as ``JournalReader`` gives them.
  public func replay(policies: Policies? = nil) throws(InputError) -> JournalReplay {
    do {
      return try queue.read { db in try JournalReplay(db, file: self.file, policies: policies) }
    } catch {
      throw Self.explained(error, file)
    }
  }

  /// The settings of SQLite that durability rests on, as the connection has them.
  public func durability() throws(InputError) -> (journalMode: String, synchronous: Int) {
    do {
      return try queue.read { db in
        (
          try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
          try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
        )
      }
    } catch {
      throw Self.explained(error, file)
    }
  }

  /// Ends the connection: what the write-ahead log holds goes into the file.
  public func close() throws(InputError) { try guarded { try queue.close() } }

  private func append(first opening: JournalOpening, at: Instant) throws(InputError) {
    try guarded {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let text = String(decoding: try encoder.encode(opening), as: UTF8.self)
      try self.queue.write { db in
        let row = JournalRow(
          seq: 1, at: at.microseconds, format: EventCodec.format, kind: JournalRow.opening, job: nil, payload: text)
        try row.insert(try db.cachedStatement(sql: JournalRow.insertion), digest: row.digest(after: Digest()))
      }
    }
  }

  private static func last(_ db: Database) throws -> (seq: Int64, at: Int64, digest: Digest) {
    let statement = try db.cachedStatement(sql: "SELECT seq, at, digest FROM journal ORDER BY seq DESC LIMIT 1")
    var digest = Digest()
    guard let row = try Row.fetchOne(statement) else { return (0, .min, digest) }
    digest.value = UInt64(bitPattern: row[2] as Int64)
    return (row[0], row[1], digest)
  }

  private func guarded(_ body: () throws -> Void) throws(InputError) {
    do { try body() } catch { throw Self.explained(error, file) }
  }

  private static func explained(_ error: any Error, _ file: String) -> InputError {
    if let error = error as? InputError { return error }
    guard let database = error as? DatabaseError else {
      return InputError(.cannotCreate, file: file, "cannot be written: \(error)")
    }
    let said = database.message ?? "no reason given"
    switch database.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return InputError(
        .tryAgainLater, file: file, "the journal is locked by another process", hint: "stop the other lora-train first")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return InputError(.badData, file: file, "the journal is damaged (\(said))", hint: "restore a backup")
    default:
      return InputError(
        .cannotCreate, file: file, "cannot be written (\(said)); nothing of this step was kept",
        hint: "check that the folder exists, is writable and has room")
    }
  }
}
