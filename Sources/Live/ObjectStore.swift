import Foundation
import Scenarios

/// Where checkpoints and downloads are kept: a folder, or any S3. What is under a key is whole, or not there.
///
/// Every call may be made again; an adapter repeats what a network dropped, and says with an `InputError` what it cannot mend.
public protocol ObjectStore: Sendable {
  /// What people call it in messages: never with a key of its account.
  var place: String { get }

  /// The object under a key; nil: there is none.
  func info(_ key: String) async throws -> ObjectInfo?
  /// All objects whose keys begin so, by key.
  func list(_ prefix: String) async throws -> [ObjectInfo]
  /// Deletes one; one that is not there is deleted.
  func delete(_ key: String) async throws

  /// Puts a file under a key, in bounded memory. What an interrupted call has put already is not put again.
  ///
  /// - Throws: `InputError`; also where what arrived is not what was sent.
  func put(_ file: String, as key: String) async throws -> ObjectInfo
  /// Writes an object into a new file, in bounded memory, and holds it against its digest.
  func fetch(_ key: String, into file: String) async throws

  /// Where the object's bytes are on this machine; nil: they are elsewhere, and ``link(_:named:for:)`` leads to them.
  func path(_ key: String) -> String?
  /// An address from which anybody can read it for so many seconds, as a file of this name; nil: the store has none.
  func link(_ key: String, named name: String, for seconds: Int) async throws -> String?

  // MARK: Uploads by others, who have no key of the account

  /// Begins an upload in parts, or finds the one that was begun for the same content.
  func beginUpload(_ content: ObjectContent, as key: String) async throws -> ObjectUpload
  /// An address to which anybody can put one part for so many seconds; nil: the store has none, see ``take(part:of:key:from:)``.
  func partLink(_ part: Int, of upload: ObjectUpload, as key: String, for seconds: Int) throws -> String?
  /// Takes the bytes of a part from a file that may be moved away; for stores without addresses of their own.
  func take(part: Int, of upload: String, key: String, from file: String) throws
  /// Makes one object of the parts, and holds it against what was announced.
  func completeUpload(_ upload: String, of content: ObjectContent, as key: String, parts: [ObjectPart]) async throws
    -> ObjectInfo
}

/// An object as it is kept.
public struct ObjectInfo: Hashable, Sendable, Codable {
  public var key: String
  public var bytes: Int64
  /// In lower-case hexadecimal digits; nil where the store was not told, or did not say.
  public var sha256: String?

  public init(key: String, bytes: Int64, sha256: String? = nil) {
    (self.key, self.bytes, self.sha256) = (key, bytes, sha256)
  }
}

/// What is going to be an object.
public struct ObjectContent: Hashable, Sendable, Codable {
  public var bytes: Int64
  /// In lower-case hexadecimal digits.
  public var sha256: String

  public init(bytes: Int64, sha256: String) { (self.bytes, self.sha256) = (bytes, sha256) }
}

/// A part that has arrived.
public struct ObjectPart: Hashable, Sendable, Codable {
  /// From 1.
  public var number: Int
  /// What the store answered: with most, the MD5 of its bytes.
  public var tag: String

  public init(number: Int, tag: String) { (self.number, self.tag) = (number, tag) }
}

/// An upload that goes on.
public struct ObjectUpload: Hashable, Sendable, Codable {
  public var id: String
  /// Bytes of every part but the last.
  public var partBytes: Int64
  /// What has arrived, by number.
  public var done: [ObjectPart]

  public init(id: String, partBytes: Int64, done: [ObjectPart]) {
    (self.id, self.partBytes, self.done) = (id, partBytes, done)
  }

  /// 16 MiB, and more where 10,000 of them, which is the most that S3 takes, would not be enough.
  public static func partBytes(of bytes: Int64) -> Int64 {
    let (least, mebibyte) = (Int64(16 << 20), Int64(1 << 20))
    return max(least, ((bytes + 9_999) / 10_000 + mebibyte - 1) / mebibyte * mebibyte)
  }

  /// How many parts so many bytes are; nothing at all is one, too.
  public static func parts(of bytes: Int64) -> Int {
    max(1, Int((bytes + partBytes(of: bytes) - 1) / partBytes(of: bytes)))
  }

  /// Which bytes a part is.
  public static func range(ofPart number: Int, of bytes: Int64) -> Range<Int64> {
    let size = partBytes(of: bytes)
    let start = min(bytes, Int64(number - 1) * size)
    return start..<min(bytes, start + size)
  }
}

extension ObjectStore {
  /// nil where a key is one that no object may have: it would lead out of its folder, or be read differently by somebody else.
  public static func checked(_ key: String) throws -> String {
    let isSound =
      !key.isEmpty && key.utf8.count <= 900
      && key.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
      && key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }
    guard isSound else {
      throw InputError(.badData, "'\(key)' is no name of an object", hint: "folders and names without a dot in front")
    }
    return key
  }
}
