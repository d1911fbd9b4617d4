import CCairo

/// Draws what the flow has placed, each piece with its tag.
struct PDFPen {
  let typesetter: PDFTypesetter
  let colour: String

  func draw(_ piece: PDFPiece) {
    let left = PDFSheet.left
    let place = Place(left, piece.top)
    switch piece.content {
    case .heading(let text, let level, let number):
      typesetter.tagged("cairo.dest", "name='h\(number)'") {
        typesetter.tagged("H\(min(max(level, 1), 3))") {
          typesetter.draw(text, PDFFlow.style(level: level, colour: colour), at: place, width: PDFSheet.column)
        }
      }
    case .text(let text, let style, let tag):
      typesetter.tagged(tag) { typesetter.draw(text, style, at: place, width: PDFSheet.column) }
    case .bullet(let text):
      typesetter.tagged("LI") {
        typesetter.draw("•", .init(colour: colour), at: Place(left + 2, piece.top), width: 12)
        typesetter.draw(text, .init(), at: Place(left + 14, piece.top), width: PDFSheet.column - 14)
      }
    case .fact(let fact, let nameWidth):
      typesetter.tagged("P") {
        typesetter.draw(fact.name, .init(isBold: true), at: place, width: nameWidth)
        typesetter.draw(
          fact.value, .init(), at: Place(left + nameWidth + 15, piece.top), width: PDFSheet.column - nameWidth - 15)
      }
    case .callout(let text, let tone):
      let ground = ChartTheme.colours(.tone(tone)).light
      typesetter.fill(
        Box(left: left, top: piece.top, right: PDFSheet.right, bottom: piece.top + piece.height), colour: ground,
        opacity: 0.09)
      typesetter.fill(
        Box(left: left, top: piece.top, right: left + 4, bottom: piece.top + piece.height), colour: ground)
      typesetter.tagged("P") {
        typesetter.draw(text, .init(), at: Place(left + 16, piece.top + 8), width: PDFSheet.column - 26)
      }
    case .rows(let table, let widths, let rows, let heights, let headerHeight):
      draw(table, widths, rows, heights, headerHeight, top: piece.top)
    case .chart(let chart, let scale):
      let context = typesetter.painter.context
      typesetter.tagged("Figure") {
        cairo_save(context)
        cairo_translate(context, left, piece.top)
        cairo_scale(context, scale, scale)
        typesetter.painter.paint(ChartScene(chart, viewport: nil, isInteractive: false).shapes)
        cairo_restore(context)
      }
    }
  }

  private func draw(
    _ table: ReportTable, _ widths: [Double], _ rows: Range<Int>, _ heights: [Double], _ headerHeight: Double,
    top: Double
  ) {
    typesetter.tagged("Table") {
      var y = top
      typesetter.fill(
        Box(left: PDFSheet.left, top: y, right: PDFSheet.right, bottom: y + headerHeight), colour: colour, opacity: 0.1)
      row(table.columns.map { .init($0.title) }, table, widths, top: y, height: headerHeight, tag: "TH", isBold: true)
      y += headerHeight
      for index in rows {
        let isTotal = table.hasTotal && index == table.rows.count - 1
        if isTotal {
          typesetter.rule(from: Place(PDFSheet.left, y), to: Place(PDFSheet.right, y), colour: "#1B1F24", width: 1)
        }
        row(table.rows[index], table, widths, top: y, height: heights[index], tag: "TD", isBold: isTotal)
        y += heights[index]
        typesetter.rule(
          from: Place(PDFSheet.left, y), to: Place(PDFSheet.right, y), colour: "#DDE1E6", width: 0.5)
      }
    }
  }

  private func row(
    _ cells: [ReportTable.Cell], _ table: ReportTable, _ widths: [Double], top: Double, height: Double, tag: String,
    isBold: Bool
  ) {
    typesetter.tagged("TR") {
      var x = PDFSheet.left
      for (index, cell) in cells.enumerated() {
        if let tone = cell.tone {
          typesetter.fill(
            Box(left: x, top: top, right: x + widths[index], bottom: top + height),
            colour: ChartTheme.colours(.tone(tone)).light, opacity: 0.16)
        }
        var style = PDFFlow.cellStyle
        style.isBold = isBold
        style.isRight = table.columns[index].isNumber
        typesetter.tagged(tag) {
          typesetter.draw(cell.text, style, at: Place(x + 5, top + 3.5), width: widths[index] - 10)
        }
        x += widths[index]
      }
    }
  }
}
