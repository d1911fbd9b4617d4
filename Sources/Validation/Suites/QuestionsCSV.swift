import Foundation
import Scenarios
import Yams

/// A client's own questions as CSV: `id,category,difficulty,prompt,A,B,C,D,answer` and, where they are there,
/// `persona,emotional_arc,topic,why,holds_for,critical`.
enum QuestionsCSV {
  private static let required = ["id", "category", "difficulty", "prompt", "A", "B", "answer"]
  private static let optional = [
    "C", "D", "E", "F", "persona", "emotional_arc", "topic", "why", "holds_for", "critical",
  ]
  private static let labels = ["A", "B", "C", "D", "E", "F"]

  static func decode(_ data: Data, file: String, name: String) throws(InputError) -> Suite {
    var items: [Suite.Item] = []
    var lines: [String: Int] = [:]
    try CSVTable(file: file).forEachRow(of: data) { header throws(InputError) in
      try checkHeader(header, file)
      return header
    } _: { row, header throws(InputError) in
      let item: Suite.Item
      do throws(InputError) {
        item = try self.item(row, header)
      } catch {
        // The decoder names the field; here it is a column of this row.
        let column = header.firstIndex { error.problem.contains(words: $0) }
        let place = row.place(column ?? 0)
        throw InputError(
          .badData, file: file, line: place.line, column: place.column, error.problem, hint: error.hint)
      }
      if let first = lines.updateValue(row.line, forKey: item.id), let column = header.firstIndex(of: "id") {
        throw row.error(column, "id is \(item.id), as on line \(first)", hint: "every item needs an id of its own")
      }
      items.append(item)
      guard items.count <= SuiteReader.mostItems else {
        throw row.error(0, "a suite has at most \(SuiteReader.mostItems) items")
      }
    }
    guard !items.isEmpty else { throw InputError(.badData, file: file, line: 1, column: 1, "has a header but no rows") }
    let years = items.compactMap { $0.holdsFor.flatMap { Int($0.prefix(4)) } }
    let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
    return Suite(
      name: String(plain.prefix(64)), title: name, kind: .questions, year: years.max() ?? 0, rubric: [], items: items)
  }

  private static func checkHeader(_ header: [String], _ file: String) throws(InputError) {
    if let missing = required.first(where: { !header.contains($0) }) {
      let near = NearestName.of(missing, in: header).map { "is it \($0)? " } ?? ""
      throw InputError(
        .badData, file: file, line: 1, column: 1, "there is no column \(missing)",
        hint:
          "\(near)a CSV holds questions, with the columns \(required.joined(separator: ",")); scenarios and voice rubrics are written as YAML or JSON"
      )
    }
    if let unknown = header.first(where: { !(required + optional).contains($0) }) {
      throw InputError(
        .badData, file: file, line: 1, column: 1, "unknown column \(unknown)",
        hint: NearestName.of(unknown, in: required + optional).map { "did you mean \($0)?" }
          ?? "known: \((required + optional).joined(separator: ", "))")
    }
  }

  /// The row as the mapping that the same item is in YAML: one decoder for both.
  private static func item(_ row: CSVTable.Row, _ header: [String]) throws(InputError) -> Suite.Item {
    var pairs: [(Node, Node)] = []
    var options: [(Node, Node)] = []
    for (column, name) in header.enumerated() where !row.isEmpty(column) {
      let pair = (Node(name), Node(row[column]))
      if labels.contains(name) { options.append(pair) } else { pairs.append(pair) }
    }
    pairs.append((Node("options"), Node(options)))
    return try SuiteDecoder.item(YAMLField(node: Node(pairs), file: nil, path: ""), .questions)
  }
}

extension String {
  /// Whether `word` stands in it by itself.
  fileprivate func contains(words word: String) -> Bool {
    split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
  }
}
