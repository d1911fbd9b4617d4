import Calibration
import DiscreteEvent
import Engine

/// A table of jobs: what `estimate --batch`, `forecast --add` and a scenario's `arrivals: {trace: …}` read.
public enum JobsCSV {
  /// One job. What its row leaves empty is the preset's.
  public struct Row: Hashable, Sendable {
    /// The line on which the row begins.
    public var line: Int
    /// The column `job`: its name.
    public var job: String
    public var configuration: JobConfiguration
    public var client: String
    public var submitted: Instant?
    /// What was assumed for the row, and what in it does not agree.
    public var remarks: [String] = []
    public init(line: Int, job: String, configuration: JobConfiguration, client: String = "", submitted: Instant? = nil)
    {
      self.line = line
      self.job = job
      self.configuration = configuration
      self.client = client
      self.submitted = submitted
    }
  }

  /// Columns that a file must have.
  public static let required = ["job", "preset", "pricing", "training_pairs", "tokens_per_pair"]
  /// Columns that a file may have; others are the file's own business.
  public static let optional = [
    "rank", "batch_size", "gradient_accumulation_steps", "epochs", "total_steps", "submitted_at", "client",
    "learning_rate", "max_sequence_length", "checkpoint_interval_steps",
  ]

  /// Reads the file at `path`, in its order.
  ///
  /// - Throws: ``InputError`` that names line and column.
  public static func read(path: String) throws(InputError) -> [Row] {
    let table = CSVTable(file: path)
    var rows: [Row] = []
    try table.forEachRow { header throws(InputError) in
      try columns(table, header)
    } _: { row, columns throws(InputError) in
      rows.append(try job(row, columns))
    }
    guard !rows.isEmpty else {
      throw InputError(.badData, file: path, "has a header and no job", hint: "add a row for each job")
    }
    return rows
  }

  private static func columns(_ table: CSVTable, _ header: [String]) throws(InputError) -> [String: Int] {
    var columns: [String: Int] = [:]
    for name in required { columns[name] = try table.index(of: name, in: header) }
    for name in optional { columns[name] = header.firstIndex(of: name) }
    let missing = optional.filter { columns[$0] == nil }
    for name in header where columns[name] == nil {
      if let meant = NearestName.of(name, in: missing), NearestName.of(meant, in: [name]) != nil,
        NearestName.distance(Array(name), Array(meant)) <= 2
      {
        throw InputError(
          .badData, file: table.file, line: 1, column: 1, "unknown column \(name)", hint: "did you mean \(meant)?")
      }
    }
    return columns
  }

  private static func job(_ row: CSVTable.Row, _ columns: [String: Int]) throws(InputError) -> Row {
    /// The column, where the row has something in it.
    func filled(_ name: String) -> Int? { columns[name].flatMap { row.isEmpty($0) ? nil : $0 } }
    func must(_ name: String) throws(InputError) -> Int {
      guard let column = filled(name) else { throw row.wrong(columns[name] ?? 0, "given") }
      return column
    }
    func count(_ name: String, from least: Int = 1) throws(InputError) -> Int? {
      guard let column = filled(name) else { return nil }
      guard let number = NumberText.integer(row[column]), (least...1_000_000_000).contains(number) else {
        throw row.wrong(column, least == 0 ? "a count (0 or more)" : "a positive whole number")
      }
      return number
    }
    func amount(_ name: String) throws(InputError) -> Double? {
      guard let column = filled(name) else { return nil }
      let number = try row.number(column)
      guard number > 0, number <= 1e12 else { throw row.wrong(column, "a number above 0") }
      return number
    }

    let presetColumn = try must("preset")
    guard let preset = Preset(rawValue: row[presetColumn]) else {
      throw row.wrong(
        presetColumn, "one of \(Preset.allCases.map(\.rawValue).joined(separator: ", "))",
        hint: NearestName.of(row[presetColumn], in: Preset.allCases.map(\.rawValue)).map { "did you mean \($0)?" })
    }
    let pricingColumn = try must("pricing")
    guard let pricing = ["spot": Pricing.spot, "on_demand": .onDemand][row[pricingColumn]] else {
      throw row.wrong(pricingColumn, "spot or on_demand")
    }
    var job = JobConfiguration(preset: preset, pricing: pricing)
    job.statedSteps = try count("total_steps", from: 0)
    if let pairs = try count("training_pairs") {
      job.trainingPairs = pairs
    } else if job.statedSteps == nil, let column = columns["training_pairs"] {
      throw row.error(
        column, "training_pairs and total_steps are both empty", hint: "one of them says how long it runs")
    }
    job.tokensPerPair = try amount("tokens_per_pair") ?? job.tokensPerPair
    job.rank = try count("rank") ?? job.rank
    job.batchSize = try count("batch_size") ?? job.batchSize
    job.gradientAccumulation = try count("gradient_accumulation_steps") ?? job.gradientAccumulation
    job.epochs = try count("epochs") ?? job.epochs
    job.learningRate = try amount("learning_rate") ?? job.learningRate
    job.maxSequenceLength = try count("max_sequence_length") ?? job.maxSequenceLength
    job.checkpointEvery = try count("checkpoint_interval_steps") ?? job.checkpointEvery

    if let trouble = StepsTrouble(job) {
      throw row.error(columns["training_pairs"] ?? 0, trouble.problem, hint: trouble.hint)
    }
    var submitted: Instant?
    if let column = filled("submitted_at") {
      submitted = InstantText.instant(row[column])
      if submitted == nil { throw row.wrong(column, "a time", hint: "write for example 2026-12-01T09:30:00Z") }
    }
    var read = Row(
      line: row.line, job: row[try must("job")], configuration: job, client: filled("client").map { row[$0] } ?? "",
      submitted: submitted)
    if filled("tokens_per_pair") == nil {
      read.remarks.append("pairs of \(Int(job.tokensPerPair)) tokens are assumed: tokens_per_pair is empty")
    }
    let computed = computedSteps(job)
    // A last batch that is left out, once an epoch, is no contradiction.
    if filled("training_pairs") != nil, let stated = job.statedSteps,
      abs(stated - computed) > max(job.epochs, computed / 20)
    {
      read.remarks.append(
        "total_steps is \(stated), not epochs × ⌈training_pairs ÷ (batch_size × gradient_accumulation_steps)⌉ = \(computed): "
          + "\(stated) steps are taken to share all tokens")
    }
    return read
  }

  /// What the steps would be, had the row not stated them.
  private static func computedSteps(_ job: JobConfiguration) -> Int {
    var job = job
    job.statedSteps = nil
    return job.steps
  }
}
