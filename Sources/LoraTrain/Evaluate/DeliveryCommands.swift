import ArgumentParser
import Foundation
import Scenarios
import Validation
import Web

/// Keeps results with a job in the live store, where they decide over its delivery.
struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Keeps what score found with a job: from then on its gate decides over downloads.",
    discussion: "EXAMPLE\n  lora-train evaluate submit job-1 perplexity.json ei.json knowledge.json")
  @Argument(help: "The job: job-7, or 7.", transform: JobName.full) var job: String
  @Argument(help: "What score --output wrote.") var documents: [String]
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let client = try live.client
    let read = try documents.map(EvaluateCommand.document)
    if let other = read.indices.first(where: { read[$0].job.map { JobName.full($0) != job } == true }) {
      throw InputError(
        .badData, file: documents[other], "is about \(read[other].job ?? ""), not about \(job)",
        hint: "score with --job \(job) if the model is the same")
    }
    var answer: JobValidationDocument?
    for document in read {
      answer = try await client.send("POST", "/api/v1/jobs/\(LiveClient.escaped(job))/validation", document)
    }
    if let answer { try live.answer(answer, ValidationText.job(answer)) }
  }
}

/// What is known of a job's model.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows what validation found of a job's model, and whether it may be delivered.",
    discussion: "EXAMPLE\n  lora-train evaluate status job-1")
  @Argument(help: "The job: job-7, or 7.", transform: JobName.full) var job: String
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let answer: JobValidationDocument = try await live.client.get(
      "/api/v1/jobs/\(LiveClient.escaped(job))/validation")
    try live.answer(answer, ValidationText.job(answer))
  }
}

/// Lets a model go that a gate holds back.
struct DeliverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: "Lets a model be delivered although its gate says otherwise; a block takes a manager. It is logged.",
    discussion: "EXAMPLE\n  lora-train evaluate deliver job-1 --justification \"the client agreed in writing\"")
  @Argument(help: "The job: job-7, or 7.", transform: JobName.full) var job: String
  @Option(help: "Why; for the audit log.") var justification: String
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let answer: JobValidationDocument = try await live.client.send(
      "POST", "/api/v1/jobs/\(LiveClient.escaped(job))/delivery", Reason(justification: justification))
    try live.answer(answer, ValidationText.job(answer))
  }
}

extension ValidationText {
  /// A job's results in a line each, and what follows from them.
  static func job(_ answer: JobValidationDocument) -> String {
    let ordered = answer.suites.map { "\($0.name): \($0.state.rawValue)" }
    guard let gate = answer.gate else {
      return (["\(answer.job) was not validated; nothing holds its delivery back"] + ordered).joined(separator: "\n")
    }
    var table = Table(header: ["part", "items", "gate", "result"])
    table.left = [0, 2, 3]
    table.rows = answer.documents.map {
      [$0.suite?.name ?? $0.part.rawValue, "\($0.items)", $0.gate.verdict.rawValue, $0.gate.reasons.first ?? ""]
    }
    var lines = [answer.job, table.text, "", ValidationText.gate(gate)]
    if let decision = answer.decision {
      lines.append("Let go by \(decision.by), \(decision.at): \(decision.justification)")
    }
    return (lines + (ordered.isEmpty ? [] : [""]) + ordered).joined(separator: "\n")
  }
}
