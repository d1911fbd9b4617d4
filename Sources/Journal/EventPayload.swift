/// What an event carries, as the small JSON object that stands in its row: whole numbers and words.
struct EventPayload {
  /// Why a payload cannot be read.
  struct Fault: Error, Hashable { var problem: String }

  private var fields: [(key: String, value: Value)] = []

  enum Value: Hashable {
    case number(Int64)
    case word(String)
  }

  init() {}

  /// Reads what ``text`` writes, and nothing else: a general reader of JSON takes ten times as long, and a restart reads every row.
  ///
  /// - Throws: ``Fault`` where the text is no object of whole numbers and words.
  init(_ text: String) throws(Fault) {
    var text = text
    let read = text.withUTF8 { EventPayload.fields($0[...]) }
    guard let read else { throw Fault(problem: "its payload is no JSON object of whole numbers and words") }
    fields = read
  }

  private static func fields(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> [(key: String, value: Value)]? {
    var bytes = bytes
    var fields: [(key: String, value: Value)] = []
    guard take("{", &bytes) else { return nil }
    if take("}", &bytes) { return bytes.isEmpty ? fields : nil }
    repeat {
      guard let key = quoted(&bytes), take(":", &bytes) else { return nil }
      if let word = quoted(&bytes) {
        fields.append((key, .word(word)))
      } else if let number = number(&bytes) {
        fields.append((key, .number(number)))
      } else {
        return nil
      }
    } while take(",", &bytes)
    return take("}", &bytes) && bytes.isEmpty ? fields : nil
  }

  private static func take(_ sign: Unicode.Scalar, _ bytes: inout UnsafeBufferPointer<UInt8>.SubSequence) -> Bool {
    guard bytes.first == UInt8(ascii: sign) else { return false }
    bytes.removeFirst()
    return true
  }

  private static func quoted(_ bytes: inout UnsafeBufferPointer<UInt8>.SubSequence) -> String? {
    guard bytes.first == UInt8(ascii: "\""),
      let end = bytes.dropFirst().firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
      bytes[end] == UInt8(ascii: "\"")
    else { return nil }
    defer { bytes = bytes[(end + 1)...] }
    return String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
  }

  private static func number(_ bytes: inout UnsafeBufferPointer<UInt8>.SubSequence) -> Int64? {
    let end = bytes.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? bytes.endIndex
    defer { bytes = bytes[end...] }
    return Int64(Substring(decoding: bytes[..<end], as: UTF8.self), radix: 10)
  }

  mutating func put(_ key: String, _ number: some BinaryInteger) { fields.append((key, .number(Int64(number)))) }

  mutating func put<Case: Equatable>(_ key: String, _ value: Case, _ names: KeyValuePairs<String, Case>) {
    fields.append((key, .word(EventNames.word(value, names))))
  }

  /// As it stands in the row: keys in the order they were put, no spaces. Keys and words are ours and need no escapes.
  var text: String {
    let parts = fields.map { key, value in
      switch value {
      case .number(let number): "\"\(key)\":\(number)"
      case .word(let word): "\"\(key)\":\"\(word)\""
      }
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  func optional<Number: BinaryInteger>(_ key: String, as type: Number.Type = Number.self) throws(Fault) -> Number? {
    guard let field = fields.first(where: { $0.key == key }) else { return nil }
    guard case .number(let number) = field.value, let exact = Number(exactly: number) else {
      throw Fault(problem: "\(key) is no number that fits")
    }
    return exact
  }

  func number<Number: BinaryInteger>(_ key: String, as type: Number.Type = Number.self) throws(Fault) -> Number {
    guard let number = try optional(key, as: type) else { throw Fault(problem: "\(key) is missing") }
    return number
  }

  func word<Case: Equatable>(_ key: String, _ names: KeyValuePairs<String, Case>) throws(Fault) -> Case {
    guard let field = fields.first(where: { $0.key == key }) else { throw Fault(problem: "\(key) is missing") }
    guard case .word(let word) = field.value, let found = names.first(where: { $0.key == word }) else {
      throw Fault(problem: "\(key) is none of \(names.map(\.key).joined(separator: ", "))")
    }
    return found.value
  }
}
