import Foundation
import Testing

/// Every world in scenarios/ against its expected output; `UPDATE_SNAPSHOTS=1 make test` writes them anew.
@Suite struct ScenarioTests {
  static let names: [String] = {
    let folder = CommandLineTool.root.appendingPathComponent("scenarios").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  @Test func thereAreAtLeastEightWorlds() {
    #expect(Self.names.count >= 8)
  }

  /// The last bit of libm differs from machine to machine, so the digest is left out; the figures are rounded.
  @Test(arguments: names) func answersAsExpected(_ name: String) throws {
    let run = try CommandLineTool.run(["simulate", "scenarios/\(name).yaml"])
    try #require(run.code == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.filter { !$0.hasPrefix("digest ") }.joined(separator: "\n")
    let expected = CommandLineTool.root.appendingPathComponent("scenarios/expected/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: expected)
    }
    #expect(text == (try String(contentsOf: expected, encoding: .utf8)))
  }
}
