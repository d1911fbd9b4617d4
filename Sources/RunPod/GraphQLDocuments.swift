/// A variable of a GraphQL operation.
enum GraphQLValue: Encodable, Sendable {
  case text(String)
  case number(Double)
  case list([GraphQLValue])
  case object([String: GraphQLValue])

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .number(let number):
      if let whole = Int(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
    case .list(let items): try value.encode(items)
    case .object(let fields): try value.encode(fields)
    }
  }
}

struct GraphQLQuery: Encodable, Sendable {
  var query: String
  var variables: [String: GraphQLValue]
}

/// What came of an operation: data, or what is wrong.
struct GraphQLAnswer<Value: Decodable & Sendable>: Sendable {
  struct Body: Decodable, Sendable {
    struct Trouble: Decodable, Sendable {
      struct Extensions: Decodable, Sendable { var code: String? }
      var message: String
      var extensions: Extensions?
    }
    var data: Value?
    var errors: [Trouble]?
  }

  /// HTTP's, which says little: 200 unless the request did not get through to GraphQL.
  var status: Int
  var data: Value?
  /// The first error's.
  var message: String?
  var code: String?

  init(_ body: Body) {
    status = 200
    (message, code) = (body.errors?.first?.message, body.errors?.first?.extensions?.code)
    data = message == nil ? body.data : nil
  }

  init(status: Int, document: ProblemDocument) {
    self.status = status
    message = document.detail ?? document.title ?? "answered \(status)"
  }
}
