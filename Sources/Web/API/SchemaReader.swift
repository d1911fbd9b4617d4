import Calibration
import Engine

/// JSON Schemas of the documents, read off the types themselves: a document is decoded from nothing, and what it asks for is written down. So a
/// schema can neither lack a field nor keep one that is gone.
final class SchemaReader {
  /// By the name of the document.
  private(set) var schemas: [String: JSONValue] = [:]

  /// A schema, or a reference to one that is kept here.
  func schema(of type: any Decodable.Type) -> JSONValue { read(type).schema }

  fileprivate func read<Value: Decodable>(_ type: Value.Type) -> (schema: JSONValue, value: Value?) {
    if let (schema, value) = SchemaReader.plain(type) { return (schema, value as? Value) }
    let name = SchemaReader.name(type)
    let isPart = name.contains("<")
    if !isPart { schemas[name] = schemas[name] ?? [:] }
    let record = Record()
    let value = try? Value(from: Recorder(reader: self, record: record))
    guard !isPart else { return (record.schema, value) }
    schemas[name] = record.schema
    return (["$ref": .string("#/components/schemas/\(name)")], value)
  }

  /// What has no parts; and what would not be read from a made-up value.
  private static func plain(_ type: any Decodable.Type) -> (JSONValue, any Decodable)? {
    switch type {
    case is String.Type: return (["type": "string"], "")
    case is Bool.Type: return (["type": "boolean"], false)
    case is Double.Type: return (["type": "number"], 0.0)
    case is Int.Type: return (["type": "integer"], 0)
    case is Int64.Type: return (["type": "integer"], Int64(0))
    // The numbers are what was written before there were words.
    case is Pricing.Type: return (["enum": ["spot", "on_demand", 0, 1]], Pricing.spot)
    case let words as any (CaseIterable & RawRepresentable & Decodable).Type: return described(words)
    default: return nil
    }
  }

  /// An enumeration that is a word in JSON.
  private static func described<Words: CaseIterable & RawRepresentable & Decodable>(
    _ type: Words.Type
  ) -> (JSONValue, any Decodable)? {
    guard let first = type.allCases.first, first.rawValue is String else { return nil }
    return (["enum": .array(type.allCases.compactMap { ($0.rawValue as? String).map { .string($0) } })], first)
  }

  /// A document's name without its module.
  static func name(_ type: any Any.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().filter { $0 != "Catalogue" }.joined(separator: ".")
  }

  fileprivate final class Record {
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
    /// Of an array, or of a dictionary's values.
    var items: JSONValue?
    var isDictionary = false

    var schema: JSONValue {
      if isDictionary { return ["type": "object", "additionalProperties": properties.values.first ?? [:]] }
      if let items { return ["type": "array", "items": items] }
      return [
        "type": "object", "properties": .object(properties), "required": .array(required.sorted().map { .string($0) }),
      ]
    }
  }

  fileprivate struct Recorder: Decoder {
    let reader: SchemaReader
    let record: Record
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
      KeyedDecodingContainer(Keyed<Key>(reader: reader, record: record))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(reader: reader, record: record) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NotThere() }
  }

  fileprivate struct NotThere: Error {}

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: SchemaReader
    let record: Record
    var codingPath: [any CodingKey] { [] }

    /// Asked for by dictionaries alone.
    var allKeys: [Key] {
      record.isDictionary = true
      return [Key(stringValue: "key")].compactMap { $0 }
    }
    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      record.required.append(key.stringValue)
      return try note(type, key)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try optional(type, key) }
    // Those that the protocol would else decode by way of `decode`, as if they had to be there.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
      _ = try note(type, key)
      // May be left out, or be null.
      let schema = record.properties[key.stringValue] ?? [:]
      if case .string(let name) = schema["type"] {
        record.properties[key.stringValue] = schema.merging(["type": [.string(name), "null"]])
      } else {
        record.properties[key.stringValue] = ["anyOf": [schema, ["type": "null"]]]
      }
      return nil
    }

    private func note<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T {
      let (schema, value) = reader.read(type)
      record.properties[key.stringValue] = schema
      guard let value else { throw NotThere() }
      return value
    }

    func nestedContainer<Nested>(keyedBy: Nested.Type, forKey: Key) throws -> KeyedDecodingContainer<Nested> {
      throw NotThere()
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NotThere() }
    func superDecoder() throws -> any Decoder { throw NotThere() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw NotThere() }
  }

  /// Has one element.
  private struct Unkeyed: UnkeyedDecodingContainer {
    let reader: SchemaReader
    let record: Record
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0

    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      let (schema, value) = reader.read(type)
      record.items = schema
      currentIndex = 1
      guard let value else { throw NotThere() }
      return value
    }
    mutating func nestedContainer<Nested>(keyedBy: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
      throw NotThere()
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NotThere() }
    mutating func superDecoder() throws -> any Decoder { throw NotThere() }
  }
}
