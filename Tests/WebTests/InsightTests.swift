import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import Web

extension Office {
  /// Makes a job and lets its worker report every stage, with losses that fall to these.
  func complete(
    _ number: UInt32, _ job: NewJob, training: Double? = nil, validation: Double? = nil
  ) async throws {
    #expect(try await ask("POST", api("jobs"), job).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: number)
    for (sequence, stage) in ["boot", "preprocessing", "model_loading", "training", "finalization"].enumerated() {
      let report = #"{"sequence":\#(sequence + 1),"event":"stage_finished","stage":"\#(stage)"}"#
      #expect(try await say(pod, "", report).status == 200)
    }
    #expect(try await ask("GET", api("jobs/\(number)")).value(JobDocument.self).status == "completed")
    let metrics = (1...20).map { step in
      var metric = Catalogue.Metric(step: step, at: 0)
      metric.training_loss = training.map { $0 + Double(20 - step) / 10 }
      if step % 10 == 0 { metric.validation_loss = validation.map { $0 + Double(20 - step) / 10 } }
      return metric
    }
    guard training != nil || validation != nil else { return }
    try runner.catalogue.record([
      .init(job: JobIndex(Int(number - 1)), metrics: metrics, message: nil, at: .distantPast)
    ])
  }

  func page(_ path: String) async throws -> String {
    let answer = try await ask("GET", "/dashboard/\(path)")
    #expect(answer.status == 200, "\(path): \(answer.text.prefix(400))")
    // A name that a part of the page lacks is looked up in the whole: it then shows Swift's description of something else.
    #expect(!answer.text.contains("[Web.") && !answer.text.contains("Optional("), "\(path) shows what is no text")
    return answer.text
  }

  func csv(_ path: String) async throws -> String { try await ask("GET", "/dashboard/\(path)").text }
}

/// Comparison, history, team, analytics: what pages show is what the API says.
@Suite struct InsightTests {
  private func twoRuns() async throws -> Office {
    let office = try Office(limit: nil, pods: .always)
    var first = Office.job("first <run>")
    (first.client, first.tags) = ("Acme", ["poc"])
    try await office.complete(1, first, training: 0.4, validation: 0.5)
    var second = Office.job("second run")
    second.configuration.rank = 32
    try await office.complete(2, second, training: 0.3, validation: 0.375)
    return office
  }

  @Test func aComparisonsFiguresAreTheAPIs() async throws {
    let office = try await twoRuns()
    let document = try await office.ask("GET", office.api("comparison?jobs=1,job-2")).value(ComparisonDocument.self)
    #expect(document.jobs.map(\.final_validation_loss) == [0.5, 0.375])
    #expect(document.jobs.map(\.final_training_loss) == [0.4, 0.3])
    #expect(document.jobs[1].best.contains("final_validation_loss") && !document.jobs[0].best.contains("perplexity"))
    #expect(try #require(document.jobs[0].perplexity) == exp(0.5))
    #expect(document.recommendation?.job == "job-2")
    let rank = try #require(document.settings.first { $0.name == "Rank (r)" })
    #expect(rank.values == ["16", "32"] && rank.differs)
    #expect(document.settings.contains { $0.name == "Client" && $0.values == ["Acme", ""] && $0.differs })
    let page = try await office.page("compare?jobs=job-1,job-2")
    #expect(page.contains("first &lt;run&gt;") && !page.contains("first <run>"))
    #expect(page.contains(">0.375<span class=\"hidden\"> (best)") && page.contains(">0.5</td>"))
    #expect(page.contains(try #require(document.recommendation?.text)))
    for difference in document.differences { #expect(page.contains(Markdown.escaped(difference))) }
    #expect(try await office.csv("compare.csv?jobs=job-1,job-2") == CSVText.comparison(document))
    // Toggled and zoomed.
    let svg = try await office.ask("GET", "/dashboard/compare/curves.svg?jobs=1,2&curves=validation&from=5&to=15").text
    #expect(svg.contains("second run, validation") && !svg.contains("second run, training"))
    #expect(svg.contains("data-x=\"5.0 15.0"))
    #expect(try await office.ask("GET", "/dashboard/compare/curves.png?jobs=1,2").body.starts(with: [0x89, 0x50]))
  }

  @Test func jobsAreChosenInTheListOrOnThePage() async throws {
    let office = try await twoRuns()
    let list = try await office.page("training-jobs")
    #expect(list.contains("formaction=\"/dashboard/compare\" data-least=\"2\" data-most=\"4\""))
    let sent = try await office.ask("POST", "/dashboard/compare", bytes: Data("job=job-1&job=job-2&action=x".utf8))
    #expect(sent.status == 303 && sent.headers[.location] == "/dashboard/compare?jobs=job-1%2Cjob-2")
    let choice = try await office.page("compare")
    #expect(choice.contains("value=\"job-1\"") && choice.contains("value=\"job-2\""))
    let one = try await office.ask("GET", "/dashboard/compare?jobs=job-1")
    #expect(one.status == 422 && one.text.contains("two to four different jobs are compared, not 1"))
    #expect(one.text.contains("value=\"job-1\" checked"))
    #expect(try await office.ask("GET", "/dashboard/compare?jobs=job-1,job-9").status == 404)
    #expect(try await office.ask("GET", office.api("comparison")).status == 422)
    let empty = try Office()
    #expect(try await empty.page("compare").contains("Nothing to compare yet"))
  }

  @Test func theHistorysFiguresAreTheAPIs() async throws {
    let office = try await twoRuns()
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("third")).status == 201)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("fourth")).status == 201)
    #expect(try await office.ask("POST", office.api("jobs/4/cancel")).status == 200)
    while await !office.runner.view.fleet.jobs[3].phase.isTerminal { await Task.yield() }
    let all = try await office.ask("GET", office.api("statistics?status=over")).value(StatisticsDocument.self)
    #expect(all.figures.jobs == 3 && all.figures.completed == 2 && all.figures.cancelled == 1)
    #expect(all.figures.mean_final_loss == (0.5 + 0.375) / 2)
    let page = try await office.page("history")
    for card in HistoryPage.cards(all.figures) {
      #expect(page.contains("<b>\(card.figure)</b><span>\(Markdown.escaped(card.label))"), "\(card)")
    }
    let jobs = try await office.ask("GET", office.api("jobs?status=over&sort=quality")).value(JobList.self).jobs
    #expect(jobs.map(\.id) == ["job-2", "job-1", "job-4"], "the best first, what was not measured last")
    #expect(jobs[0].finals?.validation_loss == 0.375)
    #expect(try await office.csv("history.csv?sort=quality") == CSVText.history(jobs))
    #expect(page.contains("third") == false && page.contains("fourth"))
    #expect(try await office.page("history?status=completed&search=SECOND").contains("1 to 1 of 1 job that are over"))
    #expect(try await office.page("history?creator=%40me").contains("of 3 jobs"))
    #expect(try await office.page("history?tag=nothing").contains("No job that is over is like that"))
    #expect(try await Office().page("history").contains("No job is over yet"))
  }

  @Test func theTeamsFiguresAreTheAPIs() async throws {
    let office = try await twoRuns()
    let document = try await office.ask("GET", office.api("statistics")).value(StatisticsDocument.self)
    let member = try #require(document.people.first)
    #expect(member.created == 2 && member.figures.completed == 2)
    #expect(document.leaders.most_productive == member.person && document.leaders.highest_quality == nil)
    let page = try await office.page("team?period=all")
    #expect(page.contains("\(member.person): 2 completed jobs") && page.contains("nobody yet has enough jobs to say"))
    #expect(try await office.csv("team.csv?period=all") == CSVText.team(document.people))
    #expect(try await Office().page("team").contains("Nobody has made a job in this time"))
  }

  @Test func leadersNeedEnoughJobs() {
    func member(_ name: String, _ completed: Int, cost: Double, loss: Double?) -> StatisticsDocument.Member {
      var figures = JobTally().figures
      (figures.completed, figures.mean_cost_usd, figures.mean_final_loss) = (completed, cost, loss)
      return .init(person: name, created: completed, figures: figures)
    }
    let leaders = StatisticsDocument.Leaders([
      member("ada", 3, cost: 10, loss: 0.5), member("bob", 3, cost: 9, loss: nil), member("eve", 2, cost: 1, loss: 0.1),
      member("", 9, cost: 0, loss: 0),
    ])
    #expect(
      leaders.most_productive == "ada" && leaders.most_cost_efficient == "bob" && leaders.highest_quality == "ada")
  }

  @Test func theAnalyticsFiguresAreTheAPIs() async throws {
    let office = try await twoRuns()
    try await office.complete(3, Office.job("on demand", pricing: .onDemand))
    let document = try await office.ask("GET", office.api("analytics")).value(AnalyticsDocument.self)
    #expect(document.presets.map(\.preset) == ["balanced"] && document.presets[0].figures.jobs == 3)
    #expect(document.spot_jobs == 2 && document.on_demand_jobs == 1 && document.dots_in_all == 2)
    #expect(document.dots.map(\.job) == ["job-2", "job-1"])
    let page = try await office.page("analytics")
    let figures = document.presets[0].figures
    for text in [
      Wording.loss(try #require(figures.mean_final_loss)), Wording.money(try #require(figures.mean_cost_usd)),
      Wording.duration(try #require(figures.mean_duration_s)), Wording.per(try #require(figures.success_rate)),
    ] { #expect(page.contains("<td class=\"number\">\(text)</td>"), "\(text)") }
    #expect(page.contains("67% (2 jobs)") && page.contains("href=\"/dashboard/training-jobs/job-2\""))
    #expect(try await office.csv("analytics.csv") == CSVText.analytics(document))
    #expect(try await Office().page("analytics").contains("No job is over yet"))
  }

  @Test func interruptionsAreCountedByTheHour() {
    let hour: Int64 = 3_600_000_000
    func at(_ hours: Double) -> Instant { Instant(microseconds: Int64(hours * Double(hour))) }
    let hours = SpotHours.count(
      [
        .init(granted: at(22.5), ended: at(25.25), isInterrupted: true),
        .init(granted: at(10), ended: nil, isInterrupted: false),
      ], until: at(10 + 48.5))
    #expect(hours.map(\.hour) == Array(0..<24))
    #expect(hours[22].spot_hours == 2.5 && hours[23].spot_hours == 3 && hours[1].spot_hours == 2.25)
    #expect(hours[10].spot_hours == 2.5 && hours[11].spot_hours == 2)
    #expect(hours.reduce(0) { $0 + $1.spot_hours } == 2.75 + 48.5)
    #expect(hours[1].interruptions == 1 && hours.reduce(0) { $0 + $1.interruptions } == 1)
    #expect(hours[1].per_hour == 1 / 2.25)
  }

  /// Against the values that Wilson's interval has in the literature: Newcombe (1998), table I.
  @Test func sharesHaveWilsonsInterval() {
    for (hits, n, low, high) in [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ] {
      let (a, b) = Analytics.wilson(hits, of: n)
      #expect(abs(a - low) < 5e-5 && abs(b - high) < 5e-5, "\(hits) of \(n): \(a) \(b)")
    }
  }
}
