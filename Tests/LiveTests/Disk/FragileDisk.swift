import GRDB
import GRDBSQLite
import Journal
import Synchronization

@testable import Journal

/// A disk in memory under SQLite's own file interface, which fails when it is told to, and loses at a power cut what was not synced.
///
/// Above it everything is real: SQLite's pager and write-ahead log, GRDB, the store. Files that were removed stay removed, and folders need no sync.
final class FragileDisk: @unchecked Sendable {
  // Whoever uses it waits for its connection's queue: one thread at a time.

  enum Fault: CaseIterable {
    /// Everything ends there; the machine loses what was not synced.
    case powerCut
    /// Everything ends there; the machine goes on.
    case kill
    /// From there on no byte more.
    case full
    /// One write fails in its middle.
    case failedWrite
    /// The next sync from there on fails, and what it was to write is lost though it can be read.
    case failedSync
  }

  let name: String
  private(set) var files: [String: FragileFile] = [:]
  /// Writes, syncs, truncations and removals so far.
  private(set) var operations = 0
  /// What happens at which of them.
  private var plan: (at: Int, fault: Fault)?
  private(set) var isDown = false
  /// How often which fault was met.
  private(set) var met: [Fault: Int] = [:]

  private static let disks = Mutex<[String: FragileDisk]>([:])
  static subscript(name: String) -> FragileDisk? { disks.withLock { $0[name] } }

  init(_ name: String) {
    self.name = name
    FragileDisk.disks.withLock { $0[name] = self }
  }

  /// Another disk that holds the same.
  convenience init(_ name: String, copying other: FragileDisk) {
    self.init(name)
    for (path, file) in other.files {
      files[path.replacing("/\(other.name)/", with: "/\(name)/")] = FragileFile(after: file, cut: nil)
    }
  }

  /// Whether SQLite here opens a file by an address that names the interface.
  static var isPossible: Bool { sqlite3_compileoption_used("USE_URI") == 1 }

  /// The store's file, opened as a new process would.
  func connect() throws -> DatabaseQueue {
    FragileVFS.register()
    return try DatabaseQueue(
      path: "file:/\(name)/store?vfs=\(FragileVFS.name)", configuration: StoreSchema.configuration)
  }

  func remove() { FragileDisk.disks.withLock { $0[name] = nil } }

  /// - Parameter operations: from now on; the first is 1.
  func fail(after operations: Int, _ fault: Fault) { plan = (self.operations + operations, fault) }
  func forgetPlan() { plan = nil }

  /// The process is no more: nothing that its connection still asks for reaches the files.
  func halt() { isDown = true }

  /// A new process, or after a power cut a new machine. What the old one had open is of no use any more.
  func restart(cut chance: (() -> Double)? = nil) {
    (plan, isDown) = (nil, false)
    // In a fixed order: chance is spent on each.
    for name in files.keys.sorted() {
      guard let file = files[name] else { continue }
      files[name] = FragileFile(after: file, cut: chance)
      file.isDead = true
    }
  }

  // MARK: What the interface asks for

  func file(_ name: String, makes: Bool) -> FragileFile? {
    if let file = files[name] { return file }
    guard makes, !isDown else { return nil }
    let file = FragileFile()
    files[name] = file
    return file
  }

  func remove(_ name: String) -> Int32 {
    if let problem = begin(isSync: false) { return problem }
    files[name] = nil
    return SQLITE_OK
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: FragileFile, at offset: Int) -> Int32 {
    guard let problem = begin(isSync: false) else {
      file.write(bytes, at: offset)
      return SQLITE_OK
    }
    if problem == FragileDisk.failedWrite, !isDown {
      file.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)), at: offset)
    }
    return problem
  }

  func truncate(_ file: FragileFile, to length: Int) -> Int32 {
    if let problem = begin(isSync: false) { return problem }
    file.truncate(to: length)
    return SQLITE_OK
  }

  func sync(_ file: FragileFile) -> Int32 {
    guard let problem = begin(isSync: true) else {
      file.sync()
      return SQLITE_OK
    }
    if !isDown { file.failSync() }
    return problem
  }

  static let failed = Int32(SQLITE_IOERR)
  private static let failedWrite = Int32(SQLITE_IOERR) | (3 << 8)
  private static let failedSync = Int32(SQLITE_IOERR) | (4 << 8)

  /// - Returns: what is answered in its place; nil: it is done.
  private func begin(isSync: Bool) -> Int32? {
    operations += 1
    if isDown { return FragileDisk.failed }
    guard let plan, operations >= plan.at else { return nil }
    switch plan.fault {
    case .powerCut, .kill:
      isDown = true
      met[plan.fault, default: 0] += 1
      return FragileDisk.failed
    case .full:
      guard !isSync else { return nil }
      met[.full, default: 0] += 1
      return SQLITE_FULL
    case .failedWrite:
      guard !isSync else { return nil }
      self.plan = nil
      met[.failedWrite, default: 0] += 1
      return FragileDisk.failedWrite
    case .failedSync:
      guard isSync else { return nil }
      self.plan = nil
      met[.failedSync, default: 0] += 1
      return FragileDisk.failedSync
    }
  }
}
