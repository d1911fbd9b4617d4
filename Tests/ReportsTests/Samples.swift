import DiscreteEvent
import Foundation

@testable import Reports

/// Charts that tests and people look at. The noise is seeded.
enum Samples {
  static func noise(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 0)
    return (0..<count).map { _ in stream.uniform() + stream.uniform() + stream.uniform() - 1.5 }
  }

  static func loss(_ count: Int, seed: UInt64 = 1) -> [ChartPoint] {
    let noise = noise(count, seed: seed)
    return (0..<count).map { (step: Int) -> ChartPoint in
      let progress = Double(step) / Double(count)
      return ChartPoint(Double(step), 0.28 + 1.15 * exp(-5 * progress) + 0.05 * noise[step])
    }
  }

  static var training: Chart {
    var points = loss(1950)
    points[800] = ChartPoint(800, 2.2)
    for step in 1200..<1204 { points[step] = ChartPoint(Double(step), .nan) }
    let validation = stride(from: 0.0, to: 1950, by: 150).map { (step: Double) -> ChartPoint in
      ChartPoint(step, 0.31 + 1.1 * exp(-step / 390))
    }
    let rate = stride(from: 0.0, to: 1950, by: 10).map { (step: Double) -> ChartPoint in
      ChartPoint(step, 2e-4 * min(1, step / 100) * (1 - step / 2100))
    }
    return Chart(
      id: "loss", title: "Loss of “Acme & Co <r16>”", x: ChartAxis("Step", unit: .count), left: ChartAxis("Loss"),
      right: ChartAxis("Learning rate"),
      layers: [
        .line(ChartLine("Training loss", points: points, smoothing: 0.9, showsFinalValue: true)),
        .line(
          ChartLine("Validation loss", points: validation, tone: .series(2), stroke: .dashed, showsFinalValue: true)),
        .line(ChartLine("Learning rate", points: rate, side: .right, tone: .series(3), stroke: .dotted)),
      ],
      marks: [
        ChartMark(650, label: "epoch 1", kind: .epoch), ChartMark(1300, label: "epoch 2", kind: .epoch),
        ChartMark(850, label: "interrupted", kind: .interruption),
      ] + stride(from: 100, to: 1950, by: 100).map { ChartMark(Double($0), label: "checkpoint", kind: .checkpoint) })
  }

  static let november = 1_793_491_200.0  // 2026-11-01T00:00Z

  static var budget: Chart {
    let zone = TimeZone(identifier: "Europe/Berlin") ?? .gmt
    let spent = (0...14).map { (day: Int) -> ChartPoint in
      ChartPoint(november + Double(day) * 86400, Double(day) * 17.3 + (day > 6 ? 40 : 0))
    }
    func fan(_ spread: Double) -> [ChartBand.Point] {
      (14...30).map { (day: Int) -> ChartBand.Point in
        let ahead = Double(day - 14)
        let middle = 282 + ahead * 18
        let half = spread * ahead.squareRoot() * 14
        return ChartBand.Point(november + Double(day) * 86400, middle - half, middle + half)
      }
    }
    let median = (14...30).map { (day: Int) -> ChartPoint in
      ChartPoint(november + Double(day) * 86400, 282 + Double(day - 14) * 18)
    }
    return Chart(
      id: "budget", title: "Spending in November", x: ChartAxis("", unit: .date(zone)),
      left: ChartAxis("US dollars", unit: .dollars, includesZero: true),
      zones: [ChartZone("over budget", y: 500...2000)],
      layers: [
        .band(ChartBand("8 in 10 futures", points: fan(1.28), opacity: 0.15)),
        .band(ChartBand("half of them", points: fan(0.67), opacity: 0.25)),
        .line(ChartLine("Spent", points: spent, isStepped: true)),
        .line(
          ChartLine("Median forecast", points: median, stroke: .dotted)),
      ], references: [ChartReference(500, label: "Limit $500")],
      marks: [ChartMark(november + 14 * 86400, label: "now", kind: .now)])
  }

  static var bars: Chart {
    Chart(
      id: "bars", title: "Cost of each month",
      x: ChartAxis("", unit: .categories(["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"])),
      left: ChartAxis("US dollars", unit: .dollars),
      layers: [
        .bars(
          ChartBars(
            [
              .init("work", values: [310, 355, 401, 390, 433, 402], tone: .series(0)),
              .init("lost work", values: [12, 30, 0, 22, 41, 28], tone: .series(2)),
              .init("storage", values: [4, 4, 5, 5, 6, 6], tone: .series(3)),
            ], showsTotals: true))
      ], references: [ChartReference(500, label: "Limit $500")])
  }

  static var scatter: Chart {
    let noise = noise(60, seed: 3)
    func dots(_ name: String, _ from: Int, _ tone: ChartTone, _ cost: Double) -> ChartLayer {
      .scatter(
        ChartScatter(
          name,
          points: (0..<10).map { (index: Int) -> ChartScatter.Point in
            let loss = 0.35 - cost / 1000 + 0.05 * noise[from + index]
            let price = cost * (1 + 0.4 * noise[from + 10 + index])
            return .init(
              loss, price, label: "\(name.prefix(1))\(index)", link: "/dashboard/training-jobs/\(index)",
              isHighlighted: index == 3)
          }, tone: tone))
    }
    return Chart(
      id: "scatter", title: "Cost against quality", x: ChartAxis("Final validation loss"),
      left: ChartAxis("Total cost", unit: .dollars, scale: .logarithmic),
      zones: [ChartZone("where one wants to be", x: 0...0.3, y: 1...30, tone: .good)],
      layers: [
        dots("Conservative", 0, .series(0), 25), dots("Balanced", 20, .series(1), 50),
        dots("Aggressive", 40, .series(2), 120),
      ])
  }

  static var intervals: Chart {
    Chart(
      id: "intervals", title: "Improvement with its 95 % interval", x: ChartAxis("Points of 5"),
      left: ChartAxis("", unit: .categories(["Empathy", "Awareness", "Support", "Conflict"])),
      layers: [
        .intervals(
          ChartIntervals(
            "Improvement",
            points: [
              .init(0, estimate: 0.8, low: 0.5, high: 1.1), .init(1, estimate: 0.4, low: 0.05, high: 0.8),
              .init(2, estimate: 0.1, low: -0.4, high: 0.5, tone: .muted, outcome: 0.3),
              .init(3, estimate: -0.5, low: -0.9, high: -0.1, tone: .alert),
            ]))
      ], references: [ChartReference(0, label: "no change", tone: .muted)], size: ChartSize(width: 560, height: 230))
  }

  static var heat: Chart {
    var cells: [ChartHeatMap.Cell] = []
    for row in 0..<4 {
      for column in 0..<6 {
        let wait = Double(900 * (row + 1) * (column + 1))
        cells.append(.init(column: column, row: row, value: wait, n: 3 * (row + column), isGreyed: row + column < 2))
      }
    }
    return Chart(
      id: "heat", title: "Waiting time by load and slots",
      x: ChartAxis("Jobs a day", unit: .categories(["0.5", "1", "1.5", "2", "2.5", "3"])),
      left: ChartAxis("Slots", unit: .categories(["4", "3", "2", "1"])),
      layers: [.heatMap(ChartHeatMap("Mean wait", cells: cells, unit: .duration))])
  }

  static var million: Chart {
    Chart(
      id: "million", title: "A million steps", x: ChartAxis("Step", unit: .count),
      left: ChartAxis("Loss", scale: .logarithmic),
      layers: [.line(ChartLine("Training loss", points: loss(1_000_000)))])
  }

  static var all: [Chart] { [training, budget, bars, scatter, intervals, heat] }
}
