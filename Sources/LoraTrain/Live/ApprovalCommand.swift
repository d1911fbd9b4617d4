import ArgumentParser
import Foundation
import Web

/// Raising the limit takes a manager: who is none asks here.
struct ApprovalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approval", abstract: "Asks for a higher limit, and decides such requests; nobody decides their own.",
    discussion: "EXAMPLE\n  lora-train approval request --limit 750 --justification 'two more client runs'",
    subcommands: [Request.self, List.self, Approve.self, Reject.self], defaultSubcommand: List.self)

  struct Request: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "request", abstract: "Asks a manager for a higher limit; expires after seven days.",
      discussion: "EXAMPLE\n  lora-train approval request --limit 750 --justification 'two more client runs'")
    @Option(help: ArgumentHelp("The monthly limit that is wanted.", valueName: "usd")) var limit: Double
    @Option(help: "Why.") var justification: String
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let made: ApprovalDocument = try await live.client.send(
        "POST", "/api/v1/approvals", NewApproval(limit_usd: limit, justification: justification))
      try live.answer(made, ApprovalCommand.table([made]))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Shows all requests.", discussion: "EXAMPLE\n  lora-train approval list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: ApprovalList = try await live.client.get("/api/v1/approvals")
      try live.answer(list, ApprovalCommand.table(list.approvals))
    }
  }

  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "approve", abstract: "Approves a request: the limit is raised at once.",
      discussion: "EXAMPLE\n  lora-train approval approve 2")
    @OptionGroup var decision: DecisionOptions
    func run() async throws { try await decision.say("approve", to: "approvals", ApprovalCommand.text) }
  }

  struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reject", abstract: "Rejects a request.",
      discussion: "EXAMPLE\n  lora-train approval reject 2 --remark 'next month'")
    @OptionGroup var decision: DecisionOptions
    func run() async throws { try await decision.say("reject", to: "approvals", ApprovalCommand.text) }
  }

  private static func text(_ approval: ApprovalDocument) -> String { table([approval]) }

  private static func table(_ approvals: [ApprovalDocument]) -> String {
    guard !approvals.isEmpty else { return "Nobody has asked for anything." }
    var table = Table(header: ["", "status", "limit", "asked by", "why", "expires (UTC)", "decided by"])
    table.left = [1, 3, 4, 5, 6]
    table.rows = approvals.map {
      [
        "\($0.number)", $0.status, Words.dollars($0.limit_usd), $0.applicant, $0.justification, $0.expires_at,
        ($0.decided_by ?? "") + ($0.remark.map { " (\($0))" } ?? ""),
      ]
    }
    return table.text
  }
}
