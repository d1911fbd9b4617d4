/// A chart as shapes: what SVG writes and cairo paints.
struct ChartScene {
  var frame: ChartFrame
  var shapes: [Shape] = []
  /// Boxes of labels that stand already; later ones make way.
  var taken: [Box] = []
  /// Bars, on which nothing is written that is said of the whole plot.
  var bars: [Box] = []

  init(_ chart: Chart, viewport: ChartViewport?, isInteractive: Bool) {
    frame = ChartFrame(chart, viewport: viewport)
    addHeading()
    addZones()
    addAxes()
    addMarks()
    for (index, layer) in chart.layers.enumerated() {
      switch layer {
      case .line: addCurve(index, isInteractive: isInteractive)
      case .band(let band): addBand(band)
      case .bars(let bars): addBars(bars)
      case .scatter(let scatter): addScatter(scatter)
      case .intervals(let intervals): addIntervals(intervals)
      case .heatMap(let map): addHeatMap(map)
      }
    }
    addReferences()
    for (index, layer) in chart.layers.enumerated() {
      if case .line(let line) = layer, line.showsFinalValue { addFinalValue(line, curve: frame.curves[index]) }
    }
  }

  var plot: Box { frame.plot }

  private mutating func addHeading() {
    let chart = frame.chart
    if !chart.title.isEmpty {
      put(
        Label(
          text: TextWidth.fitted(chart.title, width: chart.size.width - 16, size: 14.5), place: Place(8, 18), size: 14,
          ink: .text, isBold: true))
    }
    for entry in frame.legend.entries {
      shapes += Self.glyph(entry.glyph, at: entry.place)
      put(
        Label(
          text: TextWidth.fitted(entry.text, width: chart.size.width - entry.place.x - 26, size: ChartFrame.small),
          place: Place(entry.place.x + 22, entry.place.y + 4)))
    }
  }

  private static func glyph(_ glyph: ChartLegend.Glyph, at place: Place) -> [Shape] {
    let box = Box(left: place.x, top: place.y - 5, right: place.x + 16, bottom: place.y + 5)
    switch glyph {
    case .line(let tone, let stroke):
      return [
        .path(
          [[Place(box.left, place.y), Place(box.right, place.y)]], isClosed: false,
          line: Line(ink: .tone(tone), width: 2, dash: stroke.dash), fill: nil)
      ]
    case .area(let tone, let opacity): return [.box(box, line: nil, fill: Fill(ink: .tone(tone), opacity: opacity))]
    case .bar(let tone):
      return [
        .box(
          Box(left: place.x + 3, top: place.y - 5, right: place.x + 13, bottom: place.y + 5), line: nil,
          fill: Fill(ink: .tone(tone)))
      ]
    case .dot(let tone): return [.dot(Place(place.x + 8, place.y), radius: 4, line: nil, fill: Fill(ink: .tone(tone)))]
    case .none: return []
    case .cross: return [cross(Place(place.x + 8, place.y), ink: .tone(.alert))]
    case .ramp:
      let width = box.width / 9
      return (0..<9).map {
        let left = box.left + Double($0) * width
        return .box(
          Box(left: left, top: box.top, right: left + width, bottom: box.bottom), line: nil, fill: Fill(ink: .ramp($0)))
      }
    }
  }

  static func cross(_ place: Place, ink: Ink, arm: Double = 3) -> Shape {
    .path(
      [
        [Place(place.x - arm, place.y - arm), Place(place.x + arm, place.y + arm)],
        [Place(place.x - arm, place.y + arm), Place(place.x + arm, place.y - arm)],
      ], isClosed: false, line: Line(ink: ink, width: 1.5), fill: nil)
  }

  /// Writes a label; later ones make way for it.
  mutating func put(_ label: Label) {
    taken.append(Self.box(of: label))
    shapes.append(.label(label))
  }

  /// Writes a label where nothing stands yet; else not at all.
  mutating func putIfFree(_ label: Label) {
    if !isTaken(Self.box(of: label)) { put(label) }
  }

  func isTaken(_ box: Box) -> Bool { taken.contains { $0.overlaps(box) } }

  /// Where the label of that size and place would stand.
  static func box(of label: Label) -> Box {
    let width = TextWidth.of(label.text, size: label.size, isBold: label.isBold)
    let left =
      switch label.anchor {
      case .start: label.place.x
      case .middle: label.place.x - width / 2
      case .end: label.place.x - width
      }
    return Box(left: left, top: label.place.y - label.size, right: left + width, bottom: label.place.y + 3)
  }
}
