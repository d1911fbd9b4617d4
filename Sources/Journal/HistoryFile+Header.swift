import Foundation
import Scenarios

extension HistoryFile {
  /// What the first 100 bytes of a SQLite file tell.
  struct Header {
    /// Written by a connection in WAL mode.
    var isWAL: Bool
  }

  /// Sees to it that there is a whole SQLite file at all, which SQLite itself would say late and in worse words.
  func checkHeader() throws(InputError) -> Header {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(.noInput, file: path, "no such file", hint: role.hint)
    }
    guard !isDirectory.boolValue else {
      throw InputError(.noInput, file: path, "is a directory, not a database", hint: "name the database file in it")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw InputError(.noInput, file: path, "cannot be opened for reading", hint: "check its permissions")
    }
    defer { try? handle.close() }
    let bytes: [UInt8]
    let size: UInt64
    do {
      bytes = [UInt8](try handle.read(upToCount: 100) ?? Data())
      size = try handle.seekToEnd()
    } catch {
      throw InputError(.noInput, file: path, "cannot be read: \(error.localizedDescription)")
    }
    if bytes.isEmpty {
      throw InputError(
        .badData, file: path, "is an empty file, not a \(role == .history ? "history database" : "journal")",
        hint: role == .history ? "create it with: sqlite3 \(path) < history.sql" : role.hint)
    }
    guard bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw InputError(
        .badData, file: path, "is not a SQLite database", hint: role.hint)
    }
    let whole = bytes.count == 100 ? Self.wholeSize(bytes) : 100
    if let whole, size < whole, !hasJournal {
      throw InputError(
        .badData, file: path, "the database is truncated: \(size) bytes of \(whole) are there",
        hint: "copy it again, or save what can be read: sqlite3 \(path) .recover | sqlite3 recovered.sqlite")
    }
    return Header(isWAL: bytes.count == 100 && bytes[18] == 2)
  }

  private var hasJournal: Bool {
    FileManager.default.fileExists(atPath: path + "-wal") || FileManager.default.fileExists(atPath: path + "-journal")
  }

  /// Page size × pages, where the header's page count is valid.
  private static func wholeSize(_ bytes: [UInt8]) -> UInt64? {
    func big(_ at: Int) -> UInt64 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt64($1) } }
    guard big(24) == big(92) else { return nil }
    let page = UInt64(bytes[16]) << 8 | UInt64(bytes[17])
    return (page == 1 ? 65536 : page) * big(28)
  }
}
