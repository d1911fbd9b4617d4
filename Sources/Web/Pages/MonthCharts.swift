import Foundation
import Reports

/// How months went, drawn: jobs as bars, cost and success as lines (stories 5.1.2 and 5.2.1).
enum MonthCharts {
  private static let most = 24

  /// nil: fewer than one month.
  static func jobs(_ months: [StatisticsDocument.Month]) -> String? {
    let shown = months.suffix(most)
    guard !shown.isEmpty else { return nil }
    func values(_ path: KeyPath<JobFigures, Int>) -> [Double] { shown.map { Double($0.figures[keyPath: path]) } }
    return Chart(
      id: "months-jobs", title: "Jobs per month", x: axis(shown),
      left: ChartAxis("Jobs that ended", unit: .count, includesZero: true),
      layers: [
        .bars(
          ChartBars(
            [
              .init("Completed", values: values(\.completed), tone: .good),
              .init("Failed", values: values(\.failed), tone: .alert),
              .init("Cancelled", values: values(\.cancelled), tone: .muted),
            ], showsTotals: true))
      ], size: size
    ).svg(isInteractive: false)
  }

  static func cost(_ months: [StatisticsDocument.Month]) -> String? {
    line(
      months, id: "months-cost", title: "Cost per month", name: "Cost of jobs that ended",
      ChartAxis("US dollars", unit: .dollars, includesZero: true)
    ) { $0.total_cost_usd }
  }

  static func success(_ months: [StatisticsDocument.Month], goal: Double? = nil) -> String? {
    line(
      months, id: "months-success", title: "Success rate per month", name: "Completed jobs",
      ChartAxis("Of jobs that complete or fail", unit: .fraction, domain: 0...1), tone: .series(1),
      references: goal.map { [ChartReference($0, label: "Goal \(Wording.per($0))", tone: .good)] } ?? []
    ) { $0.success_rate }
  }

  private static let size = ChartSize(width: 620, height: 280)

  private static func axis(_ months: ArraySlice<StatisticsDocument.Month>) -> ChartAxis {
    ChartAxis("Month", unit: .categories(months.map(\.month)))
  }

  private static func line(
    _ months: [StatisticsDocument.Month], id: String, title: String, name: String, _ left: ChartAxis,
    tone: ChartTone = .series(0), references: [ChartReference] = [], value: (JobFigures) -> Double?
  ) -> String? {
    let shown = months.suffix(most)
    // A line needs two ends.
    guard shown.count > 1 else { return nil }
    let points = shown.enumerated().map { i, month in ChartPoint(Double(i), value(month.figures) ?? .nan) }
    return Chart(
      id: id, title: title, x: axis(shown), left: left,
      layers: [.line(ChartLine(name, points: points, tone: tone, showsFinalValue: true))], references: references,
      size: size
    ).svg(isInteractive: false)
  }
}
