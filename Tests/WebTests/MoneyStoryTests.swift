import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// What pages say of money in the stories' words: what a job has cost and will cost, the budget that is nearly used, pricing (stories 1.2.2, 7.1 and 7.2.2).
@Suite struct MoneyStoryTests {
  /// Four hours of a pod at $2.49 an hour, in a budget of any 30 days: no month turns in it.
  private func spending(
    _ limit: Double, quote: Double = 30, isOver: Bool = true, advise: (inout WebServer.Advice) -> Void = { _ in }
  ) throws -> Office {
    let past = Past(span: .hours(4)) { days in
      try days.submit(Office.job("dear"), quote: quote)
      try days.grant("a")
      try days.finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)), (.modelLoading, .minutes(12)))
      try days.pass(.hours(4) - .minutes(17))
      try days.save(step: 60)
      guard isOver else { return }
      try days.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
      try days.leave()
    }
    return try Office(limit: limit, after: past, advise: advise) { $0.budgetPeriod = .rolling30Days }
  }

  @Test func aBudgetThatIsNearlyUsedIsSaidOnEveryPageAndInEveryEstimate() async throws {
    for (limit, banner, warns) in [
      (12.40, "You&#39;ve used 80% of monthly training budget ($9.96 of $12.40)", true),
      (10.40, "You&#39;ve used 95% of monthly training budget ($9.96 of $10.40)", true),
      (9.90, "Monthly training budget exceeded ($9.96 of $9.90)", true), (12.60, "monthly training budget (", false),
    ] {
      let office = try spending(limit)
      for path in ["training-jobs", "training-jobs/job-1", "help/estimates", "team"] {
        #expect(try await office.page(path).contains(banner) == warns, "\(path), \(limit)")
      }
      let quote = try await office.ask("POST", office.api("quotes"), Office.job("next")).value(QuoteDocument.self)
      let share = Int(9.96 / limit * 100)
      let words = "You're at \(share)% of monthly budget ($9.96 of \(Wording.money(limit)))."
      #expect(quote.warnings.contains(words) == warns, "\(quote.warnings)")
    }
  }

  @Test func spendIsGreenYellowOrRedAgainstItsEstimate() async throws {
    // $9.96: of 12.60, 79 %; of 12.40, 80 %; of 9.97, 99.9 %; of 9.90 more than all of it.
    for (quote, kind) in [(12.60, "good"), (12.40, "warn"), (9.97, "warn"), (9.90, "bad")] {
      let page = try await spending(100, quote: quote).page("training-jobs/job-1")
      #expect(page.contains("<progress class=\"\(kind)\" max=\"100\""), "\(quote)")
      #expect(
        page.contains("<b>$9.96</b><span>Current spend: \(Wording.per(9.96 / quote)) of the estimate"), "\(quote)")
      // The part of the page that is fetched anew, four times a minute.
      let live = try #require(page.components(separatedBy: "<div id=\"live\" data-live=\"15\"").last)
      #expect(live.contains("Cost tracker"))
    }
  }

  @Test func whatIsStillToComeIsProjectedInTheStorysWords() async throws {
    @Sendable func projection(_ middle: Double) -> ForecastDocument.Projection {
      .init(
        cost_usd: Band(p10: 20, p50: middle, p90: 90),
        remaining_s: Band(p10: 7.1 * 3_600, p50: 8.2 * 3_600, p90: 10 * 3_600), wait_s: nil)
    }
    let office = try spending(
      100, isOver: false,
      advise: { advice in
        let forecast = advice.forecast
        advice.forecast = { view in
          var document = try await forecast(view)
          document.jobs["job-1"] = projection(38)
          return document
        }
      })
    // Estimated at $30, 8 in 10 between 24 and 36.
    let view = await office.runner.view
    let record = try office.runner.catalogue.record(of: "job-1")
    for (cost, verdict) in [
      (24.0, "On track, continue monitoring"), (35.9, "On track, continue monitoring"),
      (36.1, "Consider cancelling and retrying with more efficient configuration"),
    ] { #expect(CostCard(JobDocument(view, JobIndex(0)), record, projection(cost)).verdict == verdict, "\(cost)") }
    let page = try await office.page("training-jobs/job-1")
    for part in [
      "At current rate, job will complete in 8.2 hours",
      "<dt>Estimated remaining</dt><dd>8 h 12 min, 8 in 10 between 7 h 06 min and 10 h 00 min</dd>",
      "<dt>Projected final cost</dt><dd><b>$38.00</b>", "best case $20.00, worst case $90.00; 8 in 10 end between",
      "<p>Consider cancelling and retrying with more efficient configuration</p>",
    ] { #expect(page.contains(part), "\(part)") }
    let end = try #require(page.firstMatch(of: #/<dt>Expected completion<\/dt><dd><time datetime="([^"]+)"/#)?.output.1)
    let expected = await office.runner.view.at + Span(seconds: 8.2 * 3_600)
    let told = try #require(try? Date(String(end), strategy: .iso8601)).timeIntervalSince1970
    #expect(abs(told - Double(expected.microseconds) / 1e6) < 60)
  }

  @Test func pricingIsToldFromWhatTrainingCosts() async throws {
    let past = Past(span: .hours(12)) { days in
      for (client, id, hours) in [("Acme", "a", 5.0), ("Acme", "b", 1), ("Bolt", "c", 3)] {
        var job = Office.job("for \(client)")
        (job.client, job.project) = (client, "Q1")
        try days.complete(job, id, training: Span(seconds: hours * 3_600))
      }
    }
    let office = try Office(limit: nil, after: past)
    for (client, revenue) in [("Acme", 25_000.0), ("Bolt", 3_000)] {
      let account = NewProjectAccount(client: client, project: "Q1", revenue_usd: revenue, other_costs_usd: 2_000)
      #expect(try await office.ask("PUT", office.api("attribution"), account).status == 200)
    }
    // (6 h + 2 × 23 min and 3 h 23 min) at $2.49 an hour, over two clients.
    let mean = (9 + 3 * 23.0 / 60) * 2.49 / 2
    let page = try await office.page("attribution")
    for part in [
      "<dt>Average training cost per client</dt><dd>\(Wording.money(mean))</dd>",
      "<dt>Recommended pricing</dt><dd>$15,000–30,000 (\(Wording.group(Int(15_000 / mean)))–\(Wording.group(Int(30_000 / mean)))× training cost)</dd>",
      "<dt>Current margin</dt><dd>33%–92% of the revenue, by project</dd>",
    ] { #expect(page.contains(part), "\(part)") }
  }
}
