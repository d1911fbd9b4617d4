import Foundation

/// A request as it came, without the wire.
public struct SandboxRequest: Sendable {
  public var method: String
  /// Without the query.
  public var path: String
  public var query: [String: String]
  public var body: Data

  public init(_ method: String, _ path: String, query: [String: String] = [:], body: Data = Data()) {
    (self.method, self.path, self.query, self.body) = (method, path, query, body)
  }

  var segments: [String] { path.split(separator: "/").map(String.init) }

  /// - Throws: 400 where the body is no JSON.
  func json() throws(SandboxProblem) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: body)
    } catch {
      throw SandboxProblem(400, "Bad Request", "request body is not valid JSON")
    }
  }

  /// By what name faults are planned for it: making a pod has one in both profiles.
  var operation: String {
    switch (method, segments.dropFirst().first, segments.count) {
    case (_, _, 1): makesPod ? "create" : "graphql"
    case ("POST", "pods", 2): "create"
    case ("GET", "pods", 2): "list"
    case ("POST", "pods", _): "action"
    case ("DELETE", "pods", _): "delete"
    case (_, "catalog", _): "catalog"
    case (_, "billing", _): "billing"
    default: "get"
    }
  }
}

extension SandboxRequest {
  private var makesPod: Bool {
    let text = String(decoding: body, as: UTF8.self)
    return text.contains("podRentInterruptable") || text.contains("podFindAndDeployOnDemand")
  }
}

/// What is answered; nil instead of a body: 204.
public struct SandboxAnswer: Sendable {
  public var status = 200
  public var body: JSONValue?
  public var headers: [String: String] = [:]

  init(_ status: Int, _ body: JSONValue?) { (self.status, self.body) = (status, body) }

  init(_ problem: SandboxProblem) {
    self.init(problem.status, problem.json)
    if let seconds = problem.retryAfter { headers["Retry-After"] = "\(seconds)" }
  }
}
