import Foundation

/// Durations out of any CSV file, for fitting: one array for each column asked for, row by row.
public struct DurationsCSV: Sendable, Hashable {
  /// How long, in the file's own unit; 0 or more.
  public var durations: [Double] = []
  /// The line of the file on which each row begins.
  public var lines: [Int] = []
  /// Whether the end was seen (1, true, yes) or the duration was cut (0, false, no): right-censored. nil: all were seen.
  public var events: [Bool]?
  /// The age at which each came under observation: left-truncated. nil: 0.
  public var entries: [Double]?
  /// Where given, the end lies between the duration and this: interval-censored; infinity: right-censored. An empty cell is
  /// the duration itself. nil: all are exact.
  public var uppers: [Double]?
  /// The names of the columns there are.
  public var columns: [String] = []

  /// Reads columns of the file at `path`; empty rows are skipped.
  ///
  /// - Throws: ``InputError`` that lists the columns there are when one is missing, and names line and column of a bad cell.
  /// - Complexity: O(bytes); about 0.5 s for a million rows of three columns.
  public static func read(
    path: String, duration: String, event: String? = nil, entry: String? = nil, upper: String? = nil
  ) throws(InputError) -> DurationsCSV {
    let table = CSVTable(file: path)
    var result = DurationsCSV()
    if event != nil { result.events = [] }
    if entry != nil { result.entries = [] }
    if upper != nil { result.uppers = [] }
    try table.forEachRow { header throws(InputError) in
      result.columns = header
      func index(_ name: String?) throws(InputError) -> Int? {
        guard let name else { return nil }
        return try table.index(of: name, in: header)
      }
      return (try table.index(of: duration, in: header), try index(event), try index(entry), try index(upper))
    } _: { row, columns throws(InputError) in
      let value = try amount(row, columns.0)
      result.durations.append(value)
      result.lines.append(row.line)
      if let event = columns.1 { result.events?.append(try flag(row, event)) }
      if let entry = columns.2 {
        let age = row.isEmpty(entry) ? 0 : try amount(row, entry)
        guard age <= value else { throw row.error(entry, "\(row[entry]) is later than the duration \(row[columns.0])") }
        result.entries?.append(age)
      }
      if let upper = columns.3 {
        let bound = row.isEmpty(upper) ? value : isInfinite(row[upper]) ? .infinity : try amount(row, upper)
        guard bound >= value else {
          throw row.error(upper, "\(row[upper]) is less than the duration \(row[columns.0])")
        }
        result.uppers?.append(bound)
      }
    }
    guard !result.durations.isEmpty else {
      throw InputError(.badData, file: path, line: 1, column: 1, "has a header but no rows")
    }
    return result
  }

  private static func amount(_ row: CSVTable.Row, _ column: Int) throws(InputError) -> Double {
    let number = try row.number(column)
    guard number >= 0 else { throw row.wrong(column, "a duration (0 or more)") }
    return number
  }

  private static func isInfinite(_ text: String) -> Bool {
    ["inf", "infinity", "∞"].contains(text.lowercased())
  }

  private static func flag(_ row: CSVTable.Row, _ column: Int) throws(InputError) -> Bool {
    switch row[column] {
    case "1", "true", "True", "TRUE", "yes", "1.0": return true
    case "0", "false", "False", "FALSE", "no", "0.0": return false
    default: throw row.wrong(column, "1 (the end was seen) or 0 (it was not)")
    }
  }
}
