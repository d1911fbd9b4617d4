import Foundation
import RunPod
import Testing

/// What is looked at before anything is rented, against a RunPod, a registry and a Hugging Face that are one server on loopback.
@Suite struct DoctorTests {
  /// What the server says where it is not as it should be: `METHOD /path` → status, or a whole answer.
  private typealias Faults = [String: ScriptedServer.Answer]

  private static func server(
    _ faults: Faults = [:], volume: String = #"{"name":"models","size":300,"dataCenter":"EU-RO-1"}"#
  )
    throws -> ScriptedServer
  {
    try ScriptedServer { request in
      let path = String(request.path.prefix { $0 != "?" })
      if let fault = faults["\(request.method) \(path)"] { return fault }
      switch (request.method, path) {
      case ("GET", "/v2/catalog/gpus"):
        return .init(
          body: #"{"gpus":[{"id":"NVIDIA H100 PCIe","memory":80,"price":{"secure":2.89,"community":1.99},"#
            + #""availability":"HIGH","dataCenters":[{"id":"EU-RO-1","availability":"HIGH"}]}]}"#)
      case ("GET", "/v2/pods"): return .init(body: #"{"pods":[],"pagination":{"hasNextPage":false,"nextCursor":null}}"#)
      case ("POST", "/graphql"):
        return .init(
          body: #"{"data":{"myself":{"clientBalance":50,"currentSpendPerHr":0},"#
            + #""gpuTypes":[{"lowestPrice":{"minimumBidPrice":1.5,"stockStatus":"High"}}]}}"#)
      case ("GET", "/v2/network-volumes/vol1"): return .init(body: volume)
      case ("HEAD", "/v2/team/worker/manifests/1.0"):
        guard request.headers["authorization"] == "Bearer for-anybody" else {
          let challenge =
            #"Bearer realm="\#(request.address)/token",service="here",scope="repository:team/worker:pull""#
          return .init(status: 401, headers: ["WWW-Authenticate": challenge])
        }
        return .init()
      case ("GET", "/token"): return .init(body: #"{"token":"for-anybody"}"#)
      case ("HEAD", "/meta-llama/Meta-Llama-3-70B-Instruct/resolve/main/config.json"):
        return .init(status: request.headers["authorization"] == "Bearer hf_secret" ? 200 : 401)
      default: return .init(status: 404, body: #"{"detail":"the requested resource was not found"}"#)
      }
    }
  }

  /// - Returns: the findings by their check, and the whole run.
  private func examine(
    _ server: ScriptedServer, image: String = "team/worker:1.0", more: String = ""
  ) throws -> (checks: [String: [String: Any]], run: CommandLineTool.Run) {
    let place = server.address.replacing("http://", with: "")
    let file = try Scratch.file(
      "version: 1\nrunpod:\n  image: \(place)/\(image)\n  network_volume: {id: vol1}\n\(more)", "yaml")
    let run = try CommandLineTool.run(
      ["doctor", "--config", file.path, "--json"],
      environment: [
        "RUNPOD_API_BASE_URL": server.address, "RUNPOD_API_KEY": "rp_secret", "HF_TOKEN": "hf_secret",
        "HF_ENDPOINT": server.address,
      ])
    for secret in ["rp_secret", "hf_secret"] { #expect(!(run.output + run.errors).contains(secret)) }
    // It only looks: what goes out as POST is a question in GraphQL.
    #expect(
      server.asked.withLock { $0.allSatisfy { $0.hasPrefix("GET ") || $0.hasPrefix("HEAD ") || $0 == "POST /graphql" } }
    )
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.errors)")
    let checks = try #require(document["checks"] as? [[String: Any]])
    return (Dictionary(checks.map { ($0["check"] as? String ?? "", $0) }) { first, _ in first }, run)
  }

  @Test func allIsWell() throws {
    let (checks, run) = try examine(try Self.server())
    for check in ["RunPod", "key", "prices", "spot", "balance", "volume", "image", "model licence"] {
      #expect(checks[check]?["status"] as? String == "ok", "\(check): \(checks[check] ?? [:])")
    }
    #expect(run.code == 0 && (checks["volume"]?["found"] as? String)?.contains("300 GB in EU-RO-1") == true)
  }

  @Test(arguments: [
    // fault, status, check, what is found, what to do, exit code
    ("GET /v2/catalog/gpus", 401, "key", "is not accepted", "RUNPOD_API_KEY", Int32(78)),
    ("GET /v2/catalog/gpus", 403, "key", "is limited", "read and write", 78),
    ("GET /v2/pods", 403, "key", "see pods", "read and write", 78),
    ("GET /v2/network-volumes/vol1", 404, "volume", "no network volume vol1", "runpod.network_volume.id", 78),
    ("GET /v2/network-volumes/vol1", 500, "volume", "does not say", "refused if there is none", 0),
    ("HEAD /v2/team/worker/manifests/1.0", 404, "image", "of version 1.0", "runpod.image", 78),
    ("HEAD /v2/team/worker/manifests/1.0", 403, "image", "not signed in", "registry's login", 0),
    ("GET /token", 500, "image", "not signed in", "registry's login", 0),
    (
      "HEAD /meta-llama/Meta-Llama-3-70B-Instruct/resolve/main/config.json", 403, "model licence", "may not load",
      "https://huggingface.co/meta-llama/Meta-Llama-3-70B-Instruct", 1
    ),
    (
      "HEAD /meta-llama/Meta-Llama-3-70B-Instruct/resolve/main/config.json", 401, "model licence", "does not accept",
      "https://huggingface.co/meta-llama/Meta-Llama-3-70B-Instruct", 78
    ),
  ])
  func whatIsWrongIsNamedWithTheWayOut(
    _ place: String, _ status: Int, _ check: String, _ found: String, _ hint: String, _ code: Int32
  ) throws {
    let (checks, run) = try examine(try Self.server([place: .init(status: status, body: #"{"detail":"no"}"#)]))
    let finding = try #require(checks[check], "\(checks.keys)")
    #expect(finding["status"] as? String != "ok" && run.code == code, "\(run.code): \(run.output)")
    #expect((finding["found"] as? String)?.contains(found) == true, "\(finding)")
    #expect((finding["hint"] as? String)?.contains(hint) == true, "\(finding)")
  }

  @Test(arguments: [
    (#"{"name":"m","size":100,"dataCenter":"EU-RO-1"}"#, "", "failed", "141 GB", "200 GB", Int32(1)),
    (#"{"name":"m","size":150,"dataCenter":"EU-RO-1"}"#, "", "warning", "little else", "200 GB", 0),
    (#"{"name":"m","size":300,"dataCenter":"US-TX-3"}"#, "", "warning", "no NVIDIA H100 PCIe now", "EU-RO-1", 0),
    (
      #"{"name":"m","size":300,"dataCenter":"EU-RO-1"}"#, "  data_centers: [US-TX-3]\n", "failed", "may not be rented",
      "add EU-RO-1 to runpod.data_centers", 78
    ),
  ])
  func aVolumeIsWherePodsAreAndHoldsTheModel(
    _ volume: String, _ more: String, _ status: String, _ found: String, _ hint: String, _ code: Int32
  ) throws {
    let (checks, run) = try examine(try Self.server(volume: volume), more: more)
    let finding = try #require(checks["volume"])
    #expect(finding["status"] as? String == status && run.code == code, "\(run.code): \(finding)")
    #expect((finding["found"] as? String)?.contains(found) == true, "\(finding)")
    #expect((finding["hint"] as? String)?.contains(hint) == true, "\(finding)")
  }

  @Test func anImageHasAName() throws {
    let docker = try #require(ImageReference("runpod/pytorch:1.0.2-cu1281"))
    #expect(docker.registry == "docker.io" && docker.repository == "runpod/pytorch" && docker.version == "1.0.2-cu1281")
    #expect(
      try #require(ImageReference("python")).repository == "library/python"
        && ImageReference("python")?.isMoving == true)
    let digest = "sha256:" + String(repeating: "a", count: 64)
    let own = try #require(ImageReference("ghcr.io/team/worker:2@\(digest)"))
    #expect(own.registry == "ghcr.io" && own.repository == "team/worker" && own.version == digest && !own.isMoving)
    #expect(ImageReference("localhost:5000/x:1")?.registry == "localhost:5000")
    for bad in [
      "", "Team/Worker:1", "team/worker:", "team/worker@sha256:12", "team//worker", "a b", "https://ghcr.io/a",
    ] {
      #expect(ImageReference(bad) == nil, "\(bad)")
    }
    let (checks, run) = try examine(try Self.server(), image: "Team/Worker:1.0")
    #expect(run.code == 78 && (checks["image"]?["hint"] as? String)?.contains("runpod.image") == true, "\(run.output)")
  }
}
