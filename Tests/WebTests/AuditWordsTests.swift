import Foundation
import Testing

@testable import Web

@Suite struct AuditWordsTests {
  /// Whoever adds something that people can do, and that the log keeps, is told here to say it in words, too.
  @Test func whateverThisProgramWritesDownHasWords() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
    var found: Set<String> = []
    for folder in ["Web", "Live", "LoraTrain/SampleMonth"] {
      let files = try #require(
        FileManager.default.enumerator(at: sources.appendingPathComponent(folder), includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        // The first word of a call that writes down, and the other one where there is a choice; none that is put together.
        for call in text.matches(
          of:
            /(?:act|record|log|taken|welcome|deed|team)\((?:[^"()]*[,?] )?\s*"([a-z-]+(?:\.[a-z-]+)?)"(?: : "([a-z.-]+)")?/
        ) {
          found.formUnion([call.output.1, call.output.2].compactMap { $0 }.map(String.init))
        }
      }
    }
    found = found.filter { $0.contains(".") || $0.hasPrefix("sign-") }
    #expect(found.isSuperset(of: ["budget.set", "job.draft", "artifact.expire", "sign-in.fail", "suite.change"]))
    found.formUnion(JobDeed.all.map { "job.\($0.name)" })
    found.formUnion(["approval.approve", "approval.reject", "preset.accept", "preset.reject"])
    for action in found.sorted() { #expect(AuditWords.of(action) != action, "\(action)") }
  }

  @Test func whatHasNoWordsStaysAsItIs() {
    #expect(AuditWords.sentence("job.cancel", "job-7") == "Cancelled a job (job-7)")
    #expect(AuditWords.sentence("sign-out", "") == "Signed out")
    #expect(AuditWords.sentence("of.old", "x") == "of.old (x)")
  }
}
