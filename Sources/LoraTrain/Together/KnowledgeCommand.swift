import ArgumentParser
import Foundation
import Journal
import Web

/// What the team has learnt.
struct KnowledgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knowledge", abstract: "What was learnt from jobs: written down, found again.",
    discussion: """
      EXAMPLES
        lora-train knowledge add job-7 --learned 'r=32 pays off from 200 conversations on' --tag emotion
        lora-train knowledge list --search 'emotional datasets'
        lora-train knowledge show 3
      """, subcommands: [List.self, Show.self, Add.self, Edit.self, Remove.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists entries, the newest first; with --search the best first.",
      discussion: "EXAMPLE\n  lora-train knowledge list --search retirement --category best_practices")
    @Option(help: "Words, or their beginnings.") var search: String?
    @Option(help: "best_practices, experiments, client_deliveries or troubleshooting.") var category: String?
    @Option(help: "One of its tags.") var tag: String?
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let query = [("search", search), ("category", category), ("tag", tag)].compactMap { name, value in
        value.map { "\(name)=\(LiveClient.escaped($0))" }
      }
      let list: KnowledgeList = try await live.client.get(
        "/api/v1/knowledge" + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
      if live.json { return try live.emit(list) }
      guard !list.entries.isEmpty else { return print("No entries. lora-train knowledge add JOB --learned TEXT") }
      var table = Table(header: ["entry", "title", "category", "tags", "jobs", "by", "at"])
      table.left = [0, 1, 2, 3, 4, 5, 6]
      table.rows = list.entries.map { entry in
        [
          "\(entry.number)", entry.title, entry.category.rawValue, entry.tags.joined(separator: ", "),
          entry.jobs.map(\.id).joined(separator: ", "), entry.person, entry.at,
        ]
      }
      print(table.text)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows an entry.", discussion: "EXAMPLE\n  lora-train knowledge show 3")
    @Argument(help: "The entry's number.") var number: Int
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let entry: KnowledgeDocument = try await live.client.get("/api/v1/knowledge/\(number)")
      try live.answer(entry, KnowledgeCommand.text(entry))
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Writes down what a job has shown; its configuration, results and notes are filled in.",
      discussion: "EXAMPLE\n  lora-train knowledge add job-7 --learned 'a low rate, and three epochs'")
    @OptionGroup var target: JobTarget
    @Option(help: "What was learnt, in Markdown; stands above the rest.") var learned: String?
    @OptionGroup var fields: Fields

    func run() async throws {
      let client = try target.live.client
      let draft: KnowledgeDraft = try await client.get("/api/v1/jobs/\(target.path)/knowledge")
      var new = fields.applied(to: draft.draft)
      if let learned { new.content = "\(learned)\n\n\(new.content)" }
      let kept: KnowledgeDocument = try await client.send("POST", "/api/v1/knowledge", new)
      try target.live.answer(kept, "Kept as entry \(kept.number): \(PlainText.line(kept.title))")
    }
  }

  struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "edit", abstract: "Changes an entry; its earlier revisions are kept.",
      discussion: "EXAMPLE\n  lora-train knowledge edit 3 --title 'Low rates work'")
    @Argument(help: "The entry's number.") var number: Int
    @Option(help: "The whole content anew, in Markdown.") var content: String?
    @OptionGroup var fields: Fields
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let client = try live.client
      let entry: KnowledgeDocument = try await client.get("/api/v1/knowledge/\(number)")
      var new = fields.applied(
        to: NewKnowledge(
          title: entry.title, category: entry.category, tags: entry.tags, content: entry.content,
          jobs: entry.jobs.map(\.id)))
      if let content { new.content = content }
      let kept: KnowledgeDocument = try await client.send("PUT", "/api/v1/knowledge/\(number)", new)
      try live.answer(kept, "Kept as revision \(kept.revision).")
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract:
        "Takes an entry of your own out; a manager any. Its revisions stay in the store, and the audit log says who.",
      discussion: "EXAMPLE\n  lora-train knowledge remove 3")
    @Argument(help: "The entry's number.") var number: Int
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let left: KnowledgeList = try await live.client.call("DELETE", "/api/v1/knowledge/\(number)")
      try live.answer(left, "Removed; \(left.entries.count) left.")
    }
  }

  /// What may be said of an entry beside its content.
  struct Fields: ParsableArguments {
    @Option(help: "Its title; the job's name unless you say.") var title: String?
    @Option(help: "best_practices, experiments, client_deliveries or troubleshooting.") var category: String?
    @Option(name: .customLong("tag"), help: "A tag; may be given several times.") var tags: [String] = []

    func validate() throws {
      guard category.map({ Catalogue.KnowledgeCategory(rawValue: $0) != nil }) ?? true else {
        throw ValidationError("the category is best_practices, experiments, client_deliveries or troubleshooting")
      }
    }

    func applied(to entry: NewKnowledge) -> NewKnowledge {
      var entry = entry
      if let title { entry.title = title }
      if let category = category.flatMap(Catalogue.KnowledgeCategory.init) { entry.category = category }
      if !tags.isEmpty { entry.tags = tags }
      return entry
    }
  }

  private static func text(_ entry: KnowledgeDocument) -> String {
    var lines = [
      "\(entry.number) \(PlainText.line(entry.title))", "\(entry.category.rawValue), \(entry.person), \(entry.at)",
    ]
    if entry.revision > 1 { lines[1] += ", revision \(entry.revision)" }
    if !entry.tags.isEmpty { lines.append("tags: \(entry.tags.joined(separator: ", "))") }
    if !entry.jobs.isEmpty {
      lines.append("jobs: " + entry.jobs.map { "\($0.id) (\($0.status))" }.joined(separator: ", "))
    }
    return (lines + ["", entry.content]).joined(separator: "\n")
  }
}
