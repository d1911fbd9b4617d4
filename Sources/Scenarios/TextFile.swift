import Foundation

/// Reads whole files that people wrote, with errors that say which file and what to do.
public enum TextFile {
  /// The bytes of a file of at most `limit` bytes.
  ///
  /// - Throws: ``InputError``: `noInput` where there is no readable file, `badData` above the limit.
  public static func bytes(path: String, limit: Int) throws(InputError) -> Data {
    try bytes(path: path, limit: limit, upTo: limit + 1)
  }

  static func bytes(path: String, limit: Int, upTo count: Int) throws(InputError) -> Data {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(.noInput, file: path, "no such file", hint: hint(for: path))
    }
    if isDirectory.boolValue { throw InputError(.noInput, file: path, "is a directory, not a file") }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw InputError(.noInput, file: path, "cannot be opened for reading", hint: "check its permissions")
    }
    defer { try? handle.close() }
    do {
      let data = try handle.read(upToCount: count) ?? Data()
      guard data.count <= limit else {
        throw InputError(
          .badData, file: path, "is larger than \(limit / 1_000_000) MB, the most that is read of such a file",
          hint: "split it, or check that it is the file you meant")
      }
      return data
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(.noInput, file: path, "cannot be read: \(error.localizedDescription)")
    }
  }

  /// A file's text, which must be UTF-8; a byte order mark is dropped.
  public static func text(path: String, limit: Int = 16_000_000) throws(InputError) -> String {
    try text(try bytes(path: path, limit: limit), file: path)
  }

  package static func text(_ data: Data, file: String?) throws(InputError) -> String {
    let bytes = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data[...]
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let place = UTF8Validation.firstFault(in: bytes)
      throw InputError(
        .badData, file: file, line: place.line, column: place.column, "is not UTF-8 text",
        hint: "save it as UTF-8: iconv -f latin1 -t utf-8")
    }
    return text
  }

  /// The file in the same folder that was probably meant.
  private static func hint(for path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), names.count <= 10_000 else {
      return "there is no folder \(folder)"
    }
    return NearestName.of(url.lastPathComponent, in: names.sorted()).map { "there is a file \($0) beside it" }
  }
}

/// Where bytes stop being UTF-8.
enum UTF8Validation {
  static func firstFault(in bytes: Data) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\n"): (line, column) = (line + 1, 1)
      case .scalarValue: column += 1
      case .emptyInput, .error: return (line, column)
      }
    }
  }
}
