/// Walks over the bytes of strict JSON (RFC 8259) without building a tree; every fault knows its byte, and so line and column.
///
/// Foundation's parsers give no position that a person can go to, and hold the whole tree in memory.
struct JSONScanner {
  /// What kind of value begins at a byte.
  enum Kind: Hashable, Sendable {
    case object, array, string, number, bool, null

    var name: String {
      switch self {
      case .object: "an object"
      case .array: "a list"
      case .string: "a string"
      case .number: "a number"
      case .bool: "true or false"
      case .null: "null"
      }
    }
  }

  /// Not JSON, from this byte on; or JSON of another shape than was asked for.
  struct Fault: Error {
    var offset: Int
    var problem: String
    var isMalformed = true
  }

  /// A string's bytes between its quotes, still escaped.
  struct Text {
    var start: Int
    var end: Int
    /// Unicode scalars once unescaped.
    var characters: Int
    var isEscaped: Bool
  }

  let bytes: UnsafeRawBufferPointer
  var at: Int
  /// Nothing is read from here on.
  let end: Int
  private var depth = 0

  /// Deeper nesting than this is a fault: it would exhaust the stack.
  static let deepest = 200

  init(_ bytes: UnsafeRawBufferPointer, from start: Int = 0, to end: Int? = nil) {
    self.bytes = bytes
    self.end = end ?? bytes.count
    at = start
    if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  mutating func skipBlanks() {
    while at < end {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  func fault(_ problem: String, at offset: Int? = nil) -> Fault { Fault(offset: offset ?? at, problem: problem) }

  /// What stands at the present byte, for a message.
  var found: String {
    guard at < end else { return "the end of the text" }
    let byte = bytes[at]
    return byte > 0x20 && byte < 0x7F ? "“\(Character(Unicode.Scalar(byte)))”" : "byte \(byte)"
  }

  /// The kind of the value that comes next.
  mutating func kind() throws(Fault) -> Kind {
    skipBlanks()
    guard at < end else { throw fault("a value is missing: the text ends here") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw fault("expected a value, found \(found)")
    }
  }

  /// Visits an object's members in order; `visit` must consume the value. It gets the key and the byte it begins at.
  mutating func object(
    _ visit: (inout JSONScanner, _ key: String, _ keyOffset: Int) throws(Fault) -> Void
  ) throws(Fault) {
    try open(UInt8(ascii: "{"))
    skipBlanks()
    if at < end, bytes[at] == UInt8(ascii: "}") { return close() }
    while true {
      skipBlanks()
      guard at < end, bytes[at] == UInt8(ascii: "\"") else {
        throw fault("expected a key in double quotes, found \(found)")
      }
      let keyOffset = at
      let key = string(try text())
      skipBlanks()
      guard at < end, bytes[at] == UInt8(ascii: ":") else { throw fault("expected “:” after a key, found \(found)") }
      at += 1
      try visit(&self, key, keyOffset)
      skipBlanks()
      guard at < end else { throw fault("expected “,” or “}”: the text ends here") }
      if bytes[at] == UInt8(ascii: "}") { return close() }
      guard bytes[at] == UInt8(ascii: ",") else { throw fault("expected “,” or “}”, found \(found)") }
      at += 1
    }
  }

  /// Visits a list's elements in order; `visit` must consume the value. It gets the element's index.
  mutating func array(_ visit: (inout JSONScanner, _ index: Int) throws(Fault) -> Void) throws(Fault) {
    try open(UInt8(ascii: "["))
    skipBlanks()
    if at < end, bytes[at] == UInt8(ascii: "]") { return close() }
    var index = 0
    while true {
      try visit(&self, index)
      index += 1
      skipBlanks()
      guard at < end else { throw fault("expected “,” or “]”: the text ends here") }
      if bytes[at] == UInt8(ascii: "]") { return close() }
      guard bytes[at] == UInt8(ascii: ",") else { throw fault("expected “,” or “]”, found \(found)") }
      at += 1
    }
  }

  private mutating func open(_ bracket: UInt8) throws(Fault) {
    skipBlanks()
    guard at < end, bytes[at] == bracket else {
      throw fault("expected “\(Character(Unicode.Scalar(bracket)))”, found \(found)")
    }
    at += 1
    depth += 1
    if depth > Self.deepest { throw fault("nested more than \(Self.deepest) deep") }
  }

  private mutating func close() {
    at += 1
    depth -= 1
  }

  /// Consumes any value.
  mutating func skip() throws(Fault) {
    switch try kind() {
    case .object: try object { scanner, _, _ throws(Fault) in try scanner.skip() }
    case .array: try array { scanner, _ throws(Fault) in try scanner.skip() }
    case .string: _ = try text()
    case .number: _ = try number()
    case .bool: _ = try bool()
    case .null: try null()
    }
  }

  /// Lines and columns (in characters), both from 1, of bytes in ascending order. It counts from the file's beginning.
  func places(of offsets: [Int]) -> [(line: Int, column: Int)] {
    var (line, column) = (1, 1)
    var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return offsets.map { offset in
      while i < min(offset, bytes.count) {
        if bytes[i] == UInt8(ascii: "\n") {
          (line, column) = (line + 1, 1)
        } else if bytes[i] & 0xC0 != 0x80 {
          column += 1
        }
        i += 1
      }
      return (line, column)
    }
  }
}
