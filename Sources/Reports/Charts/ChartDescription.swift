extension Chart {
  /// What the chart shows, in words: for a page's screen reader, a PDF's alternate text and an e-mail's plain part.
  public var spokenSummary: String { description(ChartFrame(self, viewport: nil)) }

  func description(_ frame: ChartFrame) -> String {
    if let summary { return summary }
    var sentences: [String] = []
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .line(let line): sentences.append(sentence(line, frame.curves[index]))
      case .band(let band):
        if let last = band.points.last {
          let unit = unit(band.side)
          sentences.append(
            "\(band.name): from \(unit.text(last.low)) to \(unit.text(last.high)) at \(x.unit.text(last.x)).")
        }
      case .bars(let bars):
        let names = x.unit.categories ?? []
        let list = zip(names, bars.totals).prefix(12).map { "\($0) \(left.unit.text($1))" }
        sentences.append("\(bars.parts.map(\.name).joined(separator: ", ")): \(list.joined(separator: ", ")).")
      case .scatter(let scatter): sentences.append("\(scatter.name): \(scatter.points.count) points.")
      case .intervals(let intervals):
        let isLying = left.unit.categories != nil
        let list = intervals.points.prefix(12).map { point in
          let name = (isLying ? left.unit : x.unit).text(point.position)
          let unit = isLying ? x.unit : left.unit
          return "\(name) \(unit.text(point.estimate)) (\(unit.text(point.low)) to \(unit.text(point.high)))"
        }
        sentences.append("\(intervals.name): \(list.joined(separator: "; ")).")
      case .heatMap(let map):
        let range = map.colourRange
        sentences.append(
          "\(map.name) in \(map.cells.count) cells, from \(map.unit.text(range.lowerBound)) to \(map.unit.text(range.upperBound))."
        )
      }
    }
    for reference in references {
      sentences.append("\(reference.label): \(unit(reference.side).text(reference.value)).")
    }
    let interruptions = marks.filter { $0.kind == .interruption }.count
    if interruptions > 0 { sentences.append("\(interruptions) interruption\(interruptions == 1 ? "" : "s").") }
    return sentences.isEmpty ? "No data." : sentences.joined(separator: " ")
  }

  private func unit(_ side: ChartSide) -> ChartUnit { side == .right ? (right ?? left).unit : left.unit }

  private func sentence(_ line: ChartLine, _ curve: ChartFrame.Curve?) -> String {
    let columns = curve?.measured.columns ?? []
    let unit = unit(line.side)
    let drawn = columns.filter { $0.y.isFinite }
    guard let first = drawn.first, let last = drawn.last else { return "\(line.name): no data." }
    let low = drawn.reduce(Double.infinity) { min($0, $1.low) }
    let high = drawn.reduce(-Double.infinity) { max($0, $1.high) }
    var text =
      "\(line.name) from \(unit.text(first.y)) at \(x.unit.text(first.x)) to \(unit.text(last.y)) at \(x.unit.text(last.x)); "
      + "least \(unit.text(low)), greatest \(unit.text(high))."
    if let missing = curve?.measured.missing, missing > 0 { text += " \(missing) values are not numbers." }
    return text
  }
}
