/// The names of what is drawn, in rows under the title.
struct ChartLegend {
  enum Glyph: Equatable {
    case line(ChartTone, ChartStroke)
    case area(ChartTone, Double)
    case bar(ChartTone)
    case dot(ChartTone)
    case cross
    case ramp
  }

  struct Entry {
    var glyph: Glyph
    var text: String
    var place = Place(0, 0)
  }

  private(set) var entries: [Entry] = []
  private(set) var rows = 0
  var height: Double { Double(rows) * 17 }

  init(chart: Chart, curves: [Int: ChartFrame.Curve], width: Double) {
    var missing = 0
    var isSummed = false
    for (index, layer) in chart.layers.enumerated() {
      switch layer {
      case .line(let line):
        let weight = line.smoothing.map {
          ", smoothed (exponential, \(ChartUnit.plain($0, significant: 4)), bias-corrected)"
        }
        entries.append(Entry(glyph: .line(line.tone, line.stroke), text: line.name + (weight ?? "")))
        missing += curves[index]?.measured.missing ?? 0
        if curves[index]?.measured.isSummed == true { isSummed = true }
      case .band(let band): entries.append(Entry(glyph: .area(band.tone, band.opacity), text: band.name))
      case .bars(let bars): entries += bars.parts.map { Entry(glyph: .bar($0.tone), text: $0.name) }
      case .scatter(let scatter): entries.append(Entry(glyph: .dot(scatter.tone), text: scatter.name))
      case .intervals(let intervals):
        entries.append(Entry(glyph: .dot(intervals.tone), text: intervals.name))
        if intervals.points.contains(where: { $0.outcome != nil }) {
          entries.append(Entry(glyph: .cross, text: "what came true"))
        }
      case .heatMap(let map):
        let range = map.colourRange
        entries.append(
          Entry(
            glyph: .ramp, text: "\(map.name): \(map.unit.text(range.lowerBound)) to \(map.unit.text(range.upperBound))")
        )
      }
    }
    if isSummed { entries.append(Entry(glyph: .area(.muted, 0.3), text: "least to greatest in each pixel")) }
    // One curve is named by its axis.
    if entries.count == 1, case .line(let line)? = chart.layers.first, line.smoothing == nil,
      line.name == chart.left.title
    {
      entries = []
    }
    if missing > 0 {
      let reason =
        chart.left.scale == .logarithmic || chart.right?.scale == .logarithmic
        ? "no number, or not above zero" : "not a number"
      entries.append(Entry(glyph: .cross, text: "\(reason): \(ChartUnit.count.text(Double(missing)))"))
    }
    place(top: chart.title.isEmpty ? 6 : 26, width: width)
  }

  private mutating func place(top: Double, width: Double) {
    var x = 8.0
    for index in entries.indices {
      let needed = 22 + TextWidth.of(entries[index].text, size: ChartFrame.small)
      if x > 8, x + needed > width {
        x = 8
        rows += 1
      }
      entries[index].place = Place(x, top + Double(rows) * 17 + 8)
      x += needed + 14
    }
    if !entries.isEmpty { rows += 1 }
  }
}
