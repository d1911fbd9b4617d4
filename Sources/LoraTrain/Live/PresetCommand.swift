import ArgumentParser
import Foundation
import Web

/// What presets stand for, and what a quarter's history would change.
struct PresetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preset",
    abstract: "Shows what presets stand for, and decides what each quarter's history proposes for them.",
    discussion: """
      Once a quarter is over, its jobs are looked at: other values are proposed only where jobs that had them were better in something \
      beyond doubt, and worse in nothing that is known. Nothing changes until a manager accepts; jobs that are there keep their values.

      EXAMPLE
        lora-train preset proposals
        lora-train preset accept 2 --remark 'as discussed on Monday'
      """, subcommands: [List.self, Proposals.self, Accept.self, Reject.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Shows what presets stand for: what new jobs have.",
      discussion: "EXAMPLE\n  lora-train preset list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: PresetList = try await live.client.get("/api/v1/presets")
      if live.json { return try live.emit(list) }
      var table = Table(
        header: ["preset", "rank", "learning rate", "epochs", "batch", "longest sequence", "checkpoint every", "since"])
      table.left = [0, 7]
      table.rows = list.presets.map { one in
        let p = one.parameters
        let since = one.since.map { "\($0), proposal \(one.proposal ?? 0), accepted by \(one.accepted_by ?? "")" }
        return [
          one.preset.rawValue, "\(p.rank)", JSON.digits(p.learningRate), "\(p.epochs)",
          "\(p.batchSize)×\(p.gradientAccumulation)", "\(p.maxSequenceLength)", "\(p.checkpointEvery)",
          since ?? "comes with lora-train",
        ]
      }
      print(table.text)
    }
  }

  struct Proposals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "proposals", abstract: "Shows what each quarter's history proposes, and what it stands on.",
      discussion: "EXAMPLE\n  lora-train preset proposals")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: PresetProposalList = try await live.client.get("/api/v1/presets/proposals")
      try live.answer(list, list.proposals.map(PresetCommand.text).joined(separator: "\n\n"))
    }
  }

  struct Accept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accept", abstract: "Accepts a proposal: new jobs have its values from now on. Takes a manager.",
      discussion: "EXAMPLE\n  lora-train preset accept 2")
    @OptionGroup var decision: DecisionOptions
    func run() async throws { try await decision.say("accept", to: "presets/proposals", PresetCommand.text) }
  }

  struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reject",
      abstract: "Rejects a proposal; one that was accepted last is taken back, and what held before holds again.",
      discussion: "EXAMPLE\n  lora-train preset reject 2 --remark 'too few files'")
    @OptionGroup var decision: DecisionOptions
    func run() async throws { try await decision.say("reject", to: "presets/proposals", PresetCommand.text) }
  }

  private static func text(_ one: PresetProposalDocument) -> String {
    let decided = one.decided_by.map { " by \($0)" + (one.remark.map { " (\($0))" } ?? "") } ?? ""
    var lines = ["\(one.number). \(one.preset.rawValue), \(one.quarter): \(one.status.rawValue)\(decided)"]
    lines += one.changes.map { "   \($0.sentence)" }
    lines.append("   \(one.finding.reason)")
    lines += one.finding.alternatives.map { "   \($0.sentence)" }
    if let confidence = one.finding.confidence {
      lines.append("   Intervals of \(Words.percent(confidence)): all of them hold at once in 19 of 20 such quarters.")
    }
    lines.append("   \(one.finding.source)")
    return lines.joined(separator: "\n")
  }
}
