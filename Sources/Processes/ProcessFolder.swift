import Foundation

/// The folder in which a session of processes begins.
public enum ProcessFolder {
  /// Makes a folder for its owner alone, and writes down in it whose it is.
  ///
  /// - Parameter file: the name of what is written, as JSON.
  /// - Returns: false where there is such a folder already: its name was used before.
  /// - Throws: `CocoaError` where it cannot be made or written.
  public static func make(_ folder: URL, with record: some Encodable, in file: String) throws -> Bool {
    guard mkdir(folder.path, 0o700) == 0 else {
      if errno == EEXIST { return false }
      throw CocoaError(.fileWriteUnknown)
    }
    try JSONEncoder().encode(record).write(to: folder.appendingPathComponent(file), options: .atomic)
    return true
  }
}
