import Foundation

/// The ranges that data span, and what is made of them.
extension Chart {
  func curve(_ line: ChartLine, in domain: ClosedRange<Double>, columns: Int) -> ChartFrame.Curve {
    let isLogarithmic = (line.side == .right ? right ?? left : left).scale == .logarithmic
    func buckets(_ points: [ChartPoint]) -> Buckets {
      Buckets.of(
        points, in: domain, columns: columns, isLogarithmic: isLogarithmic, isXLogarithmic: x.scale == .logarithmic)
    }
    return ChartFrame.Curve(
      line: line, measured: buckets(line.points),
      smooth: line.smoothing.map { buckets(Smoothing.average(line.points, weight: $0)) })
  }

  var horizontalDomain: ClosedRange<Double> {
    if let names = x.unit.categories { return -0.5...(Double(max(names.count, 1)) - 0.5) }
    if let domain = x.domain { return domain }
    var extent = ChartExtent()
    var needsAir = false
    for layer in layers {
      switch layer {
      case .line(let line):
        line.points.first.map { extent.add($0.x) }
        line.points.last.map { extent.add($0.x) }
      case .band(let band): extent.add(all: band.points.map(\.x))
      case .scatter(let scatter):
        extent.add(all: scatter.points.map(\.x))
        needsAir = true
      case .intervals(let intervals):
        needsAir = true
        for point in intervals.points {
          if left.unit.categories == nil {
            extent.add(point.position)
          } else {
            extent.add(all: [point.low, point.high, point.estimate, point.outcome ?? .nan])
          }
        }
      case .bars, .heatMap: break
      }
    }
    if x.includesZero { extent.add(0) }
    return Self.widened(extent, axis: x, air: needsAir ? 0.05 : 0)
  }

  func verticalDomain(
    _ side: ChartSide, in xDomain: ClosedRange<Double>, curves: [Int: ChartFrame.Curve], target: Int
  ) -> ClosedRange<Double> {
    let axis = side == .right ? right ?? left : left
    if let names = axis.unit.categories { return -0.5...(Double(max(names.count, 1)) - 0.5) }
    if let domain = axis.domain { return domain }
    var extent = ChartExtent()
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .line(let line) where line.side == side:
        for column in curves[index]?.measured.columns ?? [] where xDomain.contains(column.x) {
          extent.add(column.low)
          extent.add(column.high)
        }
      case .band(let band) where band.side == side:
        for point in band.points where xDomain.contains(point.x) {
          extent.add(point.low)
          extent.add(point.high)
        }
      case .bars(let bars) where side == .left:
        extent.add(0)
        extent.add(all: bars.totals)
      case .scatter(let scatter) where side == .left: extent.add(all: scatter.points.map(\.y))
      case .intervals(let intervals) where side == .left:
        for point in intervals.points {
          extent.add(all: [point.low, point.high, point.estimate, point.outcome ?? .nan])
        }
      default: break
      }
    }
    for reference in references where reference.side == side && reference.extendsAxis { extent.add(reference.value) }
    if axis.includesZero { extent.add(0) }
    let widened = Self.widened(extent, axis: axis, air: 0.04)
    return axis.scale == .logarithmic ? widened : Ticks.rounded(widened, unit: axis.unit, target: target)
  }

  /// Never empty, never below a log axis's foot; an axis that begins at zero goes on to do so.
  private static func widened(_ extent: ChartExtent, axis: ChartAxis, air: Double) -> ClosedRange<Double> {
    guard var range = extent.range else { return axis.scale == .logarithmic ? 1...10 : 0...1 }
    if axis.scale == .logarithmic {
      let high = range.upperBound > 0 ? range.upperBound : 1
      let low = range.lowerBound > 0 ? range.lowerBound : high / 1000
      let factor = low < high ? pow(high / low, air) : 2
      return (low / factor)...(high * factor)
    }
    if range.lowerBound == range.upperBound {
      let around = range.lowerBound == 0 ? 1 : abs(range.lowerBound) * 0.1
      return (range.lowerBound - (range.lowerBound == 0 ? 0 : around))...(range.upperBound + around)
    }
    let margin = (range.upperBound - range.lowerBound) * air
    let low = range.lowerBound >= 0 ? max(0, range.lowerBound - margin) : range.lowerBound - margin
    range = low...(range.upperBound + (range.upperBound <= 0 ? 0 : margin))
    return range
  }
}

extension ChartBars {
  /// What each bar's parts come to.
  var totals: [Double] {
    (0..<(parts.map(\.values.count).max() ?? 0)).map { index in
      parts.reduce(0) { $0 + ($1.values.indices.contains(index) && $1.values[index].isFinite ? $1.values[index] : 0) }
    }
  }
}
