/// One thing drawn on the plot.
public enum ChartLayer: Sendable, Equatable {
  case line(ChartLine)
  case band(ChartBand)
  case bars(ChartBars)
  case scatter(ChartScatter)
  case intervals(ChartIntervals)
  case heatMap(ChartHeatMap)
}

/// One measurement, or many of them with their least and greatest.
public struct ChartPoint: Sendable, Equatable {
  public var x: Double
  /// Not a number: the line has a gap here, and a mark says so.
  public var y: Double
  public var low: Double
  public var high: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
    low = y
    high = y
  }

  /// What a store summed up already: the mean of several, their least and greatest.
  public init(_ x: Double, mean: Double, low: Double, high: Double) {
    self.x = x
    y = mean
    self.low = low
    self.high = high
  }
}

/// A curve. More points than pixels become, for each pixel column, their mean and the range from least to greatest: a spike is never lost.
public struct ChartLine: Sendable, Equatable {
  public var name: String
  /// In ascending x.
  public let points: [ChartPoint]
  public var side: ChartSide
  public var tone: ChartTone
  public var stroke: ChartStroke
  /// 0 ≤ weight < 1: an exponential average over it, corrected for its start (``Smoothing``). The legend says so; what was measured
  /// stays visible, pale, behind it.
  public var smoothing: Double?
  /// A dot and the value at the end of the curve.
  public var showsFinalValue: Bool
  /// A value holds until the next one: a step, not a slope.
  public var isStepped: Bool

  /// Points without a place (x is no number) are left out; those out of order are sorted, the later of two equal ones staying last.
  public init(
    _ name: String, points: [ChartPoint], side: ChartSide = .left, tone: ChartTone = .series(0),
    stroke: ChartStroke = .solid, smoothing: Double? = nil, showsFinalValue: Bool = false, isStepped: Bool = false
  ) {
    self.name = name
    self.points = Self.ordered(points)
    self.side = side
    self.tone = tone
    self.stroke = stroke
    self.smoothing = smoothing.map { min(max($0.isFinite ? $0 : 0, 0), 0.9999) }
    self.showsFinalValue = showsFinalValue
    self.isStepped = isStepped
  }

  private static func ordered(_ points: [ChartPoint]) -> [ChartPoint] {
    var previous = -Double.infinity
    var isOrdered = true
    for point in points {
      guard point.x.isFinite, point.x >= previous else {
        isOrdered = false
        break
      }
      previous = point.x
    }
    if isOrdered { return points }
    return points.enumerated().filter { $0.element.x.isFinite }
      .sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
  }
}

/// The range between two curves: of a forecast's fan, say, from its tenth to its ninetieth percentile.
public struct ChartBand: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var low: Double
    public var high: Double

    public init(_ x: Double, _ low: Double, _ high: Double) {
      self.x = x
      self.low = low
      self.high = high
    }
  }

  public var name: String
  public var points: [Point]
  public var side: ChartSide
  public var tone: ChartTone
  /// 0…1; bands over each other add up.
  public var opacity: Double

  public init(
    _ name: String, points: [Point], side: ChartSide = .left, tone: ChartTone = .series(0), opacity: Double = 0.2
  ) {
    self.name = name
    self.points = points.filter { $0.x.isFinite }.sorted { $0.x < $1.x }
    self.side = side
    self.tone = tone
    self.opacity = opacity
  }
}
