import DiscreteEvent
import Foundation
import Live
import Reports

/// What spot has saved against on-demand in the last 30 days (story 7.3.1): ``CostReport``'s figures as its PDF prints them.
struct SpotSavings: Sendable {
  let rows: [BudgetPage.Saving]
  let hasRows: Bool
  let facts: [JobPage.Fact]
  let recommendation: String?
  /// `2026-10-29 to 2026-11-28`; days are UTC's.
  let period: String
  /// Of the same period.
  let pdfPath: String

  /// - Parameter rates: US dollars an hour; nil where they are not known.
  init(_ view: LiveView, rates: (spot: Double, onDemand: Double)?) {
    // Up to the next whole second, which is what an address can say.
    let seconds = (Double(view.at.microseconds) / 1e6).rounded(.down) + 1
    let until = Date(timeIntervalSince1970: seconds)
    let from = until.addingTimeInterval(-30 * 86_400)
    let (first, last) = (from.formatted(.iso8601), until.formatted(.iso8601))
    period = "\(first.prefix(10)) to \(last.prefix(10))"
    pdfPath = "/api/v1/reports/cost.pdf?from=\(first)&until=\(last)"
    guard let rates, rates.onDemand > 0,
      let report = try? ReportComposer.cost(view, onDemand: rates.onDemand, from: from, until: until),
      !report.jobs.isEmpty
    else {
      (rows, hasRows, facts, recommendation) = ([], false, [], nil)
      return
    }
    // Of thousands of jobs only those that are shown are written out.
    let places = report.jobs.indices.sorted {
      let (a, b) = (report.jobs[$0], report.jobs[$1])
      return (b.onDemand - b.spot, a.id) < (a.onDemand - a.spot, b.id)
    }.prefix(20)
    rows = zip(places, report.printedJobs(at: places)).map { place, line in
      let job = report.jobs[place]
      return .init(
        id: job.id, name: job.name, spot: line.spot, onDemand: line.onDemand, saved: line.saved,
        interruptions: "\(job.interruptions)")
    }
    hasRows = true
    recommendation = report.advice.joined(separator: " ")
    let all = report.savingsFacts + report.impactFacts + report.returnFacts
    facts =
      all.map { JobPage.Fact(label: $0.name, value: $0.value) } + [
        .init(label: "On-demand rate", value: report.rateSource)
      ]
  }
}
