import CCairo
import Foundation

/// Draws a document's pages.
struct PDFWriter {
  private let document: ReportDocument
  private let colour: String

  init(_ document: ReportDocument) {
    self.document = document
    colour = document.branding.colour
  }

  func render() throws -> [UInt8] {
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(
      ByteSink.write, Unmanaged.passUnretained(sink).toOpaque(), PDFSheet.width, PDFSheet.height)
    defer { cairo_surface_destroy(surface) }
    guard let context = cairo_create(surface) else { throw ReportsError("cairo made no context") }
    defer { cairo_destroy(context) }
    describe(surface)
    let typesetter = PDFTypesetter(painter: try CairoPainter(context: context, family: Branding.defaultFont))
    let flow = PDFFlow(document, typesetter: typesetter)
    let contents = flow.entries.filter { $0.level <= 2 }
    let perPage = 34
    let contentsPages = (contents.count + perPage - 1) / perPage
    let first = 2 + contentsPages
    let total = 1 + contentsPages + flow.pages
    // cairo marks a document as tagged only where all of it stands in this one.
    cairo_tag_begin(context, "Document", "")
    PDFTitlePage(document: document, typesetter: typesetter).draw()
    cairo_show_page(context)
    for index in 0..<contentsPages {
      header(typesetter, page: 2 + index, of: total)
      let part = contents[(index * perPage)..<min(contents.count, (index + 1) * perPage)]
      draw(part, typesetter, isFirst: index == 0, first: first)
      cairo_show_page(context)
    }
    for page in 0..<flow.pages {
      header(typesetter, page: first + page, of: total)
      let pen = PDFPen(typesetter: typesetter, colour: colour)
      for piece in flow.pieces where piece.page == page { pen.draw(piece) }
      if page == flow.pages - 1 { cairo_tag_end(context, "Document") }
      cairo_show_page(context)
    }
    outline(surface, contents)
    cairo_surface_finish(surface)
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw ReportsError("the PDF was not written: \(String(cString: cairo_status_to_string(status)))")
    }
    return withExtendedLifetime(sink) { sink.bytes }
  }

  private func describe(_ surface: OpaquePointer?) {
    let stamp = document.made.formatted(.iso8601)
    for (key, value) in [
      (CAIRO_PDF_METADATA_TITLE, "\(document.title): \(document.subtitle)"),
      (CAIRO_PDF_METADATA_AUTHOR, document.branding.name), (CAIRO_PDF_METADATA_SUBJECT, document.title),
      (CAIRO_PDF_METADATA_CREATOR, "lora-train"), (CAIRO_PDF_METADATA_CREATE_DATE, stamp),
      (CAIRO_PDF_METADATA_MOD_DATE, stamp),
    ] {
      cairo_pdf_surface_set_metadata(surface, key, value)
    }
  }

  private func header(_ typesetter: PDFTypesetter, page: Int, of total: Int) {
    let small = PDFTypesetter.Style(size: 8.5, colour: "#4B5158")
    let right = PDFTypesetter.Style(size: 8.5, colour: "#4B5158", isRight: true)
    let half = PDFSheet.column / 2
    let head = TextWidth.fitted("\(document.title) · \(document.subtitle)", width: PDFSheet.column * 0.75, size: 8.5)
    typesetter.draw(head, small, at: Place(PDFSheet.left, 40), width: PDFSheet.column * 0.85)
    typesetter.rule(from: Place(PDFSheet.left, 56), to: Place(PDFSheet.right, 56), colour: "#C9CED4")
    let foot = PDFSheet.height - 46
    typesetter.draw(document.branding.name, small, at: Place(PDFSheet.left, foot), width: half)
    typesetter.draw("Page \(page) of \(total)", right, at: Place(PDFSheet.left + half, foot), width: half)
  }

  private func draw(_ entries: ArraySlice<PDFEntry>, _ typesetter: PDFTypesetter, isFirst: Bool, first: Int) {
    var y = PDFSheet.top
    if isFirst {
      typesetter.tagged("H1") {
        typesetter.draw(
          "Contents", PDFFlow.style(level: 1, colour: colour), at: Place(PDFSheet.left, y), width: PDFSheet.column)
      }
      y += 36
    }
    typesetter.tagged("TOC") {
      for entry in entries {
        let indent = entry.level <= 1 ? 0.0 : 16
        let style = PDFTypesetter.Style(isBold: entry.level <= 1)
        let number = PDFTypesetter.Style(isBold: entry.level <= 1, isRight: true)
        typesetter.tagged("TOCI") {
          typesetter.tagged("Link", "dest='h\(entry.number)'") {
            let title = TextWidth.fitted(entry.title, width: PDFSheet.column - indent - 50, size: 10)
            typesetter.draw(title, style, at: Place(PDFSheet.left + indent, y), width: PDFSheet.column - indent - 40)
            typesetter.draw(
              "\(first + entry.page)", number, at: Place(PDFSheet.right - 40, y), width: 40)
          }
        }
        y += 20
      }
    }
  }

  private func outline(_ surface: OpaquePointer?, _ entries: [PDFEntry]) {
    var parent = CAIRO_PDF_OUTLINE_ROOT
    for entry in entries {
      let id = cairo_pdf_surface_add_outline(
        surface, entry.level <= 1 ? CAIRO_PDF_OUTLINE_ROOT : parent, entry.title, "dest='h\(entry.number)'",
        CAIRO_PDF_OUTLINE_FLAG_OPEN)
      if entry.level <= 1 { parent = id }
    }
  }
}
