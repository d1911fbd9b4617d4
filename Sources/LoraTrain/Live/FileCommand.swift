import ArgumentParser
import Foundation
import Journal
import Scenarios
import Web

/// Training files of the live system.
struct FileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file", abstract: "Takes in training files, checks them, and shows what is in them.",
    discussion: "EXAMPLE\n  lora-train file add data.json && lora-train file list",
    subcommands: [Add.self, List.self, Show.self, FileSyncCommand.self], defaultSubcommand: List.self)

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Checks a training file and keeps a copy; names the place of the first defect.",
      discussion: "EXAMPLE\n  lora-train file add data.json")
    @Argument(help: "JSON or JSONL.") var path: String
    @Option(help: "What people call it; its file name without it.") var name: String?
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let name = name ?? URL(fileURLWithPath: path).lastPathComponent
      let file: Catalogue.FileRecord = try await live.client.upload(
        "/api/v1/files?name=\(LiveClient.escaped(name))", path)
      try live.answer(file, FileCommand.one(file))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists training files, the newest first.",
      discussion: "EXAMPLE\n  lora-train file list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: FileList = try await live.client.get("/api/v1/files")
      if live.json { return try live.emit(list) }
      guard !list.files.isEmpty else { return print("No training files. lora-train file add DATA.json") }
      var table = Table(header: ["file", "name", "conversations", "pairs", "to train on", "tokens a pair", "added by"])
      table.left = [0, 1, 6]
      table.rows = list.files.map {
        [
          $0.id, $0.name, "\($0.conversations)", "\($0.pairs)", "\($0.training_pairs)",
          Words.group(Int($0.tokens_per_pair.rounded())), $0.added_by,
        ]
      }
      print(table.text)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows what is in a training file.",
      discussion: "EXAMPLE\n  lora-train file show file-1f2e3d4c5b6a")
    @Argument(help: "Its id.") var id: String
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: FileList = try await live.client.get("/api/v1/files")
      guard let file = list.files.first(where: { $0.id == id || $0.name == id }) else {
        throw InputError(.noInput, "there is no training file '\(id)'", hint: "lora-train file list")
      }
      try live.answer(file, FileCommand.one(file))
    }
  }

  private static func one(_ file: Catalogue.FileRecord) -> String {
    func counts(_ counts: [String: Int]) -> String {
      counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    var lines = [
      "\(file.id) \(PlainText.line(file.name)): \(file.conversations) conversations, \(file.pairs) pairs, \(file.training_pairs) to train on "
        + "(80 % of the conversations, with a target), about \(Words.group(Int(file.tokens_per_pair.rounded()))) tokens a pair",
      "  quality   " + (file.quality_mean.map { String(format: "%.2f", $0) } ?? "not scored")
        + ", \(file.human_reviewed) pairs reviewed by people",
      "  personas  " + counts(file.scaffolding.personas), "  arcs      " + counts(file.scaffolding.emotional_arcs),
      "  topics    " + counts(file.scaffolding.topics),
    ]
    lines += file.warnings.map { "Warning: \($0)" }
    if !file.canCreateJob {
      lines.append("Too few conversations for a job: it takes \(TrainingFile.fewestConversations).")
    }
    return lines.joined(separator: "\n")
  }
}
