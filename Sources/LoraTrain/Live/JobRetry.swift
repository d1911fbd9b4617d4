import ArgumentParser
import Calibration
import Engine
import Foundation
import Scenarios
import Web

/// Tries a job again, as it was or with what is different about it shown.
struct JobRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Makes a new job like one that is over, linked to it; shows what is different, and what it would cost.",
    discussion: "EXAMPLES\n  lora-train job retry job-7 --fix\n  lora-train job retry job-7 --pricing on_demand --yes")

  @OptionGroup var target: JobTarget
  @Flag(
    help: "Goes on from its newest checkpoint, with what is left of the epochs, instead of from the beginning.")
  var fromCheckpoint = false
  @Flag(help: "With the first change that is suggested for how it failed.") var fix = false
  @Option(help: "spot or on_demand.") var pricing: String?
  @Option(help: "Pairs at once.") var batchSize: Int?
  @Option(help: "Batches an optimizer step.") var gradientAccumulation: Int?
  @Option(help: "Epochs.") var epochs: Int?
  @Option(help: "Steps between two checkpoints.") var checkpointEvery: Int?
  @Option(help: "Learning rate.") var learningRate: Double?
  @Flag(help: "Do not ask.") var yes = false

  func run() async throws {
    let client = try target.live.client
    let original: JobDocument = try await client.get("/api/v1/jobs/\(target.path)")
    if let trouble = trouble(retrying: original) { throw ValidationError(trouble) }
    var configuration = original.configuration
    // A job that went on says how many steps were left: the new one has its own.
    if original.resumed_from != nil { configuration.statedSteps = nil }
    let suggested = fix ? try await suggestion(client, for: original) : nil
    if let suggested { configuration = suggested.configuration }
    if let pricing { configuration.pricing = try PricingArgument.pricing(pricing) }
    if let batchSize { configuration.batchSize = batchSize }
    if let gradientAccumulation { configuration.gradientAccumulation = gradientAccumulation }
    if let epochs { configuration.epochs = epochs }
    if let checkpointEvery { configuration.checkpointEvery = checkpointEvery }
    if let learningRate { configuration.learningRate = learningRate }
    let base = original.name.replacing(#/ \(Retry \#\d+\)$/#, with: "")
    var new = NewJob(name: "\(base) (Retry #\((original.retry ?? 0) + 1))", configuration: configuration)
    (new.client, new.project, new.max_cost_usd) = (original.client, original.project, original.max_cost_usd)
    (new.purpose, new.tags, new.training_file) = (original.purpose, original.tags, original.training_file)
    (new.suites, new.examines) = (original.suites, original.examines)
    (new.retry_of, new.fix) = (original.id, suggested?.kind)
    if fromCheckpoint { new.resume_of = original.id }
    if !target.live.json {
      print(
        "\(original.id) \(PlainText.line(original.name)): \(original.status)"
          + (original.failure.map { " (\($0))" } ?? "")
          + (original.duration_s.map { " after \(Words.duration($0))" } ?? ""))
      if let suggested {
        let record = suggested.tried > 0 ? " (\(suggested.worked) of \(suggested.tried) such retries completed)" : ""
        print("Suggested: \(suggested.text)\(record)")
      }
      let changes = JobRetry.changes(original.configuration, configuration)
      print(changes.isEmpty ? "The same configuration again.\n" : changes.joined(separator: "\n") + "\n")
    }
    try await JobCreate.submit(new, client, yes: yes, target.live)
  }

  /// Why it cannot be retried so; nil: it can. What only a training has is not said of an examination.
  func trouble(retrying original: JobDocument) -> String? {
    guard let examined = original.examines else { return nil }
    let counts = [batchSize, gradientAccumulation, epochs, checkpointEvery]
    guard fromCheckpoint || learningRate != nil || counts.contains(where: { $0 != nil }) else { return nil }
    return "\(original.id) examines \(examined) and trains nothing: only --pricing and --fix say anything of its retry"
  }

  private func suggestion(_ client: LiveClient, for original: JobDocument) async throws -> FixDocument {
    let list: FixList = try await client.get("/api/v1/jobs/\(target.path)/fixes")
    guard let first = list.fixes.first else {
      throw InputError(
        .badData, "nothing is known to help a job that ended so",
        hint: "retry it as it was, or change it: \(original.examines == nil ? "--batch-size …" : "--pricing")")
    }
    return first
  }

  /// What is different, one line each: `batch_size: 4 → 2`.
  static func changes(_ a: JobConfiguration, _ b: JobConfiguration) -> [String] {
    func line(_ name: String, _ from: some CustomStringConvertible, _ to: some CustomStringConvertible) -> String? {
      "\(from)" == "\(to)" ? nil : "  \(name): \(from) → \(to)"
    }
    return [
      line("pricing", PricingArgument.words(a.pricing), PricingArgument.words(b.pricing)),
      line("batch_size", a.batchSize, b.batchSize),
      line("gradient_accumulation_steps", a.gradientAccumulation, b.gradientAccumulation),
      line("epochs", a.epochs, b.epochs), line("checkpoint_every", a.checkpointEvery, b.checkpointEvery),
      line("learning_rate", a.learningRate, b.learningRate),
    ].compactMap { $0 }
  }
}
