import ArgumentParser
import Foundation
import Scenarios
import Web

/// Configurations worth starting from again.
struct TemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Keeps the configuration of a job under a name, for the next ones.",
    discussion: """
      EXAMPLE
        lora-train template save job-7 --name 'Standard production' --tag production
        lora-train job create --template 'Standard production' --training-file data.json --yes
      """, subcommands: [Save.self, List.self, Remove.self], defaultSubcommand: List.self)

  /// A template of one step would train nothing, whoever started from it.
  static func trouble(keeping job: JobDocument) -> InputError? {
    job.examines.map { InputError(.badData, "\(job.id) trained nothing", hint: "keep what it examined: \($0)") }
  }

  struct Save: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "save", abstract: "Keeps a job's configuration.",
      discussion: "EXAMPLE\n  lora-train template save job-7 --name 'Quick test'")
    @OptionGroup var target: JobTarget
    @Option(help: "What people will call it.") var name: String
    @Option(help: "When to take it.") var purpose: String?
    @Option(name: .customLong("tag"), help: "A tag; may be given several times.") var tags: [String] = []
    @Flag(help: "Seen by nobody else.") var `private` = false
    func run() async throws {
      let client = try target.live.client
      let job: JobDocument = try await client.get("/api/v1/jobs/\(target.path)")
      if let trouble = TemplateCommand.trouble(keeping: job) { throw trouble }
      let made: TemplateDocument = try await client.send(
        "POST", "/api/v1/templates",
        NewTemplate(
          name: name, purpose: purpose, isShared: !`private`, tags: tags, configuration: job.configuration))
      try target.live.answer(made, "Kept as '\(PlainText.line(made.template.name))'.")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists templates, and how the jobs that were started from them went.",
      discussion: "EXAMPLE\n  lora-train template list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: TemplateList = try await live.client.get("/api/v1/templates")
      if live.json { return try live.emit(list) }
      guard !list.templates.isEmpty else { return print("No templates. lora-train template save JOB --name NAME") }
      var table = Table(header: ["name", "what for", "configuration", "by", "uses", "completed", "mean cost"])
      table.left = [0, 1, 2, 3]
      table.rows = list.templates.map {
        let c = $0.template.configuration
        return [
          $0.template.name, $0.template.purpose ?? "",
          "\(c.preset.rawValue), r \(c.rank), batch \(c.batchSize)×\(c.gradientAccumulation), \(c.epochs) epochs",
          $0.template.creator, "\($0.uses)", $0.success_rate.map(Words.percent) ?? "",
          $0.mean_cost_usd.map(Words.dollars) ?? "",
        ]
      }
      print(table.text)
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Removes a template; jobs that were started from it stay as they are.",
      discussion: "EXAMPLE\n  lora-train template remove 'Quick test'")
    @Argument(help: "Its name.") var name: String
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let left: TemplateList = try await live.client.call("DELETE", "/api/v1/templates/\(LiveClient.escaped(name))")
      try live.answer(left, "Removed.")
    }
  }
}
