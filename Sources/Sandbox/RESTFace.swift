import DiscreteEvent
import Foundation

/// RunPod's REST v2, as far as pods are concerned.
enum RESTFace {
  /// Carries a request out.
  ///
  /// - Returns: the answer, and what has to happen to pods' processes.
  static func serve(_ request: SandboxRequest, _ cloud: inout SandboxCloud) -> (SandboxAnswer, [SandboxDeed]) {
    do throws(SandboxProblem) {
      return try route(request, &cloud)
    } catch {
      return (SandboxAnswer(error), [])
    }
  }

  private static func route(_ request: SandboxRequest, _ cloud: inout SandboxCloud) throws(SandboxProblem) -> (
    SandboxAnswer, [SandboxDeed]
  ) {
    let path = request.segments
    guard path.first == "v2" else { throw notFound }
    switch (request.method, path.count, path.dropFirst().first) {
    case ("POST", 3, "account") where path[2] == "secrets":
      return (SandboxAnswer(201, try cloud.keepSecret(try request.json())), [])
    case ("GET", 2, "pods"): return (try list(request, cloud), [])
    case ("POST", 2, "pods"):
      let pod = try cloud.create(try PodOrderReader.order(try request.json()))
      return (SandboxAnswer(201, RESTDocuments.pod(pod, at: cloud.now)), [])
    case ("GET", 3, "pods"):
      guard let pod = cloud[path[2]], pod.status != .terminated else { throw .podNotFound }
      return (SandboxAnswer(200, RESTDocuments.pod(pod, at: cloud.now)), [])
    case ("DELETE", 3, "pods"): return (SandboxAnswer(204, nil), try cloud.act(.terminate, on: path[2]))
    case ("POST", 4, "pods") where path[3] == "action":
      let action = try PodOrderReader.action(try request.json())
      let deeds = try cloud.act(action, on: path[2])
      guard action != .terminate, let pod = cloud[path[2]] else { return (SandboxAnswer(204, nil), deeds) }
      return (SandboxAnswer(200, RESTDocuments.pod(pod, at: cloud.now)), deeds)
    case ("GET", 3, "catalog") where path[2] == "gpus":
      let hasStock = try availability(request)
      let gpus = cloud.settings.gpus.map { RESTDocuments.gpu($0, cloud, hasStock: hasStock) }
      return (SandboxAnswer(200, ["gpus": .array(gpus)]), [])
    case ("GET", 4, "catalog") where path[2] == "gpus":
      guard let gpu = cloud.settings.gpus.first(where: { $0.id == path[3] }) else {
        throw SandboxProblem(404, "Not Found", "GPU type not found")
      }
      return (SandboxAnswer(200, RESTDocuments.gpu(gpu, cloud, hasStock: try availability(request))), [])
    case ("GET", 3, "billing") where path[2] == "pods": return (try billing(request, cloud), [])
    default: throw notFound
    }
  }

  private static let notFound = SandboxProblem(404, "Not Found", "the requested resource was not found")

  // MARK: Lists

  private static func list(_ request: SandboxRequest, _ cloud: SandboxCloud) throws(SandboxProblem) -> SandboxAnswer {
    let pods = cloud.listed
    // A cursor is the ordinal of the last pod before it: pods that come and go move nothing.
    var after = -1
    if let cursor = request.query["cursor"] {
      guard let number = Int(cursor) else { throw .invalid(["cursor: is none of ours"]) }
      after = number
    }
    let rest = pods.filter { Int($0.ordinal) > after }
    let page = rest.prefix(max(1, cloud.settings.page))
    var pagination: JSONValue = ["hasNextPage": false, "nextCursor": .null]
    if page.count < rest.count, let last = page.last {
      pagination = ["hasNextPage": true, "nextCursor": .string("\(last.ordinal)")]
    }
    return SandboxAnswer(
      200, ["pods": .array(page.map { RESTDocuments.pod($0, at: cloud.now) }), "pagination": pagination])
  }

  private static func availability(_ request: SandboxRequest) throws(SandboxProblem) -> Bool {
    let includes = request.query["include"] == "AVAILABILITY"
    guard includes == (request.query["product"] != nil) else {
      throw SandboxProblem(400, "Bad Request", "include=AVAILABILITY and product go together")
    }
    return includes
  }

  // MARK: Bills

  private static func billing(_ request: SandboxRequest, _ cloud: SandboxCloud) throws(SandboxProblem)
    -> SandboxAnswer
  {
    guard request.query["bucketSize"] == "hour" else {
      throw SandboxProblem(400, "Bad Request", "this sandbox bills by the hour only: bucketSize=hour")
    }
    func time(_ key: String) throws(SandboxProblem) -> Instant? {
      guard let text = request.query[key] else { return nil }
      guard let time = RESTDocuments.instant(text) else { throw .invalid(["\(key): not a date-time"]) }
      return time
    }
    let from = SandboxCloud.start(SandboxCloud.hour(try time("startTime") ?? cloud.now - .days(30)))
    let end = try time("endTime") ?? cloud.now
    let until = SandboxCloud.start(SandboxCloud.hour(end - Span(microseconds: 1)) + 1)
    let lines = cloud.bill(from: from, until: until, pod: request.query["podId"])
    let totals = (gpu: lines.reduce(0) { $0 + $1.gpu }, disk: lines.reduce(0) { $0 + $1.disk })
    return SandboxAnswer(
      200,
      [
        "records": .array(lines.map { RESTDocuments.line($0) }),
        "metadata": [
          "query": [
            "startTime": .string(RESTDocuments.stamp(from)), "endTime": .string(RESTDocuments.stamp(until)),
            "bucketSize": "hour", "podId": .text(request.query["podId"]),
          ],
          "recordCount": .count(lines.count), "uniquePodCount": .count(Set(lines.map(\.pod)).count),
          "totals": RESTDocuments.amounts(gpu: totals.gpu, disk: totals.disk),
        ],
      ])
  }
}
