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
}
