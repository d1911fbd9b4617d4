import Foundation

/// Comma-separated values as RFC 4180 has them, safe to open in a spreadsheet.
///
/// A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be run as a formula: it gets an apostrophe in front. Numbers
/// stay numbers, negative ones too.
public enum CSV {
  public enum Cell: Sendable, Equatable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral
  {
    case text(String)
    case number(Double)
    case integer(Int)
    case empty

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Dollars and cents, as a number.
    public static func money(_ nanodollars: Int64) -> Cell { .text(CSV.decimal(nanodollars)) }

    public static func optional(_ text: String?) -> Cell { text.map(Cell.text) ?? .empty }
    public static func optional(_ number: Double?) -> Cell { number.map(Cell.number) ?? .empty }
  }

  public static func text(header: [String], rows: some Sequence<[Cell]>) -> String {
    var text = line(header.map(Cell.text))
    for row in rows { text += line(row) }
    return text
  }

  /// One record with its end (CR LF).
  public static func line(_ cells: [Cell]) -> String {
    cells.map(written).joined(separator: ",") + "\r\n"
  }

  private static func written(_ cell: Cell) -> String {
    switch cell {
    case .empty: return ""
    case .integer(let value): return String(value)
    case .number(let value): return value.isFinite ? "\(value)" : ""
    case .text(let text): return quoted(defused(text))
    }
  }

  static func defused(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return text }
    // What is a plain number is no formula.
    if text.wholeMatch(of: /[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil { return text }
    return "'" + text
  }

  private static func quoted(_ text: String) -> String {
    guard
      text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) || text.hasPrefix(" ")
        || text.hasSuffix(" ")
    else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// Exactly, without a trailing zero beyond the cents: 33.1200005 dollars stay that.
  static func decimal(_ nanodollars: Int64) -> String {
    let sign = nanodollars < 0 ? "-" : ""
    let size = nanodollars.magnitude
    var fraction = String(size % 1_000_000_000)
    fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(sign)\(size / 1_000_000_000).\(fraction)"
  }
}
