/// A curve's points brought down to pixel columns in one pass: each column keeps the mean, the least and the greatest, and how many
/// values were no numbers, so neither a spike nor a gap is lost.
struct Buckets: Equatable {
  struct Column: Equatable {
    /// The mean x of what is in it.
    var x: Double
    /// The mean of what are numbers; not a number if there are none.
    var y: Double
    var low: Double
    var high: Double
    var count: Int
    /// Values that cannot be drawn.
    var missing: Int
  }

  var columns: [Column]
  /// True if some column stands for more than one measurement.
  var isSummed: Bool
  /// How many values in view cannot be drawn.
  var missing: Int

  /// - Parameter isDrawable: what can stand on the axis; not zero or less on a logarithmic one.
  static func of(
    _ points: [ChartPoint], in domain: ClosedRange<Double>, columns count: Int, isLogarithmic: Bool = false,
    isXLogarithmic: Bool = false
  ) -> Buckets {
    var visible = range(of: points, in: domain)
    // One neighbour on each side, so the curve reaches the plot's edge.
    if visible.lowerBound > points.startIndex { visible = (visible.lowerBound - 1)..<visible.upperBound }
    if visible.upperBound < points.endIndex { visible = visible.lowerBound..<(visible.upperBound + 1) }
    let span = domain.upperBound - domain.lowerBound
    guard !visible.isEmpty else { return Buckets(columns: [], isSummed: false, missing: 0) }
    // On a logarithmic x, columns of equal x would be wide at its start; there are few points there, so each stays.
    let merges = visible.count > 2 * count && span > 0 && !isXLogarithmic
    var result = Buckets(columns: [], isSummed: false, missing: 0)
    result.columns.reserveCapacity(min(visible.count, count + 2))
    var open = Column(x: 0, y: 0, low: .infinity, high: -.infinity, count: 0, missing: 0)
    var openKey = Int.min
    let scale = merges ? Double(count) / span : 0
    points.withUnsafeBufferPointer { points in
      for index in visible {
        let point = points[index]
        var key = index
        if merges {
          key = Int(max(-1, min(Double(count), ((point.x - domain.lowerBound) * scale).rounded(.down))))
          if point.x == domain.upperBound { key = count - 1 }
        }
        if key != openKey {
          if open.count > 0 { result.close(open) }
          open = Column(x: 0, y: 0, low: .infinity, high: -.infinity, count: 0, missing: 0)
          openKey = key
        }
        open.x += point.x
        open.count += 1
        let isDrawable = isLogarithmic ? point.y > 0 && point.y.isFinite : point.y.isFinite
        if isDrawable {
          open.y += point.y
          open.low = min(open.low, isLogarithmic && point.low <= 0 ? point.y : point.low)
          open.high = max(open.high, point.high)
        } else {
          open.missing += 1
        }
      }
    }
    if open.count > 0 { result.close(open) }
    return result
  }

  private mutating func close(_ open: Column) {
    var column = open
    column.x /= Double(open.count)
    let numbers = open.count - open.missing
    if numbers > 0 {
      column.y /= Double(numbers)
      if column.high > column.low { isSummed = true }
    } else {
      column.y = .nan
    }
    missing += open.missing
    columns.append(column)
  }

  /// The indices whose x lies in the domain: found by halving, for panning must not read a million points to show a thousand.
  static func range(of points: [ChartPoint], in domain: ClosedRange<Double>) -> Range<Int> {
    func first(where isPast: (Double) -> Bool) -> Int {
      var low = 0
      var high = points.count
      while low < high {
        let middle = (low + high) / 2
        if isPast(points[middle].x) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let from = first { $0 >= domain.lowerBound }
    return from..<max(from, first { $0 > domain.upperBound })
  }
}
