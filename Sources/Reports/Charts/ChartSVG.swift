extension Chart {
  /// The chart as one `<svg>` element, to stand in a page.
  ///
  /// It scales with its width, takes colours from ``ChartTheme/styleSheet``, is an image to a screen reader (`role="img"` with its title and
  /// summary), and tells a script where things are, all in the units of its `viewBox`:
  ///
  /// | attribute of `svg` | |
  /// |---|---|
  /// | `data-plot` | left, top, right and bottom of the plot |
  /// | `data-x` | least and greatest value shown along x, `linear` or `log`, and the unit: `number count quantity dollars fraction duration date categories` |
  /// | `data-left`, `data-right` | the same for the vertical axes |
  /// | `data-x-all` | the range of all the data: where zooming out ends |
  ///
  /// Each curve is a `g` with `data-series` (its name), `data-side`, and `data-xs data-ys` (with `data-lows data-highs data-smooth` where
  /// they are): what it shows in each pixel column, separated by blanks, `NaN` for a gap.
  ///
  /// - Parameters:
  ///   - viewport: what part is shown; all of it unless said.
  ///   - isInteractive: whether the values are told; leave them out where no script runs.
  public func svg(viewport: ChartViewport? = nil, isInteractive: Bool = true) -> String {
    let scene = ChartScene(self, viewport: viewport, isInteractive: isInteractive)
    let frame = scene.frame
    var writer = SVGWriter(id: id, writesData: isInteractive)
    writer.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\"")
    writer.attribute("id", id)
    writer.attribute("aria-labelledby", "\(id)-title \(id)-summary")
    writer.raw(" viewBox=\"0 0 \(SVGNumber.tenths(size.width)) \(SVGNumber.tenths(size.height))\"")
    writer.raw(" font-family=\"system-ui, 'DejaVu Sans', sans-serif\"")
    if isInteractive {
      let plot = frame.plot
      writer.attribute(
        "data-plot", [plot.left, plot.top, plot.right, plot.bottom].map(SVGNumber.tenths).joined(separator: " "))
      writer.attribute("data-x", Self.scale(frame.x, unit: x.unit))
      writer.attribute("data-left", Self.scale(frame.left, unit: left.unit))
      if let scale = frame.right, let right { writer.attribute("data-right", Self.scale(scale, unit: right.unit)) }
      let all = horizontalDomain
      writer.attribute("data-x-all", "\(SVGNumber.short(all.lowerBound)) \(SVGNumber.short(all.upperBound))")
    }
    writer.raw("><title id=\"\(id)-title\">\(SVGWriter.escaped(title))</title>")
    writer.raw("<desc id=\"\(id)-summary\">\(SVGWriter.escaped(description(frame)))</desc>")
    writer.write(scene.shapes)
    writer.writeClips()
    writer.raw("</svg>")
    return writer.text
  }

  private static func scale(_ scale: ChartScale, unit: ChartUnit) -> String {
    let kind = scale.isLogarithmic ? "log" : "linear"
    return "\(scale.domain.lowerBound) \(scale.domain.upperBound) \(kind) \(unit.name)"
  }
}

extension ChartUnit {
  var name: String {
    switch self {
    case .number: "number"
    case .count: "count"
    case .quantity: "quantity"
    case .dollars: "dollars"
    case .fraction: "fraction"
    case .duration: "duration"
    case .date: "date"
    case .categories: "categories"
    }
  }
}
