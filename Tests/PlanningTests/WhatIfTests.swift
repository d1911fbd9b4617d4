import Calibration
import DiscreteEvent
import Engine
import Planning
import Scenarios
import Testing

@Suite struct WhatIfTests {
  private struct Question {
    var history: History
    var source: ModelSource
    var calendar: CalendarMonths
    var request: Forecast.Request

    init(replications: Int = 2_000) throws {
      history = try Demonstration.history()
      source = ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: "")
      calendar = try #require(CalendarMonths())
      // December and the rest of November before it: what is lived through as well as what is asked for.
      request = Forecast.Request(
        first: .init(year: 2026, month: 12), asOf: history.until, policies: Demonstration.policies,
        replications: replications, threads: 2)
      request.policies.maxConcurrent = 3
    }

    func ask(_ change: (inout Forecast.Request, inout ModelSource) -> Void = { _, _ in }) async throws -> Forecast {
      var (request, source) = (request, source)
      change(&request, &source)
      return try await Forecast.run(request, history: history, source: source, calendar: calendar)
    }
  }

  /// Common random numbers take nine tenths and more of the variance of a difference away.
  @Test func differencesUnderTheSameLuckVaryTenTimesLess() async throws {
    let question = try Question()
    let today = try await question.ask()
    let job = JobConfiguration(preset: .balanced, pricing: .spot)
    let tenth = Instant(microseconds: question.history.until.microseconds) + .days(14)
    let changes: [(String, (inout Forecast.Request, inout ModelSource) -> Void)] = [
      ("one job more", { request, _ in request.additions = [(tenth, job)] }),
      ("4 slots", { request, _ in request.policies.maxConcurrent = 4 }),
      (
        "on demand after 2 interruptions",
        { request, _ in request.policies = PolicyChoice.spotThenOnDemand(after: 2).applied(to: request.policies) }
      ),
      ("spot at $2.99", { _, source in for w in source.worlds.indices { source.worlds[w].hourlyRate.spot = 2.99 } }),
    ]
    for (name, change) in changes {
      let whatIf = WhatIf(name, today: today, changed: try await question.ask(change))
      let month = try #require(whatIf.months.first)
      print("what if \(name): \(month.more) ± \(month.halfWidth), variance ÷ \(month.varianceReduction)")
      #expect(month.varianceReduction >= 10, "\(name)")
      #expect(abs(month.more - (month.changed - month.today)) < 1e-6)
    }
  }

  @Test func noChangeIsNoDifference() async throws {
    let question = try Question(replications: 200)
    let today = try await question.ask()
    let same = WhatIf("nothing", today: today, changed: try await question.ask(), budget: 1_000)
    #expect(same.monthly.more == 0 && same.monthly.halfWidth == 0 && same.months[0].varianceReduction == .infinity)
    #expect(same.pOverBudget?.today == same.pOverBudget?.changed)
  }

  /// Twice the rate, twice what is still to be spent by jobs that have yet to come.
  @Test func aRateThatDoublesDoublesWhatIsToCome() async throws {
    var question = try Question(replications: 500)
    // Nothing runs or waits: a history of laws alone.
    question.history = History(source: "")
    let today = try await question.ask()
    let changed = try await question.ask { _, source in
      for w in source.worlds.indices {
        source.worlds[w].hourlyRate.spot *= 2
        source.worlds[w].hourlyRate.onDemand *= 2
      }
    }
    for (a, b) in zip(today.months[0].byReplication, changed.months[0].byReplication) {
      #expect(abs(b - 2 * a) < 1e-5 * max(1, a))
    }
  }

  /// A job that is sure to come costs what its own estimate says, whatever else happens.
  @Test func oneJobMoreCostsWhatItsEstimateSays() async throws {
    var question = try Question(replications: 2_000)
    question.request.policies.maxConcurrent = .max
    let job = JobConfiguration(preset: .balanced, pricing: .spot)
    let at = question.history.until + .days(14)
    let changed = try await question.ask { request, _ in request.additions = [(at, job)] }
    let whatIf = WhatIf("one job", today: try await question.ask(), changed: changed)
    let estimate = try await Estimate.run(
      job, source: question.source, policies: Demonstration.policies, start: at, replications: 4_000, threads: 2)
    // Failed runs cost something too, completed ones are what the estimate is about.
    #expect(abs(whatIf.monthly.more / estimate.cost.mean - 1) < 0.1, "\(whatIf.monthly) \(estimate.cost.mean)")
    #expect(whatIf.monthly.halfWidth < 0.05 * whatIf.monthly.more)
  }

  @Test func policiesAreReadAsTheyAreWritten() {
    for text in ["on_demand", "spot", "spot_then_on_demand:3", "uniform_progress:24h", "uniform_progress:90m"] {
      #expect(PolicyChoice(text)?.description == text)
    }
    for text in ["", "spot:1", "spot_then_on_demand", "spot_then_on_demand:0", "uniform_progress:24", "ondemand"] {
      #expect(PolicyChoice(text) == nil, "\(text)")
    }
  }
}
