/// A GraphQL operation, parsed: one selection of fields with their arguments. No fragments, no directives: RunPod's clients use none.
struct GraphQLDocument: Hashable, Sendable {
  indirect enum Value: Hashable, Sendable {
    case json(JSONValue)
    case variable(String)
    case list([Value])
    case object([String: Value])
  }

  struct Field: Hashable, Sendable {
    /// What the answer calls it.
    var alias: String
    var name: String
    var arguments: [String: Value] = [:]
    var selection: [Field] = []
  }

  var isMutation = false
  var fields: [Field] = []

  /// - Throws: what a GraphQL server says of a syntax error.
  init(_ text: String) throws(SandboxProblem) {
    var parser = GraphQLParser(text)
    try parser.parse(into: &self)
  }
}
