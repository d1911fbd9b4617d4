/// Something with its place on a page.
struct PDFPiece {
  enum Content {
    case heading(String, level: Int, number: Int)
    case text(String, PDFTypesetter.Style, tag: String)
    case bullet(String)
    case fact(ReportFact, nameWidth: Double)
    case callout(String, ChartTone)
    case rows(ReportTable, widths: [Double], rows: Range<Int>, heights: [Double], headerHeight: Double)
    case chart(Chart, scale: Double)
  }

  var content: Content
  /// From 0, after the table of contents.
  var page: Int
  var top: Double
  var height: Double
}

/// A line of the table of contents.
struct PDFEntry {
  var title: String
  var level: Int
  var number: Int
  var page: Int
}

/// A4, in points.
enum PDFSheet {
  static let width = 595.28
  static let height = 841.89
  static let left = 56.0
  static let right = width - 56
  static let top = 76.0
  static let bottom = height - 66
  static var column: Double { right - left }
}
