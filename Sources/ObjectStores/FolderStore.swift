import Foundation
import Live
import Scenarios

/// Objects in a folder of this machine: the store that needs no account, and the one in which local pods' workers write.
///
/// A new object is written under another name, synced and renamed. What is under a name that begins with a dot is no object.
public struct FolderStore: ObjectStore {
  public let place: String
  private let root: URL
  private static let uploads = ".uploads"

  /// - Parameter folder: made where it is missing, when something is put into it.
  public init(_ folder: String) {
    root = URL(fileURLWithPath: folder).standardizedFileURL
    place = root.path
  }

  public func path(_ key: String) -> String? { root.appendingPathComponent(key).path }
  public func link(_ key: String, named name: String, for seconds: Int) -> String? { nil }

  public func info(_ key: String) throws -> ObjectInfo? {
    let path = try url(key).path
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return ObjectInfo(key: key, bytes: Int64(status.st_size))
  }

  public func list(_ prefix: String) throws -> [ObjectInfo] {
    // Only the folder that the prefix names is walked, not the whole store.
    let folder = prefix.lastIndex(of: "/").map { String(prefix[..<$0]) } ?? ""
    let base = folder.isEmpty ? root : try url(folder)
    guard let names = FileManager.default.enumerator(atPath: base.path) else { return [] }
    var found: [ObjectInfo] = []
    for case let name as String in names {
      if name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
      let key = folder.isEmpty ? name : "\(folder)/\(name)"
      guard key.hasPrefix(prefix), let info = try info(key) else { continue }
      found.append(info)
    }
    return found.sorted { $0.key < $1.key }
  }

  public func delete(_ key: String) throws {
    let path = try url(key).path
    guard unlink(path) == 0 || errno == ENOENT else { throw trouble("cannot be deleted", path) }
    // Folders that are empty now go with it.
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    while folder.path.count > root.path.count, rmdir(folder.path) == 0 { folder.deleteLastPathComponent() }
  }

  public func put(_ file: String, as key: String) throws -> ObjectInfo {
    let target = try url(key)
    if URL(fileURLWithPath: file).standardizedFileURL == target {
      let digest = try FileDigest.of(file)
      return ObjectInfo(key: key, bytes: digest.bytes, sha256: digest.sha256)
    }
    let part = try newFile(beside: target)
    do {
      let handle = try FileHandle(forWritingTo: part)
      let digest = try FileDigest.of(file, alsoTo: handle)
      try finish(handle, part, target)
      return ObjectInfo(key: key, bytes: digest.bytes, sha256: digest.sha256)
    } catch {
      unlink(part.path)
      throw error
    }
  }

  public func fetch(_ key: String, into file: String) throws {
    guard let info = try info(key), let path = path(key) else { throw missing(key) }
    guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = FileHandle(forWritingAtPath: file)
    else { throw trouble("cannot be made", file) }
    let digest = try FileDigest.of(path, alsoTo: handle)
    try handle.close()
    guard digest.bytes == info.bytes else { throw InputError(.tryAgainLater, file: path, "changed while it was read") }
  }

  // MARK: Uploads by others

  public func beginUpload(_ content: ObjectContent, as key: String) throws -> ObjectUpload {
    _ = try url(key)
    guard content.bytes >= 0, content.sha256.count == 64, content.sha256.allSatisfy(\.isHexDigit) else {
      throw InputError(.badData, "an upload needs its size and its SHA-256")
    }
    // The same content for the same key is the same upload, however often it is begun.
    let id = Array("\(key)\n\(content.bytes)\n\(content.sha256)".utf8).fingerprint
    let folder = uploadFolder(id)
    forgetUploads()
    try make(folder)
    let size = ObjectUpload.partBytes(of: content.bytes)
    var done: [ObjectPart] = []
    for number in 1...ObjectUpload.parts(of: content.bytes) {
      let path = folder.appendingPathComponent("\(number)").path
      guard FileManager.default.fileExists(atPath: path) else { continue }
      done.append(ObjectPart(number: number, tag: try FileDigest.of(path).md5))
    }
    return ObjectUpload(id: id, partBytes: size, done: done)
  }

  /// Uploads with which nobody goes on, and parts that were being received when a process was killed.
  private func forgetUploads() {
    PartFile.forget(in: root.appendingPathComponent(FolderStore.uploads).path) { _ in true }
    PartFile.forget(in: root.path)
  }

  public func partLink(_ part: Int, of upload: ObjectUpload, as key: String, for seconds: Int) -> String? { nil }

  public func take(part: Int, of upload: String, key: String, from file: String) throws {
    guard upload.count == 32, upload.allSatisfy(\.isHexDigit), (1...10_000).contains(part) else {
      throw InputError(.badData, "there is no such upload")
    }
    let folder = uploadFolder(upload)
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw InputError(.noInput, "there is no such upload", hint: "it was completed, or never begun: begin it")
    }
    let target = folder.appendingPathComponent("\(part)").path
    guard rename(file, target) == 0 else { throw trouble("cannot be kept", target) }
  }

  public func completeUpload(_ upload: String, of content: ObjectContent, as key: String, parts: [ObjectPart]) throws
    -> ObjectInfo
  {
    let (target, folder) = (try url(key), uploadFolder(upload))
    let count = ObjectUpload.parts(of: content.bytes)
    guard upload.count == 32, upload.allSatisfy(\.isHexDigit), FileManager.default.fileExists(atPath: folder.path)
    else {
      // Said twice, it is done once.
      if let there = try info(key), there.bytes == content.bytes, let path = path(key),
        try FileDigest.of(path).sha256 == content.sha256
      {
        return ObjectInfo(key: key, bytes: there.bytes, sha256: content.sha256)
      }
      throw InputError(.noInput, "there is no such upload", hint: "begin it")
    }
    let whole = try newFile(beside: target)
    do {
      let handle = try FileHandle(forWritingTo: whole)
      for number in 1...count {
        _ = try FileDigest.of(folder.appendingPathComponent("\(number)").path, alsoTo: handle)
      }
      let digest = try FileDigest.of(whole.path)
      guard digest.bytes == content.bytes, digest.sha256 == content.sha256 else {
        // Nobody knows which part is wrong: they all go.
        try? FileManager.default.removeItem(at: folder)
        throw InputError(
          .badData, file: key, "what arrived is not what was announced: its SHA-256 differs", hint: "upload it again")
      }
      try finish(handle, whole, target)
    } catch {
      unlink(whole.path)
      throw error
    }
    try? FileManager.default.removeItem(at: folder)
    return ObjectInfo(key: key, bytes: content.bytes, sha256: content.sha256)
  }

  // MARK: Files

  private func url(_ key: String) throws -> URL { root.appendingPathComponent(try FolderStore.checked(key)) }
  private func uploadFolder(_ id: String) -> URL { root.appendingPathComponent("\(FolderStore.uploads)/\(id)") }

  private func make(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw InputError(.cannotCreate, file: folder.path, "cannot be made", hint: "is \(root.path) writable?")
    }
  }

  private func newFile(beside target: URL) throws -> URL {
    let folder = target.deletingLastPathComponent()
    try make(folder)
    let url = folder.appendingPathComponent(".\(SecretFile.random(8).hex).new")
    guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw trouble("cannot be made", url.path)
    }
    return url
  }

  private func finish(_ handle: FileHandle, _ part: URL, _ target: URL) throws {
    try handle.synchronize()
    try handle.close()
    guard rename(part.path, target.path) == 0 else { throw trouble("cannot be put in its place", target.path) }
    let folder = open(target.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private func missing(_ key: String) -> InputError {
    InputError(.noInput, file: place, "there is no \(key)", hint: "was it deleted?")
  }

  private func trouble(_ what: String, _ path: String) -> InputError {
    InputError(.cannotCreate, file: path, "\(what): \(String(cString: strerror(errno)))", hint: "has the disk room?")
  }
}
