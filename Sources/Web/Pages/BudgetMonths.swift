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
    let past = sums.dropLast().filter { $0 > 0 }
    average = past.isEmpty ? Wording.nothing : Wording.money(past.reduce(0, +) / Double(past.count))
    trend =
      past.count < 2
      ? "too few months to say"
      : (past.last ?? 0) > (past.first ?? 0) * 1.05
        ? "Increasing" : (past.last ?? 0) < (past.first ?? 0) * 0.95 ? "Decreasing" : "Steady"
  }
}

/// What spot has saved against on-demand (story 7.3.1): the same billed hours at the on-demand rate, which is an upper bound's mirror: on
/// demand a job would have been billed for fewer of them, so what interruptions cost is shown beside it.
struct SpotSavings: Sendable {
  let rows: [BudgetPage.Saving]
  let hasRows: Bool
  let facts: [JobPage.Fact]

  /// - Parameter rates: US dollars an hour; nil where they are not known.
  init(_ view: LiveView, rates: (spot: Double, onDemand: Double)?) {
    guard let rates, rates.spot > 0, rates.onDemand > 0 else {
      (rows, hasRows, facts) = ([], false, [])
      return
    }
    var (spot, equivalent, overhead) = (0.0, 0.0, 0.0)
    var (interruptions, count) = (0, 0)
    var rows: [(saved: Double, row: BudgetPage.Saving)] = []
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.spec.pricing == .spot, job.pricing == .spot, job.phase.isTerminal, job.costs.total > 0 else { continue }
      let paid = Wording.dollars(job.costs.total)
      // What interruptions cost would not have been paid on demand.
      let lost = Wording.dollars(job.costs.lostWork + job.costs.recovery)
      let other = (paid - lost) * rates.onDemand / rates.spot
      (spot, equivalent, overhead) = (spot + paid, equivalent + other, overhead + lost)
      (interruptions, count) = (interruptions + Int(job.interruptions), count + 1)
      rows.append(
        (
          other - paid,
          .init(
            id: view.descriptions[i].id, name: view.descriptions[i].name, spot: Wording.money(paid),
            onDemand: Wording.money(other),
            saved: Wording.money(other - paid), interruptions: "\(job.interruptions)")
        ))
    }
    self.rows = rows.sorted { $0.saved > $1.saved }.prefix(20).map(\.row)
    hasRows = !rows.isEmpty
    let saved = equivalent - spot
    facts =
      count == 0
      ? []
      : [
        .init(label: "Total spot cost", value: Wording.money(spot)),
        .init(label: "Equivalent on-demand cost", value: Wording.money(equivalent)),
        .init(
          label: "Total savings, after interruptions",
          value: "\(Wording.money(saved)) (\(Wording.per(saved / max(equivalent, 0.01))) cheaper)"),
        .init(label: "Total spot interruptions", value: "\(interruptions) across \(Wording.count(count, "job"))"),
        .init(label: "Interruption cost overhead", value: Wording.money(overhead)),
        .init(
          label: "Rates", value: "\(Wording.money(rates.spot))/hr spot, \(Wording.money(rates.onDemand))/hr on-demand"),
      ]
  }
}
