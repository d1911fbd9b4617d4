import DiscreteEvent
import Foundation
import Journal
import Live

/// The last six months side by side (story 7.2.1). Months are UTC's.
struct BudgetMonths: Sendable {
  struct Month: Sendable { var name, spent, percent: String }
  let rows: [Month]
  let average, trend: String

  static func start(of instant: Instant) -> Instant { start(of: instant, back: 0) }

  /// The running month as the budget reckons it, in its own time zone; the store's first one begins with UTC's.
  static func start(of view: LiveView) -> Instant {
    view.fleet.budget.boundaries.last { $0 <= view.at } ?? start(of: view.at)
  }

  private static var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }

  private static func start(of instant: Instant, back: Int) -> Instant {
    let date = Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
    let parts = calendar.dateComponents([.year, .month], from: date)
    let first = calendar.date(from: parts).flatMap { calendar.date(byAdding: .month, value: -back, to: $0) } ?? date
    return Instant(microseconds: Int64(first.timeIntervalSince1970 * 1e6))
  }

  /// What was posted in each month; the running one with what open leases have cost since.
  init(_ catalogue: Catalogue, _ view: LiveView) throws {
    let starts = (0...5).reversed().map { BudgetMonths.start(of: view.at, back: $0) }
    let days = try catalogue.spending(from: starts[0], until: .distantFuture)
    var sums = starts.enumerated().map { i, start in
      let end = i + 1 < starts.count ? starts[i + 1] : Instant.distantFuture
      return Wording.dollars(days.filter { $0.day >= start && $0.day < end }.reduce(0) { $0 + $1.amount })
    }
    if view.fleet.budget.period == .calendar { sums[5] = Wording.dollars(view.fleet.spent(at: view.at)) }
    let most = max(sums.max() ?? 0, 0.01)
    rows = zip(starts, sums).map { start, sum in
      Month(
        name: String((Wording.stamp(start) ?? "").prefix(7)), spent: Wording.money(sum),
        percent: "\(Int(sum / most * 100))")
    }
    // Months before the first spending say nothing; one without any in between does.
    let past = sums.dropLast().drop { $0 == 0 }
    average = past.isEmpty ? Wording.nothing : Wording.money(past.reduce(0, +) / Double(past.count))
    trend =
      past.count < 2
      ? "too few months to say"
      : (past.last ?? 0) > (past.first ?? 0) * 1.05
        ? "Increasing" : (past.last ?? 0) < (past.first ?? 0) * 0.95 ? "Decreasing" : "Steady"
  }
}
