import HTTPTypes
import Journal

/// A document's type.
typealias DocumentType = any (Codable & SendableMetatype).Type

/// One thing that can be asked over the API, as its document says it.
struct Endpoint: Sendable {
  struct Parameter: Sendable {
    var name: String
    var about: String
    var schema: JSONValue
    var isHeader = false
  }

  /// What is sent with it.
  enum Body: Sendable {
    case none
    case json(DocumentType)
    /// May be left out.
    case optional(DocumentType)
    /// A training file's.
    case bytes
  }

  var method: HTTPRequest.Method
  /// Below `/api/v1/`, with its parts in braces.
  var path: String
  var about: String
  /// Who may.
  var role: Catalogue.Role
  var query: [Parameter] = []
  var body = Body.none
  /// What it answers when all is well; nil: no document of ours.
  var answer: DocumentType?
  var status = 200
  /// Of what is no JSON.
  var answerType = "application/json"
  /// What else it may answer, beyond what every one may.
  var refusals: [Int] = []

  /// Answers that every request may get.
  var problems: [Int] {
    var problems = [400, 401, 503] + refusals
    if role > .viewer { problems.append(403) }
    if path.contains("{") { problems.append(404) }
    if method == .post { problems += [409, 422] }
    if method == .post || method == .put { problems += [413] }
    return Array(Set(problems)).sorted()
  }
}

extension Endpoint {
  static let all =
    jobs + money + foresight + team + artifacts + reports + insight + presets + notices + together + live
}

extension Endpoint.Parameter {
  static func text(_ name: String, _ about: String) -> Self {
    .init(name: name, about: about, schema: ["type": "string"])
  }

  static func word(_ name: String, _ about: String, _ words: [String]) -> Self {
    .init(name: name, about: about, schema: ["enum": .array(words.map { .string($0) })])
  }

  static func number(_ name: String, _ about: String) -> Self {
    .init(name: name, about: about, schema: ["type": "number", "minimum": 0])
  }

  static func count(_ name: String, _ about: String, from least: Int = 0, to most: Int = Int(Int32.max)) -> Self {
    .init(
      name: name, about: about,
      schema: ["type": "integer", "minimum": .integer(least), "maximum": .integer(most)])
  }

  /// A day that there is, of this century.
  static let day =
    #"(20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"#
    + #"|20([02468][048]|[13579][26])-02-29)"#

  static func time(_ name: String, _ about: String) -> Self {
    .init(
      name: name, about: about,
      schema: ["type": "string", "pattern": .string("^\(day)$")])
  }

  static let page: [Self] = [
    .text("cursor", "Where the page begins: `next` of the page before it."),
    .count("limit", "How many stand on a page.", from: 1, to: 1_000),
  ]
}
