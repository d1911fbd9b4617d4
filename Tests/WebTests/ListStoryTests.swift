import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Lists of jobs and what is read off them: columns, badges, bulk deeds, the queue, the history and its months (stories 2.3, 5.1 and 5.2.1).
@Suite struct ListStoryTests {
  private func heads(_ page: String) throws -> [String] {
    let row = try #require(page.components(separatedBy: "<thead>").last?.components(separatedBy: "</thead>")[0])
    return row.matches(of: #/<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)</#).map { String($0.output.1) }
  }

  @Test func theListHasTheStorysColumns() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("over"))
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("goes on")).status == 201)
    let page = try await office.page("training-jobs")
    #expect(
      try heads(page) == [
        "Job name", "Status", "Configuration", "Created by", "Started at", "Duration", "Cost", "Actions",
      ])
    #expect(page.contains("<td>Balanced, spot</td>") && page.contains("/job-1/retry\">Retry</a>"))
    #expect(page.contains("/job-2/cancel\">Cancel</a>") && page.contains("id=\"jobs\" data-live=\"15\""))
  }

  @Test func badgesHaveTheStorysColours() throws {
    let style = try #require(
      PageAssets.all.first { $0.name == "style.css" }.map { String(decoding: $0.body, as: UTF8.self) })
    func colour(_ status: String) throws -> Substring {
      let own = try Regex(#" *[^{]*\.badge\.\#(status)\b[^{]*\{.*"#)
      let rule = style.split(separator: "\n").first { $0.wholeMatch(of: own) != nil }
      let base = style.split(separator: "\n").first { $0.trimmingPrefix(while: \.isWhitespace).hasPrefix(".badge {") }
      let line = try #require(rule ?? base, "\(status)")
      return try #require(line.firstMatch(of: #/color: var\(--(\w+)\)/#)?.output.1, "\(status): \(line)")
    }
    // Gray where it is none of those; what the tones are is `EventStoryTests`'.
    for (status, tone) in [
      ("queued", "calm"), ("training", "busy"), ("completed", "good"), ("failed", "bad"), ("cancelled", "orange"),
    ] { #expect(try colour(status) == tone, "\(status)") }
    for (tone, isRight) in [
      ("calm", { (r: Int, g: Int, b: Int) in max(r, g, b) - min(r, g, b) < 40 }),
      ("orange", { (r: Int, g: Int, b: Int) in r > g && g > b && r > 100 }),
    ] {
      let value = try #require(style.firstMatch(of: try Regex<(Substring, Substring)>("--\(tone): #([0-9a-f]{6});")))
      let number = try #require(Int(value.output.1, radix: 16))
      #expect(isRight(number >> 16, number >> 8 & 255, number & 255), "\(tone) \(value.output.1)")
    }
  }

  @Test func severalAreCancelledButNoneThatIsOver() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("over"))
    for name in ["goes on", "waits"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    func send(_ path: String, _ text: String) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/training-jobs/\(path)", bytes: Data(text.utf8))
    }
    let asked = try await send("bulk", "action=cancel&job=job-1&job=job-2&job=job-3").text
    #expect(asked.contains("<h1>Cancel 2 jobs?</h1>") && asked.contains("Stays: it is completed already"))
    let meant = asked.matches(of: #/name="job" value="([^"]+)"/#).map { String($0.output.1) }
    #expect(meant == ["job-2", "job-3"])
    #expect(try await send("cancel", "job=job-2&job=job-3&reason=Testing").status == 400, "the box was not ticked")
    #expect(try await send("cancel", "job=job-2&job=job-3&reason=Testing&confirmed=yes").status == 303)
    while await office.runner.view.fleet.jobs.contains(where: { !$0.phase.isTerminal }) { await Task.yield() }
    #expect(await office.runner.view.fleet.jobs.map(\.phase) == [.completed, .cancelled, .cancelled])
  }

  @Test func theQueueMovesAsJobsEnd() async throws {
    let office = try Office(limit: nil, pods: .always, { $0.maxConcurrent = 1 })
    for name in ["has the slot", "is next", "is last"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    func waiting() async throws -> [String] {
      try await office.ask("GET", office.api("queue")).value(QueueDocument.self).queue.map(\.job.name)
    }
    #expect(try await waiting() == ["is next", "is last"])
    #expect(try await office.page("training-jobs/queue").contains("id=\"queue\" data-live=\"15\""))
    #expect(try await office.ask("POST", office.api("jobs/1/cancel")).status == 200)
    while try await waiting() != ["is last"] { await Task.yield() }
    let page = try await office.page("training-jobs/queue")
    #expect(page.contains("1 of 1 slots are taken") && page.contains("is last") && !page.contains("has the slot"))
  }

  @Test func theHistoryIsFilteredByItsFileAndSearchedByTheFilesName() async throws {
    let office = try Office(limit: nil, pods: .always)
    let sent = try await office.ask(
      "POST", office.api("files?name=retirement-planning.json"), bytes: Data(StoryPageTests.file().utf8))
    let file = try sent.value(Catalogue.FileRecord.self)
    var job = Office.job("with the file")
    job.training_file = file.id
    try await office.complete(1, job)
    try await office.complete(2, Office.job("without one"))
    for list in ["history", "training-jobs"] {
      for query in ["training_file=\(file.id)", "search=RETIREMENT"] {
        let page = try await office.page("\(list)?\(query)")
        #expect(page.contains("with the file") && !page.contains("without one"), "\(list)?\(query)")
      }
      #expect(try await office.page(list).contains("<option value=\"\(file.id)\">retirement-planning.json</option>"))
    }
  }

  @Test func monthsAreDrawn() async throws {
    let past = Past(span: .days(41)) { days in
      try days.complete(Office.job("first"), "a", training: .hours(2))
      try days.submit(Office.job("fails"))
      try days.grant("b")
      try days.finish((.boot, .minutes(2)))
      try days.say(.failed(.outOfMemory))
      try days.leave()
      // No two months have 40 days between a day of theirs: it is another one, or the one after that.
      try days.pass(.days(40))
      for id in ["c", "d"] { try days.complete(Office.job("job \(id)"), id, training: .hours(1)) }
    }
    let office = try Office(limit: nil, after: past)
    let months = try await office.ask("GET", office.api("statistics?status=over")).value(StatisticsDocument.self).months
    #expect(months.count >= 2 && months.first?.figures.success_rate == 0.5 && months.last?.figures.success_rate == 1)
    #expect(months.map(\.figures.jobs).reduce(0, +) == 4)
    let history = try await office.page("history")
    for title in ["Jobs per month", "Cost per month", "Success rate per month"] {
      #expect(history.contains(title), "\(title)")
    }
    let charts = history.components(separatedBy: "<svg").dropFirst().filter { $0.contains("per month") }
    #expect(
      charts.count == 3
        && charts.allSatisfy { $0.contains(months[0].month) && $0.contains(months[months.count - 1].month) })
    // Bars of jobs, lines of the others; the analytics have the goal in it.
    #expect(charts[0].contains("Completed") && charts[0].contains("Failed"))
    let analytics = try await office.page("analytics")
    let goal = try #require(analytics.components(separatedBy: "<svg").first { $0.contains("Success rate per month") })
    #expect(goal.contains("Goal 98%") && !charts[2].contains("Goal"))
  }

  @Test func finalLossesAreMarkedInTheComparison() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("first"), training: 0.4219, validation: 0.5137)
    try await office.complete(2, Office.job("second"), training: 0.3, validation: 0.3752)
    let svg = try await office.page("compare/curves.svg?jobs=1,2&curves=validation")
    let texts = svg.matches(of: #/<text[^>]*>([^<]*)</#).map { String($0.output.1) }
    for value in ["0.51", "0.37"] { #expect(texts.contains { $0.hasPrefix(value) }, "\(value): \(texts)") }
    let both = try await office.page("compare/curves.svg?jobs=1,2&curves=training")
    let trained = both.matches(of: #/<text[^>]*>([^<]*)</#).map { String($0.output.1) }
    #expect(trained.contains { $0.hasPrefix("0.42") } && !trained.contains { $0.hasPrefix("0.513") })
  }
}
