/// Reads the words of a GraphQL document one after the other.
struct GraphQLParser {
  private let text: [UInt8]
  private var place = 0

  init(_ text: String) { self.text = Array(text.utf8) }

  mutating func parse(into document: inout GraphQLDocument) throws(SandboxProblem) {
    skip()
    if let word = name() {
      guard word == "query" || word == "mutation" else { throw unexpected() }
      document.isMutation = word == "mutation"
      _ = name()
      if take("(") { try skipDefinitions() }
    }
    document.fields = try selection()
    skip()
    guard place == text.count else { throw unexpected() }
  }

  /// Types of variables: what is given is looked at where it is used.
  private mutating func skipDefinitions() throws(SandboxProblem) {
    while !take(")") {
      guard place < text.count else { throw unexpected() }
      place += 1
    }
  }

  private mutating func selection() throws(SandboxProblem) -> [GraphQLDocument.Field] {
    guard take("{") else { throw unexpected() }
    var fields: [GraphQLDocument.Field] = []
    while !take("}") {
      guard let first = name() else { throw unexpected() }
      var field = GraphQLDocument.Field(alias: first, name: first)
      if take(":") {
        guard let real = name() else { throw unexpected() }
        field.name = real
      }
      if take("(") { field.arguments = try pairs(until: ")") }
      if peek == UInt8(ascii: "{") { field.selection = try selection() }
      fields.append(field)
    }
    return fields
  }

  private mutating func pairs(until end: Character) throws(SandboxProblem) -> [String: GraphQLDocument.Value] {
    var pairs: [String: GraphQLDocument.Value] = [:]
    while !take(end) {
      guard let key = name(), take(":") else { throw unexpected() }
      pairs[key] = try value()
    }
    return pairs
  }

  private mutating func value() throws(SandboxProblem) -> GraphQLDocument.Value {
    if take("$") {
      guard let variable = name() else { throw unexpected() }
      return .variable(variable)
    }
    if take("{") { return .object(try pairs(until: "}")) }
    if take("[") {
      var items: [GraphQLDocument.Value] = []
      while !take("]") { items.append(try value()) }
      return .list(items)
    }
    if peek == UInt8(ascii: "\"") { return .json(.string(try string())) }
    if let word = name() {
      switch word {
      case "true": return .json(true)
      case "false": return .json(false)
      case "null": return .json(.null)
      default: return .json(.string(word))
      }
    }
    let start = place
    while place < text.count, "+-.0123456789eE".utf8.contains(text[place]) { place += 1 }
    guard let number = Double(String(decoding: text[start..<place], as: UTF8.self)) else { throw unexpected() }
    skip()
    return .json(.number(number))
  }

  private mutating func string() throws(SandboxProblem) -> String {
    var bytes: [UInt8] = []
    // Blanks behind this one belong to the text.
    place += 1
    while place < text.count, text[place] != UInt8(ascii: "\"") {
      guard text[place] == UInt8(ascii: "\\") else {
        bytes.append(text[place])
        place += 1
        continue
      }
      guard place + 1 < text.count else { throw unexpected() }
      switch text[place + 1] {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "r"): bytes.append(13)
      case let other: bytes.append(other)
      }
      place += 2
    }
    guard take("\"") else { throw unexpected() }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Words

  private var peek: UInt8? { place < text.count ? text[place] : nil }

  private mutating func take(_ character: Character) -> Bool {
    guard let peek, peek == character.asciiValue else { return false }
    place += 1
    skip()
    return true
  }

  private mutating func name() -> String? {
    let start = place
    while let byte = peek,
      byte == UInt8(ascii: "_") || (byte | 32 >= 97 && byte | 32 <= 122)
        || (place > start && byte >= 48 && byte <= 57)
    { place += 1 }
    guard place > start else { return nil }
    let name = String(decoding: text[start..<place], as: UTF8.self)
    skip()
    return name
  }

  /// Blanks, commas and remarks.
  private mutating func skip() {
    while let byte = peek {
      if byte <= 32 || byte == UInt8(ascii: ",") {
        place += 1
      } else if byte == UInt8(ascii: "#") {
        while let byte = peek, byte != 10 { place += 1 }
      } else {
        return
      }
    }
  }

  private func unexpected() -> SandboxProblem {
    let found = peek.map { "\"\(Character(UnicodeScalar($0)))\"" } ?? "<EOF>"
    return SandboxProblem(
      400, "Bad Request", "Syntax Error: Unexpected \(found) at byte \(place).", code: "GRAPHQL_PARSE_FAILED")
  }
}
