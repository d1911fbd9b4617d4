import Foundation

/// Puts blocks on pages, one below the other.
struct PDFFlow {
  private let typesetter: PDFTypesetter
  private let colour: String
  private(set) var pieces: [PDFPiece] = []
  private(set) var entries: [PDFEntry] = []
  private var page = 0
  private var y = PDFSheet.top
  private var figures = 0

  var pages: Int { (pieces.map(\.page).max() ?? -1) + 1 }

  init(_ document: ReportDocument, typesetter: PDFTypesetter) {
    self.typesetter = typesetter
    colour = document.branding.colour
    for block in document.blocks { add(block) }
  }

  private mutating func add(_ block: ReportBlock) {
    switch block {
    case .heading(let text, let level): heading(text, level: level)
    case .paragraph(let text):
      for part in Self.parts(text) { place(.text(part, .init(), tag: "P"), height: self.height(part), after: 7) }
    case .list(let items):
      for item in items {
        place(.bullet(item), height: typesetter.height(item, .init(), width: PDFSheet.column - 14), after: 4)
      }
      y += 4
    case .facts(let facts):
      let bold = PDFTypesetter.Style(isBold: true)
      let widest = min(facts.map { typesetter.width($0.name, bold) }.max() ?? 0, PDFSheet.column * 0.4)
      for fact in facts {
        let height = max(
          typesetter.height(fact.value, .init(), width: PDFSheet.column - widest - 16),
          typesetter.height(fact.name, bold, width: widest + 1))
        place(.fact(fact, nameWidth: widest + 1), height: height, after: 5)
      }
      y += 4
    case .callout(let text, let tone):
      let height = typesetter.height(text, .init(), width: PDFSheet.column - 26) + 16
      place(.callout(text, tone), height: height, after: 10)
    case .table(let table): self.table(table)
    case .chart(let chart): self.chart(chart)
    }
  }

  private func height(_ text: String) -> Double { typesetter.height(text, .init(), width: PDFSheet.column) }

  private mutating func heading(_ text: String, level: Int) {
    if level <= 1, y > PDFSheet.top { nextPage() }
    let height = typesetter.height(text, Self.style(level: level, colour: colour), width: PDFSheet.column)
    // A heading never stands alone at a page's foot.
    if y + height + 110 > PDFSheet.bottom { nextPage() }
    if y > PDFSheet.top { y += 8 }
    entries.append(PDFEntry(title: text, level: level, number: entries.count, page: page))
    place(.heading(text, level: level, number: entries.count - 1), height: height, after: level <= 1 ? 12 : 6)
  }

  static func style(level: Int, colour: String) -> PDFTypesetter.Style {
    .init(size: level <= 1 ? 19 : level == 2 ? 13 : 11, isBold: true, colour: level <= 2 ? colour : "#1B1F24")
  }

  private mutating func chart(_ chart: Chart) {
    figures += 1
    var paper = chart
    // Letters of a chart are as large as those of a caption.
    let scale = 0.8
    paper.size = ChartSize(width: PDFSheet.column / scale, height: min(chart.size.height, 420))
    let caption = "Figure \(figures). \(chart.title). \(chart.spokenSummary)"
    let style = PDFTypesetter.Style(size: 8.5, colour: "#4B5158")
    let words = typesetter.height(caption, style, width: PDFSheet.column)
    let height = paper.size.height * scale
    if y + height + words + 6 > PDFSheet.bottom { nextPage() }
    place(.chart(paper, scale: scale), height: height, after: 3)
    place(.text(caption, style, tag: "Caption"), height: words, after: 14)
  }

  private mutating func table(_ table: ReportTable) {
    let widths = columnWidths(table)
    let header = rowHeight(table.columns.map { .init($0.title) }, widths, isBold: true)
    let heights = table.rows.indices.map { index in
      rowHeight(table.rows[index], widths, isBold: table.hasTotal && index == table.rows.count - 1)
    }
    var from = 0
    // A small table stands whole; a long one breaks where the page ends.
    let isSmall = heights.count <= 12
    let needed = header + (isSmall ? heights.reduce(0, +) : heights.first ?? 0)
    if y + needed > PDFSheet.bottom { nextPage() }
    repeat {
      var to = from
      var used = header
      while to < heights.count, y + used + heights[to] <= PDFSheet.bottom || to == from {
        used += heights[to]
        to += 1
      }
      // What the rows come to stands with one of them at least.
      if table.hasTotal, to == heights.count - 1, to - from > 1 { to -= 1 }
      used = header + heights[from..<to].reduce(0, +)
      place(
        .rows(table, widths: widths, rows: from..<to, heights: heights, headerHeight: header), height: used,
        after: to < heights.count ? 0 : 14)
      if to < heights.count { nextPage() }
      from = to
    } while from < heights.count
  }

  static let cellStyle = PDFTypesetter.Style(size: 8.5)

  private func rowHeight(_ cells: [ReportTable.Cell], _ widths: [Double], isBold: Bool) -> Double {
    var style = Self.cellStyle
    style.isBold = isBold
    let heights = zip(cells, widths).map { typesetter.height($0.text, style, width: $1 - 10) }
    return min((heights.max() ?? 0) + 7, PDFSheet.bottom - PDFSheet.top - 40)
  }

  /// As wide as their widest cell where there is room; else the widest give way first.
  private func columnWidths(_ table: ReportTable) -> [Double] {
    guard !table.columns.isEmpty else { return [] }
    var bold = Self.cellStyle
    bold.isBold = true
    var widths = table.columns.indices.map { column in
      let cells = table.rows.prefix(500).map { typesetter.width(String($0[column].text.prefix(200)), bold) }
      return max(typesetter.width(table.columns[column].title, bold), cells.max() ?? 0) + 11
    }
    let room = PDFSheet.column
    if widths.reduce(0, +) <= room {
      let spare = (room - widths.reduce(0, +)) / Double(widths.count)
      return widths.map { $0 + spare }
    }
    // The bound under which all fit, found by halving: narrow columns keep their width.
    var low = 20.0
    var high = room
    for _ in 0..<30 {
      let bound = (low + high) / 2
      if widths.reduce(0, { $0 + min($1, bound) }) > room { high = bound } else { low = bound }
    }
    widths = widths.map { min($0, low) }
    return widths.map { $0 * room / widths.reduce(0, +) }
  }

  private mutating func place(_ content: PDFPiece.Content, height: Double, after: Double) {
    if y + height > PDFSheet.bottom, y > PDFSheet.top { nextPage() }
    pieces.append(PDFPiece(content: content, page: page, top: y, height: height))
    y += height + after
  }

  private mutating func nextPage() {
    page += 1
    y = PDFSheet.top
  }

  /// Paragraphs, none longer than a page holds.
  private static func parts(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: true).flatMap { line -> [String] in
      var parts: [String] = []
      var rest = line
      while rest.count > 3000 {
        let head = rest.prefix(3000)
        let cut = head.lastIndex(of: " ") ?? head.endIndex
        parts.append(String(rest[..<cut]))
        rest = rest[cut...].drop { $0 == " " }
      }
      if !rest.isEmpty { parts.append(String(rest)) }
      return parts
    }
  }
}
