/// Comma-separated values that a spreadsheet opens without running any of them: the one writer of them all.
public enum CSVText {
  /// A table with its header; lines end with a newline, the last one without. Cells are quoted as RFC 4180 has it.
  public static func table(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { $0.map(cell).joined(separator: ",") }.joined(separator: "\n")
  }

  /// One cell: quoted where it must be. A text that begins like a formula gets an apostrophe before it; a number, negative ones too, is left
  /// alone.
  public static func cell(_ text: String) -> String {
    let first = text.unicodeScalars.first
    let isFormula = first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    let safe = isFormula && !isNumber(text) ? "'" + text : text
    guard safe.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func isNumber(_ text: String) -> Bool {
    Double(text) != nil && text.unicodeScalars.allSatisfy { "0123456789+-.eE".unicodeScalars.contains($0) }
  }
}
