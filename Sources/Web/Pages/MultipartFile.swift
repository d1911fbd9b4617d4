import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A form with one file, read as it comes: the fields before the file at once, the file piece by piece, for it may be a gigabyte.
struct MultipartFile {
  var fields = FormFields(text: "")
  let fileName: String
  /// The file's bytes.
  let body: RequestBody

  /// - Throws: ``Problem`` where there is no file in it.
  init(_ request: Request) async throws {
    let type = request.headers[.contentType] ?? ""
    guard let found = type.firstMatch(of: #/boundary="?([^";]+)"?/#), found.1.count <= 200 else {
      throw Problem(.badRequest, "the form has no boundary")
    }
    let delimiter = Data("\r\n--\(found.1)".utf8)
    var pieces = request.body.makeAsyncIterator()
    // As if something stood before the first boundary.
    var buffer = Data("\r\n".utf8)
    func more() async throws -> Bool {
      guard let piece = try await pieces.next() else { return false }
      buffer.append(contentsOf: piece.readableBytesView)
      return true
    }
    while true {
      var end: Range<Data.Index>?
      while true {
        end = buffer.range(of: Data("\r\n\r\n".utf8))
        if end != nil { break }
        guard buffer.count < 1 << 20, try await more() else {
          throw Problem(.badRequest, "no file was chosen", hint: "choose one, then upload")
        }
      }
      guard let end else { throw Problem(.badRequest, "no file was chosen") }
      let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
      buffer = Data(buffer[end.upperBound...])
      if let name = head.firstMatch(of: #/filename="([^"]*)"/#) {
        guard !name.1.isEmpty else { throw Problem(.badRequest, "no file was chosen", hint: "choose one, then upload") }
        fileName = String(name.1)
        break
      }
      var next = buffer.range(of: delimiter)
      while next == nil {
        guard buffer.count < 1 << 20, try await more() else { throw Problem(.badRequest, "the form ends early") }
        next = buffer.range(of: delimiter)
      }
      guard let next else { throw Problem(.badRequest, "the form ends early") }
      if let name = head.firstMatch(of: #/name="([^"]*)"/#) {
        fields[String(name.1)] = String(decoding: buffer[..<next.lowerBound], as: UTF8.self)
      }
      buffer = Data(buffer[next.lowerBound...])
    }
    body = RequestBody(asyncSequence: Rest(start: buffer, pieces: pieces, delimiter: delimiter))
  }

  /// What follows, up to the next boundary.
  private struct Rest: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let start: Data
    // Whoever made this has read as far as the file and reads no further: the iterator has one owner at a time.
    nonisolated(unsafe) let pieces: RequestBody.AsyncIterator
    let delimiter: Data

    struct AsyncIterator: AsyncIteratorProtocol {
      var buffer: Data
      var pieces: RequestBody.AsyncIterator
      let delimiter: Data
      var isOver = false

      mutating func next() async throws -> ByteBuffer? {
        guard !isOver else { return nil }
        while true {
          if let end = buffer.range(of: delimiter) {
            isOver = true
            return ByteBuffer(bytes: buffer[..<end.lowerBound])
          }
          // The boundary may have begun at the buffer's end.
          let sure = buffer.count - delimiter.count
          if sure > 1 << 16 {
            let out = ByteBuffer(bytes: buffer.prefix(sure))
            buffer = Data(buffer.suffix(delimiter.count))
            return out
          }
          guard let piece = try await pieces.next() else {
            throw Problem(.badRequest, "the upload ended early", hint: "try again")
          }
          buffer.append(contentsOf: piece.readableBytesView)
        }
      }
    }
    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: start, pieces: pieces, delimiter: delimiter) }
  }
}
