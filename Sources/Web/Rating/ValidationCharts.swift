import Reports
import Validation

/// What validation found, drawn: the same charts on the page and on paper.
enum ValidationCharts {
  /// One point for each job, in their order; nil: one job is no trend.
  static func trend(_ title: String, _ points: [ValidationTrend.Point]) -> Chart? {
    guard points.count > 1 else { return nil }
    return Chart(
      id: "trend-\(points[0].what.filter(\.isLetter))", title: "\(title), job by job",
      x: ChartAxis("", unit: .categories(points.map(\.job))), left: ChartAxis("Per cent"),
      layers: [
        .line(
          ChartLine(
            "Per cent", points: points.enumerated().map { ChartPoint(Double($0.offset), $0.element.percent) },
            tone: .series(0), showsFinalValue: true))
      ], size: ChartSize(width: 860, height: 260))
  }

  /// Base against trained (story 6.1.1).
  static func bars(_ document: ValidationDocument) -> Chart? {
    guard document.part == .perplexity, let overall = document.overall else { return nil }
    return Chart(
      id: "bars-perplexity", title: "Perplexity, baseline against trained: lower is better",
      x: ChartAxis("", unit: .categories(["Baseline", "Trained"])), left: ChartAxis("Perplexity"),
      layers: [.bars(ChartBars([.init("Perplexity", values: [overall.base, overall.trained])], showsTotals: true))],
      size: ChartSize(width: 420, height: 260))
  }

  /// Improvement by persona and emotional arc (story 6.1.2); cells with too few are grey.
  static func heatMap(_ document: ValidationDocument) -> Chart? {
    guard let map = ReportComposer.heatMap(document) else { return nil }
    let name = document.suite?.name ?? document.part.rawValue
    return Chart(
      id: "heat-\(name.filter(\.isLetter))", title: "\(document.heading): improvement by persona and emotional arc",
      x: ChartAxis("", unit: .categories(map.columns.map(Wording.words))),
      left: ChartAxis("", unit: .categories(map.rows.map(Wording.words))),
      layers: [.heatMap(ChartHeatMap("Improvement", cells: map.cells, unit: .fraction))],
      size: ChartSize(width: 860, height: Double(100 + 46 * map.rows.count)))
  }
}
