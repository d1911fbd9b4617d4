import Foundation
import Web

/// A JSON document with its keys in the order in which they were given.
indirect enum JSON {
  case null
  case bool(Bool)
  case number(Double)
  case integer(Int)
  /// What may be larger than any `Int`: a seed.
  case unsigned(UInt64)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  /// One line, or indented by two spaces.
  func text(pretty: Bool = true) -> String {
    var out = ""
    write(to: &out, pretty ? 0 : nil)
    return out
  }

  private func write(to out: inout String, _ depth: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .unsigned(let value): out += String(value)
    case .number(let value): out += JSON.digits(value)
    case .string(let value): out += JSON.quoted(value)
    case .array(let items):
      JSON.list(items.map { (nil, $0) }, "[", "]", to: &out, depth)
    case .object(let items):
      JSON.list(items.map { ($0.0, $0.1) }, "{", "}", to: &out, depth)
    }
  }

  private static func list(
    _ items: [(String?, JSON)], _ open: String, _ close: String, to out: inout String, _ depth: Int?
  ) {
    out += open
    let flat = depth == nil || items.allSatisfy { $0.1.isScalar } && items.count <= 12
    for (i, item) in items.enumerated() {
      if i > 0 { out += flat ? ", " : "," }
      if !flat, let depth { out += "\n" + String(repeating: "  ", count: depth + 1) }
      if let key = item.0 { out += quoted(key) + ": " }
      item.1.write(to: &out, flat ? nil : depth.map { $0 + 1 })
    }
    if !flat, let depth, !items.isEmpty { out += "\n" + String(repeating: "  ", count: depth) }
    out += close
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  /// A whole type as its keys say, in their alphabetical order.
  static func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The shortest digits that read back as the same number; what is no number is null.
  static func digits(_ value: Double) -> String {
    Wording.digits(value)
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20: out += String(format: "\\u%04x", scalar.value)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
