import ArgumentParser
import Foundation
import Scenarios
import Web

/// The monthly limit of the live system.
struct BudgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Shows what is spent and set aside this month, and sets the limit.",
    discussion: "EXAMPLE\n  lora-train budget set 500 --justification 'as planned for December'",
    subcommands: [Show.self, Set.self, Log.self], defaultSubcommand: Show.self)

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what is spent and set aside this month.", discussion: "EXAMPLE\n  lora-train budget show --json")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let budget: BudgetDocument = try await LiveClient(store).get("/api/v1/budget")
      print(output.json ? try JobText.json(budget) : JobText.budget(budget))
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sets the monthly limit, or takes it away; what runs goes on. Takes a manager, and says why.",
      discussion: "EXAMPLE\n  lora-train budget set 500 --justification 'as planned for December'")
    @Argument(help: "US dollars, or none.") var limit: String
    @Option(help: "Why: it goes to the audit log.") var justification: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      var dollars: Double?
      if limit != "none" {
        guard let value = Double(limit), value >= 0, value < 1e9 else {
          throw ValidationError("the limit is a number of US dollars, or none, not '\(limit)'")
        }
        dollars = value
      }
      let budget: BudgetDocument = try await LiveClient(store).send(
        "PUT", "/api/v1/budget", NewLimit(limit_usd: dollars, justification: justification))
      print(output.json ? try JobText.json(budget) : JobText.budget(budget))
    }
  }

  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Who changed the limit, let a job pass, or asked for more: when, why, from what to what.",
      discussion: "EXAMPLE\n  lora-train budget log --csv")
    @Flag(help: "Everything that people did, not what concerns money alone.") var all = false
    @Flag(help: "Comma-separated values.") var csv = false
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let log = try await LiveClient(store).all("/api/v1/audit", \AuditLog.lines, \.next)
      let money = ["budget.", "approval.", "job.override"]
      let lines = all ? log : log.filter { line in money.contains { line.action.hasPrefix($0) } }
      if output.json { return print(try JobText.json(AuditLog(lines: lines))) }
      let header = ["at", "person", "role", "action", "subject", "change", "justification"]
      let rows = lines.map {
        [$0.at, $0.person, $0.role, $0.action, $0.subject, $0.change ?? "", $0.justification ?? ""]
      }
      if csv { return print(CSVText.table(header, rows)) }
      guard !lines.isEmpty else { return print("Nothing was done yet.") }
      var table = Table(header: header)
      table.left = Swift.Set(header.indices)
      table.rows = rows
      print(table.text)
    }
  }
}
