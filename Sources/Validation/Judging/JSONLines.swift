import Foundation
import Scenarios

/// A file of one JSON object a line, the first of which says what the file is.
struct JSONLines {
  private let lines: [(number: Int, text: Substring)]
  private let file: String

  init(_ text: String, file: String) {
    self.file = file
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 + 1, $1) }
      .filter { !$0.1.allSatisfy(\.isWhitespace) }
  }

  func error(_ line: Int, _ problem: String, hint: String? = nil) -> InputError {
    InputError(.badData, file: file, line: line, column: 1, problem, hint: hint)
  }

  func header<Header: Decodable>(
    _ type: Header.Type, format: String, _ version: (Header) -> (String, Int)
  ) throws(InputError) -> Header {
    guard let first = lines.first else { throw error(1, "is empty", hint: "its first line says what it is") }
    let header = try decode(type, first)
    let (found, number) = version(header)
    guard found == format else { throw error(first.number, "is a file of \(found), not of \(format)") }
    guard number == 1 else { throw error(first.number, "is of version \(number); this program reads version 1") }
    return header
  }

  /// Visits the lines below the header with their numbers.
  func forEach<Line: Decodable>(
    _ type: Line.Type, _ visit: (Line, Int) throws(InputError) -> Void
  ) throws(InputError) {
    for line in lines.dropFirst() { try visit(try decode(type, line), line.number) }
  }

  private func decode<Line: Decodable>(
    _ type: Line.Type, _ line: (number: Int, text: Substring)
  ) throws(InputError) -> Line {
    do {
      return try JSONDecoder().decode(type, from: Data(line.text.utf8))
    } catch let DecodingError.keyNotFound(key, _) {
      throw error(line.number, "this line lacks \(key.stringValue)")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
      throw error(line.number, "\(JSONLines.path(context)) is of another type: \(context.debugDescription)")
    } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
      throw error(line.number, "\(JSONLines.path(context)): \(context.debugDescription)")
    } catch {
      throw self.error(line.number, "this line is not JSON")
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }
}
