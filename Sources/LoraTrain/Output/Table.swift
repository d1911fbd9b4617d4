/// An aligned table: the first column to the left, figures to the right.
struct Table {
  var header: [String]
  var rows: [[String]] = []
  /// Columns that are words, beside the first.
  var left: Set<Int> = [0]

  var text: String {
    let (header, rows) = (header.map(PlainText.line), rows.map { $0.map(PlainText.line) })
    let all = [header] + rows
    let widths = header.indices.map { c in all.map { $0.count > c ? $0[c].count : 0 }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      var cells: [String] = []
      for (c, width) in widths.enumerated() {
        let cell = c < row.count ? row[c] : ""
        let space = String(repeating: " ", count: width - cell.count)
        cells.append(left.contains(c) ? cell + space : space + cell)
      }
      var text = cells.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return "  " + text
    }
    let rule = "  " + widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}
