import DiscreteEvent
import Foundation

/// How REST v2 writes what it knows.
enum RESTDocuments {
  static func pod(_ pod: SandboxPod, at now: Instant) -> JSONValue {
    let isRunning = pod.status == .running
    let uptime = pod.started.map { Int((now - $0).seconds) } ?? 0
    let utilization: JSONValue = ["util": .count(isRunning ? 97 : 0)]
    let runtime: JSONValue = [
      "uptime": .count(uptime),
      "gpus": .array(Array(repeating: ["util": 97, "memoryUtil": 83], count: pod.order.count)), "cpu": utilization,
      "memory": utilization, "ports": [],
    ]
    let cost = pod.status.isBilled ? dollars(pod.rate) : .number(0)
    let cloud = pod.order.isCommunity ? "COMMUNITY" : "SECURE"
    let json: [String: JSONValue] = [
      "id": .string(pod.id), "name": .string(pod.order.name), "status": .string(pod.status.rawValue),
      "actions": .array(pod.status.actions.map { .string($0.rawValue) }), "image": .string(pod.order.image),
      "args": .string(pod.order.args), "disk": .count(pod.order.disk), "mounts": pod.order.mounts,
      "ports": .array(pod.order.ports.map { .string($0) }), "registry": .null,
      "env": .object(pod.order.env.mapValues { .string($0) }),
      "gpu": ["id": .string(pod.order.gpu), "count": .count(pod.order.count)], "cloud": .string(cloud),
      "dataCenterId": .string(pod.dataCenter), "cudaVersion": "12.8", "ssh": ["proxy": .null, "direct": .null],
      "template": .text(pod.order.template), "cost": cost, "locked": false, "runtime": isRunning ? runtime : .null,
      "createdAt": .string(stamp(pod.created)), "startedAt": .text(pod.started.map { stamp($0) }),
      "globalNetworking": ["enabled": false],
    ]
    return .object(json)
  }

  static func gpu(_ gpu: SandboxSettings.GPU, _ cloud: SandboxCloud, hasStock: Bool) -> JSONValue {
    var json: [String: JSONValue] = [
      "id": .string(gpu.id), "name": .string(gpu.name), "pool": .null, "manufacturer": "NVIDIA",
      "memory": .count(gpu.memory), "secure": true, "community": true,
      "price": ["secure": dollars(gpu.secure), "community": dollars(gpu.community)],
      "maxCount": ["secure": 8, "community": 8],
    ]
    if hasStock {
      let level = availability(gpu, cloud)
      json["availability"] = .string(level)
      json["dataCenters"] = .array(
        cloud.settings.dataCenters.map {
          let isClosed = cloud.settings.closedDataCenters.contains($0)
          return ["id": .string($0), "name": .string($0), "availability": .string(isClosed ? "NONE" : level)]
        })
    }
    return .object(json)
  }

  static func availability(_ gpu: SandboxSettings.GPU, _ cloud: SandboxCloud) -> String {
    let free = gpu.stock - cloud.pods.count { $0.status.isBilled && $0.order.gpu == gpu.id }
    return free <= 0 ? "NONE" : free * 4 <= gpu.stock ? "LOW" : free * 4 <= gpu.stock * 3 ? "MEDIUM" : "HIGH"
  }

  static func line(_ line: SandboxCloud.BillLine) -> JSONValue {
    guard case .object(var json) = amounts(gpu: line.gpu, disk: line.disk) else { return .null }
    json["podId"] = .string(line.pod)
    json["startTime"] = .string(stamp(line.from))
    json["endTime"] = .string(stamp(line.until))
    return .object(json)
  }

  static func amounts(gpu: Int64, disk: Int64) -> JSONValue {
    ["totalAmount": dollars(gpu + disk), "gpuAmount": dollars(gpu), "cpuAmount": 0, "diskAmount": dollars(disk)]
  }

  static func dollars(_ nanodollars: Int64) -> JSONValue { .number(Double(nanodollars) / 1e9) }

  /// RFC 3339, UTC, to the millisecond.
  static func stamp(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  static func instant(_ text: String) -> Instant? {
    let date =
      (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
      ?? (try? Date.ISO8601FormatStyle().parse(text))
    return date.map { Instant(microseconds: Int64(($0.timeIntervalSince1970 * 1e6).rounded())) }
  }
}
