import Foundation

/// The schemas of all documents that go in or out, with the rules of those that come in.
struct Schemas: Sendable {
  /// By the document's name.
  let components: [String: JSONValue]
  private let roots: [String: JSONValue]

  static let shared = Schemas(Endpoint.all)

  private init(_ endpoints: [Endpoint]) {
    let reader = SchemaReader()
    var roots: [String: JSONValue] = [:]
    for endpoint in endpoints {
      for type in [endpoint.bodyType, endpoint.answer].compactMap({ $0 }) {
        roots[SchemaReader.name(type)] = reader.schema(of: type)
      }
    }
    _ = reader.schema(of: ProblemDocument.self)
    var components = reader.schemas
    for (document, fields) in Rules.all {
      for (field, rule) in fields {
        guard let known = components[document]?["properties"]?[field] else { continue }
        components[document]?["properties"]?[field] = known.merging(rule)
      }
    }
    for (document, fields) in Rules.required { components[document]?["required"] = .array(fields) }
    // What is sent has no other fields: a misspelt one would be passed over in silence.
    for type in endpoints.compactMap(\.bodyType) {
      Schemas.close(roots[SchemaReader.name(type)] ?? [:], &components)
    }
    (self.roots, self.components) = (roots, components)
  }

  private static func close(_ schema: JSONValue, _ components: inout [String: JSONValue]) {
    switch schema {
    case .object(let object):
      if case .string(let reference) = object["$ref"] {
        let name = String(reference.split(separator: "/").last ?? "")
        guard var target = components[name], target["additionalProperties"] == nil else { return }
        target["additionalProperties"] = false
        components[name] = target
        return close(target, &components)
      }
      for part in object.values { close(part, &components) }
    case .array(let parts): for part in parts { close(part, &components) }
    default: break
    }
  }

  /// A document's schema, or a reference to it.
  func schema(of type: any Any.Type) -> JSONValue { roots[SchemaReader.name(type)] ?? [:] }

  /// - Throws: ``Problem`` that says which field is wrong, and how.
  func check(_ data: Data, as type: any Any.Type) throws {
    guard let schema = roots[SchemaReader.name(type)] else { return }
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else {
      throw Problem(.badRequest, "the body is no JSON")
    }
    try SchemaCheck(components: components).check(value, schema, at: "")
  }
}

extension Endpoint {
  var bodyType: DocumentType? {
    switch body {
    case .json(let type), .optional(let type): type
    case .none, .bytes: nil
    }
  }
}
