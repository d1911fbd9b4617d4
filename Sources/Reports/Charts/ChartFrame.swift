import Foundation

/// Where everything stands: scales, ticks, the plot and the legend's rows.
struct ChartFrame {
  /// A line with what is drawn of it.
  struct Curve {
    var line: ChartLine
    var measured: Buckets
    var smooth: Buckets?
  }

  var chart: Chart
  var plot: Box
  var x: ChartScale
  var left: ChartScale
  var right: ChartScale?
  var xTicks: [Tick]
  var leftTicks: [Tick]
  var rightTicks: [Tick]
  /// By the layer's index.
  var curves: [Int: Curve]
  var legend: ChartLegend

  static let small = 11.0

  init(_ chart: Chart, viewport: ChartViewport?) {
    self.chart = chart
    let xDomain = viewport?.x.flatMap { Self.usable($0, chart.x) } ?? chart.horizontalDomain
    let columns = max(50, Int(chart.size.width - 90))
    var curves: [Int: Curve] = [:]
    for (index, layer) in chart.layers.enumerated() {
      if case .line(let line) = layer { curves[index] = chart.curve(line, in: xDomain, columns: columns) }
    }
    self.curves = curves
    legend = ChartLegend(chart: chart, curves: curves, width: chart.size.width - 16)
    let leftDomain = viewport?.left.flatMap { Self.usable($0, chart.left) }
    let rightDomain = viewport?.right.flatMap { Self.usable($0, chart.right) }

    var top = (chart.title.isEmpty ? 6 : 26) + legend.height + 4
    if !chart.left.title.isEmpty || !(chart.right?.title ?? "").isEmpty { top += 16 }
    if chart.marks.contains(where: { $0.kind != .checkpoint && !$0.label.isEmpty }) { top += 13 }
    let bottom = chart.size.height - 20 - (chart.x.title.isEmpty ? 0 : 16)
    let height = max(20, bottom - top)
    let target = max(2, Int(height / 44))

    let leftRange = leftDomain ?? chart.verticalDomain(.left, in: xDomain, curves: curves, target: target)
    leftTicks = Ticks.inside(leftRange, axis: chart.left, target: target)
    var rightRange: ClosedRange<Double>?
    rightTicks = []
    if let axis = chart.right {
      let range = rightDomain ?? chart.verticalDomain(.right, in: xDomain, curves: curves, target: target)
      rightRange = range
      rightTicks = Ticks.inside(range, axis: axis, target: target)
    }
    let widest = min(leftTicks.map { TextWidth.of($0.text, size: Self.small) }.max() ?? 0, chart.size.width * 0.35)
    let rightWidest = rightTicks.map { TextWidth.of($0.text, size: Self.small) }.max()
    plot = Box(
      left: 12 + widest, top: top, right: chart.size.width - (rightWidest.map { 12 + $0 } ?? 16), bottom: top + height)
    x = ChartScale(domain: xDomain, from: plot.left, to: plot.right, isLogarithmic: chart.x.scale == .logarithmic)
    left = Self.vertical(leftRange, axis: chart.left, plot: plot)
    if let rightRange, let axis = chart.right { right = Self.vertical(rightRange, axis: axis, plot: plot) }
    xTicks = Self.fitting(chart.x, domain: xDomain, scale: x)
  }

  func scale(_ side: ChartSide) -> ChartScale { side == .right ? right ?? left : left }

  private static func vertical(_ domain: ClosedRange<Double>, axis: ChartAxis, plot: Box) -> ChartScale {
    axis.unit.categories == nil
      ? ChartScale(domain: domain, from: plot.bottom, to: plot.top, isLogarithmic: axis.scale == .logarithmic)
      : ChartScale(domain: domain, from: plot.top, to: plot.bottom)
  }

  /// A range from an address may be anything.
  private static func usable(_ range: ClosedRange<Double>, _ axis: ChartAxis?) -> ClosedRange<Double>? {
    guard range.lowerBound.isFinite, range.upperBound.isFinite, range.lowerBound < range.upperBound else { return nil }
    if axis?.scale == .logarithmic, range.lowerBound <= 0 { return nil }
    return range
  }

  /// As many ticks as there is room for their labels.
  private static func fitting(_ axis: ChartAxis, domain: ClosedRange<Double>, scale: ChartScale) -> [Tick] {
    let width = scale.to - scale.from
    if let names = axis.unit.categories {
      let room = width / Double(max(names.count, 1))
      let widest = names.map { TextWidth.of($0, size: small) }.max() ?? 0
      // Names that differ at their end (days, hours) are skipped rather than cut.
      let stride = max(1, Int((min(widest, 60) + 8) / max(room, 0.1) + 0.999))
      return Ticks.inside(domain, axis: axis, target: names.count).enumerated()
        .filter { $0.offset.isMultiple(of: stride) }
        .map {
          Tick(
            value: $0.element.value,
            text: TextWidth.fitted($0.element.text, width: room * Double(stride) - 4, size: small))
        }
    }
    var target = max(2, Int(width / 64))
    while true {
      let ticks = Ticks.inside(domain, axis: axis, target: target)
      let needed = ticks.reduce(0) { $0 + TextWidth.of($1.text, size: small) + 10 }
      if needed <= width || target <= 1 { return ticks }
      target -= 1
    }
  }
}
