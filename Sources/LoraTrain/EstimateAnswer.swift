import Calibration
import DiscreteEvent
import Engine
import Planning
import Scenarios

/// An estimate with everything that is said beside it: memory, source, warnings.
struct EstimateAnswer {
  var job: String?
  var estimate: Estimate
  var peak: MemoryBand
  var capacity: Double
  var fits: Double
  var suggestion: Suggestion?
  /// Why the figure differs from the preset's card, in one line.
  var difference: String?
  var hourlyRate: Double
  var accuracy: Accuracy?
  var quoteError: Double?
  var warnings: [String]
  /// Where the run is stopped, in US dollars.
  var maxCost: Double?
  var file: TrainingFile?

  /// What does not fit does not complete, whatever the model of failures says of jobs that do.
  var probabilityCompletes: Double { min(estimate.probabilityCompletes, fits) }

  static func make(
    job: String?, _ asked: JobConfiguration, _ basis: EstimateBasis, _ source: ModelSource, file: TrainingFile?,
    start: Instant,
    hourlyRate: Double?, maxCost: Double?, replications: Int, precision: Precision? = nil, seed: UInt64,
    threads: Int, policies: Policies = Calibrated.policies
  ) async throws -> EstimateAnswer {
    var source = source
    if let hourlyRate { for i in source.worlds.indices { source.worlds[i].hourlyRate[asked.pricing] = hourlyRate } }
    // Of steps and of the memory that training takes, a job that trains nothing has none.
    let trains = !asked.isExamination
    var warnings = source.warnings + (trains ? basis.rangeWarnings(for: asked) : [])
    if let file { warnings += file.warnings }
    let capacity = 80.0
    let sequence = VRAMModel.sequenceLength(
      longestPair: file.map { Int($0.tokens.last ?? 0) }, maximum: asked.maxSequenceLength)
    let fits =
      trains
      ? basis.memory.probabilityFits(
        capacityGB: capacity, rank: asked.rank, batch: asked.batchSize, sequence: sequence) : 1
    let suggestion =
      fits < 0.5
      ? basis.memory.suggestions(
        for: asked, capacityGB: capacity, longestPair: file.map { Int($0.tokens.last ?? 0) }
      ).first
      : nil
    let widened = trains ? basis.widened(source, for: asked, file: file) : source
    let estimate = try await Estimate.run(
      asked, source: widened, policies: policies, start: start, replications: replications,
      precision: precision, seed: seed, threads: threads, maxCost: maxCost.map { Int64($0 * 1e9) })
    if estimate.cost.count > 0 {
      if estimate.cost.quantile(0.5) > 100 {
        warnings.append("the estimated cost is above $100")
      }
      if estimate.duration.quantile(0.5) > 86_400 { warnings.append("the run is expected to take more than 24 hours") }
    } else if let maxCost {
      warnings.append(
        "no simulated run completes: each is stopped at \(Words.dollars(maxCost)), and what it has by then is published"
      )
    } else {
      warnings.append("no simulated run completed: there is no cost of a completed run to show")
    }
    if Money.isPassed(by: estimate.cost) {
      throw Money.error(
        "\(job.map { "\($0) costs" } ?? "the run costs")", hint: "train on less, or at a lower hourly rate")
    }
    let rate = source.worlds.first?.hourlyRate[asked.pricing] ?? 0
    return EstimateAnswer(
      job: job, estimate: estimate,
      peak: basis.memory.peak(rank: asked.rank, batch: asked.batchSize, sequence: sequence), capacity: capacity,
      fits: fits, suggestion: suggestion,
      difference: estimate.cost.count == 0 || !trains
        ? nil
        : PresetCard.card(for: asked.preset)?.difference(
          hours: estimate.duration.quantile(0.5) / 3_600, cost: estimate.cost.quantile(0.5), hourlyRate: rate,
          pricing: asked.pricing, steps: asked.steps),
      hourlyRate: rate, accuracy: basis.accuracy, quoteError: basis.quoteError, warnings: warnings, maxCost: maxCost,
      file: file)
  }

  func document(percentiles: [Int]) -> JSON {
    let summary = { (sample: SampleSummary) -> [(String, JSON)] in
      sample.percentiles(percentiles).map { ($0.0, sample.count > 0 ? .number($0.1) : .null) }
    }
    let parts: [(String, JSON)] = Account.allCases.filter { $0 != .adjustment }.map { account in
      (account.key, .number(estimate.parts.first { $0.0 == account }?.1 ?? 0))
    }
    var fields: [(String, JSON)] = []
    if let job { fields.append(("job", .string(job))) }
    fields += [
      ("preset", .string(estimate.configuration.preset.rawValue)),
      ("pricing", .string(PricingArgument.text(estimate.configuration.pricing))),
      ("steps", .integer(estimate.configuration.steps)),
      ("training_pairs", .integer(estimate.configuration.trainingPairs)),
      ("tokens_per_pair", .number(estimate.configuration.tokensPerPair)),
      ("start", .string(Words.stamp(estimate.start))),
      ("duration_s", .object(summary(estimate.duration))),
      ("cost_usd", .object(summary(estimate.cost) + [("parts", .object(parts))])),
      (
        "interruptions",
        .object([
          ("mean", .number(estimate.meanInterruptions)), ("p_any", .number(estimate.probabilityInterrupted)),
        ])
      ),
      ("p_completes", .number(probabilityCompletes)),
      ("p_switches_to_on_demand", .number(estimate.probabilitySwitched)),
      (
        "vram_gb",
        .object([
          ("peak", .number(peak.median)), ("low", .number(peak.low)), ("high", .number(peak.high)),
          ("capacity", .number(capacity)), ("fits", .number(fits)),
        ])
      ),
      (
        "history",
        .object([("jobs", .integer(estimate.source.jobs)), ("source", .string(estimate.source.name))])
      ),
      (
        "accuracy",
        accuracy.map {
          .object([("coverage_80", .number($0.coverage80)), ("mape_p50", .number($0.medianError))])
        } ?? .null
      ),
    ]
    if let suggestion { fields.append(("suggestion", .string(suggestion.text))) }
    fields += [
      ("warnings", .array(warnings.map { .string($0) })), ("replications", .integer(estimate.replications)),
      ("precision", estimate.precision?.document ?? .null), ("digest", .string("\(estimate.digest)")),
    ]
    return .object(fields)
  }
}
