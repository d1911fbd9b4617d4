import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios

struct EstimateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract: "What will this run cost, how long will it take, will it fit the GPU.",
    discussion: """
      EXAMPLES
        lora-train estimate --preset balanced --pricing spot --pairs 2600 --tokens-per-pair 3400
        lora-train estimate --training-file data.json --preset aggressive --compare
        lora-train estimate --batch jobs.csv --history history.sqlite --json
      """)

  @Option(help: "conservative, balanced or aggressive.")
  var preset = "balanced"

  @Option(help: "spot or on_demand.")
  var pricing = "spot"

  @Option(help: ArgumentHelp("Training pairs of one epoch.", valueName: "n"))
  var pairs: Int?

  @Option(help: ArgumentHelp("Tokens a pair.", valueName: "n"))
  var tokensPerPair: Double?

  @Option(
    help: ArgumentHelp("The data set to train on (JSON or JSONL): pairs and tokens are counted.", valueName: "file"))
  var trainingFile: String?

  @Option(help: ArgumentHelp("Estimate every job of a CSV file.", valueName: "jobs.csv"))
  var batch: String?

  @Flag(help: "All presets × pricings side by side.")
  var compare = false

  @Option(help: "LoRA rank.") var rank: Int?
  @Option(help: "Epochs.") var epochs: Int?
  @Option(help: "Pairs in one forward pass.") var batchSize: Int?
  @Option(help: "Forward passes an optimizer step.") var gradientAccumulation: Int?
  @Option(help: "Longest sequence in tokens.") var maxSequenceLength: Int?
  @Option(help: "Steps between two checkpoints.") var checkpointEvery: Int?
  @Option(
    help: ArgumentHelp(
      "How many runs may go on at once. A run takes one slot: its own answer is the same.", valueName: "n"))
  var slots: Int?
  @Option(help: ArgumentHelp("US dollars an hour, instead of what the history last paid.", valueName: "usd"))
  var hourlyRate: Double?
  @Option(help: ArgumentHelp("When the run gets its slot; now without it.", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("Stop the run at this cost (it publishes what it has).", valueName: "usd"))
  var maxCost: Double?

  @OptionGroup var history: HistoryOptions
  @OptionGroup var simulation: SimulationOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (name, value) in [
      ("--pairs", pairs), ("--rank", rank), ("--epochs", epochs), ("--batch-size", batchSize),
      ("--gradient-accumulation", gradientAccumulation), ("--max-sequence-length", maxSequenceLength),
      ("--checkpoint-every", checkpointEvery), ("--slots", slots),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1") }
      if let value, value > 1_000_000_000 { throw ValidationError("\(name) must be at most 1,000,000,000") }
    }
    if let hourlyRate, !(hourlyRate > 0 && hourlyRate <= 1e6) {
      throw ValidationError("--hourly-rate must be above 0 and at most 1,000,000")
    }
    for (name, value) in [("--tokens-per-pair", tokensPerPair), ("--max-cost", maxCost)] {
      if let value, !(value > 0 && value < 1e9) {
        throw ValidationError("\(name) must be above 0 and below 1,000,000,000")
      }
    }
    if trainingFile != nil, pairs != nil {
      throw ValidationError("--training-file counts the pairs itself: leave out --pairs")
    }
    if batch != nil, trainingFile != nil || compare {
      throw ValidationError("--batch stands alone: each row says what to estimate")
    }
    let ofOneRun: [(String, Any?)] = [
      ("--pairs", pairs), ("--tokens-per-pair", tokensPerPair), ("--rank", rank), ("--epochs", epochs),
      ("--batch-size", batchSize), ("--gradient-accumulation", gradientAccumulation),
      ("--max-sequence-length", maxSequenceLength), ("--checkpoint-every", checkpointEvery),
    ]
    if batch != nil, let (name, _) = ofOneRun.first(where: { $0.1 != nil }) {
      throw ValidationError("--batch stands alone, each row says what to estimate: leave out \(name)")
    }
  }

  func run() async throws {
    if let batch { return try await runBatch(batch) }
    guard let preset = Preset(rawValue: preset), preset != .custom else {
      let near = NearestName.of(self.preset, in: ["conservative", "balanced", "aggressive"])
      throw ValidationError(
        "--preset takes conservative, balanced or aggressive, not '\(self.preset)'"
          + (near.map { ": did you mean \($0)?" } ?? ""))
    }
    let pricing = try PricingArgument.pricing(pricing)
    let began = try start.map { try TimeArgument.instant($0, option: "--start") } ?? history.asOfInstant ?? .now
    let basis = try await EstimateBasis.load(
      history.path, asOf: history.asOfInstant, threads: simulation.threads)
    var source = await basis.source(history.path, simulation.sampling, threads: simulation.threads)
    let file = try trainingFile.map { try TrainingFile.read(path: $0) }
    if let file, let error = file.error {
      // All that are kept: whoever mends a file wants to do so once.
      for defect in file.defects { Failure.say("\(file.path):\(defect)") }
      throw error
    }
    if let file, file.split.trainingPairs == 0 {
      throw InputError(
        .badData, file: file.path,
        "has no pair to train on: \(file.pairs) pairs, \(file.pairsWithTarget) with a target",
        hint: "every pair needs a target_response, and 4 conversations of 5 are trained on")
    }
    let book = try presets()
    let asked = configuration(book, preset, pricing, file)
    if let trouble = StepsTrouble(asked) { throw ValidationError("\(trouble.problem): \(trouble.hint)") }
    if file == nil, pairs == nil || tokensPerPair == nil {
      let what =
        (pairs == nil ? "\(Words.group(asked.trainingPairs)) pairs" : "pairs")
        + (tokensPerPair == nil ? " of \(Words.group(Int(asked.tokensPerPair))) tokens" : "")
      source.warnings.append("\(what) are assumed: give --pairs and --tokens-per-pair, or a --training-file")
    }
    var candidates = [asked]
    if compare {
      candidates = [Preset.conservative, .balanced, .aggressive].flatMap { preset in
        Pricing.allCases.map { configuration(book, preset, $0, file) }
      }
    }
    if let tokensPerPair, tokensPerPair > Double(asked.maxSequenceLength) {
      source.warnings.append(
        "pairs of \(Words.group(Int(tokensPerPair))) tokens are longer than a sequence may be: what is beyond "
          + "\(Words.group(asked.maxSequenceLength)) is cut off, and neither trained on nor paid for")
    }
    var answers: [EstimateAnswer] = []
    for candidate in candidates {
      answers.append(
        try await EstimateAnswer.make(
          job: nil, candidate, basis, source, file: file, start: began, hourlyRate: hourlyRate, maxCost: maxCost,
          replications: simulation.replications ?? (compare ? 4_000 : 10_000),
          precision: precision.precision(cap: simulation.replications), seed: simulation.seed,
          threads: simulation.threads))
    }
    for answer in answers { answer.estimate.precision?.sayIfMissed() }
    let selected = [5, 10, 25, 50, 75, 90, 95]
    if output.json {
      output.emit(
        compare
          ? .object([("estimates", .array(answers.map { $0.document(percentiles: selected) }))])
          : answers[0].document(percentiles: selected))
    } else if compare {
      print(EstimateText.comparison(answers))
    } else {
      print(EstimateText.one(answers[0]))
    }
  }

  private func runBatch(_ path: String) async throws {
    let rows = try JobsCSV.read(path: path)
    let began = try start.map { try TimeArgument.instant($0, option: "--start") }
    let basis = try await EstimateBasis.load(
      history.path, asOf: history.asOfInstant, threads: simulation.threads)
    let source = await basis.source(history.path, simulation.sampling, threads: simulation.threads)
    for row in rows {
      var own = source
      own.warnings += row.remarks
      let answer = try await EstimateAnswer.make(
        job: row.job, row.configuration, basis, own, file: nil,
        start: row.submitted ?? began ?? history.asOfInstant ?? .now,
        hourlyRate: hourlyRate, maxCost: maxCost, replications: simulation.replications ?? 4_000,
        precision: precision.precision(cap: simulation.replications), seed: simulation.seed,
        threads: simulation.threads)
      answer.estimate.precision?.sayIfMissed()
      if output.json {
        StandardOutput.write(answer.document(percentiles: Array(1...99)).text(pretty: false) + "\n")
      } else {
        print(EstimateText.line(answer))
        // Below a line of its own job; what holds for all of them is said once, below.
        for warning in answer.warnings where !source.warnings.contains(warning) { print("  Warning: \(warning).") }
      }
    }
    guard !output.json else { return }
    for warning in source.warnings { print("Warning: \(warning).") }
  }

  /// What presets stand for where the history is: a store may have accepted other values than the program's.
  private func presets() throws -> PresetBook {
    guard let path = history.path, !path.hasSuffix(".json") else { return PresetBook() }
    return try HistoryReader.presets(path: path, asOf: history.asOfInstant)
  }

  private func configuration(
    _ book: PresetBook, _ preset: Preset, _ pricing: Pricing, _ file: TrainingFile?
  ) -> JobConfiguration {
    var c = book.configuration(preset, pricing: pricing)
    if let file {
      c.trainingPairs = file.split.trainingPairs
      c.tokensPerPair = file.meanTokens(cutAt: maxSequenceLength ?? c.maxSequenceLength)
    }
    if let pairs { c.trainingPairs = pairs }
    if let tokensPerPair { c.tokensPerPair = tokensPerPair }
    if let rank { c.rank = rank }
    if let epochs { c.epochs = epochs }
    if let batchSize { c.batchSize = batchSize }
    if let gradientAccumulation { c.gradientAccumulation = gradientAccumulation }
    if let maxSequenceLength { c.maxSequenceLength = maxSequenceLength }
    if let checkpointEvery { c.checkpointEvery = checkpointEvery }
    // What is trained on cannot be longer than a sequence.
    c.tokensPerPair = min(c.tokensPerPair, Double(c.maxSequenceLength))
    return c
  }
}

/// `spot` and `on_demand` on the command line and in files.
enum PricingArgument {
  static func pricing(_ text: String, option: String = "--pricing") throws -> Pricing {
    switch text {
    case "spot": .spot
    case "on_demand", "on-demand": .onDemand
    default: throw ValidationError("\(option) takes spot or on_demand, not '\(text)'")
    }
  }
  static func text(_ pricing: Pricing) -> String { pricing == .spot ? "spot" : "on_demand" }
  static func words(_ pricing: Pricing) -> String { pricing == .spot ? "spot" : "on demand" }
}

extension Instant {
  /// The clock of this machine. Only the command line reads it.
  static var now: Instant { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }
}
