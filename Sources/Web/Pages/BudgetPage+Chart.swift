import Foundation
import Reports

extension BudgetPage {
  /// What the month has cost day by day, and will have: the forecast's fan, the limit, and the zone above it.
  static func chart(_ forecast: ForecastDocument, limit: Double?) -> String? {
    let days = forecast.by_day.compactMap { day in seconds(day.date).map { ($0, day) } }
    guard days.count > 1 else { return nil }
    // A day's figure is that at its end, and the first to come begins where the last past one ended.
    let past = days.filter { $0.1.is_past }
    let coming = past.suffix(1) + days.filter { !$0.1.is_past }
    var layers: [ChartLayer] = [
      .band(ChartBand("8 in 10 futures", points: coming.map { .init($0.0, $0.1.p10, $0.1.p90) })),
      .line(ChartLine("Forecast, the middle", points: coming.map { ChartPoint($0.0, $0.1.p50) }, stroke: .dashed)),
    ]
    if past.count > 1 {
      layers.append(.line(ChartLine("Spent", points: past.map { ChartPoint($0.0, $0.1.p50) }, showsFinalValue: true)))
    }
    var chart = Chart(
      id: "accumulation", title: "Spending over the month", x: ChartAxis("Day", unit: .date(.gmt)),
      left: ChartAxis("US dollars", unit: .dollars, includesZero: true), layers: layers,
      size: ChartSize(width: 960, height: 320))
    if let limit {
      chart.references = [ChartReference(limit, label: "Budget \(Wording.money(limit))")]
      chart.zones = [ChartZone("Over budget", y: limit...(max(limit, days.map(\.1.p90).max() ?? limit) * 1.15 + 1))]
    }
    return chart.svg(isInteractive: false)
  }

  private static func seconds(_ day: String) -> Double? {
    (try? Date(day, strategy: .iso8601.year().month().day()))?.timeIntervalSince1970
  }
}
