import DiscreteEvent
import Foundation
import Journal
import Live

/// The last six months side by side (story 7.2.1). They are the budget's, in its own time zone; before the store's first they are UTC's, and
/// nothing was spent in them.
struct BudgetMonths: Sendable {
  struct Month: Sendable { var name, spent, percent: String }
  let rows: [Month]
  let average, trend: String

  /// The running month as the budget reckons it, in its own time zone; the store's first one begins with UTC's.
  static func start(of view: LiveView) -> Instant {
    view.fleet.budget.boundaries.last { $0 <= view.at } ?? start(of: view.at)
  }

  private static var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }

  /// Of the month that it is in, in UTC.
  static func start(of instant: Instant) -> Instant {
    let date = Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
    let first = calendar.date(from: calendar.dateComponents([.year, .month], from: date)) ?? date
    return Instant(microseconds: Int64(first.timeIntervalSince1970 * 1e6))
  }

  /// Where each of the six begins, the running one last.
  static func starts(_ view: LiveView) -> [Instant] {
    var starts = Array(view.fleet.budget.boundaries.filter { $0 <= view.at }.suffix(6))
    // The month that the store began in has no boundary before it.
    while starts.count < 6 {
      starts.insert(starts.first.map { start(of: $0 - .days(15)) } ?? start(of: view.at), at: 0)
    }
    return starts
  }

  /// What was posted in each month; the running one with what open leases have cost since.
  init(_ catalogue: Catalogue, _ view: LiveView) throws {
    let starts = BudgetMonths.starts(view)
    var sums = try catalogue.spending(inPeriodsFrom: starts).map { Wording.dollars($0) }
    if view.fleet.budget.period == .calendar { sums[5] = Wording.dollars(view.fleet.spent(at: view.at)) }
    let most = max(sums.max() ?? 0, 0.01)
    rows = zip(starts, sums).map { start, sum in
      Month(
        // Its middle is in it, wherever that is.
        name: String((Wording.stamp(start + .days(14)) ?? "").prefix(7)), spent: Wording.money(sum),
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
