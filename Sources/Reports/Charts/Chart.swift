/// What a chart shows, and nothing of where: the page's SVG, the PNG and the PDF are all made of this one value, so they agree.
///
/// Layers are drawn in their order, over zones and under marks. An axis without a domain takes it from what is in view.
public struct Chart: Sendable, Equatable {
  /// Unique on its page: the SVG's ids begin with it. Letters, digits and hyphens; anything else becomes a hyphen.
  public var id: String
  public var title: String
  /// What a reader who cannot see the chart is told. `nil`: made of the layers.
  public var summary: String?
  public var x: ChartAxis
  public var left: ChartAxis
  public var right: ChartAxis?
  public var zones: [ChartZone]
  public var layers: [ChartLayer]
  public var references: [ChartReference]
  public var marks: [ChartMark]
  /// In CSS pixels, or points on paper.
  public var size: ChartSize

  public init(
    id: String, title: String, summary: String? = nil, x: ChartAxis, left: ChartAxis, right: ChartAxis? = nil,
    zones: [ChartZone] = [], layers: [ChartLayer], references: [ChartReference] = [], marks: [ChartMark] = [],
    size: ChartSize = ChartSize(width: 720, height: 320)
  ) {
    self.id = String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    self.title = title
    self.summary = summary
    self.x = x
    self.left = left
    self.right = right
    self.zones = zones
    self.layers = layers
    self.references = references
    self.marks = marks
    self.size = size
  }
}

/// Width and height in CSS pixels, or points on paper.
public struct ChartSize: Sendable, Equatable {
  public var width: Double
  public var height: Double

  /// Kept within 120…4000 each: a size comes from an address, and an image of any size would be an attack.
  public init(width: Double, height: Double) {
    self.width = Self.bounded(width, otherwise: 720)
    self.height = Self.bounded(height, otherwise: 320)
  }

  private static func bounded(_ value: Double, otherwise: Double) -> Double {
    value.isFinite ? min(max(value, 120), 4000) : otherwise
  }
}

/// What part of a chart is asked for. `nil` leaves a range to the data: a script that pans holds the vertical ranges fixed, so
/// nothing jumps, and lets them go when it zooms.
public struct ChartViewport: Sendable, Equatable {
  public var x: ClosedRange<Double>?
  public var left: ClosedRange<Double>?
  public var right: ClosedRange<Double>?

  public init(x: ClosedRange<Double>? = nil, left: ClosedRange<Double>? = nil, right: ClosedRange<Double>? = nil) {
    self.x = x
    self.left = left
    self.right = right
  }
}
