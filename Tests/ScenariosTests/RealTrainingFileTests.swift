import Foundation
import Scenarios
import Testing

/// The user's real files, which are not ours to commit: these tests are skipped where they are not to be found.
@Suite struct RealTrainingFileTests {
  private func path(_ name: String) -> String? {
    let path = realTrainingFiles + "/" + name
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: \(name) is not beside this checkout")
    return nil
  }

  @Test func seventyTwoConversations() throws {
    guard let path = path("72-conversations.json") else { return }
    var file = try TrainingFile.read(path: path)
    let took = try ContinuousClock().measure { file = try TrainingFile.read(path: path) }
    print("72 conversations, 4 MB: \(took)")
    // A promise about an idle machine: on a busy one it says nothing of the code.
    if ProcessInfo.processInfo.environment["MEASURE"] == "1" { #expect(took < .milliseconds(500)) }
    #expect((file.conversations, file.pairs, file.nullTargets, file.pairsWithTarget) == (72, 447, 235, 212))
    #expect(file.defects.isEmpty)
    #expect(file.warnings.isEmpty)
    #expect(file.canCreateJob)
    #expect(file.split.trainingConversations == 58)
    #expect(file.personas == ["anxious_planner": 24, "overwhelmed_avoider": 24, "pragmatic_optimist": 24])
    #expect(file.topics.count == 12)
    print("tokens a pair:", file.meanTokens, file.tokens(quantile: 0.95), file.tokens.last ?? 0)
  }

  @Test func thirtySixAreTooFewForAJob() throws {
    guard let path = path("36-conversations.json") else { return }
    let file = try TrainingFile.read(path: path)
    #expect((file.conversations, file.pairs, file.nullTargets) == (36, 211, 113))
    #expect(file.defects.isEmpty)
    #expect(file.warnings.count == 1 && file.warnings[0].hasPrefix("36 conversations are fewer than 50"))
    #expect(!file.canCreateJob)
  }

  @Test func twelveConversationsAsLines() throws {
    guard let path = path("12-conversations.jsonl") else { return }
    let file = try TrainingFile.read(path: path)
    #expect((file.conversations, file.pairs, file.nullTargets, file.format) == (12, 44, 0, .jsonl))
    #expect(file.defects.isEmpty)
    #expect(file.warnings.count == 2)
  }

  @Test func theMalformedOneSaysLine27Column34() throws {
    guard let path = path("48-conversations-malformed.json") else { return }
    expectError("malformed JSON", line: 27, column: 34) { try TrainingFile.read(path: path) }
  }
}
