/// Axes, grid, zones, references and marks.
extension ChartScene {
  mutating func addAxes() {
    let chart = frame.chart
    let hasRows = chart.left.unit.categories != nil
    var grid: [[Place]] = []
    for tick in frame.leftTicks {
      let y = frame.left.place(tick.value)
      if !hasRows { grid.append([Place(plot.left, y), Place(plot.right, y)]) }
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
    for tick in frame.xTicks {
      let x = frame.x.place(tick.value)
      if hasRows { grid.append([Place(x, plot.top), Place(x, plot.bottom)]) }
      let half = TextWidth.of(tick.text, size: ChartFrame.small) / 2
      // The outermost labels stay within the picture.
      let inside = min(max(x, half + 1), chart.size.width - half - 1)
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
    shapes.append(.label(Label(text: chart.left.title, place: Place(8, titles))))
    if let right = chart.right {
      shapes.append(.label(Label(text: right.title, place: Place(chart.size.width - 8, titles), anchor: .end)))
    }
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
        let label = Label(text: zone.label, place: Place(box.left + 5, box.top + 13), ink: .tone(zone.tone))
        shapes.append(.label(label))
        taken.append(Self.box(of: label))
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
      shapes.append(
        .path([ends], isClosed: false, line: Line(ink: .tone(reference.tone), width: 1.5, dash: [6, 4]), fill: nil))
      let place = isUpright ? Place(along + 4, plot.top + 11) : Place(plot.left + 6, along - 5)
      let label = Label(text: reference.label, place: place, ink: .tone(reference.tone), hasHalo: true)
      // At the line's other end where a zone's words stand at this one.
      var other = label
      (other.place, other.anchor) = (Place(plot.right - 6, along - 5), .end)
      let steps: [Double] = [0, 16]
      if !isUpright, free(label, steps) == nil, free(other, steps) != nil {
        add(other, steps: steps)
      } else {
        add(label, steps: steps)
      }
    }
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
      shapes.append(
        .label(Label(text: mark.label, place: Place(middle, plot.top - 4), size: 10, anchor: .middle, ink: ink)))
    }
  }

  /// Adds a label at the first of the steps below or above its place where nothing stands yet; else at its place, or not at all if it
  /// isn't needed.
  mutating func add(_ label: Label, steps: [Double], isNeeded: Bool = true) {
    guard let chosen = free(label, steps) ?? (isNeeded ? label : nil) else { return }
    taken.append(Self.box(of: chosen))
    shapes.append(.label(chosen))
  }

  /// The label at the first of the steps where nothing stands yet.
  private func free(_ label: Label, _ steps: [Double]) -> Label? {
    for step in steps {
      var moved = label
      moved.place.y += step
      let box = Self.box(of: moved)
      if box.top >= plot.top - 2, box.bottom <= plot.bottom + 2, !taken.contains(where: { $0.overlaps(box) }) {
        return moved
      }
    }
    return nil
  }
}
