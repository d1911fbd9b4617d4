import Hummingbird

extension FormFields {
  /// What an address of the programming interface asks, as strictly as its document says: a form may leave fields empty and write `$1,200`, a program
  /// may not.
  ///
  /// - Throws: ``Problem`` that names the parameter.
  init(strict request: Request, _ parameters: [Endpoint.Parameter]) throws {
    for (key, value) in request.uri.queryParameters {
      guard let parameter = parameters.first(where: { $0.name == key }) else { continue }
      let text = String(value)
      let json: JSONValue? =
        switch parameter.schema["type"] {
        case "integer": Int(text).map(JSONValue.integer)
        case "number": Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        default: .string(text)
        }
      guard let json else {
        throw Problem(
          .badRequest, "\(parameter.name) is a number, not '\(text.prefix(40))'", place: parameter.name)
      }
      try SchemaCheck(components: [:]).check(json, parameter.schema, at: parameter.name)
    }
    self.init(query: request)
  }
}
