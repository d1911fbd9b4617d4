/// A request that is refused: RFC 9457 on REST, `errors[]` on GraphQL.
public struct SandboxProblem: Error, Hashable, Sendable {
  public var status: Int
  public var title: String
  public var detail: String
  /// Each violation of the contract, where there are some.
  public var errors: [String] = []
  /// GraphQL's `extensions.code`.
  public var code: String
  /// Seconds.
  var retryAfter: Int?

  init(_ status: Int, _ title: String, _ detail: String, errors: [String] = [], code: String = "BAD_USER_INPUT") {
    (self.status, self.title, self.detail, self.errors, self.code) = (status, title, detail, errors, code)
  }

  static let noCapacity = SandboxProblem(
    400, "Bad Request",
    "There are no longer any instances available with the requested specifications. Please refresh and try again.",
    code: "SUPPLY_CONSTRAINT")
  static let noBalance = SandboxProblem(
    402, "Payment Required", "Your account balance is too low to deploy this pod. Please add funds and try again.",
    code: "INSUFFICIENT_BALANCE")
  static let unauthorized = SandboxProblem(401, "Unauthorized", "invalid bearer token", code: "UNAUTHENTICATED")
  static let podNotFound = SandboxProblem(404, "Not Found", "pod not found", code: "NOT_FOUND")
  static let broken = SandboxProblem(
    500, "Internal Server Error", "an unexpected error occurred", code: "INTERNAL_SERVER_ERROR")

  static func invalid(_ errors: [String]) -> SandboxProblem {
    SandboxProblem(422, "Unprocessable Entity", "Request validation failed.", errors: errors)
  }

  var json: JSONValue {
    var json: [String: JSONValue] = [
      "title": .string(title), "status": .count(status), "detail": .string(detail),
    ]
    if !errors.isEmpty { json["errors"] = .array(errors.map { .string($0) }) }
    return .object(json)
  }
}
