/// A part of the plot with a ground of its own: the alert zone above a budget, the corner where one wants to be.
public struct ChartZone: Sendable, Equatable {
  /// `nil`: the whole width.
  public var x: ClosedRange<Double>?
  /// On the left axis; `nil`: the whole height.
  public var y: ClosedRange<Double>?
  public var label: String
  public var tone: ChartTone

  public init(_ label: String, x: ClosedRange<Double>? = nil, y: ClosedRange<Double>? = nil, tone: ChartTone = .alert) {
    self.label = label
    self.x = x
    self.y = y
    self.tone = tone
  }
}

/// A level across the plot: a budget's limit, a threshold.
public struct ChartReference: Sendable, Equatable {
  public var value: Double
  public var label: String
  public var side: ChartSide
  public var tone: ChartTone
  /// The axis reaches out to it though no data does.
  public var extendsAxis: Bool

  public init(
    _ value: Double, label: String, side: ChartSide = .left, tone: ChartTone = .alert, extendsAxis: Bool = true
  ) {
    self.value = value
    self.label = label
    self.side = side
    self.tone = tone
    self.extendsAxis = extendsAxis
  }
}

/// Something that happened at one x: an interruption, a checkpoint, the end of an epoch.
public struct ChartMark: Sendable, Equatable {
  /// What is marked.
  public enum Kind: String, Sendable, Equatable {
    /// A line of alert across the plot.
    case interruption
    /// A small tick at the foot: there are many of them.
    case checkpoint
    case epoch
    case now
  }

  public var x: Double
  public var label: String
  public var kind: Kind

  public init(_ x: Double, label: String, kind: Kind) {
    self.x = x
    self.label = label
    self.kind = kind
  }
}
