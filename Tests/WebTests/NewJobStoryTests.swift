import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// What the form of a new job and its review say in the stories' words: presets, kinds of GPU, warnings, the sum of it (stories 1.1.2 to 1.3.2).
@Suite struct NewJobStoryTests {
  /// The card of a choice: the others' words are not its own.
  private func card(_ value: String, _ page: String) throws -> String {
    let cards = page.components(separatedBy: "<label class=\"choice\">").dropFirst()
    let own = try #require(cards.first { $0.contains("value=\"\(value)\"") }, "\(value)")
    return own.components(separatedBy: "</label>")[0]
  }

  /// Each preset and each kind of GPU has figures of its own.
  private func priced(_ advice: inout WebServer.Advice) {
    let quote = advice.quote
    advice.rates = (2.49, 7.99)
    advice.quote = { c in
      var answer = try await quote(c)
      let base = Double(c.rank) * (c.pricing == .spot ? 1 : 3)
      answer.cost_usd = .init(p10: base, p50: base + 1, p80: base + 2, p90: base + 3)
      answer.duration_s = .init(p10: Double(c.rank) * 3_600, p50: 4e4, p80: 5e4, p90: Double(c.rank + 1) * 3_600)
      answer.p_completes = c.pricing == .spot ? 1 - Double(c.rank) / 400 : 1
      answer.reservation_usd = base + 2
      return answer
    }
  }

  @Test func presetsSayWhatTheStoriesSay() async throws {
    let office = try Office(limit: nil, advise: priced)
    let page = try await office.page("training-jobs/new")
    let expected = [
      (
        "conservative", "r=8, lr=0.0001, epochs=2, batch_size=4, gradient_accumulation_steps=1",
        "Best for high-quality seed datasets and first training runs", "Low", "8 h 00 min – 9 h 00 min",
        "$8.00–$11.00 (spot) / $24.00–$27.00 (on-demand)", "98 %"
      ),
      (
        "balanced", "r=16, lr=0.0002, epochs=3, batch_size=2, gradient_accumulation_steps=2",
        "Production-ready configuration for most use cases", "Medium", "16 h 00 min – 17 h 00 min",
        "$16.00–$19.00 (spot) / $48.00–$51.00 (on-demand)", "96 %"
      ),
      (
        "aggressive", "r=32, lr=0.0003, epochs=4, batch_size=1, gradient_accumulation_steps=4",
        "Maximum quality for complex datasets, experimentation, when quality is paramount", "Higher",
        "32 h 00 min – 33 h 00 min", "$32.00–$35.00 (spot) / $96.00–$99.00 (on-demand)", "92 %"
      ),
    ]
    for (preset, values, text, risk, duration, cost, success) in expected {
      let card = try card(preset, page)
      for part in [
        values, text, "Risk level: \(risk)", "Estimated duration: \(duration)", "Estimated cost: \(cost)",
        "Completes: \(success) on spot, based on a test",
      ] { #expect(card.contains(part), "\(preset): \(part)") }
      #expect(card.contains(" checked") == (preset == "balanced"), "the one that is chosen already")
    }
  }

  @Test func everyHyperparameterIsExplained() async throws {
    let page = try await Office(limit: nil).page("training-jobs/new")
    let names = NewJobForm.settings.map(\.name)
    #expect(Set(names).isSuperset(of: ["rank", "learning_rate", "epochs", "batch_size", "gradient_accumulation"]))
    for (name, label, help) in NewJobForm.settings {
      #expect(page.contains("aria-describedby=\"\(name)-help\"") && page.contains("<label for=\"\(name)\">\(label)<"))
      #expect(page.contains("id=\"\(name)-help\">\(help)</p>") && help.count > 15, "\(name)")
    }
  }

  @Test func kindsOfGPUSayWhatTheySaveAndPromise() async throws {
    let page = try await Office(limit: nil, advise: priced).page("training-jobs/new")
    let (spot, onDemand) = (try card("spot", page), try card("on_demand", page))
    // 1 − 2.49 ÷ 7.99.
    #expect(spot.contains("69% cheaper than on-demand, by the hour") && !onDemand.contains("cheaper"))
    #expect(spot.contains("Best for non-urgent training, cost optimization"))
    #expect(onDemand.contains("Best for client deadlines, critical deliveries"))
    #expect(onDemand.contains("No interruptions, predictable completion time") && !spot.contains("predictable"))
  }

  @Test func interruptionsOfTheLastThirtyDaysAreCounted() async throws {
    // One job of a month ago, one that was interrupted twice, one that was not, and one on demand.
    let past = Past(span: .days(32)) { days in
      try days.submit(Office.job("long ago"))
      try days.grant("a")
      try days.interrupt()
      try days.grant("b")
      try days.finish((.boot, .minutes(2)))
      try days.say(.failed(.outOfMemory))
      try days.leave()
      try days.pass(.days(30))
      try days.complete(Office.job("in one piece"), "c", training: .hours(1))
      try days.complete(Office.job("on demand", pricing: .onDemand), "d", training: .hours(1))
      try days.submit(Office.job("in three"))
      for pod in ["e", "f"] {
        try days.grant(pod)
        try days.finish((.boot, .minutes(2)))
        try days.interrupt()
      }
    }
    let page = try await Office(limit: nil, after: past).page("training-jobs/new")
    #expect(try card("spot", page).contains("50% interruption rate last 30 days (2 spot jobs of ours)"))
  }

  @Test func whatIsDearOrLongIsWarnedOf() async throws {
    let office = try Office(
      limit: nil,
      advise: { advice in
        let quote = advice.quote
        advice.quote = { c in
          var answer = try await quote(c)
          answer.duration_s.p50 = c.epochs > 3 ? 86_401 : 86_400
          answer.cost_usd.p50 = c.rank > 16 ? 100.01 : 100
          return answer
        }
      })
    func estimate(_ more: String) async throws -> String {
      let text = "preset=balanced&pricing=spot&pairs=100&tokens_per_pair=1000" + more
      return try await office.ask("POST", "/dashboard/training-jobs/estimate", bytes: Data(text.utf8)).text
    }
    let (dear, long) = ("The estimated cost exceeds $100.", "The estimated duration exceeds 24 hours.")
    for (more, isDear, isLong) in [("", false, false), ("&rank=32", true, false), ("&epochs=4", false, true)] {
      let page = try await estimate(more)
      #expect(page.contains(dear) == isDear && page.contains(long) == isLong, "\(more)")
    }
  }

  @Test func theReviewSumsItUpAndLeadsBack() async throws {
    let office = try Office(limit: 100)
    let sent = try await office.ask(
      "POST", office.api("files?name=good.json"), bytes: Data(StoryPageTests.file().utf8))
    let file = try sent.value(Catalogue.FileRecord.self)
    func send(_ path: String, _ text: String) async throws -> String {
      try await office.ask("POST", path, bytes: Data(text.utf8)).text
    }
    let fields = "training_file=\(file.id)&preset=aggressive&pricing=spot&epochs=5&name=to+be+reviewed&notes=why+not"
    let review = try await send("/dashboard/training-jobs/review", fields)
    for part in [
      "<dt>Training file</dt><dd>good.json: 60 conversations, 60 pairs",
      "<dt>Quality</dt><dd>0.65 on average, from 0.5",
      "<dt>Preset</dt><dd>Aggressive</dd>", "r=32, lr=0.0003, epochs=5, batch_size=1, gradient_accumulation_steps=4",
      "<dt>Current monthly spend</dt><dd>$0.00</dd>", "<dt>Monthly limit</dt><dd>$100.00</dd>",
      "<b>$30.00</b><span>Estimated cost, 8 in 10 between $20.00–$45.00",
      "With 0 active jobs + this new job, projected monthly spend</dt><dd>$90.00",
    ] { #expect(review.contains(part), "\(part)") }
    // Back to the form with everything that was filled in, or away.
    #expect(review.contains("formaction=\"/dashboard/training-jobs/estimate\" formnovalidate>Edit Configuration<"))
    #expect(review.contains("<a class=\"button\" href=\"/dashboard/training-jobs\">Cancel</a>"))
    let hidden = review.matches(of: #/<input type="hidden" name="([^"]+)" value="([^"]*)">/#).map {
      "\($0.output.1)=\($0.output.2.replacing(" ", with: "+"))"
    }
    let form = try await send("/dashboard/training-jobs/estimate", hidden.joined(separator: "&"))
    for part in [
      "value=\"to be reviewed\"", ">why not</textarea>", "name=\"epochs\" inputmode=\"decimal\" value=\"5\"",
      "value=\"\(file.id)\" selected", "value=\"aggressive\" checked",
    ] { #expect(form.contains(part), "\(part)") }
    #expect(try await office.ask("GET", office.api("jobs")).value(JobList.self).total == 0)
  }
}
