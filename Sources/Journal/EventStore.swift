import DiscreteEvent
import Engine
import Foundation
import GRDB
import Scenarios

/// The journal of one store, and the history that follows from it: a whole step is appended in one transaction, and nothing is ever changed.
///
/// A commit that returns is on the disk (WAL, `synchronous = FULL`). One that fails has left nothing on it, and the store in memory takes
/// no more: drop it, open it anew, and it has replayed what there is. Belongs to one owner: it is not shared between threads.
public final class EventStore {
  let queue: DatabaseQueue
  private let file: String
  var memory = Memory()

  struct Memory {
    var projection = HistoryProjection()
    var seq: Int64 = 0
    /// The row of the latest snapshot; 0: there is none.
    var snapshot: Int64 = 0
    var at = Int64.min
    var digest = Digest()
    /// A step failed: what is in memory may be ahead of what is on the disk.
    var isStale = false
  }

  init(_ queue: DatabaseQueue, file: String) {
    self.queue = queue
    self.file = file
  }

  /// What is kept beside the journal, over the same connection.
  public var catalogue: Catalogue { Catalogue(queue, file: file) }
  /// The fleet that has seen the whole journal.
  public var fleet: Fleet { memory.projection.fleet }
  /// What the journal begins with.
  public var opening: JournalOpening? { memory.projection.opening }
  /// The instant of the last row.
  public var latest: Instant { Instant(microseconds: memory.at) }

  /// A new store; without a path, in memory.
  ///
  /// - Throws: ``InputError`` where there is such a file already, or it cannot be written.
  public static func create(
    path: String?, opening: JournalOpening, at: Instant
  ) throws -> EventStore {
    if let path, FileManager.default.fileExists(atPath: path) {
      throw InputError(
        .cannotCreate, file: path, "is there already; a journal is never written over",
        hint: "name another file, or move that one away")
    }
    // It will hold people's password hashes; what was only simulated holds nothing of anybody's.
    if let path, opening.origin != .synthetic { PrivateFile.make(path) }
    let store = try connect(path)
    try store.guarded { try StoreSchema.migrator.migrate(store.queue) }
    try store.append([(at, .opening(opening))])
    return store
  }

  /// A store that is there, every row of it gone through.
  ///
  /// - Throws: ``InputError`` where it is missing, none of ours, damaged or of a newer version.
  public static func open(path: String) throws(InputError) -> EventStore {
    let store = try there(path)
    _ = try store.load(NoFollower.self, usesSnapshot: false)
    return store
  }

  /// A store that is there, and what its journal has led to: by the latest snapshot, where it can be trusted, and the rows after it.
  ///
  /// - Throws: ``InputError`` where it is missing, none of ours, of a newer version, or damaged in a row that was gone through.
  public static func open<Follower: JournalFollower>(
    path: String, following type: Follower.Type
  ) throws(InputError) -> (store: EventStore, follower: Follower) {
    let store = try there(path)
    return (store, try store.load(type, usesSnapshot: true))
  }

  private static func there(_ path: String) throws(InputError) -> EventStore {
    let file = HistoryFile(path: path, patience: 5, role: .journal)
    try file.read { db in try JournalReader.check(db, file: path) }
    let store = try connect(path)
    try store.guarded { try StoreSchema.migrator.migrate(store.queue) }
    return store
  }

  /// What a store begins with, and when it did.
  ///
  /// - Throws: ``InputError`` where it is missing, none of ours, damaged or of a newer version.
  public static func opening(path: String) throws(InputError) -> (JournalOpening, at: Instant) {
    let opening = try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      return try JournalReader(db: db, file: path).readOpening()
    }
    return opening
  }

  /// The same store as a process would find it that was started just now: all that is in memory comes from the disk.
  ///
  /// - Parameter usesSnapshot: false: every row is read.
  public func reopened<Follower: JournalFollower>(
    following type: Follower.Type, usesSnapshot: Bool = true
  ) throws(InputError) -> (store: EventStore, follower: Follower) {
    let store = EventStore(queue, file: file)
    return (store, try store.load(type, usesSnapshot: usesSnapshot))
  }

  private func load<Follower: JournalFollower>(
    _ type: Follower.Type, usesSnapshot: Bool
  ) throws(InputError) -> Follower {
    var follower = type.init()
    try guarded {
      try queue.write { db in
        var start = Memory()
        // Whatever is wrong with a snapshot, it is no reason not to start: the journal is all there is to know.
        if usesSnapshot, let kept = try? EventStore.restored(db, type) { (start, follower) = kept }
        try replay(db, from: start) { entry, at, projection in
          try projection.take(entry, at: at, into: nil)
          follower.take(entry, at: at, fleet: projection.fleet)
        }
      }
    }
    return follower
  }

  /// Makes the history anew from the journal: what stands there afterwards is what was kept up to date, or should have been.
  public func rebuildHistory() throws(InputError) {
    try guarded {
      try queue.write { db in
        for table in StoreSchema.projections { try db.execute(sql: "DELETE FROM \(table)") }
        try replay(db, from: Memory()) { entry, at, projection in try projection.take(entry, at: at, into: db) }
        try SearchIndex.rebuild(db)
      }
    }
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

  /// Appends one step, all of it or none.
  ///
  /// - Parameter notesState: keep the digest of the fleet after it, for replays to be held against. O(jobs).
  /// - Throws: ``InputError``; `TransitionError` where an event cannot have happened, which then is not in the journal.
  public func append(_ entries: some Sequence<(Instant, JournalEntry)>, notesState: Bool = false) throws {
    guard !memory.isStale else {
      throw InputError(
        .tryAgainLater, file: file, "an earlier step could not be written", hint: "open the store anew")
    }
    do {
      try queue.write { db in
        let insertion = try db.cachedStatement(sql: JournalRow.insertion)
        for (instant, entry) in entries {
          // Time never runs backwards in a journal, whatever a clock says.
          memory.at = max(memory.at, instant.microseconds)
          memory.seq += 1
          let row = try entry.row(seq: memory.seq, at: memory.at)
          memory.digest = row.digest(after: memory.digest)
          try row.insert(insertion, digest: memory.digest)
          try memory.projection.take(entry, at: Instant(microseconds: memory.at), into: db)
        }
        try memory.projection.watched(until: Instant(microseconds: memory.at), in: db)
        guard notesState else { return }
        let state = memory.projection.fleet.stateDigest.value
        try db.execute(
          sql: "INSERT OR IGNORE INTO state_digest (seq, engine, digest) VALUES (?, ?, ?)",
          arguments: [memory.seq, Fleet.version, Int64(bitPattern: state)])
      }
    } catch {
      memory.isStale = true
      if error is TransitionError { throw error }
      throw Self.explained(error, file)
    }
  }

  /// Goes through the rows that `start` has not seen; what is in memory has then seen all of them.
  private func replay(
    _ db: Database, from start: Memory, _ body: (JournalEntry, Instant, inout HistoryProjection) throws -> Void
  ) throws {
    var fresh = start
    let reader = JournalReader(db: db, file: file)
    fresh.digest = try reader.readAll(after: (start.seq, start.at, start.digest)) { seq, at, entry in
      do {
        try body(entry, at, &fresh.projection)
      } catch let error as TransitionError {
        throw reader.broken(seq, "cannot have happened: \(error)")
      }
      (fresh.seq, fresh.at) = (seq, at.microseconds)
    }
    try fresh.projection.watched(until: Instant(microseconds: fresh.at), in: db)
    memory = fresh
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

  func guarded(_ body: () throws -> Void) throws(InputError) {
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
