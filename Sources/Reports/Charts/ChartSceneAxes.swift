/// Axes, grid, zones, references and marks.
extension ChartScene {
  mutating func addAxes() {
    let chart = frame.chart
    let hasRows = chart.left.unit.categories != nil
    var grid: [[Place]] = []
    var last = Double.infinity
    for tick in frame.leftTicks {
      let y = frame.left.place(tick.value)
      if !hasRows { grid.append([Place(plot.left, y), Place(plot.right, y)]) }
      // Rows lower than their names: as many names as can be read.
      guard abs(y - last) >= ChartFrame.small else { continue }
      last = y
      let room = plot.left - 8
      shapes.append(
        .label(
          Label(
            text: TextWidth.fitted(tick.text, width: room + 1, size: ChartFrame.small),
            place: Place(plot.left - 6, y + 4),
            anchor: .end)))
    }
    for tick in frame.rightTicks {
      shapes.append(
        .label(Label(text: tick.text, place: Place(plot.right + 6, (frame.right?.place(tick.value) ?? 0) + 4))))
    }
    var free = -Double.infinity
    for tick in frame.xTicks {
      let x = frame.x.place(tick.value)
      if hasRows { grid.append([Place(x, plot.top), Place(x, plot.bottom)]) }
      let half = TextWidth.of(tick.text, size: ChartFrame.small) / 2
      // The outermost labels stay within the picture.
      let inside = min(max(x, half + 1), chart.size.width - half - 1)
      // What was moved there leaves its neighbour no room.
      guard inside - half > free else { continue }
      free = inside + half + 2
      shapes.append(.label(Label(text: tick.text, place: Place(inside, plot.bottom + 15), anchor: .middle)))
    }
    shapes.append(.path(grid, isClosed: false, line: Line(ink: .grid), fill: nil))
    var foot = [[Place(plot.left, plot.bottom), Place(plot.right, plot.bottom)]]
    if chart.x.unit.categories == nil {
      foot += frame.xTicks.map { tick in
        let x = frame.x.place(tick.value)
        return [Place(x, plot.bottom), Place(x, plot.bottom + 4)]
      }
    }
    shapes.append(.path(foot, isClosed: false, line: Line(ink: .axis), fill: nil))
    if !chart.x.title.isEmpty {
      shapes.append(
        .label(Label(text: chart.x.title, place: Place(plot.middle.x, chart.size.height - 5), anchor: .middle)))
    }
    let titles = frame.legend.height + (chart.title.isEmpty ? 6 : 26) + 12
    var room = chart.size.width - 16
    if let right = chart.right {
      room -= TextWidth.of(right.title, size: ChartFrame.small) + 10
      put(Label(text: right.title, place: Place(chart.size.width - 8, titles), anchor: .end))
    }
    put(Label(text: TextWidth.fitted(chart.left.title, width: room, size: ChartFrame.small), place: Place(8, titles)))
  }

  mutating func addZones() {
    for zone in frame.chart.zones {
      let across = zone.x.map { clipped($0, frame.x) } ?? (plot.left, plot.right)
      let along = zone.y.map { clipped($0, frame.left) } ?? (plot.top, plot.bottom)
      let box = Box(
        left: min(across.0, across.1), top: min(along.0, along.1), right: max(across.0, across.1),
        bottom: max(along.0, along.1))
      guard box.width > 0, box.height > 0 else { continue }
      shapes.append(.box(box, line: nil, fill: Fill(ink: .tone(zone.tone), opacity: 0.09)))
      if !zone.label.isEmpty {
        let text = TextWidth.fitted(zone.label, width: plot.right - box.left - 8, size: ChartFrame.small)
        let label = Label(text: text, place: Place(box.left + 5, box.top + 13), ink: .tone(zone.tone))
        var other = label
        (other.place.x, other.anchor) = (box.right - 5, .end)
        // Of several that begin in one corner the others stand below, or at the zone's other end.
        // One too low for its words has them above its edge.
        if let label = firstFree([label, other]) ?? free(label, [-18]) ?? free(other, [-18]) { put(label) }
      }
    }
  }

  private func clipped(_ range: ClosedRange<Double>, _ scale: ChartScale) -> (Double, Double) {
    func inside(_ place: Double) -> Double { min(max(place, min(scale.from, scale.to)), max(scale.from, scale.to)) }
    return (inside(scale.place(range.lowerBound)), inside(scale.place(range.upperBound)))
  }

  mutating func addReferences() {
    for reference in frame.chart.references {
      let scale = frame.scale(reference.side)
      guard scale.holds(reference.value) else { continue }
      let isUpright = frame.chart.left.unit.categories != nil
      let along = isUpright ? frame.x.place(reference.value) : scale.place(reference.value)
      let ends =
        isUpright
        ? [Place(along, plot.top), Place(along, plot.bottom)] : [Place(plot.left, along), Place(plot.right, along)]
      let line = Line(ink: .tone(reference.tone), width: 1.5, dash: [6, 4])
      shapes.append(.path([ends], isClosed: false, line: line, fill: nil))
      guard !reference.label.isEmpty else { continue }
      let words = Label(text: reference.label, place: Place(0, 0), ink: .tone(reference.tone), hasHalo: true)
      let places = isUpright ? besideUpright(words, along) : besideLevel(words, along)
      if let label = firstFree(places) {
        put(label)
      } else {
        addAside(words, line)
      }
    }
  }

  /// Where the words of a level may stand, the best first: at its ends, then anywhere along it.
  private func besideLevel(_ words: Label, _ along: Double) -> [Label] {
    func at(_ x: Double, _ anchor: Label.Anchor) -> Label {
      var label = words
      (label.place, label.anchor) = (Place(x, along - 5), anchor)
      return label
    }
    let last = plot.right - 6 - Self.box(of: words).width
    return [at(plot.left + 6, .start), at(plot.right - 6, .end)]
      + stride(from: plot.left + 12, to: last, by: 6).map { at($0, .start) }
  }

  /// On either side of an upright line.
  private func besideUpright(_ words: Label, _ along: Double) -> [Label] {
    [(along + 4, Label.Anchor.start), (along - 4, .end)].map { x, anchor in
      var label = words
      (label.place, label.anchor) = (Place(x, plot.top + 11), anchor)
      return label
    }
  }

  /// Words that have no room beside their line stand above the plot, behind a piece of it; else nowhere: the summary has them.
  private mutating func addAside(_ words: Label, _ line: Line) {
    var label = words
    (label.place, label.anchor, label.hasHalo) = (Place(plot.right, plot.top - 4), .end, false)
    var box = Self.box(of: label)
    box.left -= 22
    guard box.left >= 8, box.top >= 0, !isTaken(box) else { return }
    let y = label.place.y - 4
    shapes.append(
      .path([[Place(box.left, y), Place(box.left + 16, y)]], isClosed: false, line: line, fill: nil))
    put(label)
  }

  mutating func addMarks() {
    var free = -Double.infinity
    for mark in frame.chart.marks.sorted(by: { $0.x < $1.x }) where frame.x.holds(mark.x) {
      let x = frame.x.place(mark.x)
      let (ink, dash, top): (Ink, [Double], Double) =
        switch mark.kind {
        case .interruption: (.tone(.alert), [3, 3], plot.top)
        case .checkpoint: (.tone(.muted), [], plot.bottom - 7)
        case .epoch: (.axis, [1, 3], plot.top)
        case .now: (.text, [], plot.top)
        }
      shapes.append(
        .group(
          Group(title: "\(mark.label): \(frame.chart.x.unit.text(mark.x))", data: [("mark", mark.kind.rawValue)]),
          [
            .path(
              [[Place(x, top), Place(x, plot.bottom)]], isClosed: false, line: Line(ink: ink, width: 1.25, dash: dash),
              fill: nil)
          ]))
      guard mark.kind != .checkpoint, !mark.label.isEmpty else { continue }
      let half = TextWidth.of(mark.label, size: 10) / 2
      let middle = min(max(x, plot.left + half), frame.chart.size.width - half - 2)
      // A label that has no room is left to the pointer.
      guard middle - half > free + 4 else { continue }
      free = middle + half
      put(Label(text: mark.label, place: Place(middle, plot.top - 4), size: 10, anchor: .middle, ink: ink))
    }
  }

  private func firstFree(_ labels: [Label]) -> Label? {
    for label in labels { if let free = free(label, [0, 16]) { return free } }
    return nil
  }

  /// The label at the first of the steps below or above its place where nothing stands yet; nil: there is no room.
  func free(_ label: Label, _ steps: [Double]) -> Label? {
    for step in steps {
      var moved = label
      moved.place.y += step
      let box = Self.box(of: moved)
      let isInside =
        box.top >= plot.top - 2 && box.bottom <= plot.bottom + 2 && box.left >= plot.left - 2
        && box.right <= (frame.right == nil ? frame.chart.size.width : plot.right + 4)
      if isInside, !isTaken(box), !bars.contains(where: { $0.overlaps(box) }) { return moved }
    }
    return nil
  }
}
