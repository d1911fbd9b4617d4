import Foundation
import Scenarios

/// The suites that come with the program.
public enum ShippedSuites {
  private static var folder: URL { Bundle.module.bundleURL.appendingPathComponent("Resources/suites") }

  /// Their names, in order.
  public static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { ["yaml", "json", "csv"].contains($0.pathExtension) }
      .map { $0.deletingPathExtension().lastPathComponent }.sorted()
  }

  /// The shipped suite of this name; nil: there is none.
  public static func read(_ name: String) throws(InputError) -> Suite? {
    for ending in ["yaml", "json", "csv"] {
      let path = folder.appendingPathComponent("\(name).\(ending)").path
      if FileManager.default.fileExists(atPath: path) { return try SuiteReader.read(path: path) }
    }
    return nil
  }

  /// The file at `argument`, or else the shipped suite of that name.
  ///
  /// - Throws: `InputError` with the names that there are.
  public static func find(_ argument: String) throws(InputError) -> Suite {
    if FileManager.default.fileExists(atPath: argument) { return try SuiteReader.read(path: argument) }
    if !argument.contains("/"), let suite = try read(argument) { return suite }
    throw InputError(
      .noInput, file: argument, "is neither a file nor a shipped suite",
      hint: NearestName.of(argument, in: names).map { "did you mean \($0)?" }
        ?? "shipped: \(names.joined(separator: ", "))")
  }
}
