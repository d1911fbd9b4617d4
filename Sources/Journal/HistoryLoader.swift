import Calibration
import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Reads the tables of one history, row by row, holds each row against the contract, and links them by index.
struct HistoryLoader {
  let db: Database
  let file: String
  var history: History
  /// When each job, lease and charge was learnt of; nil: at once.

  private var jobs: [String: Int] = [:]
  private var requests: [String: Int] = [:]
  private var leases: [String: Int] = [:]

  init(db: Database, file: String) {
    self.db = db
    self.file = file
    history = History(source: file)
  }

  mutating func load() throws {
    try loadObservations()
    try loadJobs()
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
  private static func forEach(
    _ table: HistoryTable, of db: Database, file: String, _ body: (HistoryRow) throws -> Void
  ) throws {
    let cursor = try Row.fetchCursor(db, sql: table.select)
    while let row = try cursor.next() { try body(HistoryRow(row: row, table: table, file: file)) }
  }

  private mutating func loadObservations() throws {
    try Self.forEach(.observation, of: db, file: file) { row in
      try row.ordered(2, 3)
      history.observations.append(
        History.Observation(
          storeID: try row.text(0), origin: try row.oneOf(1, ["real", "sandbox", "synthetic"]),
          from: try row.instant(2), until: try row.instant(3)))
    }
  }

  private mutating func loadJobs() throws {
    var retries: [(row: String, of: String)] = []
    var (found, index) = ([History.Job](), [String: Int]())
    try Self.forEach(.job, of: db, file: file) { row in
      let job = try Self.job(row)
      guard index.updateValue(found.count, forKey: job.id) == nil else { throw row.error("the id is there twice") }
      if let of = try row.textOrNil(24) { retries.append((job.id, of)) }
      found.append(job)
      found[found.count - 1].recorded = try row.instantOrNil(27)
    }
    for retry in retries where index[retry.of] == nil {
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
    try row.ordered(19, 20)
    try row.ordered(19, 21)
    try row.ordered(20, 21)
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

  private mutating func loadPauses() throws {
    try Self.forEach(.pause, of: db, file: file) { row in
      try row.ordered(1, 2)
      let job = try row.reference(0, to: "job", in: jobs)
      history.jobs[job].pauses.append((try row.instant(1), try row.instantOrNil(2)))
    }
  }

  private mutating func loadRequests() throws {
    var (found, index) = ([History.Request](), [String: Int]())
    try Self.forEach(.request, of: db, file: file) { row in
      try row.ordered(3, 4)
      let request = History.Request(
        id: try row.text(0), job: try row.reference(1, to: "job", in: jobs), pricing: try Self.pricing(row, 2),
        requested: try row.instant(3), resolved: try row.instantOrNil(4),
        result: try row.oneOfOrNil(
          5, History.RequestResult.self, ["granted", "unavailable", "timeout", "error", "withdrawn"]))
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
    try Self.forEach(.lease, of: db, file: file) { row in
      try row.ordered(4, 7)
      let request = history.requests[try row.reference(1, to: "pod_request", in: requests)]
      var lease = History.Lease(
        id: try row.text(0), job: try row.reference(2, to: "job", in: jobs), pricing: request.pricing,
        hourlyRate: try row.integer(3), granted: try row.instant(4))
      guard request.job == lease.job else {
        throw row.error("its request belongs to job \(history.jobs[request.job].id), not to its own job")
      }
      guard lease.hourlyRate >= 0 else { throw row.error("hourly_rate is negative") }
      (lease.observedFrom, lease.lastSeen) = (try row.instantOrNil(5), try row.instantOrNil(6))
      lease.ended = try row.instantOrNil(7)
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

  /// Runs `body` for each row of a table whose first column names a lease; rows of one lease mostly stand together.
  private mutating func forEachOfLease(
    _ table: HistoryTable, _ body: (HistoryRow, inout History.Lease) throws -> Void
  ) throws {
    var (id, lease) = ("", -1)
    try Self.forEach(table, of: db, file: file) { row in
      let next = try row.text(0)
      if lease < 0 || next != id { (id, lease) = (next, try row.reference(0, to: "lease", in: leases)) }
      try body(row, &history.leases[lease])
    }
  }

  private mutating func loadStageRuns() throws {
    let names = ["boot", "preprocessing", "model_loading", "restore", "training", "finalization"]
    try forEachOfLease(.stageRun) { row, lease in
      try row.ordered(2, 3)
      var run = History.StageRun(
        stage: try row.oneOf(1, History.StageName.self, names), started: try row.instant(2),
        ended: try row.instantOrNil(3), completed: try row.count(7) != 0)
      (run.firstStep, run.lastStep) = (try row.countOrNil(4), try row.countOrNil(5))
      run.lastStepAt = try row.instantOrNil(6)
      if let first = run.firstStep, let last = run.lastStep, last < first {
        throw row.error("last_step (\(last)) is before first_step (\(first))")
      }
      try row.ordered(2, 6)
      lease.stages.append(run)
    }
    for i in history.leases.indices { history.leases[i].stages.sort { $0.started < $1.started } }
  }

  private mutating func loadCheckpoints() throws {
    let jobs = jobs
    try forEachOfLease(.checkpoint) { row, lease in
      try row.ordered(2, 4)
      guard try row.reference(5, to: "job", in: jobs) == lease.job else {
        throw row.error("its lease \(lease.id) belongs to another job")
      }
      let blocked = try row.integerOrNil(3)
      if let blocked, blocked < 0 || blocked > HistoryRow.latest {
        throw row.error("blocked_us is \(blocked), not a duration")
      }
      lease.checkpoints.append(
        History.Checkpoint(
          step: try row.count(1), started: try row.instant(2), blocked: blocked.map(Span.init(microseconds:)),
          durable: try row.instant(4)))
    }
    for i in history.leases.indices { history.leases[i].checkpoints.sort { $0.step < $1.step } }
  }

  private mutating func loadProgress() throws {
    try forEachOfLease(.progress) { row, lease in
      lease.progress.append((try row.count(1), try row.instant(2)))
    }
    for i in history.leases.indices {
      history.leases[i].progress.sort { $0.step < $1.step }
      let progress = history.leases[i].progress
      for (a, b) in zip(progress, progress.dropFirst()) where b.at < a.at {
        throw InputError(
          .badData, file: file,
          "table progress, row \(history.leases[i].id)/\(b.step): its time is before that of step \(a.step)")
      }
    }
  }

  private mutating func loadCharges() throws {
    var (found, total) = ([History.Charge](), Int64(0))
    var (jobID, job, leaseID, lease): (String?, Int?, String?, Int?) = (nil, nil, nil, nil)
    try Self.forEach(.charge, of: db, file: file) { row in
      try row.ordered(4, 5)
      let (thisJob, thisLease) = (try row.textOrNil(1), try row.textOrNil(2))
      if thisJob != jobID {
        (jobID, job) = (thisJob, try thisJob.map { _ in try row.reference(1, to: "job", in: jobs) })
      }
      if thisLease != leaseID {
        (leaseID, lease) = (thisLease, try thisLease.map { _ in try row.reference(2, to: "lease", in: leases) })
      }
      if let lease, let job, history.leases[lease].job != job { throw row.error("its lease belongs to another job") }
      let amount = try row.integer(6)
      let (sum, overflow) = total.addingReportingOverflow(amount == .min ? .max : abs(amount))
      if overflow { throw row.error("the charges up to here add up to more than nine billion dollars") }
      total = sum
      found.append(
        History.Charge(
          job: job, lease: lease, account: try row.oneOf(3, Self.accounts), from: try row.instant(4),
          to: try row.instant(5), amount: amount))
      found[found.count - 1].recorded = try row.instantOrNil(7)
    }
    history.charges = found
  }

  private static let accounts = [
    "work", "setup", "checkpoints", "lost_work", "recovery", "idle", "storage", "adjustment",
  ]

  private func checkJobs() throws {
    for job in history.jobs where job.outcome == .completed && job.leases.isEmpty {
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
