import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Testing

@testable import Planning

@Suite struct BudgetAlertTests {
  /// The alerts of a month are counted by stepping through each future's spending, threshold by threshold: an oracle that knows no odds.
  @Test func expectedAlertsAreWhatAManagerWouldBeTold() async throws {
    let calendar = try #require(CalendarMonths())
    let november = Scenario.Month(year: 2026, month: 11)
    let now = calendar.start(of: november) + .days(10)
    let history = try Demonstration.history(asOf: now)
    let forecast = try await Forecast.run(
      Forecast.Request(first: november, asOf: now, policies: Demonstration.policies, replications: 200, threads: 2),
      history: history, source: ModelSource(worlds: try Demonstration.worlds(history), jobs: 1, name: ""),
      calendar: calendar)
    let month = try #require(forecast.months.first)
    for budget in [
      month.spent * 1.01, month.total.quantile(0.3) + 0.01, month.total.quantile(0.9), month.total.mean * 3,
    ] {
      let limit = Int64(budget * 1e9)
      var told = 0
      for total in month.byReplication {
        for perCent in BudgetThresholds.perCent
        where !BudgetThresholds.isPassed(perCent, spent: Int64(month.spent * 1e9), limit: limit)
          && BudgetThresholds.isPassed(perCent, spent: Int64(total * 1e9), limit: limit)
        { told += 1 }
      }
      let mean = forecast.alerts(of: budget).reduce(0) { $0 + $1.odds }
      #expect(abs(mean - Double(told) / Double(month.byReplication.count)) < 1e-3, "budget \(budget)")
    }
  }

  /// One job of $9.60 for certain: against a limit of $11 it is 87 %, and one alert comes in every future.
  @Test func aSimulationSaysHowOftenAManagerIsTold() async throws {
    func alerts(_ budget: String, horizon: String = "{month: 2026-12}") async throws -> [(perCent: Int, odds: Double)]?
    {
      let scenario = try ScenarioReader.decode(
        text: """
          version: 1
          name: one job
          replications: 20
          horizon: \(horizon)
          pods: {slots: 1, on_demand: {hourly_rate: 4.8}}
          arrivals: {times: [0h]}
          jobs: [{preset: balanced, pricing: on_demand, steps: 100, checkpoint_every: 1000}]
          durations: {provisioning: 0s, preprocessing: 0s, model_loading: 0s, step: 72s, checkpoint: 0s, restore: 0s, finalization: 0s}
          interruptions: never
          \(budget)

          """, file: "one.yaml")
      return try await Simulation.run(
        scenario, source: ModelSource(worlds: [WorldParameters()], jobs: 0, name: ""), request: .init(threads: 2)
      ).budgetAlerts
    }
    // Below its cost the job is not let in, and nobody is told of anything.
    for (limit, odds) in [(11.0, [1, 0, 0]), (10, [1, 1, 0]), (9.5, [0, 0, 0]), (100, [0, 0, 0])]
      as [(Double, [Double])]
    {
      let found = try #require(try await alerts("budget: {monthly: \(limit)}"))
      #expect(found.map(\.perCent) == [80, 95, 100])
      #expect(found.map(\.odds) == odds, "limit \(limit)")
    }
    #expect(try await alerts("") == nil)
    // Days are no month, and what is spent in them is not what the limit is for.
    #expect(try await alerts("budget: {monthly: 10}", horizon: "{days: 30}") == nil)
  }
}
