import Foundation
import Testing

@testable import Sandbox

/// A sandbox with a memory on the disk.
@Suite struct HostTests {
  private static let new = SandboxRequest(
    "POST", "/v2/pods", body: Data(#"{"name": "a", "image": "i", "gpu": {"id": "NVIDIA H100 PCIe"}}"#.utf8))

  private func status(_ delivery: SandboxHost.Delivery) -> Int? {
    if case .whole(let answer) = delivery { answer.status } else { nil }
  }

  /// What was answered is found again, so what cannot be written down is answered by none; it is written with the next request.
  @Test func whatCannotBeWrittenDownIsNotAnswered() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lora-host-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func host() throws -> SandboxHost {
      try SandboxHost(settings: CloudTests.settings(), key: "k", folder: folder) { CloudTests.start }
    }
    let first = try host()
    // A folder with something in it cannot be replaced by a file.
    let memory = folder + "/cloud.json"
    try FileManager.default.createDirectory(atPath: memory + "/x", withIntermediateDirectories: true)
    #expect(status(await first.serve(Self.new, bearer: "k")) == 500)
    try FileManager.default.removeItem(atPath: memory)
    #expect(status(await first.serve(SandboxRequest("GET", "/v2/pods"), bearer: "k")) == 200)
    #expect(try await host().pods.map(\.id) == first.pods.map(\.id))
    #expect(await first.pods.count == 1)
    await first.killPods()
  }
}
