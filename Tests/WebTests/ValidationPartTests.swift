import Engine
import Foundation
import Journal
import Testing
import Validation

@testable import Web

/// Perplexity, questions and voices on the validation page: figures, badges in the stories' colours, and the gate beside them.
@Suite struct ValidationPartTests {
  private func page(_ document: ValidationDocument) async throws -> (office: Office, html: String) {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", office.api("jobs"), Office.job("a job"))
    #expect(try await office.ask("POST", office.api("jobs/1/validation"), document).status == 201)
    let html = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation").text
    #expect(html.contains(try #require(document.line)), "\(document.part)")
    // What stands on the page stands on paper and in the table, too.
    #expect(try await office.ask("GET", office.api("jobs/1/validation.pdf")).body.starts(with: Data("%PDF".utf8)))
    let name = document.suite?.name ?? "perplexity"
    let csv = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation.csv?part=\(name)").text
    #expect(csv == document.csv)
    return (office, html)
  }

  private static func conversations(_ fall: Double) -> [PerplexityResults.Conversation] {
    let change: Double = 10 * log(1 - fall)
    return (0..<40).map { i in
      // All fall alike but for a little, so that luck is no explanation.
      let trained: Double = 30 + change + Double(i % 2) * 0.1
      let (persona, arc) = (i % 2 == 0 ? "anxious" : "bold", i % 4 < 2 ? "calm" : "worry")
      return PerplexityResults.Conversation(
        id: "c-\(i)", persona: persona, emotional_arc: arc, topic: "tax", base_loss: 30, trained_loss: trained,
        tokens: 10)
    }
  }

  /// Story 6.1.1: green from 30 %, yellow from 20 %, red below; whether it may be delivered is the gate's word.
  @Test(arguments: [
    (0.35, "good", "✓ Production Ready", "good", "allow"), (0.25, "warn", "⚠ Acceptable Quality", "good", "allow"),
    (0.10, "bad", "✗ Below Threshold", "warn", "review"), (-0.20, "bad", "✗ Below Threshold", "bad", "block"),
  ])
  func perplexityHasTheStorysColours(
    fall: Double, colour: String, badge: String, gateColour: String, verdict: String
  ) async throws {
    let document = PerplexityResults.assess(Self.conversations(fall))
    let (office, html) = try await page(document)
    // The training report holds the final validation loss against the untrained model's (story 4.2.2).
    let (report, _) = try await office.composer().training(JobIndex(0), await office.runner.view)
    let base = log(try #require(document.overall).base)
    #expect(report.baselineLoss.map { abs($0 - base) < 1e-9 } == true)
    #expect(html.contains(#"<span class="badge \#(colour)">\#(badge)</span>"#), "\(fall)")
    #expect(html.contains(#"<span class="badge \#(gateColour)">Gate: \#(verdict)</span>"#), "\(fall)")
    // What the figure means, in the story's words.
    #expect(html.contains(PerplexityResults.interpretation(try #require(document.overall))), "\(fall)")
    // Base against trained as bars, persona against arc as a heat map, and the best and the worst of each breakdown.
    #expect(html.contains("Perplexity, baseline against trained") && html.contains("by persona and emotional arc"))
    #expect(html.contains("Persona: anxious") && html.contains("Emotional arc: worry") && html.contains("Topic: tax"))
    #expect(html.contains(">best</span>") && html.contains(">worst</span>"))
  }

  private static func questions(losing lost: Int) throws -> ValidationDocument {
    let suite = try #require(try ShippedSuites.read("financial-knowledge"))
    var lines = [#"{"format":"lora-train-answers","version":1,"suite":"\#(suite.name)","digest":"\#(suite.digest)"}"#]
    // The base knows 90 of 100; of those the first ones are lost.
    for (i, item) in suite.items.enumerated() {
      let (right, labels) = (try #require(item.answer), item.options.map(\.label))
      let wrong = try #require(labels.first { $0 != right })
      for (model, knows) in [("base", i < 90), ("trained", i >= lost && i < 90)] {
        let chosen = knows ? right : wrong
        let scores = labels.map { "\"\($0)\":\($0 == chosen ? -0.1 : -3)" }.joined(separator: ",")
        for turn in labels.indices {
          let order = Array(labels[turn...] + labels[..<turn])
          lines.append(
            #"{"item":"\#(item.id)","model":"\#(model)","order":\#(order),"answer":"\#(chosen)","scores":{\#(scores)}}"#
          )
        }
      }
    }
    let answers = try AnswerFile.decode(lines.joined(separator: "\n"), file: "a", suite: suite)
    return QuestionResults.assess(suite, answers: answers)
  }

  /// Story 6.3.1: 95 % and 90 % of what was known.
  @Test(arguments: [
    (2, "good", "✓ Passed", "good", "allow"), (7, "warn", "⚠ Warning", "warn", "review"),
    (20, "bad", "✗ Failed", "bad", "block"),
  ])
  func questionsShowWhatIsKept(
    lost: Int, colour: String, badge: String, gateColour: String, verdict: String
  ) async throws {
    let document = try Self.questions(losing: lost)
    let (_, html) = try await page(document)
    let all = document.retention[0]
    #expect(all.base_correct == 90 && all.trained_correct == 90 - lost)
    #expect(
      html.contains("All questions") && html.contains(">90 of 100</td>") && html.contains(">\(90 - lost) of 100</td>"))
    #expect(html.contains(String(format: "%.1f %% kept", 100 * Double(90 - lost) / 90)))
    for category in ["Insurance", "Investing", "Retirement", "Taxes"] { #expect(html.contains(category)) }
    #expect(html.contains(#"<span class="badge \#(colour)">\#(badge)</span>"#))
    #expect(html.contains(#"<span class="badge \#(gateColour)">Gate: \#(verdict)</span>"#))
    // Each question that was lost, on the page; and how likely as many are by luck.
    for question in all.lost { #expect(html.contains(question), "\(question)") }
    #expect(all.lost.count == lost && html.contains("Chance of as many losses in a model that forgot nothing"))
    #expect((lost > 4) == html.contains("Recommendations"), "a lower learning rate only where something was lost")
    for one in document.recommendations { #expect(html.contains(Markdown.escaped(one))) }
  }

  private static func voice(_ trained: Int, humour: Int) throws -> ValidationDocument {
    let (suite, new) = try RatingTests.answers("elena-morales-voice")
    let verdicts = suite.items.enumerated().map { i, item in
      var scores = [
        "base": Dictionary(uniqueKeysWithValues: suite.rubric.map { ($0.id, 2 + i % 2) }),
        "trained": Dictionary(uniqueKeysWithValues: suite.rubric.map { ($0.id, trained) }),
      ]
      scores["trained"]?[suite.rubric[8].id] = humour
      return Verdict(item: item.id, judge: "person:anna", first: i % 2 == 0 ? .base : .trained, scores: scores)
    }
    let answers = try AnswerFile.decode(new.answers, file: "a", suite: suite)
    return OpenAnswers.assess(suite, answers: answers, verdicts: verdicts)
  }

  /// Story 6.4.1: every characteristic, its word, a flag below 3, and five examples.
  @Test func aVoiceShowsEveryCharacteristic() async throws {
    let document = try Self.voice(5, humour: 2)
    let (_, html) = try await page(document)
    #expect(document.levels.count == 11)
    for level in document.levels.dropFirst() {
      #expect(html.contains(Markdown.escaped(level.title)), "\(level.title)")
    }
    #expect(html.contains(#"<span class="badge good">✓ Excellent Brand Alignment</span>"#))
    #expect(html.contains("needs improvement") && html.contains(">excellent</"))
    #expect(html.contains("Before and after") && document.best.count >= 5)
    let weak = try await page(try Self.voice(3, humour: 3)).html
    #expect(weak.contains(#"<span class="badge bad">✗ Needs Improvement</span>"#))
  }
}
