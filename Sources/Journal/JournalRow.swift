import DiscreteEvent
import Engine
import Foundation
import GRDB

/// One row of a journal as it is stored.
struct JournalRow {
  var seq: Int64
  var at: Int64
  var format: Int
  var kind: String
  var job: Int64?
  var payload: String

  /// The digest of this row after one with `previous`.
  func digest(after previous: Digest) -> Digest {
    var digest = previous
    digest.append(seq)
    digest.append(at)
    digest.append(Int64(format))
    digest.append(kind)
    digest.append(job ?? -1)
    digest.append(payload)
    return digest
  }

  func insert(_ statement: Statement, digest: Digest) throws {
    try statement.execute(arguments: [seq, at, format, kind, job, payload, Int64(bitPattern: digest.value)])
  }

  static let insertion =
    "INSERT INTO journal (seq, at, format, kind, job, payload, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"
}

extension Digest {
  /// Appends a text: its length and its bytes, eight at a time.
  fileprivate mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(bytes: $0) }
  }

  /// Appends how many bytes there are, and the bytes, eight at a time.
  mutating func append(bytes: some RandomAccessCollection<UInt8>) {
    append(Int64(bytes.count))
    var word: UInt64 = 0
    for (i, byte) in bytes.enumerated() {
      word = word << 8 | UInt64(byte)
      if i % 8 == 7 || i == bytes.count - 1 {
        append(word)
        word = 0
      }
    }
  }
}
