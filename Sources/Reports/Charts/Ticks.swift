import Foundation

/// A place along an axis with what is written there.
struct Tick: Equatable {
  var value: Double
  var text: String
}

/// Where ticks stand: at round values of the axis's unit.
enum Ticks {
  /// About `target` of them within the domain.
  static func inside(_ domain: ClosedRange<Double>, axis: ChartAxis, target: Int) -> [Tick] {
    switch axis.unit {
    case .categories(let names):
      return names.enumerated().map { Tick(value: Double($0.offset), text: $0.element) }
    case .date(let zone): return DateTicks.ticks(domain, target: target, in: zone)
    default:
      if axis.scale == .logarithmic, domain.lowerBound > 0,
        let ticks = logarithmic(domain, unit: axis.unit, target: target)
      {
        return ticks
      }
      let step = step(for: domain, unit: axis.unit, target: target)
      return multiples(of: step, within: domain).map { Tick(value: $0, text: axis.unit.tickText($0, step: step)) }
    }
  }

  /// The domain rounded outwards to ticks, as a vertical axis wants it.
  static func rounded(_ domain: ClosedRange<Double>, unit: ChartUnit, target: Int) -> ClosedRange<Double> {
    let step = step(for: domain, unit: unit, target: target)
    let low = (domain.lowerBound / step + 1e-9).rounded(.down) * step
    let high = (domain.upperBound / step - 1e-9).rounded(.up) * step
    return low < high ? low...high : domain
  }

  static func step(for domain: ClosedRange<Double>, unit: ChartUnit, target: Int) -> Double {
    let raw = (domain.upperBound - domain.lowerBound) / Double(max(target, 1))
    guard raw > 0, raw.isFinite else { return 1 }
    switch unit {
    case .duration:
      let nice: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200]
      if raw < 1 { return round(raw) }
      return nice.first { $0 >= raw } ?? round(raw / 86400) * 86400
    case .count: return max(1, round(raw))
    default: return round(raw)
    }
  }

  /// The next of 1, 2, 2.5, 5 and 10 times a power of ten.
  private static func round(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let mantissa = raw / power
    let nice = [1, 2, 2.5, 5, 10].first { mantissa <= $0 * 1.000001 } ?? 10
    return nice * power
  }

  private static func multiples(of step: Double, within domain: ClosedRange<Double>) -> [Double] {
    let first = (domain.lowerBound / step - 1e-6).rounded(.up)
    let last = (domain.upperBound / step + 1e-6).rounded(.down)
    guard first <= last, last - first < 1000 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// Powers of ten, with 2 and 5 between them where there are few; `nil` where the domain is too narrow for them.
  private static func logarithmic(_ domain: ClosedRange<Double>, unit: ChartUnit, target: Int) -> [Tick]? {
    let low = log10(domain.lowerBound)
    let high = log10(domain.upperBound)
    guard high - low >= 0.7 else { return nil }
    let stride = max(1, Int(((high - low) / Double(max(target, 1))).rounded(.up)))
    let digits: [Double] = high - low <= Double(target) / 3 ? [1, 2, 5] : [1]
    var ticks: [Tick] = []
    for exponent in Int(low.rounded(.down))...Int(high.rounded(.up)) where exponent.isMultiple(of: stride) {
      for digit in digits {
        let value = digit * pow(10, Double(exponent))
        guard value >= domain.lowerBound * 0.999999, value <= domain.upperBound * 1.000001 else { continue }
        ticks.append(
          Tick(value: value, text: unit == .dollars && value >= 1 ? unit.tickText(value, step: 1) : unit.text(value)))
      }
    }
    return ticks.count > 1 ? ticks : nil
  }
}
