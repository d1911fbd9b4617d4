import Crypto
import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live
import NIOCore
import Scenarios

/// Training files beside a store, each under the digest of its bytes: what was given in twice is kept once.
struct FileShelf {
  private let folder: String
  private let links: WebServer.Links

  init(beside store: String, links: WebServer.Links = .init()) { (folder, self.links) = (store + ".files", links) }

  /// Keeps what is sent, and says what is in it. Read piece by piece: a file may be a gigabyte.
  ///
  /// - Throws: ``Problem`` where it is too large, or cannot be kept; one with the place of the first defect where it is unsound.
  func take(_ body: RequestBody, name: String, at: Instant, by person: String) async throws -> Catalogue.FileRecord {
    guard (1...200).contains(name.count), !name.contains("/"), !name.contains("\0") else {
      throw Problem(.badRequest, "a file's name has 1 to 200 characters and no '/'")
    }
    let manager = FileManager.default
    PartFile.forget(in: folder)
    let part = folder + "/" + PartFile.name
    defer { try? manager.removeItem(atPath: part) }
    try? manager.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    guard manager.createFile(atPath: part, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = FileHandle(forWritingAtPath: part)
    else {
      throw FileShelf.full("is \(folder) writable?")
    }
    var (hash, bytes) = (SHA256(), 0)
    for try await piece in body {
      bytes += piece.readableBytes
      guard bytes <= TrainingFile.largestSize else {
        throw Problem(.contentTooLarge, "the file is over \(TrainingFile.largestSize) bytes", hint: "split it")
      }
      hash.update(data: piece.readableBytesView)
      do { try handle.write(contentsOf: piece.readableBytesView) } catch { throw FileShelf.full("has the disk room?") }
    }
    do {
      // Said to be kept only where it outlives a loss of power.
      try handle.synchronize()
      try handle.close()
    } catch { throw FileShelf.full("has the disk room?") }
    let digest = hash.finalize().hex
    let file: TrainingFile
    do {
      file = try TrainingFile.read(path: part)
      if let error = file.error { throw FileShelf.problem(error, name, DefectCard(file, path: part, links)) }
    } catch let error as InputError {
      throw FileShelf.problem(error, name, DefectCard(error, path: part, links))
    }
    let kept = path(ofDigest: digest)
    // In place of the same bytes, where another sent them meanwhile.
    guard rename(part, kept) == 0 else { throw FileShelf.full("is \(folder) writable?") }
    return Catalogue.FileRecord(file, name: name, sha256: digest, bytes: bytes, at: at, by: person)
  }

  private static func full(_ hint: String) -> Problem {
    Problem(.init(code: 507, reasonPhrase: "Insufficient Storage"), "the file cannot be kept", hint: hint)
  }

  private static func problem(_ error: InputError, _ name: String, _ defect: DefectCard?) -> Problem {
    let place = error.line.map { "\(name):\($0):\(error.column ?? 1): " } ?? "\(name): "
    var problem = Problem(.unprocessableContent, place + error.problem, hint: error.hint)
    problem.defect = defect
    return problem
  }

  func path(ofDigest digest: String) -> String { folder + "/" + digest }
}
