import Foundation

/// Holds JSON against a schema; knows the keywords that ours use.
struct SchemaCheck {
  let components: [String: JSONValue]

  /// - Throws: ``Problem`` with the place of the first defect.
  func check(_ value: JSONValue, _ schema: JSONValue, at place: String) throws {
    if case .string(let reference) = schema["$ref"] {
      return try check(value, components[String(reference.split(separator: "/").last ?? "")] ?? [:], at: place)
    }
    if case .array(let choices) = schema["anyOf"] {
      // Something, or null.
      return value == .null ? () : try check(value, choices[0], at: place)
    }
    if case .array(let words) = schema["enum"], !words.contains(value) {
      throw wrong(place, "is none that there is", words.map(SchemaCheck.text).joined(separator: ", "))
    }
    let types = SchemaCheck.types(schema)
    guard types.isEmpty || !types.isDisjoint(with: SchemaCheck.types(of: value)) else {
      throw wrong(place, "has the wrong type", "it is \(types.sorted().joined(separator: " or "))")
    }
    switch value {
    case .string(let text): try check(text, schema, at: place)
    case .integer(let number): try check(Double(number), schema, at: place)
    case .number(let number): try check(number, schema, at: place)
    case .array(let items):
      if let most = SchemaCheck.number(schema["maxItems"]), Double(items.count) > most {
        throw wrong(place, "has \(items.count) elements; \(Int(most)) at most")
      }
      for (i, item) in items.enumerated() { try check(item, schema["items"] ?? [:], at: "\(place)[\(i)]") }
    case .object(let object): try check(object, schema, at: place)
    case .null, .bool: break
    }
  }

  private func check(_ object: [String: JSONValue], _ schema: JSONValue, at place: String) throws {
    guard case .object(let properties) = schema["properties"] else { return }
    func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
    if case .array(let required) = schema["required"] {
      for case .string(let key) in required where object[key] == nil { throw wrong(path(key), "is missing") }
    }
    for key in object.keys.sorted() {
      guard let known = properties[key] else {
        if schema["additionalProperties"] == nil { continue }
        throw wrong(path(key), "is not known here", properties.keys.sorted().joined(separator: ", "))
      }
      try check(object[key] ?? .null, known, at: path(key))
    }
  }

  private func check(_ text: String, _ schema: JSONValue, at place: String) throws {
    let (count, least, most) = (
      text.unicodeScalars.count, SchemaCheck.number(schema["minLength"]) ?? 0,
      SchemaCheck.number(schema["maxLength"]) ?? .infinity
    )
    guard Double(count) >= least, Double(count) <= most else {
      // Not every schema says how long a text may be.
      let range = most < .infinity ? "\(Int(least)) to \(Int(most)) characters" : "at least \(Int(least)) characters"
      throw wrong(place, "has \(range), not \(count)")
    }
    if case .string(let pattern) = schema["pattern"], let regex = try? Regex(pattern),
      (try? regex.firstMatch(in: text)) == nil
    {
      throw wrong(place, "has characters that it may not have, or says nothing")
    }
  }

  private func check(_ number: Double, _ schema: JSONValue, at place: String) throws {
    let (least, above, most) = (
      SchemaCheck.number(schema["minimum"]) ?? -.infinity, SchemaCheck.number(schema["exclusiveMinimum"]),
      SchemaCheck.number(schema["maximum"]) ?? .infinity
    )
    guard number >= least, number <= most, above.map({ number > $0 }) ?? true else {
      func words(_ x: Double) -> String { x == x.rounded() && abs(x) < 1e15 ? "\(Int(x))" : "\(x)" }
      throw wrong(
        place, "must be \(above.map { "above \(words($0))" } ?? "at least \(words(least))"), \(words(most)) at most")
    }
  }

  private func wrong(_ place: String, _ what: String, _ hint: String? = nil) -> Problem {
    Problem(
      .badRequest, place.isEmpty ? "the body \(what)" : "'\(place)' \(what)", hint: hint,
      place: place.isEmpty ? nil : place)
  }

  private static func types(_ schema: JSONValue) -> Set<String> {
    switch schema["type"] {
    case .string(let type): [type]
    case .array(let types): Set(types.map(text))
    default: []
    }
  }

  private static func types(of value: JSONValue) -> Set<String> {
    switch value {
    case .null: ["null"]
    case .bool: ["boolean"]
    case .integer: ["integer", "number"]
    case .number(let number): number == number.rounded() ? ["integer", "number"] : ["number"]
    case .string: ["string"]
    case .array: ["array"]
    case .object: ["object"]
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    default: "\(value)"
    }
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
