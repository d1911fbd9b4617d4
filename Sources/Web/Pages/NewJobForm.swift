import Calibration
import Engine
import Foundation
import Journal
import Live

/// The form of a new job: from its fields to a ``NewJob``, and back into fields that are filled in.
struct NewJobForm: Sendable {
  var fields: FormFields
  /// What presets stand for now.
  let book: PresetBook

  static let commonTags = ["experiment", "production", "client-delivery", "test", "poc"]
  /// What may be set beside the preset; empty: as the preset has it.
  static let settings: [(name: String, label: String, help: String)] = [
    ("rank", "Rank (r)", "How much the adapter can learn; more takes more memory."),
    ("learning_rate", "Learning rate", "How far each step goes; too high and the loss jumps."),
    ("epochs", "Epochs", "How often the whole file is gone through."),
    ("batch_size", "Batch size", "Pairs at once; more takes more memory."),
    ("gradient_accumulation", "Gradient accumulation", "Batches that make one step."),
    ("max_sequence_length", "Longest sequence", "In tokens; longer pairs are cut."),
    ("checkpoint_every", "Checkpoint every", "Steps; what is after the last one is lost when a pod is taken back."),
  ]

  init(_ fields: FormFields, _ book: PresetBook) { (self.fields, self.book) = (fields, book) }

  /// - Throws: ``Problem`` that names the field.
  func configuration() throws -> JobConfiguration {
    let word = fields["preset"] ?? "balanced"
    guard let preset = Preset(rawValue: word) else { throw Problem(.badRequest, "there is no preset '\(word)'") }
    let pricing: Pricing = fields["pricing"] == "on_demand" ? .onDemand : .spot
    var c = book.configuration(preset, pricing: pricing)
    func whole(_ name: String, _ path: WritableKeyPath<JobConfiguration, Int>, _ range: ClosedRange<Int>) throws {
      guard let value = try fields.whole(name) else { return }
      guard range.contains(value) else {
        throw Problem(
          .badRequest,
          "\(Wording.words(name)) is between \(range.lowerBound) and \(Wording.group(range.upperBound)), not \(value)")
      }
      c[keyPath: path] = value
    }
    try whole("rank", \.rank, 1...1_024)
    try whole("epochs", \.epochs, 1...1_000)
    try whole("batch_size", \.batchSize, 1...1_024)
    try whole("gradient_accumulation", \.gradientAccumulation, 1...1_024)
    try whole("max_sequence_length", \.maxSequenceLength, 64...131_072)
    try whole("checkpoint_every", \.checkpointEvery, 1...1_000_000)
    try whole("pairs", \.trainingPairs, 1...Rules.mostPairs)
    if let rate = try fields.number("learning_rate") {
      guard rate > 0, rate < 1 else { throw Problem(.badRequest, "learning rate is between 0 and 1, not \(rate)") }
      c.learningRate = rate
    }
    if let tokens = try fields.number("tokens_per_pair") {
      guard tokens > 0, tokens < 1e7 else { throw Problem(.badRequest, "tokens per pair is above 0, not \(tokens)") }
      c.tokensPerPair = min(tokens, Double(c.maxSequenceLength))
    }
    return c
  }

  /// - Throws: ``Problem`` that names the field.
  func job(_ catalogue: Catalogue, at stamp: String) throws -> NewJob {
    var new = NewJob(name: "", configuration: try configuration())
    let file = try fields["training_file"].map { id in
      guard let file = try catalogue.file(id) else {
        throw Problem(.notFound, "there is no training file '\(id)'", hint: "upload it first, under Files")
      }
      return file
    }
    if let file {
      new.configuration.trainingPairs = file.training_pairs
      new.configuration.tokensPerPair = min(file.tokens_per_pair, Double(new.configuration.maxSequenceLength))
    }
    new.name =
      fields["name"] ?? fields["examines"].map(NewJob.examinationName)
      ?? "\(file?.name ?? "Training") - \(new.configuration.preset.rawValue.capitalized) - \(stamp.prefix(10))"
    (new.client, new.project, new.purpose, new.notes) = (
      fields["client"], fields["project"], fields["purpose"], fields["notes"]
    )
    new.training_file = file?.id
    (new.template, new.retry_of, new.fix) = (fields["template"], fields["retry_of"], fields["fix"])
    (new.resume_of, new.examines) = (fields["resume_of"], fields["examines"])
    new.max_cost_usd = try fields.number("max_cost")
    let own = (fields["own_tags"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let tags = fields.all("tag") + own.filter { !$0.isEmpty }
    new.tags = tags.isEmpty ? nil : tags
    let suites = fields.all("suite")
    new.suites = suites.isEmpty ? nil : suites
    return new
  }

  /// Fills in what is different from what the preset has now: a job of before keeps its own.
  mutating func fill(_ c: JobConfiguration) {
    let usual = book.configuration(c.preset, pricing: c.pricing)
    fields["preset"] = c.preset.rawValue
    fields["pricing"] = c.pricing == .spot ? "spot" : "on_demand"
    func put(_ name: String, _ path: KeyPath<JobConfiguration, Int>) {
      fields[name] = c[keyPath: path] == usual[keyPath: path] ? nil : "\(c[keyPath: path])"
    }
    put("rank", \.rank)
    put("epochs", \.epochs)
    put("batch_size", \.batchSize)
    put("gradient_accumulation", \.gradientAccumulation)
    put("max_sequence_length", \.maxSequenceLength)
    put("checkpoint_every", \.checkpointEvery)
    fields["learning_rate"] = c.learningRate == usual.learningRate ? nil : Wording.digits(c.learningRate)
    (fields["pairs"], fields["tokens_per_pair"]) = ("\(c.trainingPairs)", Wording.digits(c.tokensPerPair))
  }

  /// As a job was, to be tried again: with ` (Retry #n)` behind its name, and with a fix where one is named.
  mutating func retry(_ job: JobDocument, fix: FixDocument?) {
    fill(fix?.configuration ?? job.configuration)
    let base = job.name.replacing(#/ \(Retry #\d+\)$/#, with: "")
    fields["name"] = "\(base) (Retry #\((job.retry ?? 0) + 1))"
    (fields["client"], fields["project"], fields["purpose"]) = (job.client, job.project, job.purpose)
    fields["own_tags"] = job.tags?.joined(separator: ", ")
    (fields["training_file"], fields["retry_of"], fields["fix"]) = (job.training_file, job.id, fix?.kind)
    (fields["max_cost"], fields["examines"]) = (job.max_cost_usd.map(Wording.digits), job.examines)
    for suite in job.suites ?? [] { fields.add("suite", suite) }
  }

  /// As a job was, to go on from its last checkpoint: story 3.2.2.
  mutating func resume(_ job: JobDocument) {
    retry(job, fix: nil)
    let base = job.name.replacing(#/ \((Retry #\d+|Resumed)\)$/#, with: "")
    fields["name"] = "\(base) (Resumed)"
    (fields["retry_of"], fields["resume_of"]) = (nil, job.id)
  }

  /// The same settings for another job (story 8.1.2): all but what was said of that one alone.
  mutating func clone(_ job: JobDocument) {
    fill(job.configuration)
    (fields["client"], fields["project"], fields["training_file"]) = (job.client, job.project, job.training_file)
    let (common, own) = ((job.tags ?? []).filter(NewJobForm.commonTags.contains), job.tags ?? [])
    for tag in common { fields.add("tag", tag) }
    for suite in job.suites ?? [] { fields.add("suite", suite) }
    fields["own_tags"] = own.filter { !common.contains($0) }.joined(separator: ", ")
    (fields["max_cost"], fields["from"]) = (job.max_cost_usd.map(Wording.digits), nil)
    fields["examines"] = job.examines
  }

  /// What is different, `batch_size: 4 → 2`.
  static func changes(_ a: JobConfiguration, _ b: JobConfiguration) -> [(name: String, from: String, to: String)] {
    func line(_ name: String, _ from: some CustomStringConvertible, _ to: some CustomStringConvertible) -> (
      name: String, from: String, to: String
    )? {
      "\(from)" == "\(to)" ? nil : (name, "\(from)", "\(to)")
    }
    return [
      line("preset", a.preset.rawValue, b.preset.rawValue),
      line("pricing", Wording.pricing(Wording.snake(a.pricing)), Wording.pricing(Wording.snake(b.pricing))),
      line("rank", a.rank, b.rank), line("batch_size", a.batchSize, b.batchSize),
      line("gradient_accumulation_steps", a.gradientAccumulation, b.gradientAccumulation),
      line("epochs", a.epochs, b.epochs),
      line("max_sequence_length", a.maxSequenceLength, b.maxSequenceLength),
      line("checkpoint_every", a.checkpointEvery, b.checkpointEvery),
      line("learning_rate", a.learningRate, b.learningRate),
    ].compactMap { $0 }
  }
}
