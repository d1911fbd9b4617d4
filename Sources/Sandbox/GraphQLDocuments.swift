import DiscreteEvent

/// How GraphQL writes what it knows, and what it is told.
enum GraphQLDocuments {
  static func order(_ input: JSONValue, isInterruptible: Bool) throws(SandboxProblem) -> SandboxPod.Order {
    guard let gpu = input["gpuTypeId"]?.text, !gpu.isEmpty else {
      throw SandboxProblem(400, "Bad Request", "gpuTypeId is required")
    }
    var order = SandboxPod.Order(
      name: input["name"]?.text ?? "", image: input["imageName"]?.text ?? "")
    guard !order.image.isEmpty || input["templateId"]?.text != nil else {
      throw SandboxProblem(400, "Bad Request", "imageName is required")
    }
    (order.gpu, order.args) = (gpu, input["dockerArgs"]?.text ?? "")
    order.count = max(1, input["gpuCount"]?.whole ?? 1)
    order.disk = max(1, input["containerDiskInGb"]?.whole ?? 20)
    order.isCommunity = input["cloudType"]?.text == "COMMUNITY"
    order.ports = input["ports"]?.text.map { $0.split(separator: ",").map(String.init) } ?? []
    order.dataCenters = input["dataCenterId"]?.text.map { [$0] } ?? []
    for variable in input["env"]?.items ?? [] {
      guard let key = variable["key"]?.text, let value = variable["value"]?.text else {
        throw SandboxProblem(400, "Bad Request", "env must be a list of { key, value }")
      }
      order.env[key] = value
    }
    if isInterruptible {
      guard let bid = input["bidPerGpu"]?.number, bid > 0 else {
        throw SandboxProblem(400, "Bad Request", "bidPerGpu is required")
      }
      (order.isInterruptible, order.bid) = (true, Int64((bid * 1e9).rounded()))
    }
    return order
  }

  static func pod(_ pod: SandboxPod, at now: Instant) -> JSONValue {
    let isRunning = pod.status == .running
    let uptime = isRunning ? pod.started.map { Int((now - $0).seconds) } ?? 0 : 0
    let runtime: JSONValue = [
      "uptimeInSeconds": .count(uptime), "ports": [],
      "gpus": .array(Array(repeating: ["gpuUtilPercent": 97, "memoryUtilPercent": 83], count: pod.order.count)),
    ]
    let desired: SandboxPod.Status =
      pod.status.isBilled ? .running : pod.status == .terminated ? .terminated : .exited
    let variables = pod.order.env.sorted { $0.key < $1.key }.map { JSONValue.string("\($0.key)=\($0.value)") }
    let (cost, type) = (RESTDocuments.dollars(pod.rate), pod.isInterruptible ? "INTERRUPTABLE" : "RESERVED")
    let json: [String: JSONValue] = [
      "id": .string(pod.id), "name": .string(pod.order.name), "imageName": .string(pod.order.image),
      "env": .array(variables), "machineId": .string("m\(pod.id.prefix(11))"),
      "machine": ["podHostId": .string("\(pod.id)-64410a"), "gpuDisplayName": .string(pod.order.gpu)],
      "desiredStatus": .string(desired.rawValue), "lastStatusChange": .string(pod.statusChange), "costPerHr": cost,
      "adjustedCostPerHr": pod.status.isBilled ? cost : .number(0), "containerDiskInGb": .count(pod.order.disk),
      "dockerArgs": .string(pod.order.args), "dockerId": .null, "gpuCount": .count(pod.order.count),
      "memoryInGb": 188, "vcpuCount": 24, "volumeInGb": 0, "volumeMountPath": "/workspace", "podType": .string(type),
      "port": .null, "ports": .string(pod.order.ports.joined(separator: ",")), "uptimeSeconds": .count(uptime),
      "runtime": isRunning ? runtime : .null, "createdAt": .string(RESTDocuments.stamp(pod.created)),
    ]
    return .object(json)
  }

  static func gpu(_ gpu: SandboxSettings.GPU, _ cloud: SandboxCloud) -> JSONValue {
    let spot = gpu.spot.map { RESTDocuments.dollars($0) } ?? .null
    let stock = RESTDocuments.availability(gpu, cloud)
    return [
      "id": .string(gpu.id), "displayName": .string(gpu.name), "memoryInGb": .count(gpu.memory), "maxGpuCount": 8,
      "manufacturer": "Nvidia", "cudaCores": 0, "secureCloud": true, "communityCloud": true,
      "securePrice": RESTDocuments.dollars(gpu.secure), "communityPrice": RESTDocuments.dollars(gpu.community),
      "oneMonthPrice": .null, "threeMonthPrice": .null, "oneWeekPrice": .null, "communitySpotPrice": spot,
      "secureSpotPrice": spot,
      "lowestPrice": [
        "minimumBidPrice": spot, "uninterruptablePrice": RESTDocuments.dollars(gpu.community),
        "stockStatus": stock == "NONE" ? .null : .string(stock.capitalized),
      ],
    ]
  }
}
