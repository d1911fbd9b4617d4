import Calibration
import Foundation
import Testing

@testable import Web

/// What only this product can have: each page says what its document says, and is as good without a script.
@Suite struct ForesightPageTests {
  private func text(_ page: String) -> String {
    page.replacing("&#39;", with: "'").replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
  }

  @Test func theForecastsFiguresAreTheAPIs() async throws {
    let office = try Office()
    let forecast = try await office.ask("GET", office.api("forecast")).value(ForecastDocument.self)
    let usual = try await office.ask("GET", office.api("forecast/what-if")).value(WhatIfDocument.self)
    let drivers = try await office.ask("GET", office.api("forecast/drivers")).value(DriversDocument.self)
    let page = text(try await office.ask("GET", "/dashboard/forecast").text)
    for figure in [
      Wording.money(forecast.month.p50), Wording.range(forecast.month.p10, forecast.month.p90),
      Wording.percent(forecast.p_over_budget ?? -1), "+" + Wording.money(usual.changes[0].more_usd),
      "± " + Wording.money(usual.changes[0].half_width_95), "10 % → 40 %", drivers.sentence, "31 % ± 5 %",
      "How often pods are lost",
    ] + drivers.parts.map({ Wording.money($0.usd) }) {
      #expect(page.contains(figure), "\(figure)")
    }
    // Asked as a form sends it, which is a link that can be shared: empty fields are none.
    let path = "?add=&add_pricing=spot&add_pairs=&slots=5&payment=&spot_rate="
    let strict = office.api("forecast/what-if?add_pricing=spot&slots=5")
    let asked = try await office.ask("GET", strict).value(WhatIfDocument.self)
    #expect(asked.changed != nil && asked.changes[0].query == "slots=5")
    let answer = text(try await office.ask("GET", "/dashboard/forecast" + path).text)
    #expect(answer.contains(asked.changes[0].sentence) && answer.contains("value=\"5\""))
    #expect(answer.contains("forecast.csv?add_pricing=spot&slots=5"))
    let csv = try await office.ask("GET", "/dashboard/forecast.csv" + path)
    #expect(csv.text == ForecastPage.csv(asked) && csv.text.contains("change,5 slots,,,,,,,,,38,4"))
  }

  @Test func aWrongChangeIsExplainedBesideItsForm() async throws {
    let office = try Office()
    for (query, word) in [
      ("slots=0", "slots is from 1 to 1,000"), ("add=fancy", "add is conservative, balanced, aggressive"),
      ("add=balanced&add_start=soon", "add start is a time such as 2026-12-01T09:00"),
      ("spot_rate=-1", "spot rate is from 0 to 1,000"), ("payment=later", "payment is on_demand"),
      ("add_pairs=1.5", "is a whole number"),
    ] {
      let problem = try await office.ask("GET", office.api("forecast/what-if?\(query)"))
      let place = String(query.split(separator: "&").last?.prefix { $0 != "=" } ?? "")
      #expect(problem.status == 400, "\(query): \(problem.text)")
      #expect(try problem.value(ProblemDocument.self).place == place, "\(query): \(problem.text)")
      let page = try await office.ask("GET", "/dashboard/forecast?\(query)")
      #expect(page.status == 400 && page.text.contains(word) && page.text.contains("<form"), "\(query)")
    }
    // A program says what it means, or is told.
    for query in ["slots=", "spot_rate=$2.99", "add=", "add_start=1795000000"] {
      #expect(try await office.ask("GET", office.api("forecast/what-if?\(query)")).status == 400, "\(query)")
    }
    for query in ["deadline_hours=0", "jobs=51", "share=20", "preset=fancy", "pairs=many"] {
      #expect(try await office.ask("GET", office.api("capacity/plan?\(query)")).status == 400, "\(query)")
      #expect(try await office.ask("GET", "/dashboard/capacity?\(query)").status == 400, "\(query)")
    }
  }

  @Test func theQuestionIsReadAsItIsMeant() throws {
    let question = try WhatIfQuestion(
      FormFields(
        text: "add=aggressive&add_pricing=on_demand&add_pairs=500&add_count=2&add_start=2026-12-01T09%3A00"
          + "&slots=4&payment=spot_then_on_demand&fallback_after=2&spot_rate=2.99"), PresetBook())
    let addition = try #require(question.addition)
    #expect(addition.count == 2 && addition.configuration.trainingPairs == 500)
    #expect(addition.configuration.preset == .aggressive && addition.configuration.pricing == .onDemand)
    #expect(addition.start.flatMap(Wording.stamp) == "2026-12-01T09:00:00Z")
    #expect(question.slots == 4 && question.payment == .spotThenOnDemand(after: 2))
    #expect(question.spotRate == 2.99 && question.onDemandRate == nil)
    // A job that is not asked for asks for nothing, whatever else stands in its fields.
    #expect(try WhatIfQuestion(FormFields(text: "add_pricing=spot&add_pairs=9&fallback_after=4"), PresetBook()).isEmpty)
  }

  @Test func capacitysFiguresAreTheAPIs() async throws {
    let office = try Office()
    let capacity = try await office.ask("GET", office.api("capacity")).value(CapacityDocument.self)
    let page = text(try await office.ask("GET", "/dashboard/capacity").text)
    for cell in capacity.cells {
      let words = "\(Wording.duration(cell.wait_mean_s)) ± \(Wording.duration(cell.wait_half_width_95))"
      #expect(page.contains(words), "\(words)")
    }
    #expect(page.contains("more than the slots can do") && page.contains("<text"))
    #expect(page.contains("1.2 a day, 8 in 10 between 0.90 and 1.5") && page.contains("3 slots (today)"))
    #expect(try await office.ask("GET", "/dashboard/capacity.csv").text == CapacityPage.csv(capacity))
    let query = "?jobs=3&preset=balanced&deadline_hours=24&share=90&budget="
    let strict = office.api("capacity/plan?jobs=3&preset=balanced&deadline_hours=24&share=90")
    let plan = try await office.ask("GET", strict).value(DeadlinePlanDocument.self)
    let found = text(try await office.ask("GET", "/dashboard/capacity\(query)").text)
    #expect(found.contains(plan.answer[0]) && found.contains("$93.00 ± $0.40") && found.contains("12 h 00 min"))
    #expect(!page.contains("Recommended") && found.contains("90 %"))
  }

  @Test func nobodyWaitsForCapacity() async throws {
    let office = try Office(limit: nil)
    office.past.keepCapacity()
    let first = try await office.ask("GET", "/dashboard/capacity")
    #expect(
      first.status == 200 && first.text.contains("Being computed")
        && first.text.contains("id=\"waits-now\" data-live=\"2\""))
    #expect(!first.text.contains("No job has come yet"))
    // What needs no waits is answered meanwhile.
    let plan = try await office.ask("GET", "/dashboard/capacity?jobs=3&preset=balanced&deadline_hours=24")
    #expect(plan.text.contains("Recommended: 1 slot, spot.") && plan.text.contains("Being computed"))
    office.past.sayCapacity()
    // A program waits for figures.
    #expect(try await !office.ask("GET", office.api("capacity")).value(CapacityDocument.self).cells.isEmpty)
    let then = try await office.ask("GET", "/dashboard/capacity").text
    #expect(then.contains("3 slots (today)") && !then.contains("Being computed"))
  }

  /// What takes long is on its way while the page is there: its place is kept, and a script asks again.
  @Test func nobodyWaitsForAPlanOrAWhatIf() async throws {
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let office = try Office(
      limit: nil, patience: .zero,
      advise: { advice in
        let own = advice.foresight
        advice.foresight = WebServer.Foresight(
          whatIf: own.whatIf, drivers: own.drivers, capacity: own.capacity,
          plan: { view, asked in
            for await _ in gate { break }
            return try await own.plan(view, asked)
          }, accuracy: own.accuracy)
      })
    let path = "/dashboard/capacity?jobs=3&preset=balanced&deadline_hours=24"
    let first = try await office.ask("GET", path)
    #expect(
      first.status == 200 && first.text.contains("Plans are being compared") && first.text.contains("skeleton plans"))
    #expect(first.text.contains("aria-busy=\"true\"") && !first.text.contains("Recommended"))
    open.finish()
    // A program waits for it.
    let plan = try await office.ask("GET", office.api("capacity/plan?jobs=3&preset=balanced&deadline_hours=24"))
      .value(DeadlinePlanDocument.self)
    #expect(plan.plans_in_all == plan.plans.count)
    while try await office.ask("GET", path).text.contains("Plans are being compared") { await Task.yield() }
    let then = try await office.ask("GET", path).text
    #expect(then.contains("Recommended: 1 slot, spot.") && !then.contains("skeleton plans"))
    // The forecast's parts come in the same way.
    _ = try await office.ask("GET", office.api("forecast/what-if"))
    _ = try await office.ask("GET", office.api("forecast/drivers"))
    while try await office.ask("GET", "/dashboard/forecast").text.contains("skeleton rows") { await Task.yield() }
  }

  @Test func whereArrivalsAreLeftOutItIsSaid() async throws {
    let office = try Office(
      limit: nil,
      advise: { advice in
        let own = advice.foresight
        advice.foresight = WebServer.Foresight(
          whatIf: own.whatIf,
          drivers: { view in
            var drivers = try await own.drivers(view)
            drivers.expects_arrivals = false
            return drivers
          }, capacity: own.capacity, plan: own.plan, accuracy: own.accuracy)
      })
    let drivers = try await office.ask("GET", office.api("forecast/drivers")).value(DriversDocument.self)
    let page = text(try await office.ask("GET", "/dashboard/forecast").text)
    #expect(!drivers.expects_arrivals && page.contains("Jobs that are still to arrive are left out"))
    #expect(!page.contains("On jobs that are still to arrive"))
    let other = text(try await Office().ask("GET", "/dashboard/forecast").text)
    #expect(other.contains("On jobs that are still to arrive") && !other.contains("are left out"))
  }

  @Test func pastEstimatesAreComputedOnceAndNobodyWaits() async throws {
    let office = try Office(limit: nil)
    office.past.hold()
    let first = try await office.ask("GET", office.api("accuracy")).value(AccuracyDocument.self)
    #expect(first.status == .computing && first.jobs.isEmpty)
    #expect(try await office.ask("GET", "/dashboard/accuracy").text.contains("Being computed"))
    office.past.release()
    var document = first
    while document.status == .computing {
      await Task.yield()
      document = try await office.ask("GET", office.api("accuracy")).value(AccuracyDocument.self)
    }
    #expect(document.status == .ready && document.is_current && office.past.count == 1)
    let page = text(try await office.ask("GET", "/dashboard/accuracy").text)
    let coverage = try #require(document.cost?.coverage)
    for one in coverage {
      #expect(page.contains("\(one.held) of \(one.of)") && page.contains(Wording.percent(one.low95)), "\(one.level)")
    }
    #expect(page.contains("off by 4.2 % in the middle case, and 6.6 % too low on average"))
    #expect(page.contains("$40.25 ($30.00–$52.50)") && page.contains("past <job> 8") && page.contains("−3 %"))
    #expect(page.components(separatedBy: "<svg").count - 1 >= 4)
    // What was projected of running jobs: by how far they had come, job by job, and in the words of story 7.1.2.
    #expect(page.contains("Projections typically ±12% accurate") && page.contains("Projections on the way"))
    #expect(page.contains("$43.16 (+4 %)") && page.contains("12 %"), "half-way, of $41.50")
    #expect(document.jobs.allSatisfy { $0.projections.map(\.share) == [0.5] } && document.projections.count == 3)
    #expect(try await office.ask("GET", "/dashboard/accuracy.csv").text == AccuracyPage.csv(document))
    // Another job, another history: what is known is still shown, and said to be old.
    office.past.hold()
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("one more")).status == 201)
    let old = try await office.ask("GET", office.api("accuracy")).value(AccuracyDocument.self)
    #expect(old.status == .ready && !old.is_current && old.history_digest == document.history_digest)
    #expect(try await office.ask("GET", "/dashboard/accuracy").text.contains("is being computed"))
    office.past.release()
    while try await !office.ask("GET", office.api("accuracy")).value(AccuracyDocument.self).is_current {
      await Task.yield()
    }
    #expect(office.past.count == 2)
  }

  @Test func aCoveragesIntervalIsWilsons() {
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, and 0 of 20.
    let many = AccuracyDocument.Quantity.Coverage(level: 0.3, held: 81, of: 263)
    #expect(abs(many.low95 - 0.2553) < 5e-5 && abs(many.high95 - 0.3662) < 5e-5)
    let none = AccuracyDocument.Quantity.Coverage(level: 0.3, held: 0, of: 20)
    #expect(none.low95 == 0 && abs(none.high95 - 0.1611) < 5e-5)
  }
}
