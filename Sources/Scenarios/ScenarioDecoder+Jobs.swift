import Calibration
import DiscreteEvent
import Engine

extension ScenarioDecoder {
  mutating func policies(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["queue", "answer"] + PolicySettings.keys)
    try record["queue"]?.word(["fifo": ()])
    var settings = PolicySettings()
    try settings.read(record)
    scenario.policies = settings.applied(to: scenario.policies)
    if let field = record["answer"] { try answer(field) }
  }

  /// `never`, or `{delay: LAW, choice: on_demand}`.
  private mutating func answer(_ field: YAMLField) throws(InputError) {
    if field.isScalar {
      try field.word(["never": ()])
      scenario.world.answerDelay = .some(nil)
      return
    }
    let record = try YAMLRecord(field, keys: ["delay", "choice"])
    scenario.world.answerDelay = try record.require("delay").law()
    if let field = record["choice"] {
      scenario.world.answer = try field.word(["fail": .fail, "on_demand": .onDemand, "keep_trying": .keepTrying])
    }
  }

  mutating func jobs(_ field: YAMLField) throws(InputError) {
    let kinds = try field.list("a list of kinds of job")
    guard !kinds.isEmpty else {
      throw field.error("jobs is empty", hint: "leave the key out to take the model's own mix")
    }
    scenario.jobs = try kinds.map { kind throws(InputError) in try Self.job(kind) }
  }

  private static func job(_ field: YAMLField) throws(InputError) -> JobKind {
    let record = try YAMLRecord(
      field,
      keys: [
        "weight", "preset", "pricing", "training_pairs", "tokens_per_pair", "steps", "checkpoint_every", "rank",
        "learning_rate", "epochs", "batch_size", "gradient_accumulation_steps", "max_sequence_length", "client",
      ])
    let preset = try record["preset"]?.word([
      "conservative": Preset.conservative, "balanced": .balanced, "aggressive": .aggressive, "custom": .custom,
    ])
    let pricing = try record["pricing"]?.word(["spot": Pricing.spot, "on_demand": .onDemand])
    var job = JobConfiguration(preset: preset ?? .balanced, pricing: pricing ?? .spot)
    let whole: [(String, WritableKeyPath<JobConfiguration, Int>, Int)] = [
      ("training_pairs", \.trainingPairs, 1), ("checkpoint_every", \.checkpointEvery, 1), ("rank", \.rank, 1),
      ("epochs", \.epochs, 1), ("batch_size", \.batchSize, 1),
      ("gradient_accumulation_steps", \.gradientAccumulation, 1), ("max_sequence_length", \.maxSequenceLength, 1),
    ]
    for (key, value, least) in whole {
      if let field = record[key] { job[keyPath: value] = try field.integer(in: least...1_000_000_000) }
    }
    if let field = record["steps"] { job.statedSteps = try field.integer(in: 0...1_000_000_000) }
    if let field = record["tokens_per_pair"] { job.tokensPerPair = try field.positive() }
    if let field = record["learning_rate"] { job.learningRate = try field.positive() }
    if let trouble = StepsTrouble(job) { throw field.error("\(field.path): \(trouble.problem)", hint: trouble.hint) }
    let weight = try record["weight"]?.positive("a weight above 0") ?? 1
    return JobKind(weight: weight, configuration: job, client: try record["client"]?.string() ?? "")
  }

  mutating func arrivals(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["poisson", "times", "every", "trace", "hourly_weights"])
    let others = record.keys.filter { $0 != "hourly_weights" }
    guard others.count <= 1, !record.keys.isEmpty else {
      throw field.error("arrivals takes one of poisson, times, every, trace and hourly_weights")
    }
    if let field = record["poisson"] { scenario.world.arrivals = .poisson(perDay: try Self.perDay(field)) }
    if let field = record["every"] { scenario.world.arrivals = .every(seconds: try field.positiveDuration()) }
    if let field = record["times"] {
      let times = try field.list("a list of times since the start").map { time throws(InputError) in try time.duration()
      }
      scenario.world.arrivals = .times(times.sorted())
    }
    if let field = record["trace"] { try trace(field) }
    if let field = record["hourly_weights"] { try hourlyWeights(field, with: others.first) }
  }

  /// Each job that waits is kept: of more than so many in one replication a machine runs out of memory before it answers.
  private static let mostJobs = 10_000_000.0

  private func checkNumberOfJobs(_ days: Double, _ field: YAMLField) throws(InputError) {
    let perDay =
      switch scenario.world.arrivals {
      case .poisson(let perDay), .hourly(let perDay, _): perDay
      case .every(let seconds): 86_400 / seconds
      case .times, .none?, nil: 0.0
      }
    guard perDay * days <= Self.mostJobs else {
      throw field.error(
        "arrivals make more than 10,000,000 jobs in one replication, the most that are simulated",
        hint: "let fewer come, or shorten the horizon")
    }
  }

  func checkNumberOfJobs(_ field: YAMLField) throws(InputError) {
    switch scenario.horizon {
    case .days(let days): try checkNumberOfJobs(days, field)
    case .month: try checkNumberOfJobs(31, field)
    // So many and no more are submitted.
    case .jobs, nil: break
    }
  }

  private static func perDay(_ field: YAMLField) throws(InputError) -> Double {
    let record = try YAMLRecord(field, keys: ["per_day", "per_hour", "mean"])
    guard record.keys.count == 1 else {
      throw field.error(
        "\(field.path) takes one of per_day, per_hour and mean (between two arrivals)",
        hint: "write for example {poisson: {per_day: 1.2}}")
    }
    if let field = record["per_day"] { return try field.positive("a number of jobs above 0") }
    if let field = record["per_hour"] { return try field.positive("a number of jobs above 0") * 24 }
    return 86_400 / (try record.require("mean").positiveDuration())
  }

  private mutating func trace(_ field: YAMLField) throws(InputError) {
    let path = resolved(try field.string("a path"))
    let rows = try JobsCSV.read(path: path)
    guard !rows.isEmpty else { throw field.error("\(path) has no jobs") }
    if let row = rows.first(where: { $0.submitted == nil }) {
      throw InputError(
        .badData, file: path, line: row.line, "submitted_at is empty", hint: "a trace of arrivals needs it in every row"
      )
    }
    scenario.trace = rows.sorted { a, b in
      let (first, second) = (a.submitted ?? .zero, b.submitted ?? .zero)
      return first == second ? a.line < b.line : first < second
    }
  }

  private mutating func hourlyWeights(_ field: YAMLField, with other: String?) throws(InputError) {
    let weights = try field.list("a list of 168 weights").map { weight throws(InputError) in try weight.rate() }
    guard weights.count == 168 else {
      throw field.error("\(field.path) has \(weights.count) weights, not 168 (an hour each, from Monday 00:00 UTC)")
    }
    guard weights.reduce(0, +) > 0 else { throw field.error("\(field.path) are all 0") }
    switch (other, scenario.world.arrivals) {
    case (nil, _) where scenario.model == .none:
      throw field.error(
        "\(field.path) say when in the week, not how many, and there is no model to say so",
        hint: "add poisson: {per_day: 1.2} beside them, or a model")
    case (nil, _): scenario.world.hourlyWeights = weights
    case ("poisson", .poisson(let perDay)): scenario.world.arrivals = .hourly(perDay: perDay, weights: weights)
    default: throw field.error("\(field.path) go with poisson alone")
    }
  }
}
