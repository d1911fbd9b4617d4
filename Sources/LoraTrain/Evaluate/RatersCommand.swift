import ArgumentParser
import Foundation
import Scenarios
import Validation
import Web

/// Lets people score a job's answers in the dashboard.
struct RatersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "raters",
    abstract:
      "Hands answers to people who score them blind in the dashboard; shows how far they are; takes the result.",
    discussion: """
      EXAMPLE
        lora-train evaluate raters job-7 emotional-intelligence --answers store/job-7/answers/emotional-intelligence.jsonl
        lora-train evaluate raters job-7
        lora-train evaluate raters job-7 emotional-intelligence --finish
      """)
  @Argument(help: "The job: job-7, or 7.", transform: JobName.full) var job: String
  @Argument(help: "The suite: a file, or a shipped suite's name; none: how far scoring is.") var suite: String?
  @Option(help: ArgumentHelp("What the pod wrote: store/JOB/answers/SUITE.jsonl.", valueName: "file"))
  var answers: String?
  @Flag(help: "Puts what was scored into the job's validation.") var finish = false
  @OptionGroup var live: LiveOptions

  func validate() throws {
    guard (suite == nil) == (answers == nil && !finish), !(finish && answers != nil) else {
      throw ValidationError("a suite goes with either --answers or --finish")
    }
  }

  func run() async throws {
    let client = try live.client
    let path = "/api/v1/jobs/\(LiveClient.escaped(job))/ratings"
    guard let suite else {
      let list: RatingList = try await client.get(path)
      return try live.answer(list, RatersCommand.text(list, client.address, job))
    }
    let read = try ShippedSuites.find(suite)
    if finish {
      let kept: JobValidationDocument = try await client.post("\(path)/\(LiveClient.escaped(read.name))/finish")
      return try live.answer(kept, ValidationText.job(kept))
    }
    guard let answers else { return }
    // Read here first: what is wrong is said with its line.
    _ = try AnswerFile.read(path: answers, suite: read)
    let made: RatingDocument = try await client.send(
      "POST", path,
      NewRatings(
        suite: read.name, suiteText: String(decoding: try read.json(), as: UTF8.self),
        answers: try TextFile.text(path: answers, limit: 256_000_000)))
    if live.json { return try live.emit(made) }
    print("\(made.pairs) pairs of answers wait for raters at \(client.address)/dashboard/training-jobs/\(job)/ratings")
  }

  private static func text(_ list: RatingList, _ address: String, _ job: String) -> String {
    guard !list.rounds.isEmpty else { return "Nobody is asked to score anything of \(job)." }
    return list.rounds.map { round in
      let raters = round.raters.map { "  \($0.person): \($0.done) of \(round.pairs)" }
      let alphas = round.agreement.map {
        "  alpha of \($0.scale): \($0.alpha.map { String(format: "%.2f", $0) } ?? "none")"
      }
      return (["\(round.suite): \(round.pairs) pairs"] + (raters.isEmpty ? ["  nobody yet"] : raters) + alphas).joined(
        separator: "\n")
    }.joined(separator: "\n") + "\n\(address)/dashboard/training-jobs/\(job)/ratings"
  }
}
