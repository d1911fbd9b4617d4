import Calibration
import DiscreteEvent
import Engine
import Journal
import Planning
import Scenarios
import Testing

/// What is tried on a running month: from what stands, under the same luck.
@Suite struct ForecastChangeTests {
  /// In the middle of a month, with jobs that run and, because there is one slot, jobs that wait.
  private func question() throws -> (ForecastQuestion, CalendarMonths) {
    let until = try #require(InstantText.instant("2026-11-20"))
    let history = try Demonstration.history(asOf: until)
    var request = Forecast.Request(
      first: .init(year: 2026, month: 11), asOf: history.until, policies: Demonstration.policies, replications: 400,
      threads: 2)
    request.policies.maxConcurrent = 2
    let source = ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: "")
    return (ForecastQuestion(request: request, history: history, source: source), try #require(CalendarMonths()))
  }

  @Test func aJobMoreCostsWhatItCosts() async throws {
    let (question, calendar) = try question()
    let today = try await question.answer(calendar)
    let job = JobConfiguration(preset: .balanced, pricing: .spot)
    let estimate = try await Estimate.run(
      job, source: question.source, policies: question.request.policies, start: question.request.asOf,
      replications: 2_000, threads: 2)
    let answer = try await WhatIf.compare(
      [("a job", .jobs(1, job, at: question.request.asOf)), ("two jobs", .jobs(2, job, at: question.request.asOf))],
      with: question, today: today, calendar: calendar, budget: 2_000)
    let (one, two) = (answer.alone[0].monthly, answer.alone[1].monthly)
    print("a job \(one), two \(two), all \(answer.together.monthly), estimate \(estimate.cost.mean)")
    #expect(abs(one.more - estimate.cost.mean) < 3 * one.halfWidth + 0.1 * estimate.cost.mean)
    #expect(two.more > 1.5 * one.more && answer.together.monthly.more > two.more)
    #expect(answer.together.pOverBudget != nil && answer.alone[0].months[0].varianceReduction > 5)
  }

  /// Jobs that wait are paid for as the change says, pods that run are left alone, and none of it touches today.
  @Test func aWayToPayIsForJobsWithoutAPod() async throws {
    var (question, calendar) = try question()
    for j in question.history.jobs.indices where question.history.jobs[j].ended == nil {
      question.history.jobs[j].configuration.pricing = .spot
    }
    let (running, waiting) = (
      question.history.jobs.filter { $0.ended == nil && $0.admitted != nil },
      question.history.jobs.filter { $0.ended == nil && $0.admitted == nil }
    )
    #expect(!running.isEmpty, "the demonstration has a job under way on that day")
    var changed = question
    ForecastChange.payment(.onDemand).apply(to: &changed)
    #expect(changed.source.worlds.allSatisfy { $0.mix.allSatisfy { $0.configuration.pricing == .onDemand } })
    let after = changed.history.jobs.filter { $0.ended == nil }
    #expect(after.count { $0.configuration.pricing == .onDemand } == waiting.count)
    #expect(after.count { $0.configuration.pricing == .spot } == running.count)
    ForecastChange.payment(.spotThenOnDemand(after: 2)).apply(to: &changed)
    #expect(changed.request.policies.maxInterruptions == 2)
    #expect(changed.source.worlds.allSatisfy { $0.mix.allSatisfy { $0.configuration.pricing == .spot } })
    #expect(question.request.policies.maxInterruptions == 3)
    let today = try await question.answer(calendar)
    let answer = try await WhatIf.compare(
      [("nothing", .slots(question.request.policies.maxConcurrent))], with: question, today: today,
      calendar: calendar, budget: nil)
    #expect(answer.together.monthly.more == 0 && answer.together.monthly.halfWidth == 0)
  }

  /// A running month is the same from the jobs that have to do with it as from the whole history.
  @Test func whatHasNothingToDoWithTheMonthIsNotRead() async throws {
    let (question, calendar) = try question()
    let full = try Demonstration.history()
    let path = Demonstration.root.appendingPathComponent("calibration/history.sqlite").path
    let month = calendar.month(of: full.until)
    let recent = try HistoryReader.readRecent(path: path, since: calendar.start(of: month))
    #expect(!recent.jobs.isEmpty && recent.jobs.count < full.jobs.count / 4)
    #expect(recent.jobs.count { $0.ended == nil } == full.jobs.count { $0.ended == nil })
    var request = question.request
    (request.first, request.asOf) = (month, full.until)
    func answer(_ history: History) async throws -> Forecast {
      try await ForecastQuestion(request: request, history: history, source: question.source).answer(calendar)
    }
    let (a, b) = (try await answer(full), try await answer(recent))
    #expect(a.digest == b.digest && a.months[0].byReplication == b.months[0].byReplication)
    #expect(a.months[0].spent == b.months[0].spent && a.byClient.map(\.1) == b.byClient.map(\.1))
  }
}
