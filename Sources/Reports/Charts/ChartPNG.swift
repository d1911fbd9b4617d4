import CCairo

extension Chart {
  /// The chart as a PNG, in the light colours, on white.
  ///
  /// - Parameter scale: pixels for each unit of ``size``; 2 for screens of today, at most 8.
  /// - Throws: ``ReportsError`` where cairo cannot work (out of memory).
  public func png(scale: Double = 2, viewport: ChartViewport? = nil) throws -> [UInt8] {
    let factor = scale.isFinite ? min(max(scale, 0.25), 8) : 2
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32((size.width * factor).rounded(.up)), Int32((size.height * factor).rounded(.up)))
    defer { cairo_surface_destroy(surface) }
    guard let context = cairo_create(surface) else { throw ReportsError("cairo made no context") }
    defer { cairo_destroy(context) }
    let painter = try CairoPainter(context: context, family: Branding.defaultFont)
    painter.source(.surface)
    cairo_paint(context)
    cairo_scale(context, factor, factor)
    painter.paint(ChartScene(self, viewport: viewport, isInteractive: false).shapes)
    cairo_surface_flush(surface)
    let sink = ByteSink()
    let status = cairo_surface_write_to_png_stream(surface, ByteSink.write, Unmanaged.passUnretained(sink).toOpaque())
    guard status == CAIRO_STATUS_SUCCESS else {
      throw ReportsError("the PNG was not written: \(String(cString: cairo_status_to_string(status)))")
    }
    return sink.bytes
  }
}
