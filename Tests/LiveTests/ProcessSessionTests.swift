import Foundation
import Processes
import Testing

@Suite struct ProcessSessionTests {
  /// A pod that a list taken at once does not show would be given up while it works.
  @Test func whatWasStartedIsThereAtOnce() throws {
    let top = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("sessions-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: top) }
    for i in 0..<60 {
      let name = "pod-\(i)"
      let folder = top.appendingPathComponent(name).path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try ProcessSession.start(script: "exec sleep 1000", in: folder, environment: ["PATH": "/usr/bin:/bin"])
      let members = ProcessSession.members(top)[name] ?? []
      #expect(members.count == 1)
      for process in members { kill(process, SIGKILL) }
    }
    // Those that have ended are nobody's any more.
    while case let left = ProcessSession.members(top), !left.isEmpty {
      for process in left.values.joined() { kill(process, SIGKILL) }
    }
    ProcessSession.reap()
  }
}
