import ArgumentParser
import Foundation
import Scenarios
import Validation
import Web

/// Keeps a client's own suite in the live store, where jobs can be made with it.
struct UploadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upload",
    abstract: "Keeps a suite in the store, so that jobs can be created with it; without a file: lists what is there.",
    discussion: """
      Another text under the same name is its next version. Jobs answer the version they were made with.

      EXAMPLE
        lora-train evaluate upload our-questions.csv
        lora-train job create --training-file data.json --suite our-questions
      """)
  @Argument(help: "The file: CSV of questions, YAML or JSON.") var file: String?
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let client = try live.client
    guard let file else {
      let list: SuiteList = try await client.get("/api/v1/suites")
      return try live.answer(list, UploadCommand.text(list))
    }
    // Read here first: what is wrong is said with the path that was given.
    _ = try SuiteReader.read(path: file)
    let kept: SuiteSummary = try await client.send(
      "POST", "/api/v1/suites",
      NewSuite(
        file: URL(fileURLWithPath: file).lastPathComponent,
        text: try TextFile.text(path: file, limit: SuiteReader.limit)))
    if live.json { return try live.emit(kept) }
    print("Kept \(kept.name), version \(kept.version ?? 1) (\(kept.digest)): \(kept.items) items.")
  }

  private static func text(_ list: SuiteList) -> String {
    var table = Table(header: ["suite", "kind", "items", "version", "digest", "by", "title"])
    table.left = [0, 1, 4, 5, 6]
    table.rows = list.suites.map {
      [
        $0.name, $0.kind, "\($0.items)", $0.version.map { "\($0)" } ?? "shipped", $0.digest, $0.by ?? Words.nothing,
        $0.title,
      ]
    }
    return table.text
  }
}

/// Takes an uploaded suite out of what jobs can be made with.
struct WithdrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw",
    abstract: "Withdraws an uploaded suite: no new job can be made with it; those that were keep it.",
    discussion: """
      It takes whoever uploaded it, or a manager. Uploaded again, it is there again.

      EXAMPLE
        lora-train evaluate withdraw our-questions
      """)
  @Argument(help: "The suite's name.") var suite: String
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let list: SuiteList = try await live.client.call("DELETE", "/api/v1/suites/\(LiveClient.escaped(suite))")
    try live.answer(list, "Withdrawn: \(suite). Jobs that were made with it keep it.")
  }
}

/// What a pod answered to an open suite, for a judge that is asked from here.
struct AnswersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answers",
    abstract: "Writes what both models answered to a suite that people or a model judge, as JSON lines.",
    discussion: """
      EXAMPLE
        lora-train evaluate answers job-1 emotional-intelligence > answers.jsonl
        lora-train evaluate judge emotional-intelligence --answers answers.jsonl --verdicts v.jsonl --endpoint URL --model NAME
        lora-train evaluate score emotional-intelligence --answers answers.jsonl --verdicts v.jsonl --output ei.json
        lora-train evaluate submit job-1 ei.json
      """)
  @Argument(help: "The job: job-7, or 7.", transform: JobName.full) var job: String
  @Argument(help: "The suite's name.") var suite: String
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let path = "/api/v1/jobs/\(LiveClient.escaped(job))/ratings/\(LiveClient.escaped(suite))/answers"
    let lines = String(decoding: try await live.client.bytes("GET", path), as: UTF8.self)
    guard live.json else { return StandardOutput.write(lines) }
    // One document: the lines, which are JSON themselves, as a list.
    let answers = lines.split(separator: "\n").joined(separator: ",\n  ")
    StandardOutput.write(
      "{\"job\": \(JSON.quoted(job)), \"suite\": \(JSON.quoted(suite)), \"answers\": [\n  \(answers)\n]}\n")
  }
}
