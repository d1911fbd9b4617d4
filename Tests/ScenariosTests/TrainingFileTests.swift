import Foundation
import Testing

@testable import Scenarios

@Suite struct TrainingFileTests {
  private func read(_ text: String, name: String = "training.json") throws -> TrainingFile {
    let file = try TestFile(text, name: name)
    return try withExtendedLifetime(file) { try TrainingFile.read(path: file.path) }
  }

  @Test func countsWhatThereIs() throws {
    let file = try read(TrainingText.whole(60))
    #expect(file.format == .json)
    #expect(file.name == "small")
    #expect(file.conversations == 60)
    #expect(file.pairs == 120)
    #expect(file.pairsWithTarget == 60)
    #expect(file.nullTargets == 60)
    #expect(file.personas == ["anxious_planner": 60])
    #expect(file.emotionalArcs == ["unknown": 60])
    #expect(file.topics == ["esg": 60])
    #expect(file.quality == TrainingFile.Quality(scored: 120, mean: 3.5, least: 3, greatest: 4))
    #expect(file.humanReviewed == 60)
    #expect(file.defects.isEmpty && file.warnings.isEmpty && file.canCreateJob && file.error == nil)
    #expect(file.split.trainingConversations == 48)
    #expect(file.split.validationConversations == 12)
    #expect(file.split.trainingPairs == 48)
    // Prompt 13, history 12, input 33 (curly quotes are one character each), target 26; four messages.
    let tokens = 84 / 4.2 + 4 * 5 + 1
    #expect(file.characters == 60 * 84)
    #expect(file.tokens.allSatisfy { abs($0 - tokens) < 1e-9 })
    #expect(abs(file.split.trainingTokens - 48 * tokens) < 1e-6)
    #expect(abs(file.tokens(quantile: 0.95) - tokens) < 1e-9)
    #expect(abs(file.meanTokens(cutAt: 10) - 10) < 1e-9)
  }

  @Test func theSplitIsEightyOfAHundredConversationsWhateverTheirOrder() {
    func conversations(_ n: Int) -> [TrainingFile.Conversation] {
      (0..<n).map { TrainingFile.Conversation(id: "conversation-\($0)", pairs: 1, tokens: [Double($0)]) }
    }
    #expect(TrainingFile.split(conversations(242)).trainingConversations == 194)
    let forth = TrainingFile.split(conversations(100))
    let back = TrainingFile.split(conversations(100).reversed())
    #expect(forth.trainingTokens == back.trainingTokens)
    #expect(TrainingFile.split([]) == TrainingFile.Split())
  }

  @Test func readsLines() throws {
    let lines =
      [#"{"_meta": {"file_name": "lines", "total_pairs": 4}}"#]
      + ["a", "a", "b"].enumerated().map {
        TrainingText.pair($0 + 2, conversation: $1).replacingOccurrences(of: "\n", with: " ")
      }
    let file = try read(lines.joined(separator: "\n") + "\n", name: "x.jsonl")
    #expect(file.format == .jsonl)
    #expect(file.name == "lines")
    #expect(file.conversations == 2)
    #expect(file.pairs == 3)
    #expect(file.pairsWithTarget == 3)
    #expect(file.personas == ["anxious_planner": 2])
    #expect(file.topics == ["unknown": 2])
    #expect(file.warnings.first == "the metadata say 4 training pairs, the content has 3: the content counts")
    #expect(!file.canCreateJob)
  }

  @Test(arguments: [
    ("\"target_response\"", "\"target\"", "'target_response' is missing", 4, 1),
    ("\"You are kind.\"", "\"\"", "'system_prompt' is an empty string", 7, 18),
    ("\"You are kind.\"", "7", "'system_prompt' is a number, not a string", 7, 18),
    ("\"turn_number\": 2", "\"turn_number\": \"2\"", "'turn_number' is a string, not a number", 4, 58),
    (
      "\"content\": \"I feel lost.\"", "\"content\": \"\"", "'conversation_history[0].content' is an empty string", 7,
      99
    ),
    ("\"role\"", "\"rôle\"", "'conversation_history[0].role' is missing", 7, 60),
    ("\"conversation_history\": [", "\"conversation_history\": 3, \"x\": [", "is a number, not a list", 7, 59),
  ])
  func namesEveryDefectWithItsPlace(old: String, new: String, problem: String, line: Int, column: Int) throws {
    let broken = TrainingText.pair(2, replacing: old, with: new)
    let text = TrainingText.file(conversations: [
      TrainingText.conversation("abc", pairs: [TrainingText.pair(1), broken])
    ])
    let file = try read(text)
    let defect = try #require(file.defects.first)
    #expect(file.defectCount == 1)
    #expect(defect.problem.contains(problem), "\(defect)")
    #expect(defect.problem.hasPrefix("Conversation #1 (ID: abc), pair #2 (ID: c_turn2): field '"))
    #expect(defect.persona == "anxious_planner")
    #expect(defect.line == line + 12 && defect.column == column, "\(defect)")
    #expect(file.error?.line == defect.line)
    #expect(file.pairs == 2 && file.pairsWithTarget == 1)
    #expect(!file.canCreateJob)
  }

  @Test func aConversationWithoutItsPartsIsADefect() throws {
    let text = TrainingText.file(conversations: ["{}", "7", #"{"conversation_metadata": {}, "training_pairs": [3]}"#])
    let file = try read(text)
    #expect(
      file.defects.map(\.problem) == [
        "Conversation #1: field 'conversation_metadata' is missing",
        "Conversation #1: field 'training_pairs' is missing",
        "Conversation #2: field 'conversation' is a number, not an object",
        "Conversation #3: field 'conversation_metadata.conversation_id' is missing",
        "Conversation #3: field 'training_pairs[0]' is a number, not an object",
      ])
    #expect(file.conversations == 3)
  }

  @Test(arguments: [
    ("", "is empty", 1, 1), ("[1]", "not an object", 1, 1), ("{}", "lacks conversations", 1, 1),
    ("{\"conversations\": {}}", "not one list", 1, 2), ("{\"conversations\": [", "ends here", 1, 20),
    ("{\"conversations\": [],\n  \"x\": 1\\\\\n}", "expected “,” or “}”, found “\\”", 2, 9),
    ("{\"conversations\": [1 2]}", "expected “,” or “]”", 1, 22),
    ("{\"conversations\": []} x", "more after the end", 1, 23),
    ("{\"conversations\": [\"a\nb\"]}", "a string must end on its line", 1, 22),
    ("{\"conversations\": [\"\\x\"]}", "there is no escape", 1, 21),
    ("{\"conversations\": [01]}", "begin with 0", 1, 20),
    ("{\"conversations\": [1.]}", "expected a digit", 1, 22), ("{\"conversations\": [nul]}", "expected a value", 1, 20),
    ("{conversations: 1}", "expected a key", 1, 2), ("{\"conversations\": [\"abc]}", "never closed", 1, 20),
    ("{\"conversations\" 1}", "expected “:”", 1, 18), ("{\"conversations\": [tru", "expected a value", 1, 20),
  ])
  func malformedFilesSayWhere(text: String, problem: String, line: Int, column: Int) throws {
    let file = try TestFile(text)
    expectError(problem, line: line, column: column) { try TrainingFile.read(path: file.path) }
  }

  @Test func deepNestingIsAnErrorNotACrash() throws {
    let file = try TestFile("{\"conversations\": " + String(repeating: "[", count: 1_000_000))
    expectError("nested more than 200 deep") { try TrainingFile.read(path: file.path) }
  }

  @Test func aHugeFileIsRefusedUnread() throws {
    let file = try TestFile("{")
    let handle = try #require(FileHandle(forWritingAtPath: file.path))
    try handle.truncate(atOffset: 2_000_000_000)
    try handle.close()
    expectError("2000 MB; 1000 MB are the most") { try TrainingFile.read(path: file.path) }
  }

  @Test func aMissingFileNamesItsNeighbour() throws {
    let file = try TestFile("{}", name: "training.json")
    expectError("no such file", hint: "training.json", kind: .noInput) {
      try TrainingFile.read(path: file.path.replacingOccurrences(of: "training.json", with: "trainign.json"))
    }
  }

  @Test func manyDefectsAreCountedAndTheFirstAreKept() throws {
    let pairs = (0..<300).map { TrainingText.pair($0 + 1, target: "\"\"") }
    let file = try read(TrainingText.file(conversations: [TrainingText.conversation("a", pairs: pairs)]))
    #expect(file.defectCount == 300)
    #expect(file.defects.count == 100)
    #expect(file.error?.problem.contains("and 299 more defects") == true)
  }
}
