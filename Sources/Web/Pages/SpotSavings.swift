import DiscreteEvent
import Engine
import Foundation
import Live

/// What spot has saved against on-demand (story 7.3.1): the same billed hours at the on-demand rate, which is an upper bound's mirror: on
/// demand a job would have been billed for fewer of them, so what interruptions cost is shown beside it.
struct SpotSavings: Sendable {
  let rows: [BudgetPage.Saving]
  let hasRows: Bool
  let facts: [JobPage.Fact]
  /// nil where there is nothing to go by.
  let recommendation: String?

  /// One job's figures, in US dollars.
  private struct Line {
    var job: Int
    var paid, other: Double
    var interruptions: Int
    var saved: Double { other - paid }
  }

  /// - Parameter rates: US dollars an hour; nil where they are not known.
  init(_ view: LiveView, rates: (spot: Double, onDemand: Double)?) {
    guard let rates, rates.spot > 0, rates.onDemand > 0 else {
      (rows, hasRows, facts, recommendation) = ([], false, [], nil)
      return
    }
    var (spot, equivalent, overhead, lately) = (0.0, 0.0, 0.0, 0.0)
    var interruptions = 0
    var lines: [Line] = []
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.spec.pricing == .spot, job.pricing == .spot, job.phase.isTerminal, job.costs.total > 0 else { continue }
      let paid = Wording.dollars(job.costs.total)
      // What interruptions cost would not have been paid on demand.
      let lost = Wording.dollars(job.costs.lostWork + job.costs.recovery)
      let line = Line(
        job: i, paid: paid, other: (paid - lost) * rates.onDemand / rates.spot, interruptions: Int(job.interruptions))
      (spot, equivalent, overhead) = (spot + paid, equivalent + line.other, overhead + lost)
      interruptions += line.interruptions
      if view.at - job.ended <= .days(30) { lately += line.saved }
      lines.append(line)
    }
    lines.sort { ($1.saved, $0.job) < ($0.saved, $1.job) }
    // Amounts are written out for what is shown alone: of thousands it would take longer than the page may.
    rows = lines.prefix(20).map { line in
      let text = view.descriptions[line.job]
      return .init(
        id: text.id, name: text.name, spot: Wording.money(line.paid), onDemand: Wording.money(line.other),
        saved: Wording.money(line.saved), interruptions: "\(line.interruptions)")
    }
    hasRows = !rows.isEmpty
    let saved = equivalent - spot
    recommendation = SpotSavings.advice(saved, yearly: lately * 365 / 30, hasJobs: hasRows)
    facts =
      lines.isEmpty
      ? []
      : [
        .init(label: "Total spot cost", value: Wording.money(spot)),
        .init(label: "Equivalent on-demand cost", value: Wording.money(equivalent)),
        .init(
          label: "Total savings, after interruptions",
          value: "\(Wording.money(saved)) (\(Wording.per(saved / max(equivalent, 0.01))) cheaper)"),
        .init(
          label: "Total spot interruptions", value: "\(interruptions) across \(Wording.count(lines.count, "job"))"),
        .init(
          label: "Average interruptions per job",
          value: String(format: "%.1f", Double(interruptions) / Double(lines.count))),
        .init(label: "Interruption cost overhead", value: Wording.money(overhead)),
        .init(label: "Savings of the last 30 days", value: Wording.money(lately)),
        .init(
          label: "Annualized savings", value: "\(Wording.money(lately * 365 / 30)), if usage remains constant"),
        .init(
          label: "Rates", value: "\(Wording.money(rates.spot))/hr spot, \(Wording.money(rates.onDemand))/hr on-demand"),
      ]
  }

  private static func advice(_ saved: Double, yearly: Double, hasJobs: Bool) -> String? {
    guard hasJobs else { return nil }
    guard saved > 0 else {
      return
        "On demand would have been no dearer: interruptions ate what spot's rate saves. Prefer on-demand until rates change."
    }
    return "Continue using spot instances for 90%+ of jobs, and reserve on-demand for urgent client deliveries."
      + (yearly > 0 ? " At the pace of the last 30 days that saves \(Wording.money(yearly)) a year." : "")
  }
}
