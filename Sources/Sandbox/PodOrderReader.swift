/// Reads the bodies of REST v2: what is unknown, missing or of the wrong type is 422, each of it named.
enum PodOrderReader {
  static func action(_ body: JSONValue) throws(SandboxProblem) -> SandboxAction {
    guard let fields = body.fields else { throw .invalid(["$: must be an object"]) }
    let unknown = fields.keys.filter { $0 != "action" }.sorted()
    guard unknown.isEmpty else { throw .invalid(unknown.map { "$: additional properties '\($0)' not allowed" }) }
    guard let text = body["action"]?.text, let action = SandboxAction(rawValue: text) else {
      throw .invalid(["$.action: value must be one of 'start', 'stop', 'restart', 'terminate'"])
    }
    return action
  }

  static func order(_ body: JSONValue) throws(SandboxProblem) -> SandboxPod.Order {
    guard body.fields != nil else { throw .invalid(["$: must be an object"]) }
    var reader = Reader()
    reader.allow(
      body, "$",
      [
        "name", "image", "templateId", "gpu", "cpu", "cloud", "dataCenterIds", "disk", "mounts", "args", "env", "ports",
        "registry", "globalNetworking", "startJupyter", "startSsh",
      ])
    var order = SandboxPod.Order(
      name: reader.text(body, "name", required: true),
      image: reader.text(body, "image", required: body["templateId"] == nil))
    order.args = reader.text(body, "args")
    order.template = body["templateId"] == nil ? nil : reader.text(body, "templateId", required: true)
    if let env = body["env"] {
      if let texts = env.texts { order.env = texts } else { reader.fault("$.env: values must be strings") }
      if order.env.count > 50 { reader.fault("$.env: at most 50 variables") }
    }
    if let disk = body["disk"] {
      if let size = disk.whole, size >= 1 { order.disk = size } else { reader.fault("$.disk: must be an integer ≥ 1") }
    }
    order.ports = reader.texts(body, "ports")
    order.dataCenters = reader.texts(body, "dataCenterIds")
    switch body["cloud"]?.text {
    case nil where body["cloud"] == nil, "SECURE": break
    case "COMMUNITY": order.isCommunity = true
    default: reader.fault("$.cloud: value must be one of 'SECURE', 'COMMUNITY'")
    }
    if let mounts = body["mounts"] {
      order.mounts = mounts
      reader.allow(mounts, "$.mounts", ["persistent", "network"])
      if (mounts["network"]?.items?.count ?? 0) > 1 { reader.fault("$.mounts.network: at most 1 item") }
    }
    if let gpu = body["gpu"] {
      reader.allow(gpu, "$.gpu", ["id", "count", "allowedCudaVersions", "minCudaVersion"])
      order.gpu = reader.text(gpu, "id", required: true, at: "$.gpu")
      if let count = gpu["count"] {
        if let number = count.whole, number >= 1 {
          order.count = number
        } else {
          reader.fault("$.gpu.count: must be an integer ≥ 1")
        }
      }
    }
    guard reader.faults.isEmpty else { throw .invalid(reader.faults) }
    guard (body["gpu"] == nil) != (body["cpu"] == nil) else {
      throw SandboxProblem(400, "Bad Request", "exactly one of gpu or cpu must be set")
    }
    guard body["cpu"] == nil else {
      throw SandboxProblem(400, "Bad Request", "this sandbox has no CPU pods")
    }
    if body["mounts"]?["persistent"] != nil, body["mounts"]?["network"] != nil {
      throw SandboxProblem(400, "Bad Request", "mounts.persistent and mounts.network exclude each other")
    }
    return order
  }

  private struct Reader {
    var faults: [String] = []

    mutating func fault(_ text: String) { faults.append(text) }

    mutating func allow(_ value: JSONValue, _ place: String, _ known: [String]) {
      guard let fields = value.fields else { return fault("\(place): must be an object") }
      for key in fields.keys.filter({ !known.contains($0) }).sorted() {
        fault("\(place): additional properties '\(key)' not allowed")
      }
    }

    mutating func text(_ value: JSONValue, _ key: String, required: Bool = false, at place: String = "$") -> String {
      guard let field = value[key] else {
        if required { fault("\(place): missing property '\(key)'") }
        return ""
      }
      guard let text = field.text, !required || !text.isEmpty else {
        fault("\(place).\(key): must be a string")
        return ""
      }
      return text
    }

    mutating func texts(_ value: JSONValue, _ key: String) -> [String] {
      guard let field = value[key] else { return [] }
      guard let items = field.items, case let texts = items.compactMap(\.text), texts.count == items.count else {
        fault("$.\(key): must be a list of strings")
        return []
      }
      return texts
    }
  }
}
