import Calibration
import DiscreteEvent
import Engine
import Foundation
import Yams

/// Reads scenario files: YAML of version 1, as the page <doc:ScenarioFiles> gives it.
public enum ScenarioReader {
  /// Reads the file at `path`, and the jobs file that its arrivals may name.
  ///
  /// - Throws: ``InputError`` with line and column of whatever is wrong.
  public static func read(path: String) throws(InputError) -> Scenario {
    try decode(text: try TextFile.text(path: path), file: path)
  }

  /// Decodes a scenario's text; `file` is how errors call it, and what relative paths in it are relative to.
  public static func decode(text: String, file: String? = nil) throws(InputError) -> Scenario {
    let root = YAMLField(node: try compose(text, file: file), file: file, path: "")
    let record = try YAMLRecord(
      root,
      keys: [
        "version", "name", "seed", "replications", "horizon", "model", "pods", "arrivals", "jobs", "durations",
        "provisioning", "interruptions", "policies", "budget", "failures", "plan",
      ])
    try checkVersion(record)
    var decoder = ScenarioDecoder(file: file)
    try decoder.decode(record)
    return decoder.scenario
  }

  package static func checkVersion(_ record: YAMLRecord) throws(InputError) {
    let version = try record.require("version", hint: "begin the file with version: 1")
    guard let number = NumberText.integer(try version.string("1")), number == 1 else {
      throw version.wrongType("1", hint: "this program reads version 1")
    }
  }

  package static func compose(_ text: String, file: String?, called name: String = "scenario") throws(InputError)
    -> Node
  {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw InputError(.badData, file: file, "the \(name) is empty", hint: "begin the file with version: 1")
      }
      try checkAliases(node, text: text, file: file, called: name)
      return node
    } catch let error as InputError {
      throw error
    } catch let error as YamlError {
      throw explained(error, text: text, file: file)
    } catch {
      throw InputError(.badData, file: file, "is not YAML: \(error)")
    }
  }

  /// An alias of YAML is short, and what it stands for need not be: a kilobyte can unfold to more values than anybody could read.
  private static func checkAliases(
    _ node: Node, text: String, file: String?, called name: String
  ) throws(InputError) {
    guard text.utf8.contains(UInt8(ascii: "*")) else { return }
    // What is written out has no more values than bytes.
    var left = text.utf8.count + 100_000
    guard spend(&left, on: node) else {
      throw InputError(
        .badData, file: file, "the aliases (*name) of the \(name) unfold to more than 100,000 values",
        hint: "write out what is meant, once")
    }
  }

  private static func spend(_ left: inout Int, on node: Node) -> Bool {
    left -= 1
    guard left >= 0 else { return false }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping where !spend(&left, on: key) || !spend(&left, on: value) { return false }
    case .sequence(let sequence): for item in sequence where !spend(&left, on: item) { return false }
    case .scalar, .alias: break
    }
    return true
  }

  private static func explained(_ error: YamlError, text: String, file: String?) -> InputError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let said = (context.map { "\($0.text) " } ?? "") + problem
      return YAMLField.error("is not YAML: \(said)", at: mark, file: file)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.joined(separator: ", ")
      return YAMLField.error("the key \(keys) is there twice", at: context.mark, file: file, hint: "keep one of them")
    case .reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.count { $0.isNewline } + 1
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      return InputError(
        .badData, file: file, line: offset == nil ? nil : line, column: offset == nil ? nil : column,
        "is not YAML: \(problem)")
    default:
      return InputError(.badData, file: file, "is not YAML: \(error)")
    }
  }
}
