import ArgumentParser
import Calibration
import Engine
import Foundation
import Journal
import Scenarios
import Web

/// Makes a job: shows what it would cost and whether the budget holds it, asks, and submits.
struct JobCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Shows what a job would cost, asks, and submits it; ends with 1 where it is blocked.",
    discussion: "EXAMPLE\n  lora-train job create --name first --pairs 2600 --tokens-per-pair 3400 --yes")

  @Option(help: "What people call it; the training file's name, the preset and the date without it.") var name: String?
  @Option(help: "For whom.") var client: String?
  @Option(help: "For what.") var project: String?
  @Option(help: "conservative, balanced or aggressive.") var preset = "balanced"
  @Option(help: "spot or on_demand.") var pricing = "spot"
  @Option(help: ArgumentHelp("Training pairs of one epoch.", valueName: "n")) var pairs: Int?
  @Option(help: ArgumentHelp("Tokens a pair.", valueName: "n")) var tokensPerPair: Double?
  @Option(
    help: ArgumentHelp(
      "The data set, or the id of one that is there: pairs and tokens are counted, and a new one is kept.",
      valueName: "file")) var trainingFile: String?
  @Option(help: "A template to start from.") var template: String?
  @Option(help: "What the run is for, in up to 500 characters.") var purpose: String?
  @Option(help: "Notes in Markdown, up to 2,000 characters.") var notes: String?
  @Option(
    name: .customLong("tag"), help: "A tag (experiment, production, client-delivery …); may be given several times.")
  var tags: [String] = []
  @Option(
    name: .customLong("suite"),
    help:
      "A suite that both models answer on the pod after training (lora-train evaluate suites); may be given several times."
  )
  var suites: [String] = []
  @Option(help: "Epochs.") var epochs: Int?
  @Option(help: "Steps between two checkpoints.") var checkpointEvery: Int?
  @Option(help: ArgumentHelp("Stop the run at this cost (it publishes what it has).", valueName: "usd")) var maxCost:
    Double?
  @Flag(help: "Keep it as a draft: lora-train job confirm submits it.") var draft = false
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var live: LiveOptions

  func validate() throws {
    for (option, value) in [
      ("--pairs", pairs), ("--epochs", epochs), ("--checkpoint-every", checkpointEvery),
    ] {
      if let value, value < 1 { throw ValidationError("\(option) must be at least 1") }
      if let value, value > 1_000_000_000 { throw ValidationError("\(option) must be at most 1,000,000,000") }
    }
    for (option, value) in [("--tokens-per-pair", tokensPerPair), ("--max-cost", maxCost)] {
      if let value, !(value > 0 && value < 1e9) {
        throw ValidationError("\(option) must be above 0 and below 1,000,000,000")
      }
    }
    if trainingFile != nil, pairs != nil || tokensPerPair != nil {
      throw ValidationError("--training-file counts pairs and tokens itself: leave out --pairs and --tokens-per-pair")
    }
    guard trainingFile != nil || (pairs != nil && tokensPerPair != nil) else {
      throw ValidationError("give --training-file, or --pairs and --tokens-per-pair")
    }
  }

  func run() async throws {
    let client = try live.client
    try await JobCreate.submit(try await job(client), client, yes: yes, live)
  }

  /// Shows what it would cost, asks, and submits.
  static func submit(_ new: NewJob, _ client: LiveClient, yes: Bool, _ live: LiveOptions) async throws {
    if let trouble = StepsTrouble(new.configuration) {
      throw ValidationError("\(trouble.problem): \(trouble.hint)")
    }
    let quote: QuoteDocument = try await client.send("POST", "/api/v1/quotes", new)
    if !live.json { print(JobText.quote(quote, of: new)) }
    if !yes {
      try Terminal.agrees(
        to: new.resume_of == nil ? "Submit it?" : "Resume training from last checkpoint with adjusted configuration?",
        of: "\n" + JobText.checklist(quote), without: "add --yes to submit it as it is",
        else: "Nothing was submitted.")
    }
    let made: JobDocument = try await client.send("POST", "/api/v1/jobs", new)
    try live.answer(made, "\n" + JobText.one(made))
    if made.status == "blocked" { throw ExitCode(1) }
  }

  private func job(_ client: LiveClient) async throws -> NewJob {
    guard let preset = Preset(rawValue: preset), preset != .custom else {
      throw ValidationError("--preset takes conservative, balanced or aggressive, not '\(self.preset)'")
    }
    let pricing = try PricingArgument.pricing(pricing)
    let presets: PresetList = try await client.get("/api/v1/presets")
    var book = PresetBook()
    for one in presets.presets { book[one.preset] = one.parameters }
    var configuration = book.configuration(preset, pricing: pricing)
    if let template {
      let list: TemplateList = try await client.get("/api/v1/templates")
      guard let found = list.templates.first(where: { $0.template.name == template }) else {
        throw InputError(.noInput, "there is no template '\(template)'", hint: "lora-train template list")
      }
      configuration = found.template.configuration
    }
    let file = try await file(client)
    if let file {
      configuration.trainingPairs = file.training_pairs
      configuration.tokensPerPair = min(file.tokens_per_pair, Double(configuration.maxSequenceLength))
    }
    if let pairs { configuration.trainingPairs = pairs }
    if let tokensPerPair { configuration.tokensPerPair = min(tokensPerPair, Double(configuration.maxSequenceLength)) }
    if let epochs { configuration.epochs = epochs }
    if let checkpointEvery { configuration.checkpointEvery = checkpointEvery }
    let date = Words.stamp(.now).prefix(10)
    var new = NewJob(
      name: name ?? "\(file?.name ?? "Training") - \(configuration.preset.rawValue.capitalized) - \(date)",
      configuration: configuration)
    (new.client, new.project, new.max_cost_usd) = (self.client, project, maxCost)
    (new.purpose, new.notes, new.tags, new.template) = (purpose, notes, tags.isEmpty ? nil : tags, template)
    new.training_file = file?.id
    new.suites = suites.isEmpty ? nil : suites
    if draft { new.draft = true }
    return new
  }

  /// The training file that is named, taken in where it is not there yet.
  private func file(_ client: LiveClient) async throws -> Catalogue.FileRecord? {
    guard let trainingFile else { return nil }
    let list: FileList = try await client.get("/api/v1/files")
    if let known = list.files.first(where: { $0.id == trainingFile }) { return known }
    let name = URL(fileURLWithPath: trainingFile).lastPathComponent
    return try await client.upload("/api/v1/files?name=\(LiveClient.escaped(name))", trainingFile)
  }
}
