import Foundation
import Scenarios
import Testing

@testable import Validation

/// Answers, verdicts and what they lead to. The judge of these tests is a script, not a model.
@Suite struct JudgingTests {
  private func suite(_ n: Int = 8, kind: String = "scenarios", scales: Int = 3) throws -> Suite {
    let rubric = (0..<scales).map { "  - {id: r\($0), title: Scale \($0), question: \"Good?\"}" }.joined(
      separator: "\n")
    let items = (0..<n).map {
      "  - {id: s-\($0), category: empathy, difficulty: easy, persona: p\($0 % 2), emotional_arc: a\($0 % 3), prompt: \"Prompt \($0)\"}"
    }.joined(separator: "\n")
    let text = "version: 1\nname: t\nkind: \(kind)\nyear: 2026\nrubric:\n\(rubric)\nitems:\n\(items)\n"
    return try SuiteReader.decode(Data(text.utf8), as: .yaml, file: "t.yaml")
  }

  private func answers(_ suite: Suite) throws -> AnswerFile {
    let header = #"{"format":"lora-train-answers","version":1,"suite":"t","digest":"\#(suite.digest)","job":"job-1"}"#
    let lines = suite.items.flatMap { item in
      ModelSide.allCases.map {
        #"{"item":"\#(item.id)","model":"\#($0.rawValue)","draw":0,"answer":"\#($0.rawValue) says \#(item.id)"}"#
      }
    }
    return try AnswerFile.decode(([header] + lines).joined(separator: "\n"), file: "a.jsonl", suite: suite)
  }

  private func scores(_ suite: Suite, _ score: (Int) -> Int) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: suite.rubric.indices.map { (suite.rubric[$0].id, score($0)) })
  }

  @Test func whatIsWrongInAnAnswerFileIsNamedWithItsLine() throws {
    let suite = try suite()
    let header = #"{"format":"lora-train-answers","version":1,"suite":"t","digest":"\#(suite.digest)"}"#
    let good = #"{"item":"s-0","model":"base","answer":"x"}"#
    for (lines, line, problem) in [
      ([header, good, good], 3, "there twice"),
      ([header, good.replacingOccurrences(of: "s-0", with: "s-99")], 2, "no item s-99"),
      ([header, good, "{"], 3, "not JSON"), ([header, #"{"item":"s-0","model":"base"}"#], 2, "lacks answer"),
      ([header.replacingOccurrences(of: suite.digest, with: "0")], 1, "not to t \(suite.digest)"),
      ([header.replacingOccurrences(of: "answers", with: "verdicts")], 1, "is a file of"), ([], 1, "is empty"),
      ([header, good.replacingOccurrences(of: "base", with: "best")], 2, "model"),
    ] {
      let error = #expect(throws: InputError.self) {
        try AnswerFile.decode(lines.joined(separator: "\n"), file: "a.jsonl", suite: suite)
      }
      #expect(error?.line == line && error?.problem.contains(problem) == true, "\(String(describing: error))")
    }
  }

  @Test func aBlindSheetComesBackAsVerdicts() throws {
    let suite = try suite(40)
    let answers = try answers(suite)
    let sheet = BlindSheet(answers, suite: suite, rater: "anna")
    #expect(Set(sheet.pairs.map(\.pair.item.id)).count == 40 && sheet.pairs.map(\.number) == Array(1...40))
    // Neither the items' order nor the answers' gives anything away, and another rater sees another order.
    #expect(sheet.pairs.map(\.pair.item.id) != suite.items.map(\.id))
    #expect((8...32).contains(sheet.pairs.count { $0.first == .trained }))
    #expect(
      BlindSheet(answers, suite: suite, rater: "ben").pairs.map(\.pair.item.id) != sheet.pairs.map(\.pair.item.id))
    let columns = sheet.csv.split(separator: "\n")[0]
    #expect(!columns.contains("base") && !columns.contains("trained") && !columns.contains("item"))
    // Whoever prefers the trained model's answer gives it 5, without knowing that it is so.
    let filled = sheet.csv.split(separator: "\n").enumerated().map { row, line in
      guard row > 0 else { return String(line) }
      let first = sheet.pairs[row - 1].first == .trained ? "5,3" : "3,5"
      return line.split(separator: ",", omittingEmptySubsequences: false).prefix(4).joined(separator: ",") + ","
        + [first, first, first].joined(separator: ",") + ","
    }.joined(separator: "\n")
    let verdicts = try sheet.verdicts(ofSheet: Data(filled.utf8), file: "anna.csv")
    #expect(verdicts.count == 40 && verdicts.allSatisfy { $0.score(.trained, "r1") == 5 && $0.score(.base, "r1") == 3 })
    let spoilt = filled.replacingOccurrences(of: "5,3", with: "9,3")
    let error = #expect(throws: InputError.self) { try sheet.verdicts(ofSheet: Data(spoilt.utf8), file: "anna.csv") }
    #expect(error?.problem.contains("is “9”, not a score 1 to 5") == true)
  }

  @Test func theJudgesAnswerIsTakenOnlyWhereItKeepsToTheForm() throws {
    let suite = try suite(2)
    let judge = ModelJudge(model: "m", suite: suite)
    let request = judge.requests(try answers(suite), repeats: 2)[0]
    #expect(judge.requests(try answers(suite), repeats: 2).count == 8 && request.first == .base)
    let object = #"{"reason": "kind", "first": {"r0": 4, "r1": 3, "r2": 2}, "second": {"r0": 5, "r1": 5, "r2": 5}}"#
    for text in [object, "```json\n\(object)\n```", "Here it is: \(object)"] {
      let verdict = judge.verdict(request, said: text)
      #expect(verdict.score(.base, "r0") == 4 && verdict.score(.trained, "r2") == 5 && verdict.raw == text)
    }
    for text in [
      "no", object.replacingOccurrences(of: "5", with: "6"), object.replacingOccurrences(of: "r1", with: "r9"), "",
    ] {
      let verdict = judge.verdict(request, said: text)
      #expect(verdict.scores == nil && verdict.raw == text)
    }
    // What stands in an answer cannot pass for the judge's own words to us: it is within marks, and the name is pinned.
    #expect(judge.message(request).contains("<first_answer>\nbase says s-0\n</first_answer>"))
    #expect(judge.name.hasPrefix("model:m@") && !judge.message(request).contains("trained model"))
    let body = try JSONSerialization.jsonObject(with: try judge.body(request)) as? [String: Any]
    #expect(body?["model"] as? String == "m" && body?["temperature"] as? Double == 0)
    #expect(ModelJudge.content(Data(#"{"choices":[{"message":{"content":"hi"}}]}"#.utf8)) == "hi")
    #expect(ModelJudge.content(Data("{}".utf8)) == nil)
  }

  /// A judge with a liking for the first answer, that fails to keep to the form at first, and is stopped half way.
  @Test func judgingGoesOnWhereItStopped() async throws {
    let suite = try suite(6)
    let answers = try answers(suite)
    let judge = ModelJudge(model: "m", suite: suite)
    let calls = Counter()
    struct Stopped: Error {}
    let send: Judging.Send = { request in
      let n = await calls.next()
      if n == 0 { return "I'd rather not." }
      let (base, trained) = (3, 4)
      let first = (request.first == .base ? base : trained) + (request.number == 0 ? 1 : 0)
      let second = request.first == .base ? trained : base
      func part(_ score: Int) -> String { "{\"r0\": \(score), \"r1\": \(score), \"r2\": \(score)}" }
      return "{\"first\": \(part(first)), \"second\": \(part(second))}"
    }
    var verdicts: [Verdict] = []
    await #expect(throws: Stopped.self) {
      try await Judging(judge, atOnce: 1).run(answers, repeats: 2, send: send) {
        verdicts.append($0)
        if verdicts.count == 5 { throw Stopped() }
      }
    }
    try await Judging(judge).run(answers, repeats: 2, done: verdicts, send: send) { verdicts.append($0) }
    #expect(verdicts.count == 24 && Set(verdicts).count == 24 && verdicts.allSatisfy { $0.scores != nil })
    let file = VerdictFile(header: .init(suite: suite, prompt: judge.instructions), verdicts: verdicts)
    let again = try VerdictFile.decode(try file.text(), file: "v.jsonl", suite: suite)
    #expect(again == file)
    let document = OpenAnswers.assess(suite, answers: answers, verdicts: verdicts)
    // Half of the verdicts give the first answer a point too many; both orders together do not.
    let bias = try #require(document.judges?.position_bias)
    #expect(abs(bias - 0.5) < 1e-9, "\(bias)")
    #expect(abs(try #require(document.overall).trained - 4.25) < 1e-9 && document.regressions.isEmpty)
  }

  private actor Counter {
    private var n = -1
    func next() -> Int {
      n += 1
      return n
    }
  }

  @Test func aBetterModelPassesAndAWorseOneIsBlocked() throws {
    let suite = try suite(20)
    let answers = try answers(suite)
    func verdicts(_ change: (Int) -> Int) -> [Verdict] {
      var result: [Verdict] = []
      for (i, item) in suite.items.enumerated() {
        let up = change(i)
        for n in 0..<2 {
          let base = scores(suite) { 3 + ($0 + n) % 2 }
          let trained = scores(suite) { min(5, max(1, 3 + up + ($0 + n) % 2)) }
          for first in ModelSide.allCases {
            result.append(
              Verdict(
                item: item.id, judge: "model:m@1", first: first, repeat: n,
                scores: ["base": base, "trained": trained]))
          }
        }
      }
      return result
    }
    let better = OpenAnswers.assess(suite, answers: answers, verdicts: verdicts { $0 % 4 == 0 ? 2 : 1 })
    #expect(better.gate.verdict == .allow && better.overall?.badge?.colour == .green, "\(better.gate)")
    #expect(better.best.count == 10 && better.best[0].notes.contains("Scale 0 3.5 → "))
    #expect(better.scales.count == 3 && better.by["persona"]?.count == 2)
    let worse = OpenAnswers.assess(suite, answers: answers, verdicts: verdicts { $0 % 2 == 0 ? -2 : 1 })
    #expect(worse.gate.verdict == .block && worse.regressions.count { $0.is_counted } == 10)
    #expect(
      worse.root_causes.contains { $0.contains("10 of 10 regressions involve persona 'p0'") }, "\(worse.root_causes)")
    // Corrective actions (story 6.2.2) where something regressed, and nowhere else.
    let actions = ["Add training data for the scenarios that regressed", "Reduce the learning rate"]
    for action in actions {
      #expect(worse.recommendations.contains { $0.hasPrefix(action) }, "\(worse.recommendations)")
      #expect(!better.recommendations.contains { $0.hasPrefix(action) })
    }
    let half = OpenAnswers.assess(suite, answers: answers, verdicts: Array(verdicts { _ in 1 }.prefix(40)))
    #expect(half.gate.verdict == .review && half.gate.reasons[0] == "10 of 20 items were judged")
    #expect(OpenAnswers.assess(suite, answers: answers, verdicts: []).gate.verdict == .review)
    let rows = better.csv.split(separator: "\n")
    #expect(rows.count == 21 && rows[1].hasPrefix("s-0,empathy,easy,p0,a0,,4,3.500,"), "\(rows[1])")
    let document = try JSONDecoder().decode(ValidationDocument.self, from: try better.json())
    #expect(document == better)
  }

  @Test func raterAgreementAndTheJudgesCalibrationAreReported() throws {
    let suite = try suite(6)
    let answers = try answers(suite)
    var verdicts: [Verdict] = []
    for (i, item) in suite.items.enumerated() {
      for (judge, extra) in [("person:anna", 0), ("person:ben", 0), ("model:m@1", 1)] {
        verdicts.append(
          Verdict(
            item: item.id, judge: judge, first: i % 2 == 0 ? .base : .trained,
            scores: [
              "base": scores(suite) { _ in 1 + i % 3 + extra }, "trained": scores(suite) { _ in 2 + i % 3 + extra },
            ]))
      }
    }
    let judges = try #require(OpenAnswers.assess(suite, answers: answers, verdicts: verdicts).judges)
    #expect(judges.agreement.count == 3 && judges.agreement.allSatisfy { $0.alpha == 1 && $0.raters == 2 })
    let calibration = try #require(judges.calibration)
    #expect(
      abs(calibration.bias - 1) < 1e-9 && abs((calibration.correlation ?? 0) - 1) < 1e-9 && calibration.answers == 12)
  }

  @Test func aVoiceIsMeasuredAgainstItsThresholds() throws {
    let suite = try suite(30, kind: "voice", scales: 10)
    let answers = try answers(suite)
    let verdicts = suite.items.enumerated().map { i, item in
      Verdict(
        item: item.id, judge: "person:anna", first: i % 2 == 0 ? .base : .trained,
        scores: [
          "base": scores(suite) { _ in 3 }, "trained": scores(suite) { $0 == 9 ? 2 : (i + $0) % 3 == 0 ? 4 : 5 },
        ])
    }
    let document = OpenAnswers.assess(suite, answers: answers, verdicts: verdicts)
    #expect(document.levels.count == 11 && document.levels[10].word == "needs improvement")
    #expect(abs(document.levels[0].score - 4.4) < 1e-9 && document.levels[0].badge?.text == "✓ Strong Brand Alignment")
    #expect(abs(document.levels[0].alignment_percent - 88) < 1e-9 && (document.levels[0].chance_of_luck ?? 1) < 0.05)
    #expect(document.best.count == 5 && document.overall?.badge == nil && document.gate.verdict == .allow)
  }
}
