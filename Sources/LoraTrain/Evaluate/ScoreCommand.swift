import ArgumentParser
import Foundation
import Scenarios
import Validation

/// From answers and verdicts to results.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Scores a suite's answers, or a job's perplexity: improvement, intervals, badges, regressions, gate.",
    discussion: """
      EXAMPLE
        lora-train evaluate score emotional-intelligence --answers a.jsonl --verdicts v.jsonl --csv all.csv
        lora-train evaluate score --perplexity store/job-1/evaluation.json --gate
      """)

  @Argument(help: "The suite: a file, or a shipped suite's name.") var suite: String?
  @Option(help: ArgumentHelp("What the pod wrote: store/JOB/answers/SUITE.jsonl.", valueName: "file")) var answers:
    String?
  @Option(help: ArgumentHelp("What judges said; again for more files.", valueName: "file")) var verdicts: [String] = []
  @Option(help: ArgumentHelp("A job's evaluation.json, in place of a suite.", valueName: "file")) var perplexity:
    String?
  @Option(help: "Whose model it is: job-7, or 7; without it what the answers say.", transform: JobName.full)
  var job: String?
  @Option(help: "Seed of resampling; the same gives the same intervals.") var seed: UInt64 = 1
  @Option(
    name: .customLong("output"), help: ArgumentHelp("Keeps the result, for show and for reports.", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("Every item (or category) as CSV.", valueName: "file")) var csv: String?
  @Flag(help: "Ends with 1 unless the model may be delivered.") var gate = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (perplexity == nil) == (suite != nil) else {
      throw ValidationError("give either a suite with --answers, or --perplexity")
    }
    if suite != nil, answers == nil { throw ValidationError("--answers is missing: what the pod wrote") }
    if perplexity != nil, answers != nil || !verdicts.isEmpty {
      throw ValidationError("--perplexity takes neither --answers nor --verdicts")
    }
  }

  func run() async throws {
    let document = try assess()
    if let file { try OutputFile.write(String(decoding: try document.json(), as: UTF8.self) + "\n", to: file) }
    if let csv { try OutputFile.write(document.csv, to: csv) }
    if output.json {
      StandardOutput.write(String(decoding: try document.json(), as: UTF8.self) + "\n")
    } else {
      print(ValidationText.text(document))
    }
    if gate, document.gate.verdict != .allow { throw ExitCode(1) }
  }

  private func assess() throws -> ValidationDocument {
    if let perplexity {
      return PerplexityResults.assess(try PerplexityResults.read(path: perplexity), job: job, seed: seed)
    }
    let suite = try ShippedSuites.find(suite ?? "")
    let file = try AnswerFile.read(path: answers ?? "", suite: suite)
    if suite.kind == .questions {
      guard verdicts.isEmpty else {
        throw ValidationError("questions have one right answer: there are no verdicts on them")
      }
      return QuestionResults.assess(suite, answers: file, job: job)
    }
    guard !verdicts.isEmpty else {
      throw InputError(
        .badData, file: answers, "open answers are scored by verdicts",
        hint: "--verdicts FILE, from evaluate judge or evaluate take")
    }
    let said = try verdicts.flatMap { try VerdictFile.read(path: $0, suite: suite).verdicts }
    return OpenAnswers.assess(suite, answers: file, verdicts: said, job: job, seed: seed)
  }
}
