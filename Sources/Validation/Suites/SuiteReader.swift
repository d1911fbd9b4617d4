import Foundation
import Scenarios
import Yams

/// Reads suites: YAML or JSON of version 1, or a CSV of questions.
public enum SuiteReader {
  public enum Format: String, Sendable, CaseIterable { case yaml, json, csv }

  /// Most bytes of a suite.
  public static let limit = 4_000_000
  /// Most items of a suite.
  public static let mostItems = 1_000

  /// Reads the file at `path`; its ending tells the format.
  ///
  /// - Throws: `InputError` with line, column and field of whatever is wrong.
  public static func read(path: String) throws(InputError) -> Suite {
    let url = URL(fileURLWithPath: path)
    let data = try TextFile.bytes(path: path, limit: limit)
    let format: Format =
      switch url.pathExtension.lowercased() {
      case "csv": .csv
      case "json": .json
      default: .yaml
      }
    return try decode(data, as: format, file: path, name: url.deletingPathExtension().lastPathComponent)
  }

  /// - Parameters:
  ///   - file: how errors call it.
  ///   - name: what a CSV, which cannot say it, is called.
  public static func decode(
    _ data: Data, as format: Format, file: String?, name: String = "questions"
  ) throws(InputError) -> Suite {
    guard data.count <= limit else {
      throw InputError(.badData, file: file, "is larger than \(limit / 1_000_000) MB, the most of a suite")
    }
    var text = try TextFile.text(data, file: file)
    switch format {
    case .csv: return try QuestionsCSV.decode(data, file: file ?? "the suite", name: name)
    case .json:
      text = joinSurrogates(text)
      fallthrough
    case .yaml:
      let root = YAMLField(
        node: try ScenarioReader.compose(text, file: file, called: "suite"), file: file, path: "")
      return try SuiteDecoder.suite(root)
    }
  }

  /// JSON is YAML but for this: emoji that another program wrote as two escapes, which YAML does not know.
  private static func joinSurrogates(_ text: String) -> String {
    guard text.contains(#"\ud"#) || text.contains(#"\uD"#) else { return text }
    return text.replacing(/\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/) { match in
      let units = [match.1, match.2].compactMap { UInt16($0, radix: 16) }
      return String(decoding: units, as: UTF16.self)
    }
  }
}
