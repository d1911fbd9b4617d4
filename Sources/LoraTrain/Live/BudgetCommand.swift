import ArgumentParser
import Foundation
import Scenarios
import Web

/// The monthly limit of the live system.
struct BudgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Shows what is spent and set aside this month, and sets the limit.",
    discussion: "EXAMPLE\n  lora-train budget set 500 --justification 'as planned for December'",
    subcommands: [
      Show.self, Set.self, Allocations.self, Allocate.self, Close.self, Log.self, JobCommand.Override.self,
    ],
    defaultSubcommand: Show.self)

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows what is spent and set aside this month.",
      discussion: "EXAMPLE\n  lora-train budget show --json")
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let budget: BudgetDocument = try await live.client.get("/api/v1/budget")
      try live.answer(budget, JobText.budget(budget))
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set",
      abstract: "Sets the monthly limit, or takes it away; what runs goes on. Takes a manager, and says why.",
      discussion: "EXAMPLE\n  lora-train budget set 500 --justification 'as planned for December'")
    @Argument(help: "US dollars, or none.") var limit: String
    @Flag(
      inversion: .prefixedNo,
      help: "Hold back what exceeds it, or only warn of it; without either as before.")
    var block: Bool?
    @Option(help: "Why: it goes to the audit log.") var justification: String?
    @OptionGroup var live: LiveOptions

    func run() async throws {
      var dollars: Double?
      if limit != "none" {
        guard let value = Double(limit), value >= 0, value < 1e9 else {
          throw ValidationError("the limit is a number of US dollars (below 1,000,000,000), or none, not '\(limit)'")
        }
        dollars = value
      }
      let budget: BudgetDocument = try await live.client.send(
        "PUT", "/api/v1/budget", NewLimit(limit_usd: dollars, blocks_when_exceeded: block, justification: justification)
      )
      try live.answer(budget, JobText.budget(budget))
    }
  }

  struct Allocations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "allocations",
      abstract: "Shows the parts of the budget: whose they are, their limits, and what stands against them.",
      discussion: "EXAMPLE\n  lora-train budget allocations")
    @OptionGroup var live: LiveOptions

    func run() async throws {
      try BudgetCommand.show(try await live.client.get("/api/v1/budget/allocations"), live)
    }
  }

  struct Allocate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "allocate",
      abstract:
        "Sets a limit for some clients' or tags' jobs, beside the limit for all. Takes a manager, and says why.",
      discussion:
        "EXAMPLE\n  lora-train budget allocate 'Priority A' 200 --tag priority-a --client Acme --justification 'as agreed'"
    )
    @Argument(help: "What it is called; one of that name is changed.") var name: String
    @Argument(help: "US dollars of a budget period, or none.") var limit: String
    @Option(help: "Jobs of this client; may be given again.") var client: [String] = []
    @Option(help: "Jobs with this tag; may be given again.") var tag: [String] = []
    @Option(help: "Why: it goes to the audit log.") var justification: String
    @OptionGroup var live: LiveOptions

    func run() async throws {
      guard limit == "none" || Double(limit).map({ $0 >= 0 && $0 < 1e9 }) == true else {
        throw ValidationError("the limit is a number of US dollars (below 1,000,000,000), or none, not '\(limit)'")
      }
      let list: AllocationList = try await live.client.send(
        "PUT", "/api/v1/budget/allocations",
        NewAllocation(
          name: name, clients: client, tags: tag, limit_usd: Double(limit), justification: justification))
      try BudgetCommand.show(list, live)
    }
  }

  struct Close: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "close", abstract: "Closes a part of the budget: no new job is charged to it. Takes a manager.",
      discussion: "EXAMPLE\n  lora-train budget close 2")
    @Argument(help: "Its number.") var number: UInt16
    @OptionGroup var live: LiveOptions

    func run() async throws {
      try BudgetCommand.show(
        try await live.client.call("DELETE", "/api/v1/budget/allocations/\(number)"), live)
    }
  }

  private static func show(_ list: AllocationList, _ live: LiveOptions) throws {
    if live.json { return try live.emit(list) }
    guard !list.allocations.isEmpty else { return print("There is none: the limit is for all jobs alike.") }
    var table = Table(header: ["", "name", "clients and tags", "spent", "set aside", "limit"])
    table.left = [1, 2]
    table.rows = list.allocations.map { part in
      [
        "\(part.number)", part.name, (part.clients + part.tags.map { "#\($0)" }).joined(separator: ", "),
        Words.dollars(part.spent_usd), Words.dollars(part.reserved_usd), part.limit_usd.map(Words.dollars) ?? "none",
      ]
    }
    print(table.text)
  }

  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "log",
      abstract: "Who changed the limit, let a job pass, or asked for more: when, why, from what to what.",
      discussion: "EXAMPLE\n  lora-train budget log --csv")
    @Flag(help: "Everything that people did, not what concerns money alone.") var all = false
    @Flag(help: "Comma-separated values.") var csv = false
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let log = try await live.client.all("/api/v1/audit", \AuditLog.lines, \.next)
      let money = ["budget.", "approval.", "job.override"]
      let lines = all ? log : log.filter { line in money.contains { line.action.hasPrefix($0) } }
      if live.json { return try live.emit(AuditLog(lines: lines)) }
      let header = ["at", "person", "role", "action", "subject", "change", "justification"]
      let rows = lines.map {
        [$0.at, $0.person, $0.role, $0.action, $0.subject, $0.change ?? "", $0.justification ?? ""]
      }
      if csv { return StandardOutput.write(CSVText.table(header, rows) + "\n") }
      guard !lines.isEmpty else { return print("Nothing was done yet.") }
      var table = Table(header: header)
      table.left = Swift.Set(header.indices)
      table.rows = rows
      print(table.text)
    }
  }
}
