/// Bars over the x axis's categories; several parts stand on one another.
public struct ChartBars: Sendable, Equatable {
  public struct Part: Sendable, Equatable {
    public var name: String
    /// One for each category; what is missing or no number is not drawn.
    public var values: [Double]
    public var tone: ChartTone

    public init(_ name: String, values: [Double], tone: ChartTone = .series(0)) {
      self.name = name
      self.values = values
      self.tone = tone
    }
  }

  public var parts: [Part]
  /// The sum is written over each bar.
  public var showsTotals: Bool

  public init(_ parts: [Part], showsTotals: Bool = false) {
    self.parts = parts
    self.showsTotals = showsTotals
  }
}

/// Dots, one for each thing compared.
public struct ChartScatter: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// Shown by the pointer, and beside the dot where there is room.
    public var label: String
    /// Where the dot leads on a page.
    public var link: String?
    /// Set apart by a ring: an outlier, a recommendation.
    public var isHighlighted: Bool

    public init(_ x: Double, _ y: Double, label: String, link: String? = nil, isHighlighted: Bool = false) {
      self.x = x
      self.y = y
      self.label = label
      self.link = link
      self.isHighlighted = isHighlighted
    }
  }

  public var name: String
  public var points: [Point]
  public var tone: ChartTone
  public var showsLabels: Bool

  public init(_ name: String, points: [Point], tone: ChartTone = .series(0), showsLabels: Bool = true) {
    self.name = name
    self.points = points
    self.tone = tone
    self.showsLabels = showsLabels
  }
}

/// Estimates with their intervals. Lying, one below the other, where the left axis has categories; else standing over the x axis.
public struct ChartIntervals: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    /// On the axis with categories, or along x.
    public var position: Double
    public var estimate: Double
    public var low: Double
    public var high: Double
    public var tone: ChartTone?
    /// What came true, drawn as a cross.
    public var outcome: Double?

    public init(
      _ position: Double, estimate: Double, low: Double, high: Double, tone: ChartTone? = nil, outcome: Double? = nil
    ) {
      self.position = position
      self.estimate = estimate
      self.low = low
      self.high = high
      self.tone = tone
      self.outcome = outcome
    }
  }

  public var name: String
  public var points: [Point]
  public var tone: ChartTone

  public init(_ name: String, points: [Point], tone: ChartTone = .series(0)) {
    self.name = name
    self.points = points
    self.tone = tone
  }
}

/// A value for each pair of categories: x's are the columns, left's the rows.
public struct ChartHeatMap: Sendable, Equatable {
  public struct Cell: Sendable, Equatable {
    public var column: Int
    public var row: Int
    public var value: Double
    /// How many observations stand behind it; written in the cell.
    public var n: Int?
    /// Too little is known: no colour, so nobody reads one.
    public var isGreyed: Bool

    public init(column: Int, row: Int, value: Double, n: Int? = nil, isGreyed: Bool = false) {
      self.column = column
      self.row = row
      self.value = value
      self.n = n
      self.isGreyed = isGreyed
    }
  }

  public var name: String
  public var cells: [Cell]
  public var unit: ChartUnit
  /// What the palest and the darkest colour stand for; `nil`: the least and the greatest value that is not greyed.
  public var range: ClosedRange<Double>?

  public init(_ name: String, cells: [Cell], unit: ChartUnit = .number, range: ClosedRange<Double>? = nil) {
    self.name = name
    self.cells = cells
    self.unit = unit
    self.range = range
  }
}
