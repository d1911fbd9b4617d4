import Foundation

/// A CSV file with a header: rows are visited one by one, each cell knows its place.
package struct CSVTable {
  package let file: String

  package init(file: String) { self.file = file }

  /// Most bytes that are read of a CSV file.
  static let limit = 1_000_000_000

  /// One row while it is visited; columns are indices into the header.
  package struct Row {
    fileprivate let scanner: CSVScanner
    fileprivate let cells: [CSVScanner.Cell]
    fileprivate let header: [String]
    fileprivate let file: String

    package subscript(column: Int) -> String { scanner.text(cells[column]) }

    /// The line on which the row begins.
    package var line: Int { scanner.rowLine }

    /// Line and column, both from 1, at which a cell begins.
    package func place(_ column: Int) -> (line: Int, column: Int) {
      scanner.place(of: cells[column].start, from: cells[0].start, line: line)
    }

    package func isEmpty(_ column: Int) -> Bool { cells[column].start == cells[column].end }

    package func error(_ column: Int, _ problem: String, hint: String? = nil) -> InputError {
      let place = scanner.place(of: cells[column].start)
      return InputError(.badData, file: file, line: place.line, column: place.column, problem, hint: hint)
    }

    package func wrong(_ column: Int, _ wanted: String, hint: String? = nil) -> InputError {
      let text = self[column]
      let found = text.isEmpty ? "empty" : "“\(text.prefix(40))”"
      return error(column, "\(header[column]) is \(found), not \(wanted)", hint: hint)
    }

    package func number(_ column: Int) throws(InputError) -> Double {
      let cell = cells[column]
      if let number = scanner.plainNumber(cell) { return number }
      guard let number = NumberText.double(scanner.text(cell)) else { throw wrong(column, "a number") }
      return number
    }
  }

  /// Visits the rows: `prepare` gets the header's names and returns what `visit` needs to know of them.
  package func forEachRow<Columns>(
    _ prepare: ([String]) throws(InputError) -> Columns, _ visit: (Row, Columns) throws(InputError) -> Void
  ) throws(InputError) {
    try forEachRow(of: try TextFile.bytes(path: file, limit: Self.limit), prepare, visit)
  }

  /// The same, of a file's bytes.
  package func forEachRow<Columns>(
    of data: Data, _ prepare: ([String]) throws(InputError) -> Columns,
    _ visit: (Row, Columns) throws(InputError) -> Void
  ) throws(InputError) {
    let result = data.withUnsafeBytes { bytes -> Result<Void, InputError> in
      Result { () throws(InputError) in try forEachRow(of: bytes, prepare, visit) }
    }
    try result.get()
  }

  private func forEachRow<Columns>(
    of bytes: UnsafeRawBufferPointer, _ prepare: ([String]) throws(InputError) -> Columns,
    _ visit: (Row, Columns) throws(InputError) -> Void
  ) throws(InputError) {
    var scanner = CSVScanner(bytes)
    var cells: [CSVScanner.Cell] = []
    guard try next(&scanner, &cells) else {
      throw InputError(.badData, file: file, "is empty", hint: "the first line names the columns")
    }
    let header = cells.map { scanner.text($0) }
    guard !header.contains(where: { $0.utf8.contains(0) }) else {
      throw InputError(
        .badData, file: file, "is no CSV: its first line has zero bytes in it",
        hint: "name a text file whose first line names the columns")
    }
    if let twice = header.indices.first(where: { !header[$0].isEmpty && header[..<$0].contains(header[$0]) }) {
      let place = scanner.place(of: cells[twice].start)
      throw InputError(
        .badData, file: file, line: place.line, column: place.column, "the column \(header[twice]) is there twice")
    }
    let columns = try prepare(header)
    while try next(&scanner, &cells) {
      guard cells.count == header.count else {
        throw InputError(
          .badData, file: file, line: scanner.rowLine, column: 1,
          "this row has \(cells.count) cells, the header has \(header.count) columns",
          hint: "a cell with a comma in it needs quotes")
      }
      try visit(Row(scanner: scanner, cells: cells, header: header, file: file), columns)
    }
  }

  private func next(
    _ scanner: inout CSVScanner, _ cells: inout [CSVScanner.Cell]
  ) throws(InputError) -> Bool {
    do throws(CSVScanner.Fault) {
      return try scanner.next(&cells)
    } catch {
      let place = scanner.place(of: error.offset)
      throw InputError(.badData, file: file, line: place.line, column: place.column, error.problem)
    }
  }

  /// The index of a column that must be there.
  package func index(of name: String, in header: [String]) throws(InputError) -> Int {
    if let index = header.firstIndex(of: name) { return index }
    let near = NearestName.of(name, in: header).map { "did you mean \($0)? " } ?? ""
    throw InputError(
      .badData, file: file, line: 1, column: 1, "there is no column \(name)",
      hint: "\(near)the columns are \(header.joined(separator: ", "))")
  }
}
