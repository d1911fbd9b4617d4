import Foundation
import HTTPTypes

/// The OpenAPI 3.1 document: what ``Endpoint/all`` says, and the schemas read off the types.
enum OpenAPI {
  static let document: JSONValue = [
    "openapi": "3.1.0",
    "info": [
      "title": "lora-train", "version": "1",
      "description": """
      Everything the pages do. Money is US dollars, spans are seconds, times ISO 8601. A program sends `Authorization: Bearer TOKEN`; a \
      browser its session's cookie, and what changes something also `X-CSRF-Token`. What is wrong is said in problem details (RFC 9457) with a \
      `hint` and, where there is one, the `place`. A GET answers with an ETag. A POST with `Idempotency-Key` is done once within a day, however \
      often it is sent; what is shown once (a token, a link) is not kept for whoever sends it again: that is a 409.
      """,
    ],
    "servers": [["url": "/api/v1"]],
    "security": [["bearer": []], ["session": []]],
    "paths": paths,
    "components": [
      "schemas": .object(Schemas.shared.components),
      "securitySchemes": [
        "bearer": ["type": "http", "scheme": "bearer"],
        "session": ["type": "apiKey", "in": "cookie", "name": "lora-train-STORE"],
      ],
    ],
  ]

  private static var paths: JSONValue {
    var paths: [String: JSONValue] = [:]
    for endpoint in Endpoint.all {
      let path = "/" + endpoint.path
      paths[path] = (paths[path] ?? [:]).merging(
        .object([endpoint.method.rawValue.lowercased(): operation(endpoint)]))
    }
    return .object(paths)
  }

  private static func operation(_ endpoint: Endpoint) -> JSONValue {
    var operation: JSONValue = [
      "summary": .string(endpoint.about),
      "description": .string("For \(endpoint.role.rawValue)s and whoever may more."),
      "operationId": .string(name(endpoint)), "parameters": .array(parameters(endpoint)),
      "responses": .object(answers(endpoint)),
    ]
    switch endpoint.body {
    case .none: break
    case .json(let type): operation["requestBody"] = body(type, isRequired: true)
    case .optional(let type): operation["requestBody"] = body(type, isRequired: false)
    case .bytes:
      operation["requestBody"] = [
        "required": true, "content": ["application/octet-stream": ["schema": ["type": "string", "format": "binary"]]],
      ]
    }
    return operation
  }

  private static func body(_ type: DocumentType, isRequired: Bool) -> JSONValue {
    [
      "required": .bool(isRequired),
      "content": ["application/json": ["schema": Schemas.shared.schema(of: type)]],
    ]
  }

  private static func parameters(_ endpoint: Endpoint) -> [JSONValue] {
    let inPath = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part -> JSONValue in
      [
        "name": .string(String(part.dropFirst().dropLast())), "in": "path", "required": true,
        "schema": ["type": "string", "minLength": 1],
      ]
    }
    let others = endpoint.query.map { parameter -> JSONValue in
      [
        "name": .string(parameter.name), "in": parameter.isHeader ? "header" : "query",
        "description": .string(parameter.about), "schema": parameter.schema,
      ]
    }
    let key: JSONValue = [
      "name": "Idempotency-Key", "in": "header",
      "description": "The same key and body again get the same answer; a 409 where it was a secret.",
      "schema": ["type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"],
    ]
    return inPath + others + (endpoint.method == .post ? [key] : [])
  }

  private static func answers(_ endpoint: Endpoint) -> [String: JSONValue] {
    let schema = endpoint.answer.map { Schemas.shared.schema(of: $0) } ?? [:]
    var answers: [String: JSONValue] = [
      "\(endpoint.status)": ["description": "Done.", "content": .object([endpoint.answerType: ["schema": schema]])]
    ]
    if endpoint.method == .get { answers["304"] = ["description": "It is what If-None-Match names."] }
    for status in endpoint.problems {
      answers["\(status)"] = [
        "description": .string(HTTPResponse.Status(code: status).reasonPhrase),
        "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/ProblemDocument"]]],
      ]
    }
    return answers
  }

  private static func name(_ endpoint: Endpoint) -> String {
    endpoint.method.rawValue.lowercased()
      + endpoint.path.split { "/{}-.".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
