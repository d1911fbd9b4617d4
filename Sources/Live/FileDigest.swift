import Crypto
import Foundation
import Scenarios

/// Digests of a file's bytes, read piece by piece.
public struct FileDigest: Hashable, Sendable {
  public var bytes: Int64
  /// In lower-case hexadecimal digits.
  public var sha256: String
  public var md5: String

  private static let piece = 1 << 20

  /// - Parameter range: of the file's bytes; all of them without it.
  /// - Parameter alsoTo: written with the same bytes, in order.
  /// - Throws: `InputError` where the file cannot be read to the range's end, or the copy not written.
  public static func of(_ path: String, _ range: Range<Int64>? = nil, alsoTo copy: FileHandle? = nil) throws
    -> FileDigest
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError(
        errno == ENOENT ? .noInput : .badData, file: path, "cannot be read: \(String(cString: strerror(errno)))",
        hint: "check the path")
    }
    defer { close(descriptor) }
    var (sha, md5) = (SHA256(), Insecure.MD5())
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
    defer { buffer.deallocate() }
    var position = range?.lowerBound ?? 0
    let start = position
    while position < range?.upperBound ?? .max {
      let room = Int(min(Int64(piece), (range?.upperBound ?? .max) - position))
      let count = pread(descriptor, buffer.baseAddress, room, Int(position))
      if count == 0, range == nil { break }
      guard count > 0 else {
        throw InputError(
          .badData, file: path, count == 0 ? "is shorter than it was" : "cannot be read to its end",
          hint: "does something else write to it?")
      }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      sha.update(bufferPointer: bytes)
      md5.update(bufferPointer: bytes)
      do { try copy?.write(contentsOf: bytes) } catch {
        throw InputError(
          .cannotCreate, file: path, "cannot be copied: \(error.localizedDescription)", hint: "has the disk room?")
      }
      position += Int64(count)
    }
    return FileDigest(bytes: position - start, sha256: sha.finalize().hex, md5: md5.finalize().hex)
  }
}
