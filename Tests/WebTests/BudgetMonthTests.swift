import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// The table of six months: they are the budget's own.
@Suite struct BudgetMonthTests {
  private func instant(_ text: String) throws -> Instant {
    let date = try Date(text, strategy: .iso8601)
    return Instant(microseconds: Int64(date.timeIntervalSince1970 * 1e6))
  }

  @Test func theyBeginWhereTheBudgetsDo() async throws {
    let office = try Office(limit: 100)
    var view = await office.runner.view
    // Berlin's: an hour or two before UTC's. The store began in September.
    let boundaries = ["2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z"]
    view.fleet = Fleet(budget: BudgetState(boundaries: ContiguousArray(try boundaries.map(instant))))
    // Already December in Berlin.
    view.at = try instant("2026-11-30T23:30:00Z")
    let starts = BudgetMonths.starts(view)
    #expect(
      starts.compactMap(Wording.stamp) == [
        "2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z", "2026-09-30T22:00:00Z",
        "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z",
      ])
    #expect(
      try BudgetMonths(office.runner.catalogue, view).rows.map(\.name) == [
        "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12",
      ])
    // Without boundaries they are UTC's, over the turn of a year as well.
    view.fleet = Fleet(budget: BudgetState())
    view.at = try instant("2026-02-28T12:00:00Z")
    #expect(
      BudgetMonths.starts(view).compactMap(Wording.stamp).map { $0.prefix(10) } == [
        "2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01",
      ])
  }
}
