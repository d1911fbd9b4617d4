import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Reports

/// Fills reports from the store: what the ledger, the journal and the catalogue say of jobs.
struct ReportComposer {
  let runner: LiveRunner
  let storePath: String
  let advice: WebServer.Advice
  let curves: CurveShelf
  var branding: Branding

  /// - Throws: ``Problem`` where there is no such job.
  func job(_ id: String, _ view: LiveView) throws -> JobIndex {
    guard let job = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list")
    }
    return job
  }

  func training(_ index: JobIndex, _ view: LiveView) async throws -> (TrainingReport, made: Date) {
    let job = view.fleet[index]
    let text = view.descriptions[Int(index.rawValue)]
    let overhead = Self.overhead(job, view)
    var report = try TrainingReport(
      jobName: text.name, jobID: text.id, status: Wording.snake(job.phase).replacing("_", with: " "),
      preset: text.configuration.preset.rawValue.capitalized,
      hardware: "\(text.gpuType), \(job.spec.pricing == .spot ? "spot" : "on demand")",
      steps: Int(job.durableStep) + text.firstStep,
      costs: try Self.costs(job, view), interruptions: Int(job.interruptions), interruptionOverhead: overhead)
    report.client = text.client
    report.project = text.project
    report.started = Self.date(job.admitted)
    report.ended = Self.date(job.ended)
    if job.admitted < .distantFuture { report.duration = (min(job.ended, view.at) - job.admitted).seconds }
    try describe(&report, text)
    try measure(&report, index, view, epochs: text.configuration.epochs)
    try recount(&report, index, job, view)
    report.notes = try notes(index, text, job)
    report.validation =
      (try? validationFacts(index)) ?? [ReportFact("Validation", "kept by another version: score it again")]
    report.onDemandEquivalent = await equivalent(text, job)
    return (report, Self.date(view.at) ?? Date())
  }

  /// The ledger's accounts; what runs on since the last posting stands apart, so the parts come to the total.
  static func costs(_ job: Job, _ view: LiveView) throws -> CostParts {
    let names: [(Account, String)] = [
      (.work, "Training that is kept"), (.setup, "Setup and finalization"), (.checkpoints, "Checkpoints"),
      (.lostWork, "Work lost to interruptions"), (.recovery, "Recovery after interruptions"), (.idle, "Idle time"),
      (.storage, "Storage"), (.adjustment, "The provider's bill differed by"),
    ]
    var parts = names.map { CostParts.Part($0.1, nanodollars: job.costs[$0.0]) }
    let total = job.cost(at: view.at)
    parts.append(.init("Under way, not yet posted", nanodollars: total - job.costs.total))
    return try CostParts(parts, total: total)
  }

  static func overhead(_ job: Job, _ view: LiveView) -> Int64 {
    min(max(job.costs.lostWork + job.costs.recovery + job.costs.idle, 0), max(job.cost(at: view.at), 0))
  }

  private func describe(_ report: inout TrainingReport, _ text: JobDescription) throws {
    if let id = text.trainingFile, let file = try runner.catalogue.file(id) {
      report.trainingFile = [ReportFact("Training file", "\(file.name): \(file.conversations) conversations")]
      if let mean = file.quality_mean {
        report.trainingFile.append(ReportFact("Quality scores", "mean \(ChartUnit.number.text(mean))"))
      }
    } else {
      report.trainingFile = [
        ReportFact("Training pairs", ChartUnit.count.text(Double(text.configuration.trainingPairs)))
      ]
    }
    report.configuration = Self.configuration(text)
  }

  static func configuration(_ text: JobDescription) -> [ReportFact] {
    let own = text.configuration
    let count = { (value: Int) in ChartUnit.count.text(Double(value)) }
    return [
      ReportFact("Base model", text.baseModel), ReportFact("GPU", text.gpuType),
      ReportFact("Pricing", own.pricing == .spot ? "spot" : "on demand"), ReportFact("Preset", own.preset.rawValue),
      ReportFact("Rank (r)", "\(own.rank)"), ReportFact("Learning rate", ChartUnit.number.text(own.learningRate)),
      ReportFact("Epochs", "\(own.epochs)"), ReportFact("Batch size", "\(own.batchSize)"),
      ReportFact("Gradient accumulation", "\(own.gradientAccumulation)"),
      ReportFact("Maximum sequence length", count(own.maxSequenceLength)),
      ReportFact("Checkpoint every", "\(count(own.checkpointEvery)) steps"), ReportFact("Steps", count(own.steps)),
      ReportFact("Training pairs", count(own.trainingPairs)),
      ReportFact("Tokens per pair", ChartUnit.number.text(own.tokensPerPair)),
    ]
  }

  private func measure(_ report: inout TrainingReport, _ index: JobIndex, _ view: LiveView, epochs: Int) throws {
    // From where the training first began, not from where this job went on.
    let metrics = try MetricExport(runner: runner).rows(of: index, view)
    let steps = Int(view.fleet[index].spec.steps) + view.descriptions[Int(index.rawValue)].firstStep
    report.trainingLoss = Self.curve(metrics, \.training_loss)
    report.validationLoss = Self.curve(metrics, \.validation_loss)
    report.learningRate = Self.curve(metrics, \.learning_rate)
    report.perplexity = metrics.last { $0.perplexity != nil }?.perplexity
    let used = metrics.compactMap(\.gpu_utilization)
    if !used.isEmpty {
      // Workers report per cent.
      report.gpuUtilization = used.reduce(0, +) / Double(used.count) / 100
    }
    // Perplexity is exp(loss) of the same held-out conversations.
    let perplexity = try? ValidationRoutes.documents(of: index, runner.catalogue).first { $0.part == .perplexity }
    report.baselineLoss = perplexity?.overall.flatMap { $0.base > 0 ? log($0.base) : nil }
    if epochs > 0 { report.stepsPerEpoch = Double(steps) / Double(epochs) }
  }

  static func curve(_ metrics: [Catalogue.Metric], _ value: KeyPath<Catalogue.Metric, Double?>) -> [ChartPoint] {
    metrics.compactMap { metric in metric[keyPath: value].map { ChartPoint(Double(metric.step), $0) } }
  }

  private func notes(_ index: JobIndex, _ text: JobDescription, _ job: Job) throws -> [TrainingReport.Note] {
    var notes: [TrainingReport.Note] = []
    if let first = text.notes, !first.isEmpty {
      notes.append(.init(at: Self.date(job.submitted), person: text.creator ?? "creator", text: first))
    }
    for note in try runner.catalogue.notes(of: index) {
      notes.append(.init(at: try? Date(note.at, strategy: .iso8601), person: note.person, text: note.text))
    }
    return notes
  }

  /// What such a job costs on demand, as the simulator says it; nothing where it cannot be said.
  private func equivalent(_ text: JobDescription, _ job: Job) async -> (nanodollars: Int64, source: String)? {
    guard job.spec.pricing == .spot, job.phase == .completed else { return nil }
    var configuration = text.simulated
    configuration.pricing = .onDemand
    guard let quote = try? await advice.quote(configuration), quote.cost_usd.p50 > 0 else { return nil }
    return (
      Int64((quote.cost_usd.p50 * 1e9).rounded()),
      "the middle of what such a job costs on demand, 8 in 10 between \(Wording.money(quote.cost_usd.p10)) and "
        + "\(Wording.money(quote.cost_usd.p90)) (\(quote.source))"
    )
  }

  static func date(_ instant: Instant) -> Date? {
    guard instant < .distantFuture, instant > .distantPast else { return nil }
    return Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
  }
}
