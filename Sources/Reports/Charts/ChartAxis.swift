import Foundation

/// One axis: what is measured along it, in which unit, on which scale.
public struct ChartAxis: Sendable, Equatable {
  /// How values become places along the axis.
  public enum Scale: String, Sendable, Equatable {
    case linear
    /// What is not above zero cannot stand on it: it is marked at the foot, as a value that is no number is.
    case logarithmic = "log"
  }

  public var title: String
  public var unit: ChartUnit
  public var scale: Scale
  /// `nil`: from the data in view.
  public var domain: ClosedRange<Double>?
  /// Bars always stand on zero; lines only if asked to.
  public var includesZero: Bool

  public init(
    _ title: String, unit: ChartUnit = .number, scale: Scale = .linear, domain: ClosedRange<Double>? = nil,
    includesZero: Bool = false
  ) {
    self.title = title
    self.unit = unit
    self.scale = scale
    self.domain = domain
    self.includesZero = includesZero
  }
}

/// What the numbers along an axis mean, and so how ticks are chosen and written.
public enum ChartUnit: Sendable, Equatable {
  case number
  /// Whole things: steps, jobs. No tick between two of them.
  case count
  /// A number with what it counts behind it: `quantity("GB")` writes "12 GB".
  case quantity(String)
  case dollars
  /// 0.8 is written 80 %.
  case fraction
  /// Seconds, written as hours and minutes.
  case duration
  /// Seconds since 1970, written in that zone.
  case date(TimeZone)
  /// Positions 0, 1, 2 … with names; on a vertical axis the first is at the top.
  case categories([String])

  var categories: [String]? {
    if case .categories(let names) = self { names } else { nil }
  }
}
