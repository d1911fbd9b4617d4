import CCairo

/// Paints shapes on a cairo context, in the light colours. Text is set by pango at 72 dots to the inch and without hinting of its metrics, so
/// a layout is the same at every scale.
final class CairoPainter {
  let context: OpaquePointer
  let layout: OpaquePointer
  private let family: String

  /// - Throws: ``ReportsError`` where pango cannot work.
  init(context: OpaquePointer, family: String) throws {
    guard let layout = pango_cairo_create_layout(context) else { throw ReportsError("pango made no layout") }
    self.context = context
    self.layout = layout
    self.family = family
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    let pango = pango_layout_get_context(layout)
    pango_cairo_context_set_font_options(pango, options)
    pango_cairo_context_set_resolution(pango, 72)
    cairo_font_options_destroy(options)
    pango_layout_context_changed(layout)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  func paint(_ shapes: [Shape]) {
    for shape in shapes { paint(shape) }
  }

  private func paint(_ shape: Shape) {
    switch shape {
    case .path(let parts, let isClosed, let line, let fill):
      cairo_new_path(context)
      for part in parts {
        for (index, place) in part.enumerated() {
          if index == 0 { cairo_move_to(context, place.x, place.y) } else { cairo_line_to(context, place.x, place.y) }
        }
        if isClosed { cairo_close_path(context) }
      }
      finish(line: line, fill: fill)
    case .box(let box, let line, let fill):
      cairo_new_path(context)
      cairo_rectangle(context, box.left, box.top, max(0, box.width), max(0, box.height))
      finish(line: line, fill: fill)
    case .dot(let place, let radius, let line, let fill):
      cairo_new_path(context)
      cairo_arc(context, place.x, place.y, radius, 0, 2 * .pi)
      finish(line: line, fill: fill)
    case .label(let label): paint(label)
    case .group(let group, let shapes):
      cairo_save(context)
      if let clip = group.clip {
        cairo_rectangle(context, clip.left, clip.top, clip.width, clip.height)
        cairo_clip(context)
      }
      paint(shapes)
      cairo_restore(context)
    }
  }

  private func finish(line: Line?, fill: Fill?) {
    if let fill {
      source(fill.ink, opacity: fill.opacity)
      if line == nil { cairo_fill(context) } else { cairo_fill_preserve(context) }
    }
    if let line {
      source(line.ink, opacity: line.opacity)
      cairo_set_line_width(context, line.width)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      line.dash.withUnsafeBufferPointer { cairo_set_dash(context, $0.baseAddress, Int32($0.count), 0) }
      cairo_stroke(context)
    }
    cairo_new_path(context)
  }

  func source(_ ink: Ink, opacity: Double = 1) {
    source(hex: ChartTheme.colours(ink).light, opacity: opacity)
  }

  /// `#RRGGBB`; anything else is black.
  func source(hex: String, opacity: Double = 1) {
    let value = UInt32(hex.dropFirst(), radix: 16) ?? 0
    func part(_ shift: UInt32) -> Double { Double((value >> shift) & 0xFF) / 255 }
    cairo_set_source_rgba(context, part(16), part(8), part(0), opacity)
  }

  private func paint(_ label: Label) {
    setFont(size: label.size, isBold: label.isBold)
    pango_layout_set_width(layout, -1)
    pango_layout_set_text(layout, label.text, -1)
    guard let line = pango_layout_get_line_readonly(layout, 0) else { return }
    var width: Int32 = 0
    pango_layout_get_size(layout, &width, nil)
    let wide = Double(width) / Double(PANGO_SCALE)
    let left =
      switch label.anchor {
      case .start: label.place.x
      case .middle: label.place.x - wide / 2
      case .end: label.place.x - wide
      }
    if label.hasHalo {
      cairo_move_to(context, left, label.place.y)
      pango_cairo_layout_line_path(context, line)
      cairo_set_line_width(context, 3)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      cairo_set_dash(context, nil, 0, 0)
      source(.surface)
      cairo_stroke(context)
    }
    source(label.ink)
    cairo_move_to(context, left, label.place.y)
    pango_cairo_show_layout_line(context, line)
    cairo_new_path(context)
  }

  func setFont(size: Double, isBold: Bool = false, isMonospaced: Bool = false) {
    let font = pango_font_description_new()
    pango_font_description_set_family(font, isMonospaced ? "\(family) Mono" : family)
    pango_font_description_set_weight(font, isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, font)
    pango_font_description_free(font)
  }
}

/// Collects what cairo writes.
final class ByteSink {
  private(set) var bytes: [UInt8] = []

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
      .bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }
}
