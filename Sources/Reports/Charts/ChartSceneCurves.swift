/// Lines and bands.
extension ChartScene {
  mutating func addCurve(_ index: Int, isInteractive: Bool) {
    guard let curve = frame.curves[index] else { return }
    let line = curve.line
    let scale = frame.scale(line.side)
    let ink = Ink.tone(line.tone)
    var parts: [Shape] = []
    let measured = segments(curve.measured.columns, stepped: line.isStepped && !curve.measured.isSummed, scale)
    if curve.measured.isSummed {
      parts += envelope(curve.measured.columns, scale, ink: ink)
    }
    if let smooth = curve.smooth {
      if !curve.measured.isSummed {
        parts.append(.path(measured.lines, isClosed: false, line: Line(ink: ink, width: 1, opacity: 0.35), fill: nil))
      }
      let drawn = segments(smooth.columns, stepped: false, scale)
      parts.append(
        .path(drawn.lines, isClosed: false, line: Line(ink: ink, width: 1.75, dash: line.stroke.dash), fill: nil))
    } else {
      parts.append(
        .path(measured.lines, isClosed: false, line: Line(ink: ink, width: 1.75, dash: line.stroke.dash), fill: nil))
    }
    parts += measured.dots.map { .dot($0, radius: 1.75, line: nil, fill: Fill(ink: ink)) }
    let gaps = curve.measured.columns.filter { $0.missing > 0 && frame.x.holds($0.x) }
    parts += gaps.prefix(200).map { Self.cross(Place(frame.x.place($0.x), plot.bottom - 5), ink: ink, arm: 2.5) }
    var group = Group(title: line.name, clip: plot)
    if isInteractive { group.data = readout(curve) }
    shapes.append(.group(group, parts))
  }

  /// What the page's script shows at the pointer: exact values, not places read back.
  private func readout(_ curve: ChartFrame.Curve) -> [(name: String, value: String)] {
    let columns = curve.measured.columns
    var data = [("series", curve.line.name), ("side", curve.line.side.rawValue)]
    func list(_ values: some Sequence<Double>) -> String { values.map(SVGNumber.short).joined(separator: " ") }
    data.append(("xs", list(columns.lazy.map(\.x))))
    data.append(("ys", list(columns.lazy.map(\.y))))
    if curve.measured.isSummed {
      data.append(("lows", list(columns.lazy.map(\.low))))
      data.append(("highs", list(columns.lazy.map(\.high))))
    }
    if let smooth = curve.smooth { data.append(("smooth", list(smooth.columns.lazy.map(\.y)))) }
    return data
  }

  /// Stretches without a gap; a single measurement between two gaps is a dot.
  private func segments(
    _ columns: [Buckets.Column], stepped: Bool, _ scale: ChartScale
  ) -> (lines: [[Place]], dots: [Place]) {
    var lines: [[Place]] = []
    var dots: [Place] = []
    var open: [Place] = []
    func close() {
      if open.count == 1 { dots.append(open[0]) } else if !open.isEmpty { lines.append(open) }
      open = []
    }
    for column in columns {
      guard column.y.isFinite else {
        close()
        continue
      }
      let place = Place(frame.x.place(column.x), scale.place(column.y))
      if stepped, let last = open.last { open.append(Place(place.x, last.y)) }
      open.append(place)
    }
    close()
    return (lines, dots)
  }

  private func envelope(_ columns: [Buckets.Column], _ scale: ChartScale, ink: Ink) -> [Shape] {
    var outlines: [[Place]] = []
    var upper: [Place] = []
    var lower: [Place] = []
    func close() {
      if !upper.isEmpty { outlines.append(upper + lower.reversed()) }
      upper = []
      lower = []
    }
    for column in columns {
      guard column.y.isFinite else {
        close()
        continue
      }
      let x = frame.x.place(column.x)
      upper.append(Place(x, scale.place(column.high)))
      lower.append(Place(x, scale.place(column.low)))
    }
    close()
    return [
      .path(
        outlines, isClosed: true, line: Line(ink: ink, width: 0.75, opacity: 0.4), fill: Fill(ink: ink, opacity: 0.22))
    ]
  }

  mutating func addBand(_ band: ChartBand) {
    let scale = frame.scale(band.side)
    var outlines: [[Place]] = []
    for points in band.points.split(whereSeparator: { !$0.low.isFinite || !$0.high.isFinite }) {
      outlines.append(
        points.map { Place(frame.x.place($0.x), scale.place($0.high)) }
          + points.reversed().map { Place(frame.x.place($0.x), scale.place($0.low)) })
    }
    shapes.append(
      .group(
        Group(title: band.name, clip: plot),
        [.path(outlines, isClosed: true, line: nil, fill: Fill(ink: .tone(band.tone), opacity: band.opacity))]))
  }

  mutating func addFinalValue(_ line: ChartLine, curve: ChartFrame.Curve?) {
    guard let column = (curve?.smooth ?? curve?.measured)?.columns.last(where: { $0.y.isFinite && frame.x.holds($0.x) })
    else { return }
    let axis = line.side == .right ? frame.chart.right ?? frame.chart.left : frame.chart.left
    let place = Place(frame.x.place(column.x), frame.scale(line.side).place(column.y))
    shapes.append(.dot(place, radius: 3.5, line: Line(ink: .surface, width: 1.5), fill: Fill(ink: .tone(line.tone))))
    let isNearEdge = place.x + 60 > plot.right
    let label = Label(
      text: axis.unit.text(column.y), place: Place(place.x + (isNearEdge ? -4 : 7), place.y - 7),
      anchor: isNearEdge ? .end : .start, ink: .tone(line.tone), isBold: true, hasHalo: true)
    // Farther away it would be read as another curve's: then the table beside the chart has to say it.
    if let label = free(label, [0, 22, -14, 36]) { put(label) }
  }
}
