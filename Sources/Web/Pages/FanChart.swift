import Foundation
import Reports

/// What the month has cost day by day, and will have: the forecast's fan, the limit, and the zone above it.
enum FanChart {
  /// - Parameters:
  ///   - changed: the same month with something changed, held against it.
  ///   - limit: US dollars; nil: there is none.
  /// - Returns: SVG; nil where there are not two days to draw.
  static func svg(_ today: [ForecastDocument.Day], changed: [ForecastDocument.Day]? = nil, limit: Double?) -> String? {
    let days = placed(today)
    guard days.count > 1 else { return nil }
    // A day's figure is that at its end, and the first to come begins where the last past one ended.
    let past = days.filter(\.day.is_past)
    var layers = fan(days, "8 in 10 futures", "Forecast, the middle", tone: .series(0), hasTail: changed == nil)
    if past.count > 1 {
      layers.append(
        .line(ChartLine("Spent", points: past.map { ChartPoint($0.x, $0.day.p50) }, showsFinalValue: true)))
    }
    let other = changed.map(placed) ?? []
    layers += fan(other, "8 in 10 with the change", "With the change, the middle", tone: .series(2), hasTail: false)
    var chart = Chart(
      id: "accumulation", title: "Spending over the month", x: ChartAxis("Day", unit: .date(.gmt)),
      left: ChartAxis("US dollars", unit: .dollars, includesZero: true), layers: layers,
      size: ChartSize(width: 960, height: 320))
    if let limit {
      let most = (days + other).map { $0.day.p95 ?? $0.day.p90 }.max() ?? limit
      chart.references = [ChartReference(limit, label: "Budget \(Wording.money(limit))")]
      // From where the budget's first alert comes on (story 7.2.2).
      chart.zones = [
        ChartZone("Approaching the budget: 80% and more", y: (limit * 0.8)...limit, tone: .warning),
        ChartZone("Over budget", y: limit...(max(limit, most) * 1.15 + 1)),
      ]
    }
    return chart.svg(isInteractive: false)
  }

  private static func fan(
    _ days: [Placed], _ band: String, _ middle: String, tone: ChartTone, hasTail: Bool
  ) -> [ChartLayer] {
    let coming = days.filter(\.day.is_past).suffix(1) + days.filter { !$0.day.is_past }
    guard coming.count > 1 else { return [] }
    var layers: [ChartLayer] = []
    if hasTail, coming.contains(where: { $0.day.p95 != nil }) {
      let tail = coming.map { ChartBand.Point($0.x, $0.day.p90, $0.day.p95 ?? $0.day.p90) }
      layers.append(.band(ChartBand("up to 19 in 20", points: tail, tone: tone, opacity: 0.09)))
    }
    layers.append(.band(ChartBand(band, points: coming.map { .init($0.x, $0.day.p10, $0.day.p90) }, tone: tone)))
    layers.append(
      .line(ChartLine(middle, points: coming.map { ChartPoint($0.x, $0.day.p50) }, tone: tone, stroke: .dashed)))
    return layers
  }

  private typealias Placed = (x: Double, day: ForecastDocument.Day)

  /// Each day with its seconds since 1970.
  private static func placed(_ days: [ForecastDocument.Day]) -> [Placed] {
    days.compactMap { day in
      (try? Date(day.date, strategy: .iso8601.year().month().day())).map { ($0.timeIntervalSince1970, day) }
    }
  }
}
