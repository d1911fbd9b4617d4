import Foundation

/// A stretch of a file that goes out as a body, or is filled by one.
public struct FilePart: Hashable, Sendable {
  public var path: String
  /// Bytes from the file's beginning.
  public var offset: Int64
  /// Bytes; of a sink, the most that it takes.
  public var count: Int64

  public init(path: String, offset: Int64 = 0, count: Int64 = .max) {
    (self.path, self.offset, self.count) = (path, offset, count)
  }
}

/// Such a stretch while it is sent or written; belongs to one call.
final class OpenPart {
  private let part: FilePart
  private let descriptor: Int32
  private var done: Int64 = 0

  /// - Throws: ``HTTPClient/Failure`` where the file cannot be opened: nothing was sent.
  init(_ part: FilePart, toWrite: Bool) throws {
    self.part = part
    descriptor = open(part.path, (toWrite ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw HTTPClient.Failure(neverSent: true, reason: reason, description: "\(part.path): \(reason)")
    }
  }

  deinit { close(descriptor) }

  /// How many bytes were read; nil where the file cannot be read, or has become shorter.
  func read(_ bytes: UnsafeMutablePointer<CChar>, _ room: Int) -> Int? {
    let wanted = Int(min(Int64(room), part.count - done))
    guard wanted > 0 else { return 0 }
    let count = pread(descriptor, bytes, wanted, Int(part.offset + done))
    guard count > 0 else { return nil }
    done += Int64(count)
    return count
  }

  func rewind(to offset: Int64) { done = offset }

  /// False where there is no room.
  func write(_ bytes: UnsafePointer<CChar>, _ count: Int) -> Bool {
    guard done + Int64(count) <= part.count else { return false }
    var written = 0
    while written < count {
      let more = pwrite(descriptor, bytes + written, count - written, Int(part.offset + done) + written)
      guard more > 0 else { return false }
      written += more
    }
    done += Int64(count)
    return true
  }
}
