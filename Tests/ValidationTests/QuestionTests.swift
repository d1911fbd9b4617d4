import Foundation
import Scenarios
import Testing

@testable import Validation

@Suite struct QuestionTests {
  private func suite(_ n: Int, critical: Set<Int> = []) throws -> Suite {
    let rows = (0..<n).map {
      "q-\($0),\($0 % 2 == 0 ? "taxes" : "insurance"),easy,Question \($0)?,a,b,c,d,\(["A", "B", "C", "D"][$0 % 4]),\(critical.contains($0) ? "true" : "")"
    }
    let text = (["id,category,difficulty,prompt,A,B,C,D,answer,critical"] + rows).joined(separator: "\n")
    return try SuiteReader.decode(Data(text.utf8), as: .csv, file: "q.csv")
  }

  /// One answer for each question: right for those named.
  private func answers(_ suite: Suite, base: Set<Int>, trained: Set<Int>) -> AnswerFile {
    let header = AnswerFile.Header(format: AnswerFile.format, version: 1, suite: suite.name, digest: suite.digest)
    return AnswerFile(
      header: header,
      answers: suite.items.enumerated().flatMap { i, item in
        [(ModelSide.base, base), (.trained, trained)].map { side, right in
          let wrong = item.options.map(\.label).first { $0 != item.answer } ?? ""
          return Answer(item: item.id, model: side, answer: right.contains(i) ? item.answer ?? "" : wrong)
        }
      })
  }

  /// The story's own: 87 and 85 of 100 right are 98 % retention, and pass.
  @Test func retentionIsTheStorys() throws {
    let suite = try suite(100)
    let document = QuestionResults.assess(suite, answers: answers(suite, base: Set(0..<87), trained: Set(2..<87)))
    let all = document.retention[0]
    #expect(all.base_correct == 87 && all.trained_correct == 85 && all.badge?.text == "✓ Passed")
    #expect(abs((all.retention_percent ?? 0) - 97.701) < 0.001 && document.gate.verdict == .allow)
    #expect(all.lost == ["q-0", "q-1"] && document.recommendations.isEmpty)
    #expect(document.retention.count == 3 && document.table.count == 101)
    // Two lost, none gained: a quarter.
    #expect(all.chance_of_luck == 0.25)
  }

  @Test func forgettingIsBlockedAndExplained() throws {
    let suite = try suite(100)
    let document = QuestionResults.assess(
      suite, answers: answers(suite, base: Set(0..<80), trained: Set((0..<80).filter { $0 % 2 == 1 || $0 > 20 })))
    #expect(document.gate.verdict == .block && document.retention[0].lost.count == 11)
    #expect(document.root_causes.contains { $0.contains("11 of 11 lost questions involve category 'taxes'") })
    #expect(document.recommendations[0] == "Retrain with a lower learning rate to prevent overfitting")
    #expect(document.recommendations[1].hasPrefix("11 taxes questions regressed"))
  }

  @Test func nothingCriticalMayBeLost() throws {
    let suite = try suite(60, critical: [5])
    let lost = QuestionResults.assess(
      suite, answers: answers(suite, base: Set(0..<60), trained: Set((0..<60).filter { $0 != 5 })))
    #expect(lost.gate.verdict == .block && lost.gate.reasons[0].contains("q-5"))
    let other = QuestionResults.assess(
      suite, answers: answers(suite, base: Set(0..<60), trained: Set((0..<60).filter { $0 != 6 })))
    #expect(other.gate.verdict == .allow)
  }

  @Test func aBaseThatGuessesIsSaidToSayNothing() throws {
    let suite = try suite(100)
    let document = QuestionResults.assess(suite, answers: answers(suite, base: Set(0..<27), trained: Set(0..<27)))
    #expect(document.warnings.contains { $0.contains("which guessing gives as well") })
    let known = QuestionResults.assess(suite, answers: answers(suite, base: Set(0..<80), trained: Set(0..<80)))
    #expect(known.warnings.isEmpty)
  }

  /// A liking for the letter A moves every order's choice, but not their sum.
  @Test func aQuestionsChoiceIsThatOfAllOrders() throws {
    let suite = try suite(1)
    let labels = ["A", "B", "C", "D"]
    let orders = (0..<4).map { Array(labels[$0...] + labels[..<$0]) }
    let answers = orders.map { order in
      var scores: [String: Double] = [:]
      for (place, label) in order.enumerated() { scores[label] = (place == 0 ? 3 : 0) + (label == "C" ? 1 : 0) }
      return Answer(item: "q-0", model: .base, order: order, answer: order[0], scores: scores)
    }
    let header = AnswerFile.Header(format: AnswerFile.format, version: 1, suite: suite.name, digest: suite.digest)
    #expect(AnswerFile(header: header, answers: answers).choice("q-0", .base) == "C")
    let plain = answers.map { Answer(item: $0.item, model: .base, order: $0.order, answer: $0.answer) }
    #expect(AnswerFile(header: header, answers: plain).choice("q-0", .base) == nil)
  }

  /// By text an option has no place: one answer of each model is all there is, and one with an order is not to this suite.
  @Test func byTextOneAnswerOfEachModelIsTheChoice() throws {
    var suite = try suite(4)
    suite.answeredBy = .text
    #expect(suite.passes == 2 * 4 * (4 + 1))
    let header = #"{"format":"lora-train-answers","version":1,"suite":"questions","digest":"\#(suite.digest)"}"#
    func line(_ item: Int, _ side: ModelSide, _ best: String, _ more: String = "") -> String {
      let scores = ["A", "B", "C", "D"].map { "\"\($0)\":\($0 == best ? -0.25 : -1.5)" }.joined(separator: ",")
      return
        #"{"item":"q-\#(item)","model":"\#(side.rawValue)",\#(more)"answer":"\#(best)","scores":{\#(scores)}}"#
    }
    func read(_ lines: [String]) throws -> AnswerFile {
      try AnswerFile.decode(([header] + lines).joined(separator: "\n"), file: "answers", suite: suite)
    }
    let right = ["A", "B", "C", "D"]
    let lines = (0..<4).flatMap { [line($0, .base, right[$0]), line($0, .trained, $0 == 3 ? "A" : right[$0])] }
    let answers = try read(lines)
    #expect(answers.unanswered(suite) == [] && answers.choice("q-3", .trained) == "A")
    let document = QuestionResults.assess(suite, answers: answers)
    #expect(document.retention[0].base_correct == 4 && document.retention[0].lost == ["q-3"])
    #expect(document.gate.verdict == .block && document.method.hasSuffix("likeliest after the question, a byte."))
    #expect(try read(Array(lines.dropLast())).unanswered(suite) == ["q-3"])
    let error = #expect(throws: InputError.self) {
      try read([line(0, .base, "A", #""order":["A","B","C","D"],"#)])
    }
    #expect(error?.line == 2 && error?.problem.contains("by text no options are shown") == true)
  }

  /// A pod whose time was over has left some out, and one in the middle: none of them counts, each is named, and a person looks at it.
  @Test func whatWasNotAnsweredIsNamedAndNotPassed() throws {
    let suite = try suite(20)
    let labels = ["A", "B", "C", "D"]
    let orders = (0..<4).map { Array(labels[$0...] + labels[..<$0]) }
    let all = suite.items.flatMap { item in
      ModelSide.allCases.flatMap { side in
        orders.map { Answer(item: item.id, model: side, order: $0, answer: item.answer ?? "") }
      }
    }
    let header = AnswerFile.Header(format: AnswerFile.format, version: 1, suite: suite.name, digest: suite.digest)
    let whole = AnswerFile(header: header, answers: all)
    #expect(whole.unanswered(suite) == [] && QuestionResults.assess(suite, answers: whole).gate.verdict == .allow)
    // 17 questions, and of the next one both models' answers but the trained model's last.
    let part = AnswerFile(header: header, answers: Array(all.prefix(17 * 8 + 7)))
    #expect(part.unanswered(suite) == ["q-17", "q-18", "q-19"])
    let document = QuestionResults.assess(suite, answers: part)
    #expect(document.items == 17 && document.items_expected == 20 && document.gate.verdict == .review)
    #expect(document.warnings.contains { $0.hasPrefix("3 of 20 items were") && $0.hasSuffix(": q-17, q-18, q-19") })
    // Nothing at all is no pass either.
    let none = QuestionResults.assess(suite, answers: AnswerFile(header: header, answers: []))
    #expect(none.items == 0 && none.gate.verdict != .allow)
  }

  @Test func bothModelsAnswerEveryOrderAndEveryToken() throws {
    #expect(try suite(20).passes == 2 * 20 * 4)
    let open = try ShippedSuites.read("emotional-intelligence")
    #expect(open?.passes == 2 * 50 * Suite.longestAnswer)
  }

  @Test func perplexityIsJudgedFromTheLossesOfConversations() throws {
    let rows = (0..<48).map { i in
      PerplexityResults.Conversation(
        id: "c\(i)", persona: ["anxious", "skeptic"][i % 2], emotional_arc: "arc\(i % 12)", topic: "t",
        base_loss: 320 + Double(i % 7), trained_loss: 280 + Double(i % 5), tokens: 100)
    }
    let document = PerplexityResults.assess(rows)
    let overall = try #require(document.overall)
    #expect(overall.badge?.text == "✓ Production Ready" && document.gate.verdict == .allow)
    #expect(
      overall.interval_percent?.contains(overall.improvement_percent) == true && overall.chance_of_luck == 1.0 / 5_000)
    #expect(
      PerplexityResults.interpretation(overall).hasSuffix(
        "% lower perplexity indicates significantly better prediction quality"))
    #expect(
      document.recommendations.contains {
        $0.hasPrefix("Add 5+ more 'anxious + arc0' conversations for better coverage")
      })
    // A badge that is withheld says why: what was measured lies above the threshold.
    var lucky = overall
    (lucky.improvement_percent, lucky.badge, lucky.note) = (35, Badge.perplexity.lowest, "a badge is withheld: 1 in 8")
    let gate = DeliveryGate.perplexity(lucky)
    #expect(gate.verdict == .review && gate.reasons[0].contains("withheld: 1 in 8"))
    #expect(!gate.reasons[0].contains("below 20 %"))
    lucky.improvement_percent = 12
    #expect(DeliveryGate.perplexity(lucky).reasons[0].contains("below 20 %: needs a retry"))
    let worse = rows.map { row in
      PerplexityResults.Conversation(
        id: row.id, base_loss: row.trained_loss, trained_loss: row.base_loss, tokens: row.tokens)
    }
    #expect(PerplexityResults.assess(worse).gate.verdict == .block)
    let same = rows.map {
      PerplexityResults.Conversation(id: $0.id, base_loss: 300, trained_loss: 300, tokens: $0.tokens)
    }
    #expect(PerplexityResults.assess(same).gate.verdict == .review)
    #expect(document.csv.split(separator: "\n").count == document.table.count)
  }
}
