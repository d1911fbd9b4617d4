import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// What a job's page says in the stories' words while it runs, where it was interrupted, and once it is over (stories 2.1.1, 2.1.2, 2.2, 3.2.1).
@Suite struct JobStoryTests {
  /// Three minutes of preprocessing, twelve of loading, and two hours of training so far.
  private static let running = Past(span: .minutes(137)) { days in
    try days.submit(Office.job("a running one", pairs: 200))
    try days.grant("a")
    try days.finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)), (.modelLoading, .minutes(12)))
    try days.pass(.hours(2))
    try days.save(step: 40)
  }

  /// The stages of a page: class and what stands in it.
  private func stages(_ page: String) throws -> [(state: Substring, text: Substring)] {
    let list = try #require(
      page.components(separatedBy: "<ol class=\"stages\">").last?.components(separatedBy: "</ol>")[0])
    return list.matches(of: #/<li class="(\w+)">(.*?)<\/li>/#).map { ($0.output.1, $0.output.2) }
  }

  @Test func fourStagesStandSideBySideEachWithItsState() async throws {
    let office = try Office(limit: nil, after: Self.running)
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("class=\"badge training\">Training</span>"), "the stage is told without looking for it")
    let stages = try stages(page)
    #expect(stages.map(\.state) == ["complete", "complete", "active", "pending"])
    for ((_, text), name) in zip(stages, ["Preprocessing", "Model Loading", "Training", "Finalization"]) {
      #expect(text.hasPrefix("<b>\(name)</b>") && text.contains("usually "), "\(name): \(text)")
    }
    #expect(stages[0].text.contains("✓ complete") && stages[0].text.contains("took 5 min"))
    #expect(stages[1].text.contains("✓ complete") && stages[1].text.contains("took 12 min"))
    #expect(
      stages[2].text.contains("Training epoch 1/3 - Step 40/150...") && stages[2].text.contains("2 h 00 min so far"))
    // What the style sheet has for the class that the page has: side by side, and the one that goes on breathes.
    let style = try #require(
      PageAssets.all.first { $0.name == "style.css" }.map { String(decoding: $0.body, as: UTF8.self) })
    let rules = style.split(separator: "\n")
    #expect(rules.contains { $0.contains(".stages {") && $0.contains("repeat(4,") })
    #expect(rules.contains { $0.contains(".stages li.active b::after") && $0.contains("animation: breathe") })
    #expect(style.contains("@keyframes breathe"))
  }

  @Test func aFailedStageHasItsIconAndTheMessageStandsAbove() async throws {
    let past = Past(span: .minutes(15)) { days in
      try days.submit(Office.job("too large"))
      try days.grant("a")
      try days.finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)))
      try days.pass(.minutes(10))
      try days.say(.failed(.outOfMemory))
      try days.leave()
    }
    let page = try await Office(limit: nil, after: past).page("training-jobs/job-1")
    let stages = try stages(page)
    #expect(stages.map(\.state) == ["complete", "failed", "pending", "pending"])
    #expect(stages[1].text.contains("✕ failed") && stages[1].text.contains("took 10 min"))
    let error = try #require(page.components(separatedBy: "id=\"error\"").last)
    #expect(error.contains("Failed: out of memory") && page.contains("id=\"error\""))
    #expect(error.contains("Your configuration exceeded the 80GB VRAM capacity of the H100 GPU"))
    let before = try #require(page.range(of: "id=\"error\"")).lowerBound
    #expect(try before < #require(page.range(of: "<ol class=\"stages\">")).lowerBound)
  }

  @Test func interruptionsAreCountedToldAndTimed() async throws {
    let past = Past(span: .minutes(17 + 120 + 9 + 17 + 60 + 20)) { days in
      try days.submit(Office.job("interrupted", pairs: 200))
      try days.grant("a")
      try days.finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)), (.modelLoading, .minutes(12)))
      try days.pass(.minutes(100))
      try days.save(step: 40)
      // What was trained since the last checkpoint is lost: a heartbeat tells that it was there.
      try days.pass(.minutes(20))
      try days.say(.interruptionNoticed)
      try days.interrupt()
      try days.pass(.minutes(9))
      try days.grant("b")
      try days.finish((.boot, .minutes(2)), (.modelLoading, .minutes(12)), (.restore, .minutes(3)))
      try days.pass(.minutes(60))
      try days.save(step: 80)
      try days.interrupt()
      try days.grant("c")
      try days.finish((.boot, .minutes(2)), (.modelLoading, .minutes(12)), (.restore, .minutes(6)))
    }
    let office = try Office(limit: nil, after: past)
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("<span class=\"badge interrupted\">Interrupted 2× (auto-recovered)</span>"))
    #expect(try await office.page("training-jobs").contains("Interrupted 2× (auto-recovered)"))
    let log = try #require(page.components(separatedBy: "id=\"int-h\"").last?.components(separatedBy: "</section>")[0])
    let lines = log.matches(of: #/<li>(.*?) <span/#).map { String($0.output.1) }
    #expect(
      lines == [
        "Interrupted at step 40 (2 h 17 min), resumed at step 40 (2 h 43 min) - 26 min downtime",
        "Interrupted at step 80 (3 h 43 min), resumed at step 80 (4 h 03 min) - 20 min downtime",
      ], "\(lines)")
    #expect(log.contains("46 min of downtime in all"))
  }

  @Test func aCancelledJobKeepsItsBadgeItsCurvesAndItsMetrics() async throws {
    let past = Past(span: .minutes(140)) { days in
      try Self.running.lived(&days)
      try days.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
      try days.pass(.minutes(1))
      try days.leave()
    }
    let office = try Office(limit: nil, after: past)
    let metrics = (1...40).map { step in
      var metric = Catalogue.Metric(step: step, at: 0)
      (metric.training_loss, metric.learning_rate) = (1 / Double(step), 0.0002)
      return metric
    }
    try office.runner.catalogue.record([.init(job: JobIndex(0), metrics: metrics, message: nil, at: .distantPast)])
    for list in ["training-jobs?status=cancelled", "history?status=cancelled"] {
      let page = try await office.page(list)
      #expect(page.contains("a running one") && page.contains("class=\"badge cancelled\">Cancelled</span>"), "\(list)")
    }
    #expect(!(try await office.page("training-jobs?status=failed").contains("a running one")))
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("Step 40 of 150") && page.contains("<h2 id=\"loss-h\">Loss curves</h2>"))
    #expect(
      page.contains(
        "<th scope=\"row\">Training loss</th><td class=\"number\">0.025</td><td class=\"soft\">↓ from 0.02564"))
    #expect(!page.contains("/do/resume") && !page.contains("Resume from Checkpoint"))
    #expect(try await office.ask("GET", office.api("jobs/1/metrics.csv")).text.split(separator: "\n").count == 41)
  }

  @Test func pauseStandsBesideCancelWhereThereIsSomethingToPause() async throws {
    let office = try Office(limit: nil, after: Self.running, { $0.maxConcurrent = 1 })
    let page = try await office.page("training-jobs/job-1")
    let actions =
      page
      .matches(of: #/<a class="button[^"]*" href="([^"]+)">([^<]+)<\/a>/#).map { String($0.output.2) }
    let cancel = try #require(actions.firstIndex(of: "Cancel Job"))
    #expect(actions[cancel + 1] == "Pause Job" && page.contains("href=\"/dashboard/training-jobs/job-1/do/pause\""))
    #expect(page.contains("class=\"button danger\" href=\"/dashboard/training-jobs/job-1/cancel\""))
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("waits")).status == 201)
    let waiting = try await office.page("training-jobs/job-2")
    #expect(waiting.contains("Cancel Job") && !waiting.contains("Pause Job"))
  }

  /// Also what a script asks for: the same address once more has what was measured since.
  @Test func curvesHaveWhatIsMeasuredMeanwhile() async throws {
    let office = try Office(limit: nil, after: Self.running)
    func measure(_ step: Int) throws {
      var metric = Catalogue.Metric(step: step, at: 0)
      metric.training_loss = 1 / Double(step)
      try office.runner.catalogue.record([.init(job: JobIndex(0), metrics: [metric], message: nil, at: .distantPast)])
    }
    try measure(10)
    try measure(20)
    let page = try await office.page("training-jobs/job-1")
    #expect(
      page.contains("data-curve=\"/dashboard/training-jobs/job-1/curves.svg?") && page.contains("data-live=\"15\""))
    let path = "training-jobs/job-1/curves.svg"
    let before = try await office.page(path)
    try measure(140)
    var after = try await office.page(path)
    // What was read a moment ago is kept for as long.
    while after == before { after = try await office.page(path) }
    func last(_ svg: String) throws -> Double {
      try #require(svg.firstMatch(of: #/data-x-all="[^" ]+ ([^"]+)"/#).flatMap { Double($0.output.1) })
    }
    #expect(try last(before) < 140 && last(after) >= 140, "up to the last step that was measured")
  }
}
