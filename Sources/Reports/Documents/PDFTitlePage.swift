import CCairo
import Foundation

/// The first page: whose, what, when.
struct PDFTitlePage {
  let document: ReportDocument
  let typesetter: PDFTypesetter

  func draw() {
    let colour = document.branding.colour
    typesetter.fill(Box(left: 0, top: 0, right: PDFSheet.width, bottom: 12), colour: colour)
    if !drawLogo() {
      typesetter.draw(
        document.branding.name, .init(size: 15, isBold: true, colour: colour), at: Place(PDFSheet.left, 70),
        width: PDFSheet.column)
    }
    var y = 250.0
    let title = PDFTypesetter.Style(size: 30, isBold: true)
    typesetter.tagged("H1") {
      typesetter.draw(document.title, title, at: Place(PDFSheet.left, y), width: PDFSheet.column)
    }
    y += typesetter.height(document.title, title, width: PDFSheet.column) + 10
    let subtitle = PDFTypesetter.Style(size: 16, colour: "#4B5158")
    typesetter.tagged("P") {
      typesetter.draw(document.subtitle, subtitle, at: Place(PDFSheet.left, y), width: PDFSheet.column)
    }
    y += typesetter.height(document.subtitle, subtitle, width: PDFSheet.column) + 22
    typesetter.rule(from: Place(PDFSheet.left, y), to: Place(PDFSheet.left + 96, y), colour: colour, width: 3)
    y += 24
    let made = ReportFact("Report made", DateTicks.stamp(document.made.timeIntervalSince1970, in: document.zone))
    for fact in document.facts + [made] {
      typesetter.tagged("P") {
        typesetter.draw(fact.name, .init(size: 10.5, isBold: true), at: Place(PDFSheet.left, y), width: 130)
        typesetter.draw(fact.value, .init(size: 10.5), at: Place(PDFSheet.left + 140, y), width: PDFSheet.column - 140)
      }
      y += max(19, typesetter.height(fact.value, .init(size: 10.5), width: PDFSheet.column - 140) + 5)
    }
  }

  /// At most 180 by 60 points; false where there is none that can be read.
  private func drawLogo() -> Bool {
    guard let path = document.branding.logo else { return false }
    let logo = cairo_image_surface_create_from_png(path)
    defer { cairo_surface_destroy(logo) }
    let width = Double(cairo_image_surface_get_width(logo))
    let height = Double(cairo_image_surface_get_height(logo))
    guard cairo_surface_status(logo) == CAIRO_STATUS_SUCCESS, width > 0, height > 0 else { return false }
    let context = typesetter.painter.context
    let scale = min(180 / width, 60 / height)
    cairo_save(context)
    cairo_translate(context, PDFSheet.left, 56)
    cairo_scale(context, scale, scale)
    cairo_set_source_surface(context, logo, 0, 0)
    cairo_paint(context)
    cairo_restore(context)
    return true
  }
}
