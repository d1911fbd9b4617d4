import Foundation

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

  /// - Throws: ``Fault`` where the text is no object of whole numbers and words.
  init(_ text: String) throws(Fault) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw Fault(problem: "its payload is no JSON object")
    }
    for (key, value) in object {
      if let word = value as? String {
        fields.append((key, .word(word)))
      } else if let number = value as? NSNumber, let whole = Int64(exactly: number) {
        fields.append((key, .number(whole)))
      } else {
        throw Fault(problem: "\(key) is neither a whole number nor a word")
      }
    }
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
