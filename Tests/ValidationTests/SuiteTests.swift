import Foundation
import Scenarios
import Testing

@testable import Validation

@Suite struct SuiteTests {
  static let scenarios = """
    version: 1
    name: small
    title: A small one
    kind: scenarios
    year: 2026
    rubric:
      - {id: empathy, title: Empathy, question: "Does it?", anchors: {1: no, 5: "yes"}}
      - {id: clarity, question: "Is it clear?"}
    items:
      - id: s-1
        category: empathy
        difficulty: easy
        persona: anxious_planner
        emotional_arc: triumph
        prompt: |
          I worry.
        expects: [listens]
      - {id: s-2, category: conflict, difficulty: hard, prompt: We fight.}
    """
  static let questions = """
    id,category,difficulty,prompt,A,B,C,D,answer,why,holds_for,critical
    q-1,taxes,easy,"One, two?",1,2,3,4,B,because,2026,
    q-2,compliance,hard,Three?,1,2,3,4,C,,2025,true
    """

  private func decode(_ text: String, _ format: SuiteReader.Format = .yaml) throws -> Suite {
    try SuiteReader.decode(Data(text.utf8), as: format, file: "suite.\(format.rawValue)")
  }

  @Test func aSuiteIsReadFromAllThreeFormats() throws {
    let suite = try decode(Self.scenarios)
    #expect(suite.items.map(\.id) == ["s-1", "s-2"] && suite.kind == .scenarios && suite.year == 2026)
    #expect(suite.rubric[0].anchors == [1: "no", 5: "yes"] && suite.rubric[1].title == "clarity")
    #expect(suite.items[0].prompt == "I worry." && suite.items[0].expects == ["listens"])
    // What is exported reads back as the same, and so has the same digest.
    let again = try decode(String(decoding: try suite.json(), as: UTF8.self), .json)
    #expect(again == suite && again.digest == suite.digest)
    let questions = try decode(Self.questions, .csv)
    #expect(questions.items[0].prompt == "One, two?" && questions.items[0].answer == "B")
    #expect(!questions.items[0].isCritical && questions.items[1].isCritical && questions.year == 2026)
  }

  @Test func theDigestChangesWithAWord() throws {
    let suite = try decode(Self.scenarios)
    #expect(suite.digest.count == 16)
    let changed = try decode(Self.scenarios.replacingOccurrences(of: "I worry.", with: "I worry!"))
    #expect(changed.digest != suite.digest)
    #expect(try decode(Self.scenarios + "\n# a remark").digest == suite.digest)
  }

  /// An alias is three bytes; what it stands for is read as often as it is named.
  @Test func aliasesDoNotMultiply() throws {
    let item = "{id: a, category: c, difficulty: easy, prompt: \(String(repeating: "x", count: 100_000))}"
    let many = "version: 1\nname: n\nkind: scenarios\nyear: 2026\nrubric: [{id: e, question: q}]\nitems: [&a \(item)"
    let error = #expect(throws: InputError.self) {
      try decode(many + String(repeating: ", *a", count: 200_000) + "]")
    }
    #expect(error?.problem.contains("unfold to more than 100,000 values") == true)
    let twice = #expect(throws: InputError.self) { try decode(many + String(repeating: ", *a", count: 900) + "]") }
    #expect(twice?.problem.contains("as that of items[0]") == true)
  }

  @Test func emojiOfAnotherProgramAreRead() throws {
    let text =
      #"{"version": 1, "name": "j", "kind": "questions", "year": 2026, "items": [{"id": "a", "category": "c", "difficulty": "easy", "prompt": "\ud83d\ude00?", "options": {"A": "x", "B": "y"}, "answer": "A"}]}"#
    #expect(try decode(text, .json).items[0].prompt == "😀?")
  }

  @Test(arguments: [
    ("difficulty: easy", "difficulty: easier", 12, "items[0].difficulty is “easier”"),
    ("kind: scenarios", "kind: scenery", 4, "kind is “scenery”"),
    ("year: 2026", "year: soon", 5, "year is “soon”"),
    ("    expects: [listens]", "    expect: [listens]", 17, "unknown key items[0].expect"),
    ("id: s-2", "id: s-1", 18, "items[1].id is s-1, as that of items[0]"),
    ("id: clarity, question", "id: empathy, question", 8, "rubric[1].id is empathy"),
    ("anchors: {1: no", "anchors: {0: no", 7, "unknown key rubric[0].anchors.0"),
    ("category: conflict, ", "", 18, "items[1] lacks category"),
  ])
  func whatIsWrongIsNamedWithItsLine(_ old: String, _ new: String, _ line: Int, _ problem: String) throws {
    let text = Self.scenarios.replacingOccurrences(of: old, with: new)
    #expect(text != Self.scenarios)
    let error = #expect(throws: InputError.self) { try decode(text) }
    #expect(error?.line == line && error?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (",B,because", ",E,because", 2, "answer is “E”"),
    ("q-2,compliance", "q-1,compliance", 3, "id is q-1, as on line 2"),
    ("hard,Three", "harder,Three", 3, "difficulty is “harder”"),
    ("1,2,3,4,C", "1,2,3,1,C", 3, "options.D says the same as another option"),
    ("1,2,3,4,C", "1,,3,4,C", 3, "A, C, D"),
    ("Three?", "", 3, "lacks prompt"),
    ("holds_for", "holds_fro", 1, "unknown column holds_fro"),
    ("answer", "anser", 1, "there is no column answer"),
    ("2025,true", "2025,perhaps", 3, "critical is “perhaps”"),
  ])
  func whatIsWrongInACSVIsNamedWithItsLine(_ old: String, _ new: String, _ line: Int, _ problem: String) throws {
    let text = Self.questions.replacingOccurrences(of: old, with: new)
    #expect(text != Self.questions)
    let error = #expect(throws: InputError.self) { try decode(text, .csv) }
    #expect(error?.line == line && error?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  static let byText = """
    version: 1
    name: by-text
    kind: questions
    year: 2026
    answered_by: text
    items:
      - id: q-1
        category: general
        difficulty: easy
        prompt: Which?
        options: {A: one, B: two}
        answer: A
    """

  /// It is in the version, goes to the pod, and comes back from what is kept; what is usual changes nothing.
  @Test func aSuiteSaysHowItIsAnswered() throws {
    let suite = try decode(Self.byText)
    #expect(suite.answeredBy == .text)
    let json = try suite.json()
    #expect(String(decoding: json, as: UTF8.self).contains(#""answered_by":"text""#))
    let again = try SuiteReader.decode(json, as: .json, file: "again.json")
    #expect(again == suite && again.digest == suite.digest)
    let usual = try decode(Self.byText.replacingOccurrences(of: "answered_by: text\n", with: ""))
    let said = try decode(Self.byText.replacingOccurrences(of: "answered_by: text", with: "answered_by: letter"))
    #expect(usual.answeredBy == .letter && said == usual && said.digest == usual.digest)
    #expect(usual.digest != suite.digest)
    #expect(try !String(decoding: usual.json(), as: UTF8.self).contains("answered_by"))
  }

  @Test(arguments: [
    (byText, "answered_by: text", "answered_by: texts", 5, "answered_by is “texts”"),
    (byText, "answered_by", "answerd_by", 5, "unknown key answerd_by"),
    (byText, "B: two", "B: \" \"", 11, "items[0].options.B is"),
    (scenarios, "year: 2026", "year: 2026\nanswered_by: text", 6, "answered_by is for questions"),
  ])
  func aWrongWayOfAnsweringIsNamedWithItsLine(
    _ suite: String, _ old: String, _ new: String, _ line: Int, _ problem: String
  ) throws {
    let text = suite.replacingOccurrences(of: old, with: new)
    #expect(text != suite)
    let error = #expect(throws: InputError.self) { try decode(text) }
    #expect(error?.line == line && error?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  /// What the slow lane asks SmolLM2: a suite like any other.
  @Test func theQuestionsOfTheSlowLaneAreASuite() throws {
    let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    let suite = try SuiteReader.read(path: root.appendingPathComponent(".ci/smollm-questions.yaml").path)
    #expect(suite.items.count == 80 && suite.answeredBy == .text && suite.items.allSatisfy { $0.options.count == 4 })
    let right = Dictionary(suite.items.map { ($0.answer ?? "", 1) }, uniquingKeysWith: +)
    #expect(right == ["A": 20, "B": 20, "C": 20, "D": 20])
  }

  @Test func aVoiceHasFiveToFifteenCharacteristics() throws {
    func voice(_ n: Int) -> String {
      let scales = (0..<n).map { "  - {id: c\($0), question: \"Is it?\"}" }.joined(separator: "\n")
      return "version: 1\nname: v\nkind: voice\nyear: 2026\nrubric:\n\(scales)\nitems:\n  - {id: a, prompt: Hello}\n"
    }
    for n in [5, 15] { #expect(try decode(voice(n)).rubric.count == n) }
    for n in [4, 16] {
      let error = #expect(throws: InputError.self) { try decode(voice(n)) }
      #expect(error?.problem.contains("has \(n) characteristics, not 5 to 15") == true)
    }
  }

  private static var areShipped: Bool { ShippedSuites.names.contains("emotional-intelligence") }

  @Test(.enabled("the shipped suites are not here yet", { areShipped }))
  func theShippedSuitesHoldWhatTheStoriesCount() throws {
    let scenarios = try #require(try ShippedSuites.read("emotional-intelligence"))
    #expect(scenarios.items.count == 50 && scenarios.kind == .scenarios)
    #expect(scenarios.counts.categories == ["empathy": 15, "awareness": 15, "support": 10, "conflict": 10])
    #expect(scenarios.counts.difficulties == [.easy: 20, .medium: 20, .hard: 10])
    #expect(scenarios.items.allSatisfy { $0.persona != nil && !$0.expects.isEmpty })
    // Some conflicts follow no arc of the training files.
    #expect(scenarios.items.count { $0.emotionalArc != nil } >= 45)
    let questions = try #require(try ShippedSuites.read("financial-knowledge"))
    #expect(questions.items.count == 100 && questions.kind == .questions)
    #expect(questions.counts.categories == ["taxes": 25, "retirement": 25, "investing": 25, "insurance": 25])
    #expect(questions.counts.difficulties == [.easy: 40, .medium: 40, .hard: 20])
    #expect(questions.items.allSatisfy { $0.options.count == 4 && $0.holdsFor != nil })
    let voice = try #require(try ShippedSuites.read("elena-morales-voice"))
    #expect(voice.rubric.count == 10 && voice.items.count == 30 && voice.kind == .voice)
    for name in ShippedSuites.names { _ = try ShippedSuites.find(name) }
    #expect(throws: InputError.self) { try ShippedSuites.find("emotional-inteligence") }
  }

  /// What is kept of an uploaded CSV is its JSON: it is read back as the same suite.
  @Test func aCSVWithoutYearsIsReadBackFromItsJSON() throws {
    let csv = "id,category,difficulty,prompt,A,B,answer\nq-1,tax,easy,Which?,one,two,A\n"
    let suite = try SuiteReader.decode(Data(csv.utf8), as: .csv, file: "own.csv", name: "own")
    let again = try SuiteReader.decode(try suite.json(), as: .json, file: "own.json")
    #expect(again == suite && again.digest == suite.digest && suite.year == 0)
    let other = String(decoding: try suite.json(), as: UTF8.self).replacing("\"year\":0", with: "\"year\":7")
    #expect(throws: InputError.self) { try SuiteReader.decode(Data(other.utf8), as: .json, file: "own.json") }
  }
}
