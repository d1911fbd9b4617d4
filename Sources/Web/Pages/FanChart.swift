import DiscreteEvent
import Foundation
import Reports

/// What the month has cost day by day, and will have: the forecast's fan, the limit, and the zone above it.
enum FanChart {
  /// - Parameters:
  ///   - now: an instant, and US dollars that had been spent by then; nil: not known.
  ///   - changed: the same month with something changed, held against it.
  ///   - limit: US dollars; nil: there is none.
  /// - Returns: SVG; nil where there are not two days to draw.
  static func svg(
    _ today: [ForecastDocument.Day], now: (at: Instant, spent: Double)?, changed: [ForecastDocument.Day]? = nil,
    limit: Double?
  ) -> String? {
    let days = placed(today, now)
    guard days.count > 1 else { return nil }
    // A day's figure is that at its end, and the first to come begins where the last past one ended.
    let past = days.filter(\.day.is_past)
    var layers = fan(days, "8 in 10 futures", "Forecast, the middle", tone: .series(0), hasTail: changed == nil)
    if past.count > 1 {
      layers.append(
        .line(ChartLine("Spent", points: past.map { ChartPoint($0.x, $0.day.p50) }, showsFinalValue: true)))
    }
    let other = changed.map { placed($0, now) } ?? []
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

  /// Each day with its seconds since 1970, and between those that are over and those to come what has been spent by now.
  private static func placed(_ days: [ForecastDocument.Day], _ now: (at: Instant, spent: Double)?) -> [Placed] {
    var placed: [Placed] = days.compactMap { day in
      (try? Date(day.date, strategy: .iso8601.year().month().day())).map { ($0.timeIntervalSince1970, day) }
    }
    guard let now, let next = placed.firstIndex(where: { !$0.day.is_past })
    else { return placed }
    // A day's place is its beginning, and its figure that at its end: now is as far on as the day before.
    let place = Double(now.at.microseconds) / 1e6 - 86_400
    guard place <= placed[next].x, next == 0 || place > placed[next - 1].x else { return placed }
    let day = ForecastDocument.Day(
      date: "now", isPast: true, p10: now.spent, p50: now.spent, p90: now.spent)
    placed.insert((place, day), at: next)
    return placed
  }
}
