import Foundation
import Testing

/// `--json` everywhere: whoever writes scripts need not know which commands have it.
@Suite struct JSONOptionTests {
  private struct Help: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { var name: String }
        var names: [Name]?
      }
      var commandName: String
      var arguments: [Argument]?
      var subcommands: [Command]?

      /// Those below that do something themselves, by their whole name.
      func leaves(_ above: String = "") -> [(name: String, options: [String])] {
        let own = (subcommands ?? []).filter { $0.commandName != "help" }
        let name = above + commandName
        guard own.isEmpty else { return own.flatMap { $0.leaves(name + " ") } }
        return [(name, (arguments ?? []).flatMap { ($0.names ?? []).map(\.name) })]
      }
    }
    var command: Command
  }

  @Test func everyCommandThatAnswersTakesIt() throws {
    let dump = try CommandLineTool.run(["--experimental-dump-help"])
    let leaves = try JSONDecoder().decode(Help.self, from: Data(dump.output.utf8)).command.leaves()
    #expect(leaves.count > 80, "\(leaves.map(\.name))")
    let silent = leaves.filter { !$0.options.contains("json") }.map(\.name)
    #expect(silent.isEmpty, "\(silent)")
  }

  @Test func whatNeedsNoServerAnswersInJSON() throws {
    let path = try Scratch.file("", "journal").path
    try FileManager.default.removeItem(atPath: path)
    #expect(
      try CommandLineTool.run(["simulate", "scenarios/spot.yaml", "--replications", "1", "--journal", path]).code == 0)
    let rebuilt = try CommandLineTool.json(["store", "rebuild", path, "--json"])
    #expect(rebuilt["store"] as? String == path && rebuilt["rebuilt"] as? Bool == true)
    let suite = try CommandLineTool.json(["evaluate", "export", "elena-morales-voice", "--json"])
    #expect(suite["digest"] is String && suite["suite"] is [String: Any])
  }

  /// A store that is served, with the simulated month of a team.
  @Test func whatAServerIsAskedAnswersInItsNames() throws {
    let served = try ServedStore(["--sandbox"])
    defer { served.stop() }
    let done = try served.object(["job", "list", "--status", "completed", "--json"])
    let job = try #require((done["jobs"] as? [[String: Any]])?.first?["id"] as? String)

    #expect(try served.object(["user", "add", "dana", "--role", "viewer", "--json"])["role"] as? String == "viewer")
    let token = try served.object(["user", "token", "dana", "--json"])
    let id = try #require(token["id"] as? String)
    #expect(token["person"] as? String == "dana" && token["token"] is String)
    let team = try served.object(["user", "revoke", id, "--json"])
    #expect(try served.object(["user", "list", "--json"]) as NSDictionary == team as NSDictionary)
    let invited = try served.object(["user", "invite", "erin", "--role", "engineer", "--json"])
    #expect(invited["person"] as? String == "erin" && (invited["url"] as? String)?.hasPrefix("http://") == true)
    #expect(try served.object(["user", "remove", "dana", "--json"])["people"] is [Any])

    let template = try served.object(["template", "save", job, "--name", "Quick test", "--json"])
    #expect((template["template"] as? [String: Any])?["name"] as? String == "Quick test" && template["uses"] is Int)
    #expect(try served.object(["template", "remove", "Quick test", "--json"])["templates"] is [Any])

    let notes = try served.list(["job", "note", job, "seen", "--json"])
    #expect(notes.last?["text"] as? String == "seen", "\(notes)")
    let hidden = try served.object(["job", "hide", job, "--reason", "only tests", "--json"])
    #expect((hidden["jobs"] as? [[String: Any]])?.first?["id"] as? String == job)
    #expect(try served.object(["store", "confirm", "--json"])["epoch"] is Int)

    let file = try Scratch.file("", "pdf").path
    let report = try served.object(["report", "training", job, "--output", file, "--json"])
    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
    #expect(report["file"] as? String == file && report["bytes"] as? Int == size && size ?? 0 > 1_000)

    // The bound of `estimate`, before anything is asked of the model.
    let many = try served.run([
      "job", "create", "--pairs", "1000000000", "--epochs", "1000000", "--tokens-per-pair", "3400", "--yes",
    ])
    #expect(many.code == 64 && many.errors.contains("1,000,000,000 are the most"), "\(many.errors)")
    #expect(many.errors.contains("training_pairs") && many.errors.contains("gradient_accumulation_steps"))
  }
}

/// `serve` in a process of its own, with a store that goes with it.
final class ServedStore {
  let path: String
  private let process = Process()
  private let folder: URL

  /// Returns when it can be asked.
  init(_ arguments: [String]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("served-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("store").path
    process.executableURL = CommandLineTool.binary
    process.arguments = ["serve", "--store", path, "--port", "0"] + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": "/dev/null"]) { $1 }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var said = ""
    while !said.contains("serving \(path)") {
      let more = errors.fileHandleForReading.availableData
      try #require(!more.isEmpty, "serve ended: \(said)")
      said += String(decoding: more, as: UTF8.self)
    }
    // What it says later must not fill the pipe.
    errors.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  func run(_ arguments: [String]) throws -> CommandLineTool.Run {
    try CommandLineTool.run(arguments, environment: ["LORA_TRAIN_STORE": path])
  }

  func object(_ arguments: [String]) throws -> [String: Any] { try #require(try answer(arguments) as? [String: Any]) }
  func list(_ arguments: [String]) throws -> [[String: Any]] { try #require(try answer(arguments) as? [[String: Any]]) }

  private func answer(_ arguments: [String]) throws -> Any {
    let run = try run(arguments)
    try #require(run.code == 0, "\(arguments): \(run.errors)")
    return try JSONSerialization.jsonObject(with: Data(run.output.utf8))
  }
}
