import Foundation
import Scenarios
import Testing

/// A file with this content in a folder of its own, that disappears with the value.
final class TestFile {
  let path: String
  private let folder: URL

  init(_ text: String, name: String = "file") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("scenarios-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent(name).path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

/// Expects an ``InputError`` whose place and words are these.
func expectError<Value>(
  _ problem: String, line: Int? = nil, column: Int? = nil, hint: String? = nil, kind: InputError.Kind = .badData,
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
  do {
    _ = try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as InputError {
    #expect(error.kind == kind, sourceLocation: sourceLocation)
    #expect(problem.isEmpty || error.problem.contains(problem), "\(error)", sourceLocation: sourceLocation)
    if let line { #expect(error.line == line, "\(error)", sourceLocation: sourceLocation) }
    if let column { #expect(error.column == column, "\(error)", sourceLocation: sourceLocation) }
    if let hint { #expect(error.hint?.contains(hint) == true, "\(error)", sourceLocation: sourceLocation) }
  } catch {
    Issue.record("not an InputError: \(error)", sourceLocation: sourceLocation)
  }
}
