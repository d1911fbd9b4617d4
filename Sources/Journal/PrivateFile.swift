import Foundation

/// A file that only its owner may read or write.
enum PrivateFile {
  /// Makes an empty one for SQLite to fill, which gives the files that it makes beside it the same rights. Where that fails, SQLite says why.
  static func make(_ path: String) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }
}
