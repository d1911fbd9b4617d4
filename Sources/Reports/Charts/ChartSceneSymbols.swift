/// Bars, dots, intervals and heat maps.
extension ChartScene {
  mutating func addBars(_ bars: ChartBars) {
    let names = frame.chart.x.unit.categories ?? []
    let room = plot.width / Double(max(names.count, 1))
    let half = min(room * 0.36, 36)
    let totals = bars.totals
    for index in names.indices {
      let middle = frame.x.place(Double(index))
      var above = 0.0
      var below = 0.0
      for part in bars.parts {
        guard part.values.indices.contains(index), part.values[index].isFinite, part.values[index] != 0 else {
          continue
        }
        let value = part.values[index]
        let from = value > 0 ? above : below
        if value > 0 { above += value } else { below += value }
        let ends = [frame.left.place(from), frame.left.place(from + value)].sorted()
        let box = Box(left: middle - half, top: ends[0], right: middle + half, bottom: ends[1])
        self.bars.append(box)
        shapes.append(
          .group(
            Group(title: "\(names[index]), \(part.name): \(frame.chart.left.unit.text(value))"),
            [.box(box, line: nil, fill: Fill(ink: .tone(part.tone)))]))
      }
      if bars.showsTotals, totals.indices.contains(index) {
        let text = frame.chart.left.unit.text(totals[index])
        guard TextWidth.of(text, size: 10) < room else { continue }
        // A sum that has no room is left to the pointer.
        putIfFree(
          Label(
            text: text, place: Place(middle, frame.left.place(above) - 4), size: 10, anchor: .middle, ink: .text,
            hasHalo: true))
      }
    }
  }

  mutating func addScatter(_ scatter: ChartScatter) {
    let visible = scatter.points.filter { $0.x.isFinite && $0.y.isFinite && frame.x.holds($0.x) }
    for point in visible {
      let place = Place(frame.x.place(point.x), frame.left.place(point.y))
      let title =
        "\(point.label): \(frame.chart.x.title) \(frame.chart.x.unit.text(point.x)), "
        + "\(frame.chart.left.title) \(frame.chart.left.unit.text(point.y))"
      var parts = [
        Shape.dot(
          place, radius: 4.5, line: Line(ink: .surface, width: 1), fill: Fill(ink: .tone(scatter.tone), opacity: 0.85))
      ]
      if point.isHighlighted { parts.append(.dot(place, radius: 8, line: Line(ink: .text, width: 1.5), fill: nil)) }
      shapes.append(.group(Group(title: title, link: point.link), parts))
      taken.append(Box(left: place.x - 5, top: place.y - 5, right: place.x + 5, bottom: place.y + 5))
    }
    guard scatter.showsLabels else { return }
    for point in visible.prefix(40) {
      let place = Place(frame.x.place(point.x), frame.left.place(point.y))
      let isNearEdge = place.x + 12 + TextWidth.of(point.label, size: 10) > plot.right
      let label = Label(
        text: point.label, place: Place(place.x + (isNearEdge ? -8 : 8), place.y + 3.5), size: 10,
        anchor: isNearEdge ? .end : .start, hasHalo: true)
      putIfFree(label)
    }
  }

  mutating func addIntervals(_ intervals: ChartIntervals) {
    let isLying = frame.chart.left.unit.categories != nil
    let values = isLying ? frame.x : frame.left
    let unit = isLying ? frame.chart.x.unit : frame.chart.left.unit
    for point in intervals.points {
      let across = isLying ? frame.left.place(point.position) : frame.x.place(point.position)
      func place(_ value: Double, aside: Double = 0) -> Place {
        let along = values.place(value)
        return isLying ? Place(along, across + aside) : Place(across + aside, along)
      }
      let ink = Ink.tone(point.tone ?? intervals.tone)
      var parts: [Shape] = []
      if point.low.isFinite, point.high.isFinite {
        parts.append(
          .path(
            [
              [place(point.low), place(point.high)], [place(point.low, aside: -4), place(point.low, aside: 4)],
              [place(point.high, aside: -4), place(point.high, aside: 4)],
            ], isClosed: false, line: Line(ink: ink, width: 1.5), fill: nil))
      }
      if point.estimate.isFinite {
        parts.append(.dot(place(point.estimate), radius: 4, line: Line(ink: .surface, width: 1), fill: Fill(ink: ink)))
      }
      if let outcome = point.outcome, outcome.isFinite {
        parts.append(Self.cross(place(outcome), ink: .tone(.alert), arm: 4))
      }
      let name = (isLying ? frame.chart.left.unit : frame.chart.x.unit).text(point.position)
      let title = "\(name): \(unit.text(point.estimate)) (\(unit.text(point.low)) to \(unit.text(point.high)))"
      shapes.append(.group(Group(title: title, clip: plot.grown(by: 5)), parts))
    }
  }

  mutating func addHeatMap(_ map: ChartHeatMap) {
    let columns = frame.chart.x.unit.categories ?? []
    let rows = frame.chart.left.unit.categories ?? []
    let width = plot.width / Double(max(columns.count, 1))
    let height = plot.height / Double(max(rows.count, 1))
    for cell in map.cells where columns.indices.contains(cell.column) && rows.indices.contains(cell.row) {
      let left = plot.left + Double(cell.column) * width
      let top = plot.top + Double(cell.row) * height
      let box = Box(left: left + 0.5, top: top + 0.5, right: left + width - 0.5, bottom: top + height - 0.5)
      let isGreyed = cell.isGreyed || !cell.value.isFinite
      let step = map.step(cell.value)
      let ink = isGreyed ? Ink.secondaryText : .onRamp(step)
      let value = map.unit.text(cell.value)
      let count = cell.n.map { "n = \($0)" }
      var parts: [Shape] = [.box(box, line: nil, fill: Fill(ink: isGreyed ? .greyed : .ramp(step)))]
      let fitsTwo = height >= 28 && count != nil
      if TextWidth.of(value, size: 11) < width - 4, height >= 14 {
        parts.append(
          .label(
            Label(text: value, place: Place(box.middle.x, box.middle.y + (fitsTwo ? -1 : 4)), anchor: .middle, ink: ink)
          ))
      }
      if fitsTwo, let count, TextWidth.of(count, size: 9) < width - 2 {
        parts.append(
          .label(Label(text: count, place: Place(box.middle.x, box.middle.y + 11), size: 9, anchor: .middle, ink: ink)))
      }
      let title =
        "\(rows[cell.row]), \(columns[cell.column]): \(value)" + (count.map { " (\($0))" } ?? "")
        + (isGreyed ? ", too little to say" : "")
      shapes.append(.group(Group(title: title), parts))
    }
  }
}

extension ChartHeatMap {
  var colourRange: ClosedRange<Double> {
    if let range { return range }
    var extent = ChartExtent()
    for cell in cells where !cell.isGreyed { extent.add(cell.value) }
    return extent.range ?? 0...1
  }

  func step(_ value: Double) -> Int {
    let range = colourRange
    let span = range.upperBound - range.lowerBound
    guard value.isFinite, span > 0 else { return 4 }
    return Int(min(max((value - range.lowerBound) / span, 0), 1) * 8.999)
  }
}

extension Box {
  func grown(by margin: Double) -> Box {
    Box(left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin)
  }
}
