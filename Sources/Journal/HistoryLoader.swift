import Calibration
import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Reads the tables of one history, row by row, holds each row against the contract, and links them by index.
struct HistoryLoader {
  let db: Database
  let file: String
  /// Only these jobs; nil: all.
  let part: HistoryTable.Part?
  var history: History

  /// Indices by id.
  private(set) var jobs: [String: Int] = [:]
  private(set) var requests: [String: Int] = [:]
  private(set) var leases: [String: Int] = [:]

  init(db: Database, file: String, part: HistoryTable.Part? = nil) {
    self.db = db
    self.part = part
    self.file = file
    history = History(source: file)
  }

  mutating func load() throws {
    try loadObservations()
    try loadJobs()
    try loadSuites()
    try loadExaminations()
    try loadPauses()
    try loadRequests()
    try loadLeases()
    try loadStageRuns()
    try loadCheckpoints()
    try loadProgress()
    try loadCharges()
    try checkJobs()
  }

  /// A type method, so that `body` may change the loader.
  static func forEach(
    _ table: HistoryTable, of db: Database, file: String, part: HistoryTable.Part?, _ body: (HistoryRow) throws -> Void
  ) throws {
    let cursor = try Row.fetchCursor(
      db, sql: table.select(isPartial: part != nil),
      arguments: part.map { ["kept": $0.jobs(of: table)] } ?? StatementArguments())
    while let row = try cursor.next() { try body(HistoryRow(row: row, table: table, file: file)) }
  }

  private mutating func loadObservations() throws {
    try Self.forEach(.observation, of: db, file: file, part: part) { row in
      let observation = History.Observation(
        storeID: try row.text(0), origin: try row.oneOf(1, ["real", "sandbox", "synthetic"]),
        from: try row.instant(2), until: try row.instant(3))
      try row.ordered(2, observation.from, 3, observation.until)
      history.observations.append(observation)
    }
  }

  private mutating func loadJobs() throws {
    var retries: [(row: String, of: String)] = []
    var (found, index) = ([History.Job](), [String: Int]())
    try Self.forEach(.job, of: db, file: file, part: part) { row in
      let job = try Self.job(row)
      guard index.updateValue(found.count, forKey: job.id) == nil else { throw row.error("the id is there twice") }
      if let of = try row.textOrNil(24) { retries.append((job.id, of)) }
      found.append(job)
      found[found.count - 1].recorded = try row.instantOrNil(27)
    }
    // Of a part of the jobs, the first try may lie before it.
    for retry in retries where index[retry.of] == nil && part == nil {
      throw InputError(
        .badData, file: file, "table job, row \(retry.row): retry_of is “\(retry.of)”, but there is no such job",
        hint: "set retry_of to NULL or add the job")
    }
    (history.jobs, jobs) = (found, index)
  }

  private static func job(_ row: HistoryRow) throws -> History.Job {
    var configuration = JobConfiguration(
      preset: try row.oneOf(5, Preset.self, Preset.allCases.map(\.rawValue)), pricing: try pricing(row, 17),
      trainingPairs: try row.count(14), tokensPerPair: 0)
    configuration.rank = try row.count(6, from: 1)
    configuration.learningRate = try row.real(7)
    configuration.epochs = try row.count(8, from: 1)
    configuration.batchSize = try row.count(9, from: 1)
    configuration.gradientAccumulation = try row.count(10, from: 1)
    configuration.maxSequenceLength = try row.count(11, from: 1)
    configuration.checkpointEvery = try row.count(12)
    configuration.statedSteps = try row.count(16)
    let tokens = try row.count(15)
    if configuration.trainingPairs > 0 {
      configuration.tokensPerPair = Double(tokens) / Double(configuration.trainingPairs)
    }
    var job = History.Job(
      id: try row.text(0), name: try row.text(1), configuration: configuration, conversations: try row.count(13),
      trainingTokens: tokens, gpuType: try row.text(18), submitted: try row.instant(19))
    (job.creator, job.client, job.project) = (try row.textOrNil(2), try row.textOrNil(3), try row.textOrNil(4))
    (job.admitted, job.ended) = (try row.instantOrNil(20), try row.instantOrNil(21))
    try row.ordered(19, job.submitted, 20, job.admitted)
    try row.ordered(19, job.submitted, 21, job.ended)
    try row.ordered(20, job.admitted, 21, job.ended)
    job.outcome = try row.oneOfOrNil(22, History.Outcome.self, ["completed", "failed", "cancelled"])
    if (job.ended == nil) != (job.outcome == nil) {
      throw row.error(
        job.ended == nil ? "it has an outcome but no ended_at" : "it has ended_at but no outcome",
        hint: "both are NULL while a job goes on, and both are set when it has ended")
    }
    if try row.textOrNil(23) != nil { job.failure = try row.oneOf(23, failures) }
    (job.quotedCost, job.cost) = (try row.integerOrNil(25), try row.integerOrNil(26))
    return job
  }

  private static let failures = [
    "out_of_memory", "dataset_format", "timeout", "provisioning", "recovery_exhausted", "worker_crash", "other",
  ]

  private static func pricing(_ row: HistoryRow, _ column: Int) throws -> Pricing {
    try row.oneOf(column, ["spot", "on_demand"]) == "spot" ? .spot : .onDemand
  }

  private mutating func loadSuites() throws {
    guard try db.tableExists(HistoryTable.suites.name) else { return }
    try Self.forEach(.suites, of: db, file: file, part: part) { row in
      let job = try row.reference(0, to: "job", in: jobs)
      history.jobs[job].configuration.suitePasses = try row.count(1)
    }
  }

  private mutating func loadExaminations() throws {
    guard try db.tableExists(HistoryTable.examinations.name) else { return }
    try Self.forEach(.examinations, of: db, file: file, part: part) { row in
      history.jobs[try row.reference(0, to: "job", in: jobs)].isExamination = true
    }
  }

  private mutating func loadPauses() throws {
    try Self.forEach(.pause, of: db, file: file, part: part) { row in
      let job = try row.reference(0, to: "job", in: jobs)
      let (from, to) = (try row.instant(1), try row.instantOrNil(2))
      try row.ordered(1, from, 2, to)
      try row.follows(1, from, history.jobs[job])
      history.jobs[job].pauses.append((from, to))
    }
  }

  private mutating func loadRequests() throws {
    var (found, index) = ([History.Request](), [String: Int]())
    try Self.forEach(.request, of: db, file: file, part: part) { row in
      let request = History.Request(
        id: try row.text(0), job: try row.reference(1, to: "job", in: jobs), pricing: try Self.pricing(row, 2),
        requested: try row.instant(3), resolved: try row.instantOrNil(4),
        result: try row.oneOfOrNil(
          5, History.RequestResult.self, ["granted", "unavailable", "timeout", "error", "withdrawn"]))
      try row.ordered(3, request.requested, 4, request.resolved)
      try row.follows(3, request.requested, history.jobs[request.job])
      if (request.resolved == nil) != (request.result == nil) {
        throw row.error("of resolved_at and result one is NULL and the other is not")
      }
      guard index.updateValue(found.count, forKey: request.id) == nil else { throw row.error("the id is there twice") }
      found.append(request)
    }
    for (i, request) in found.enumerated() { history.jobs[request.job].requests.append(i) }
    (history.requests, requests) = (found, index)
  }

  private mutating func loadLeases() throws {
    var (found, index) = ([History.Lease](), [String: Int]())
    try Self.forEach(.lease, of: db, file: file, part: part) { row in
      let request = history.requests[try row.reference(1, to: "pod_request", in: requests)]
      var lease = History.Lease(
        id: try row.text(0), job: try row.reference(2, to: "job", in: jobs), pricing: request.pricing,
        hourlyRate: try row.integer(3), granted: try row.instant(4))
      guard request.job == lease.job else {
        throw row.error("its request belongs to job \(history.jobs[request.job].id), not to its own job")
      }
      guard lease.hourlyRate >= 0 else { throw row.error("hourly_rate is negative") }
      guard lease.hourlyRate <= 1_000_000_000_000_000 else {
        throw row.error("hourly_rate is more than a million US dollars an hour", hint: "it is in nanodollars")
      }
      (lease.observedFrom, lease.lastSeen) = (try row.instantOrNil(5), try row.instantOrNil(6))
      lease.ended = try row.instantOrNil(7)
      try row.ordered(4, lease.granted, 7, lease.ended)
      lease.endReason = try row.oneOfOrNil(
        8, History.EndReason.self,
        ["interrupted", "host_failure", "lost", "released", "failed", "cancelled", "paused"])
      if lease.ended == nil, lease.endReason != nil { throw row.error("it has an end_reason but no ended_at") }
      // An end of unknown cause: what `lost` means.
      if lease.ended != nil, lease.endReason == nil { lease.endReason = .lost }
      guard index.updateValue(found.count, forKey: lease.id) == nil else { throw row.error("the id is there twice") }
      found.append(lease)
      found[found.count - 1].recorded = try row.instantOrNil(9)
    }
    for (i, lease) in found.enumerated() { history.jobs[lease.job].leases.append(i) }
    (history.leases, leases) = (found, index)
  }

  private func checkJobs() throws {
    for job in history.jobs where part == nil && job.outcome == .completed && job.leases.isEmpty {
      throw InputError(
        .badData, file: file, "table job, row \(job.id): it completed, but table lease has no row for it",
        hint: "without leases there is nothing to learn from it: add them, or delete the job")
    }
    if !history.jobs.isEmpty && history.observations.isEmpty {
      throw InputError(
        .badData, file: file, "table observation is empty, so nothing says from when until when the jobs were watched",
        hint: "insert one row: store_id, origin ('real', 'sandbox' or 'synthetic'), from_at, until_at")
    }
  }
}
