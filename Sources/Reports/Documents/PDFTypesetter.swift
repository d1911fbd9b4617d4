import CCairo

/// Sets text in boxes and draws rules, on the pages of one PDF.
final class PDFTypesetter {
  struct Style {
    var size = 10.0
    var isBold = false
    var colour = "#1B1F24"
    var isRight = false
  }

  let painter: CairoPainter
  private var context: OpaquePointer { painter.context }

  init(painter: CairoPainter) { self.painter = painter }

  /// How high the text stands, set in that width.
  func height(_ text: String, _ style: Style, width: Double) -> Double {
    set(text, style, width: width)
    var high: Int32 = 0
    pango_layout_get_size(painter.layout, nil, &high)
    return Double(high) / Double(PANGO_SCALE)
  }

  /// How wide the text is in one line.
  func width(_ text: String, _ style: Style) -> Double {
    set(text, style, width: nil)
    var wide: Int32 = 0
    pango_layout_get_size(painter.layout, &wide, nil)
    return Double(wide) / Double(PANGO_SCALE)
  }

  /// Sets the text with its upper left corner there.
  func draw(_ text: String, _ style: Style, at place: Place, width: Double) {
    set(text, style, width: width)
    painter.source(hex: style.colour)
    cairo_move_to(context, place.x, place.y)
    pango_cairo_show_layout(context, painter.layout)
    cairo_new_path(context)
  }

  func rule(from: Place, to: Place, colour: String, width: Double = 0.75) {
    painter.source(hex: colour)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, nil, 0, 0)
    cairo_move_to(context, from.x, from.y)
    cairo_line_to(context, to.x, to.y)
    cairo_stroke(context)
  }

  func fill(_ box: Box, colour: String, opacity: Double = 1) {
    painter.source(hex: colour, opacity: opacity)
    cairo_rectangle(context, box.left, box.top, box.width, box.height)
    cairo_fill(context)
  }

  /// What is drawn within bears the tag in the document's structure.
  func tagged(_ tag: String, _ attributes: String = "", _ body: () -> Void) {
    cairo_tag_begin(context, tag, attributes)
    body()
    cairo_tag_end(context, tag)
  }

  private func set(_ text: String, _ style: Style, width: Double?) {
    let layout = painter.layout
    painter.setFont(size: style.size, isBold: style.isBold)
    pango_layout_set_width(layout, width.map { Int32($0 * Double(PANGO_SCALE)) } ?? -1)
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_alignment(layout, style.isRight ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT)
    // What no font can show would be drawn as boxes.
    let visible = String(text.unicodeScalars.filter { $0 == "\n" || $0.value >= 0x20 })
    pango_layout_set_text(layout, visible, -1)
    pango_layout_set_alignment(layout, style.isRight ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT)
  }
}
