import Calibration
import DiscreteEvent
import Foundation
import Journal
import Live
import Reports
import Testing

@testable import Engine
@testable import Web

extension Office {
  /// Reports of its store, with rates that somebody has said.
  func composer() -> ReportComposer {
    var advice = WebServer.Advice(
      quote: { _ in throw Problem(.notFound, "") }, forecast: { _ in throw Problem(.notFound, "") },
      foresight: .paper(PaperPast()))
    advice.rates = (2.49, 7.99)
    return ReportComposer(
      runner: runner, storePath: folder.appendingPathComponent("store").path, advice: advice,
      curves: CurveShelf(runner.catalogue), branding: .plain)
  }
}

/// What pages say of money: each figure once, of one period, and the same on paper.
@Suite struct MoneyPageTests {
  @Test func theSavingsCardIsItsPaper() async throws {
    let office = try Office(limit: nil, pods: .always)
    for number in UInt32(1)...3 { try await office.complete(number, Office.job("job \(number)")) }
    var view = await office.runner.view
    view.fleet.jobs.own()
    for i in 0..<3 {
      var job = view.fleet.jobs[i]
      job.costs.work = Int64(10 + i) * 1_000_000_000
      (job.costs.recovery, job.costs.idle, job.costs.storage) = (1_000_000_000, 500_000_000, 70_000_000)
      job.billed = .hours(4)
      view.fleet.jobs[i] = job
    }
    // One went on on demand; another ended before the period.
    view.fleet.jobs[1].pricing = .onDemand
    view.fleet.jobs[2].ended = view.at - .days(31)
    let card = SpotSavings(view, rates: (2.49, 7.99))
    #expect(card.rows.map(\.id).sorted() == ["job-1", "job-2"])
    let query = try #require(URLComponents(string: card.pdfPath)?.queryItems)
    func item(_ name: String) -> String? { query.first { $0.name == name }?.value }
    let (report, _) = try office.composer().cost(view, from: item("from"), until: item("until"))
    let paper = report.savingsFacts + report.impactFacts + report.returnFacts
    #expect(card.facts.dropLast().map(\.label) == paper.map(\.name))
    #expect(card.facts.dropLast().map(\.value) == paper.map(\.value))
    let labels = Set(card.facts.map(\.label))
    #expect(labels.isSuperset(of: ["Total savings", "Interruption cost overhead", "Net savings after overhead"]))
    #expect(Set(card.rows.map(\.saved)) == Set(report.printedJobs.map(\.saved)))
    // The paper of the same address, without rates: its times can be read.
    #expect(try await office.ask("GET", card.pdfPath).status == 409)
  }

  @Test func whatItsAllocationBlocksIsToldSo() async throws {
    let office = try Office(limit: 4_000)
    func send(_ path: String, _ text: String) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/\(path)", bytes: Data(text.utf8))
    }
    let part = "name=Part&limit=50&clients=Acme&justification=as+agreed"
    #expect(try await send("training-budget/allocations", part).status == 303)
    var job = Office.job("of Acme")
    job.client = "Acme"
    for _ in 0..<2 { #expect(try await office.ask("POST", office.api("jobs"), job).status == 201) }
    let fields = "preset=balanced&pricing=spot&pairs=100&tokens_per_pair=1000&name=third&client=Acme"
    let review = try await send("training-jobs/review", fields).text
    #expect(review.contains("exceeds what is left of the allocation Part ($10.00 of $50.00)"))
    #expect(!review.contains("exceeds remaining monthly budget") && !review.contains("training-budget#ask"))
    #expect(review.contains("href=\"/dashboard/training-budget#allocations\""))
    let page = try await office.page("training-jobs/job-2")
    #expect(page.contains("Blocked by the allocation") && page.contains("allocation Part ($10.00 of $50.00)"))
    #expect(
      !page.contains("Ask for a higher limit") && page.contains("href=\"/dashboard/training-budget#allocations\""))
  }

  @Test func noMarginIsToldBesideAPartOfTheJobs() async throws {
    let office = try Office(limit: nil, pods: .always)
    var job = Office.job("of Acme")
    (job.client, job.project) = ("Acme", "Q1")
    try await office.complete(1, job)
    let account = NewProjectAccount(client: "Acme", project: "Q1", revenue_usd: 25_000, other_costs_usd: 2_000)
    #expect(try await office.ask("PUT", office.api("attribution"), account).status == 200)
    let whole = try await office.ask("GET", office.api("attribution")).value(AttributionDocument.self).rows
    #expect(whole.first?.margin != nil)
    let part = try await office.ask("GET", office.api("attribution?from=2020-01-01")).value(AttributionDocument.self)
      .rows
    #expect(part.first?.revenue_usd == 25_000 && part.first?.profit_usd == nil && part.first?.margin == nil)
    let page = try await office.page("attribution?from=2020-01-01")
    #expect(page.contains("no profit is told") && !page.contains("Current margin"))
    #expect(try await office.page("attribution").contains("Current margin"))
  }

  @Test func jobsCountInThePeriodInWhichTheyCost() async throws {
    let office = try Office(limit: 100, pods: .always)
    try await office.complete(1, Office.job("one"))
    try await office.complete(2, Office.job("two"))
    var view = await office.runner.view
    let posted = try office.runner.catalogue.spendingByJob(after: BudgetMonths.start(of: view))
    #expect(posted.count == 2 && posted.values.reduce(0, +) == view.fleet.spent(at: view.at))
    #expect(try BudgetPage(view, office.runner.catalogue, nil, rates: nil).jobs.count == 2)
    // The next month has begun: what they cost before is no part of it.
    view.at = view.at + .seconds(1)
    view.fleet.budget.boundaries = [view.at]
    let next = try BudgetPage(view, office.runner.catalogue, nil, rates: nil)
    #expect(next.jobs.isEmpty && next.cards[3].figure == Wording.nothing)
    // A rolling window's edge within a charge leaves its share of the time.
    let job = view.fleet.jobs[0]
    let edge = job.lease.granted + Span(microseconds: (job.ended - job.lease.granted).microseconds / 2)
    let part = try office.runner.catalogue.spendingByJob(after: edge)["job-1"] ?? 0
    #expect(part > 0 && part < posted["job-1"] ?? 0)
    let later = try office.runner.catalogue.spendingByJob(after: view.at)
    #expect(later.isEmpty)
  }

  @Test func aRollingBudgetIsNoMonth() async throws {
    let office = try Office(limit: 65, pods: .never, { $0.budgetPeriod = .rolling30Days })
    let rolling = try await office.page("training-budget")
    #expect(rolling.contains("Spending of the last 30 days") && rolling.contains("Jobs of the last 30 days"))
    #expect(!rolling.contains("The running month ends") && !rolling.contains("Projected to exceed budget"))
    #expect(!rolling.contains("Chance to exceed the budget"))
    // The same forecast, $50 to $70, held against a month's limit.
    let month = try await Office(limit: 65).page("training-budget")
    #expect(month.contains("Monthly Spending") && month.contains("Projected to exceed budget by up to $5.00"))
  }

  @Test func activeJobsAreSummedAndTheZoneBeginsBeforeTheLimit() async throws {
    let office = try Office(limit: 500, pods: .always)
    for name in ["one", "two"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    let view = await office.runner.view
    let projection = ForecastDocument.Projection(
      cost_usd: Band(p10: 20, p50: 30, p90: 50), remaining_s: nil, wait_s: nil)
    let running = view.fleet.slots.filter { $0 != .none }
    var forecast = ForecastDocument(
      at: "", month: Band(p10: 50, p50: 60, p90: 70), p_over_budget: 0, futures: 1, milliseconds: 0, jobs: [:])
    #expect(BudgetPage.outlook(forecast, view) == nil)
    for job in running { forecast.jobs["job-\(job.rawValue + 1)"] = projection }
    let sum = try #require(BudgetPage.outlook(forecast, view))
    let n = Double(running.count)
    #expect(n > 0 && abs(sum.low - 20 * n) < 0.01 && abs(sum.high - 50 * n) < 0.01)
    let page = try BudgetPage(view, office.runner.catalogue, forecast, rates: nil)
    let active = try #require(page.forecast.first { $0.label.hasPrefix("Active jobs") })
    #expect(active.value.hasPrefix(Wording.range(sum.low, sum.high)))
    let days = (1...3).map {
      ForecastDocument.Day(date: "2026-11-0\($0)", isPast: $0 < 2, p10: 10, p50: 20, p90: 30)
    }
    let chart = try #require(FanChart.svg(days, now: nil, limit: 25))
    #expect(chart.contains("Approaching the budget") && chart.contains("Over budget"))
  }

  /// The line of what is spent ends where it stands now, not at midnight; and the words beside the limit do not lie on each other.
  @Test func theMonthsChartEndsNow() throws {
    let days = (1...6).map {
      ForecastDocument.Day(date: "2026-11-0\($0)", isPast: $0 < 4, p10: 100, p50: 200, p90: 300)
    }
    let noon = Instant(microseconds: 1_793_793_600_000_000)  // 2026-11-04T12:00:00Z
    let chart = try #require(FanChart.svg(days, now: (noon, 269.96), limit: 800))
    #expect(chart.contains("$269.96"))
    #expect(try #require(FanChart.svg(days, now: nil, limit: 800)).contains("$200"))
    func place(_ words: String) throws -> (x: Double, y: Double) {
      let text = try #require(
        chart.firstMatch(of: try Regex("<text[^>]* x=\"([0-9.]+)\" y=\"([0-9.]+)\"[^>]*>\(words)")), "\(chart)")
      return (Double(text[1].substring ?? "") ?? -1, Double(text[2].substring ?? "") ?? -1)
    }
    let (budget, over) = (try place("Budget"), try place("Over budget"))
    #expect(abs(budget.y - over.y) > 12 || abs(budget.x - over.x) > 300, "\(budget) and \(over)")
  }

  @Test func theMonthWithThisJobIsSimulated() async throws {
    let office = try Office(limit: 100)
    let page = try await office.page("training-jobs/new")
    #expect(page.contains("$90.00, 8 in 10 between \(Wording.range(60, 110)) (400 simulated futures, a test)"))
  }

  /// The same figures before it is cancelled, in a channel and on its page.
  @Test func progressIsTheSameEverywhere() async throws {
    let office = try Office(limit: nil, pods: .always)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("one")).status == 201)
    try office.runner.catalogue.record([
      .init(job: JobIndex(0), metrics: [.init(step: 20, at: 0)], message: nil, at: .distantPast)
    ])
    let document = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    let metric = try #require(try office.runner.catalogue.lastMetrics(of: JobIndex(0), count: 1).first)
    let label = "\(20 * 100 / document.steps)% complete (Step 20 of \(document.steps))"
    for path in ["training-jobs/job-1", "training-jobs/job-1/cancel"] {
      #expect(try await office.page(path).contains(label), "\(path)")
    }
    #expect(ShareDeeds.progress(document, metric) == "\(20 * 100 / document.steps)% complete")
  }

  @Test func aCancelledJobIsNoFailure() {
    func rate(_ phases: [Phase]) -> Double? {
      var tally = JobTally()
      for phase in phases {
        tally.add(
          Job(spec: JobSpec(ordinal: 0, pricing: .spot, steps: 1, reservation: 0), phase: phase, at: .zero), nil)
      }
      return tally.figures.success_rate
    }
    #expect(rate([.completed, .failed, .cancelled, .cancelled, .completed, .completed]) == 0.75)
    #expect(rate([.cancelled]) == nil)
  }

  @Test func tablesHoldDurationsAndLaterNotes() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("one"))
    struct Note: Encodable { var text = "learnt a lot" }
    #expect(try await office.ask("POST", office.api("jobs/1/notes"), Note()).status == 201)
    let jobs = try await office.csv("training-jobs.csv").split(separator: "\n")
    let column = try #require(jobs[0].split(separator: ",").firstIndex(of: "duration_s"))
    #expect(Double(jobs[1].split(separator: ",", omittingEmptySubsequences: false)[column]).map { $0 >= 0 } == true)
    #expect(try await office.csv("history.csv").contains("learnt a lot"))
  }
}
