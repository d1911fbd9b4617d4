import Foundation

/// The lines around a place in a training file, for people to see what is wrong there.
public struct TrainingFileSample: Sendable, Hashable {
  /// One line of the file, with what is wrong in it marked.
  public struct Line: Sendable, Hashable {
    public var number: Int
    /// What stands before the place, at it, and after it; all but one line have only `before`.
    public var before, marked, after: String
  }
  public var lines: [Line]

  /// So many characters of a line are shown.
  private static let width = 160
  private static let around = 3

  /// nil: the file cannot be read, or has no such line.
  ///
  /// - Complexity: O(bytes up to the place).
  public init?(path: String, line: Int, column: Int) {
    guard line >= 1, column >= 1, let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else { return nil }
    let first = max(1, line - Self.around)
    var (number, start) = (1, data.startIndex)
    lines = []
    while number <= line + Self.around, start < data.endIndex {
      let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
      if number >= first {
        let shown = number == line ? Self.around(column, data[start..<end]) : Self.head(data[start..<end])
        lines.append(Line(number: number, before: shown.0, marked: shown.1, after: shown.2))
      }
      (number, start) = (number + 1, end + 1)
    }
    guard lines.contains(where: { $0.number == line }) else { return nil }
  }

  private static func head(_ bytes: Data) -> (String, String, String) {
    let text = String(decoding: bytes.prefix(4 * width), as: UTF8.self)
    return (text.count > width ? text.prefix(width) + "…" : text, "", "")
  }

  /// A file may be one line of gigabytes: only what is near is turned into text.
  private static func around(_ column: Int, _ bytes: Data) -> (String, String, String) {
    // Columns count characters, of which all but their first bytes are continuations.
    var (at, left) = (bytes.startIndex, column - 1)
    while at < bytes.endIndex, left > 0 || bytes[at] & 0xC0 == 0x80 {
      if bytes[at] & 0xC0 != 0x80 { left -= 1 }
      at += 1
    }
    let from = max(bytes.startIndex, at - 2 * width)
    let before = String(decoding: bytes[from..<at], as: UTF8.self)
    let rest = String(decoding: bytes[at..<min(bytes.endIndex, at + 4 * width)], as: UTF8.self)
    // A word or a value, up to where the next begins.
    let end = rest.dropFirst().firstIndex { ",:{}[]".contains($0) } ?? rest.endIndex
    let marked = rest[..<end].prefix(60)
    let after = rest[marked.endIndex...]
    return (
      (before.count > width / 2 ? "…" : "") + before.suffix(width / 2), String(marked),
      after.prefix(width) + (after.count > width ? "…" : "")
    )
  }
}

extension TrainingFile {
  /// What one conversation of a file is about: its id, persona, arc and topic, as far as it says.
  public struct About: Sendable, Hashable {
    public var id, persona, emotionalArc, topic: String?

    public init(id: String?, persona: String?, emotionalArc: String?, topic: String?) {
      (self.id, self.persona, self.emotionalArc, self.topic) = (id, persona, emotionalArc, topic)
    }
  }

  /// - Parameter number: from 1, in the order of the file.
  /// - Complexity: O(bytes).
  public static func about(conversation number: Int, ofFileAt path: String) -> About? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return nil }
    return data.withUnsafeBytes { bytes in
      var parser = TrainingFileParser(path: path, format: .json)
      let scanner = JSONScanner(bytes)
      // What comes before a place that cannot be read has been read.
      do throws(JSONScanner.Fault) { try parser.parseJSON(scanner) } catch {
        parser = TrainingFileParser(path: path, format: .jsonl)
        try? parser.parseLines(scanner)
      }
      guard number >= 1, number <= parser.conversations.count else { return nil }
      let scaffolding = parser.scaffoldings[number - 1]
      return About(
        id: parser.conversations[number - 1].id, persona: scaffolding.persona, emotionalArc: scaffolding.arc,
        topic: scaffolding.topic)
    }
  }
}
