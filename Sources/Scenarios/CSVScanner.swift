/// Splits the bytes of a CSV file (RFC 4180; commas, semicolons or tabs) into cells without copying them.
///
/// SwiftCSV, which reads character by character, takes 5 s for a million rows, knows no positions and lets an open quote pass.
struct CSVScanner {
  /// A cell as a range of bytes, without its quotes.
  struct Cell {
    var start: Int
    var end: Int
    /// It has doubled quotes in it.
    var isEscaped: Bool
  }

  /// What is wrong with the file's form, and at which byte.
  struct Fault: Error {
    var offset: Int
    var problem: String
  }

  let bytes: UnsafeRawBufferPointer
  let separator: UInt8
  private(set) var at: Int
  /// The line, from 1, that ``at`` is on, and the one that the last row began on.
  private(set) var line = 1
  private(set) var rowLine = 1

  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let header = bytes[at...].prefix { $0 != Self.newline }
    let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { s in (s, header.count { $0 == s }) }
    separator = counts.max { $0.1 < $1.1 }.map { $0.1 > 0 ? $0.0 : UInt8(ascii: ",") } ?? UInt8(ascii: ",")
  }

  /// Replaces `cells` by those of the next row that is not blank; false at the end.
  ///
  /// - Complexity: O(bytes of the row).
  mutating func next(_ cells: inout [Cell]) throws(Fault) -> Bool {
    cells.removeAll(keepingCapacity: true)
    while at < bytes.count, isLineEnd(bytes[at]) { skipLineEnd() }
    guard at < bytes.count else { return false }
    rowLine = line
    while true {
      cells.append(try nextCell())
      guard at < bytes.count else { return true }
      guard bytes[at] == separator else {
        skipLineEnd()
        return true
      }
      at += 1
    }
  }

  private mutating func skipLineEnd() {
    if bytes[at] == Self.carriageReturn, at + 1 < bytes.count, bytes[at + 1] == Self.newline { at += 1 }
    at += 1
    line += 1
  }

  /// Reads a cell, and stops at the separator or line end behind it.
  private mutating func nextCell() throws(Fault) -> Cell {
    while at < bytes.count, isBlank(bytes[at]) { at += 1 }
    if at < bytes.count, bytes[at] == Self.quote { return try quotedCell() }
    let start = at
    while at < bytes.count, bytes[at] != separator, !isLineEnd(bytes[at]) { at += 1 }
    var end = at
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return Cell(start: start, end: end, isEscaped: false)
  }

  private mutating func quotedCell() throws(Fault) -> Cell {
    let open = at
    var isEscaped = false
    at += 1
    while at < bytes.count {
      if isLineEnd(bytes[at]) {
        skipLineEnd()
      } else if bytes[at] != Self.quote {
        at += 1
      } else if at + 1 < bytes.count, bytes[at + 1] == Self.quote {
        isEscaped = true
        at += 2
      } else {
        let cell = Cell(start: open + 1, end: at, isEscaped: isEscaped)
        at += 1
        while at < bytes.count, isBlank(bytes[at]) { at += 1 }
        guard at == bytes.count || bytes[at] == separator || isLineEnd(bytes[at]) else {
          throw Fault(offset: at, problem: "text follows a closing quote")
        }
        return cell
      }
    }
    throw Fault(offset: open, problem: "this quote is never closed")
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && separator != byte)
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.newline || byte == Self.carriageReturn }

  func text(_ cell: Cell) -> String {
    let text = String(decoding: bytes[cell.start..<cell.end], as: UTF8.self)
    return cell.isEscaped
      ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
  }

  /// The value of a cell of at most 15 digits with a point among them: exact, for both parts of the quotient are. nil: other.
  func plainNumber(_ cell: Cell) -> Double? {
    guard cell.end > cell.start, cell.end - cell.start <= 16 else { return nil }
    var (mantissa, digits, scale) = (0, 0, -1)
    for byte in bytes[cell.start..<cell.end] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        mantissa = mantissa * 10 + Int(byte - 48)
        digits += 1
        if scale >= 0 { scale += 1 }
      case UInt8(ascii: ".") where scale < 0: scale = 0
      default: return nil
      }
    }
    guard (1...15).contains(digits) else { return nil }
    return scale <= 0 ? Double(mantissa) : Double(mantissa) / Self.powersOfTen[scale]
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  /// The place of a byte behind `start`, which is the first of its row and on `line`. O(bytes of the row).
  func place(of offset: Int, from start: Int, line: Int) -> (line: Int, column: Int) {
    var (line, lineStart) = (line, start)
    while lineStart > 0, !isLineEnd(bytes[lineStart - 1]) { lineStart -= 1 }
    for i in start..<max(start, offset) where bytes[i] == Self.newline { (line, lineStart) = (line + 1, i + 1) }
    return (line, 1 + bytes[lineStart..<max(lineStart, offset)].count { $0 & 0xC0 != 0x80 })
  }

  /// Line and column (in characters), both from 1, of a byte. For errors: it counts from the file's beginning.
  func place(of offset: Int) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while i < min(offset, bytes.count) {
      let byte = bytes[i]
      i += 1
      if byte == Self.newline || (byte == Self.carriageReturn && (i >= bytes.count || bytes[i] != Self.newline)) {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}
