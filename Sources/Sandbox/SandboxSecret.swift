import DiscreteEvent

/// A secret of the account: pods refer to it in their environment, and nobody is told its value.
struct SandboxSecret: Hashable, Sendable, Codable {
  var id: String
  var value: String
  var description: String?
  var created: Instant
}

extension SandboxCloud {
  /// - Throws: 422 where it is not as the contract has it, 409 where the name is taken.
  mutating func keepSecret(_ body: JSONValue) throws(SandboxProblem) -> JSONValue {
    guard let name = body["name"]?.text, let value = body["value"]?.text, !value.isEmpty else {
      throw .invalid(["$: missing property 'name' or 'value'"])
    }
    let isName =
      name.utf8.count <= 191 && name.wholeMatch(of: #/[a-zA-Z_][a-zA-Z0-9_.\-\/]*/#) != nil
      && !name.lowercased().hasPrefix("runpod")
    guard isName else { throw .invalid(["$.name: is none that a secret can have"]) }
    guard secrets[name] == nil else {
      throw SandboxProblem(409, "Conflict", "a secret with this name already exists", code: "CONFLICT")
    }
    let secret = SandboxSecret(
      id: "secret\(secrets.count + 1)", value: value, description: body["description"]?.text, created: now)
    secrets[name] = secret
    return [
      "id": .string(secret.id), "name": .string(name), "description": .text(secret.description),
      "createdAt": .string(RESTDocuments.stamp(secret.created)),
      "valueLastUpdatedAt": .string(RESTDocuments.stamp(secret.created)),
    ]
  }

  /// A pod's environment as its container sees it.
  func resolved(_ environment: [String: String]) -> [String: String] {
    environment.mapValues { value in
      value.replacing(#/\{\{ RUNPOD_SECRET_([a-zA-Z0-9_.\-\/]+) \}\}/#) { secrets[String($0.output.1)]?.value ?? "" }
    }
  }
}
