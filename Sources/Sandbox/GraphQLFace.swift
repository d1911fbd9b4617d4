import DiscreteEvent
import Foundation

/// RunPod's GraphQL, as far as pods are concerned: the profile that still knows bids, and the balance.
enum GraphQLFace {
  static func serve(_ request: SandboxRequest, _ cloud: inout SandboxCloud) -> (SandboxAnswer, [SandboxDeed]) {
    var deeds: [SandboxDeed] = []
    do throws(SandboxProblem) {
      let body = try request.json()
      guard let text = body["query"]?.text else {
        throw SandboxProblem(400, "Bad Request", "POST body missing query", code: "BAD_REQUEST")
      }
      let document = try GraphQLDocument(text)
      var data: [String: JSONValue] = [:]
      for field in document.fields {
        let arguments = try resolve(field.arguments, body["variables"])
        let value =
          document.isMutation
          ? try mutation(field.name, arguments, &cloud, &deeds) : try query(field.name, arguments, cloud)
        data[field.alias] = try select(field, value)
      }
      return (SandboxAnswer(200, ["data": .object(data)]), deeds)
    } catch {
      // Whatever is wrong is said with 200.
      return (failure(error), deeds)
    }
  }

  static func failure(_ problem: SandboxProblem) -> SandboxAnswer {
    SandboxAnswer(
      200,
      [
        "errors": [["message": .string(problem.detail), "extensions": ["code": .string(problem.code)]]],
        "data": .null,
      ])
  }

  // MARK: Arguments and selections

  private static func resolve(_ arguments: [String: GraphQLDocument.Value], _ variables: JSONValue?)
    throws(SandboxProblem) -> JSONValue
  {
    var resolved: [String: JSONValue] = [:]
    for (name, value) in arguments { resolved[name] = try resolve(value, variables) }
    return .object(resolved)
  }

  private static func resolve(_ value: GraphQLDocument.Value, _ variables: JSONValue?) throws(SandboxProblem)
    -> JSONValue
  {
    switch value {
    case .json(let json): return json
    case .object(let fields): return try resolve(fields, variables)
    case .list(let items):
      var list: [JSONValue] = []
      for item in items { list.append(try resolve(item, variables)) }
      return .array(list)
    case .variable(let name):
      guard let value = variables?[name] else {
        throw SandboxProblem(400, "Bad Request", "Variable \"$\(name)\" is not defined.")
      }
      return value
    }
  }

  private static func select(_ field: GraphQLDocument.Field, _ value: JSONValue) throws(SandboxProblem) -> JSONValue {
    switch value {
    case .array(let items):
      var list: [JSONValue] = []
      for item in items { list.append(try select(field, item)) }
      return .array(list)
    case .object(let fields) where !field.selection.isEmpty:
      var chosen: [String: JSONValue] = [:]
      for part in field.selection {
        guard let value = fields[part.name] else {
          throw SandboxProblem(
            400, "Bad Request", "Cannot query field \"\(part.name)\" on \"\(field.name)\".",
            code: "GRAPHQL_VALIDATION_FAILED")
        }
        chosen[part.alias] = try select(part, value)
      }
      return .object(chosen)
    default: return value
    }
  }

  // MARK: Fields

  private static func query(_ name: String, _ arguments: JSONValue, _ cloud: SandboxCloud) throws(SandboxProblem)
    -> JSONValue
  {
    switch name {
    case "myself":
      return [
        "id": "user_sandbox", "email": "sandbox@localhost", "pubKey": "", "networkVolumes": [],
        "clientBalance": RESTDocuments.dollars(cloud.balance), "currentSpendPerHr": RESTDocuments.dollars(cloud.burn),
        "spendLimit": RESTDocuments.dollars(cloud.settings.spendLimit),
        "pods": .array(cloud.listed.map { GraphQLDocuments.pod($0, at: cloud.now) }),
      ]
    case "pod":
      guard let pod = cloud[arguments["input"]?["podId"]?.text ?? ""], pod.status != .terminated else { return .null }
      return GraphQLDocuments.pod(pod, at: cloud.now)
    case "gpuTypes":
      let id = arguments["input"]?["id"]?.text
      let gpus = cloud.settings.gpus.filter { id == nil || $0.id == id }
      return .array(gpus.map { GraphQLDocuments.gpu($0, cloud) })
    default: throw unknown(name, "Query")
    }
  }

  private static func mutation(
    _ name: String, _ arguments: JSONValue, _ cloud: inout SandboxCloud, _ deeds: inout [SandboxDeed]
  ) throws(SandboxProblem) -> JSONValue {
    let input = arguments["input"] ?? [:]
    func act(_ action: SandboxAction, _ cloud: inout SandboxCloud) throws(SandboxProblem) -> JSONValue {
      let id = input["podId"]?.text ?? ""
      deeds += try cloud.act(action, on: id)
      guard action != .terminate, let pod = cloud[id] else { return .null }
      return GraphQLDocuments.pod(pod, at: cloud.now)
    }
    switch name {
    case "podFindAndDeployOnDemand", "podRentInterruptable":
      let order = try GraphQLDocuments.order(input, isInterruptible: name == "podRentInterruptable")
      return GraphQLDocuments.pod(try cloud.create(order), at: cloud.now)
    case "podResume", "podBidResume": return try act(.start, &cloud)
    case "podStop": return try act(.stop, &cloud)
    case "podTerminate": return try act(.terminate, &cloud)
    default: throw unknown(name, "Mutation")
    }
  }

  private static func unknown(_ name: String, _ type: String) -> SandboxProblem {
    SandboxProblem(
      400, "Bad Request", "Cannot query field \"\(name)\" on type \"\(type)\".", code: "GRAPHQL_VALIDATION_FAILED")
  }
}
