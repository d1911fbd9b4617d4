import DiscreteEvent
import Engine
import GRDB

/// The tables of history.sql as they follow from a journal, kept up to date row by row.
///
/// Holds the fleet that has seen the same events: what an event cost is the difference between the job before and after it.
struct HistoryProjection {
  var fleet = Fleet()
  var opening: JournalOpening?
  /// By ordinal; of each job, what was said first.
  var descriptions: [UInt32: JobDescription] = [:]
  var tracks: [Track] = []
  /// What providers call the pods, by request, until they are granted.
  var pods: [UInt32: String] = [:]
  var requests: UInt32 = 0
  /// nil: only the memory follows, the tables are there already.
  var sink: Sink?

  /// What of a job is open in the tables.
  struct Track {
    var description: JobDescription
    var requests = 0
    /// The last one, counted over the whole journal.
    var number: UInt32 = 0
    var request: String?
    var leases = 0
    var lease: String?
    var stage: (stage: Stage, started: Instant)?
    /// Training is accounted for up to here.
    var trained = Instant.zero
    var isPaused = false
  }

  /// Takes the next row of the journal. `db`: where the tables are; nil where they have it already.
  ///
  /// - Throws: ``TransitionError`` where the event cannot have happened; `DatabaseError`.
  mutating func take(_ entry: JournalEntry, at: Instant, into db: Database?) throws {
    sink = db.map(Sink.init)
    defer { sink = nil }
    switch entry {
    case .opening(let opening):
      self.opening = opening
      fleet = opening.controller().fleet
      try sink?.run(
        "INSERT INTO observation VALUES (?, ?, ?, ?)",
        [opening.store, opening.origin.rawValue, at.microseconds, at.microseconds])
    case .described(let description):
      if descriptions[description.ordinal] == nil { descriptions[description.ordinal] = description }
    case .event(let event): try take(event, at: at)
    case .noted(.podNamed(let name)): pods[name.request] = name.pod
    case .noted(let note): if let sink { try AuditProjection.take(note, at: at, into: sink) }
    }
  }

  /// Says that nothing more happened up to `at`.
  func watched(until at: Instant, in db: Database) throws {
    guard let opening else { return }
    try Sink(db: db).run(
      "UPDATE observation SET until_at = max(until_at, ?) WHERE store_id = ?", [at.microseconds, opening.store])
  }

  private mutating func take(_ event: Event, at: Instant) throws {
    let before = event.job.flatMap { Int($0.rawValue) < fleet.jobs.count ? fleet[$0] : nil }
    try fleet.evolve(event, at: at)
    let index = event.job ?? fleet.subject
    guard index != .none else { return }
    let after = fleet[index]
    let i = Int(index.rawValue)
    guard let before else { return try submit(after, at: at) }
    try follow(event, i, before, after, at)
    try charge(event, tracks[i], before, after, at)
    try close(i, before, after, at)
  }

  private mutating func submit(_ job: Job, at: Instant) throws {
    let ordinal = job.spec.ordinal
    let description =
      descriptions[ordinal]
      ?? JobDescription(
        ordinal: ordinal, id: "job-\(ordinal)", name: "job \(ordinal)",
        configuration: .init(preset: .custom, pricing: job.spec.pricing))
    descriptions[ordinal] = description
    tracks.append(Track(description: description))
    // A draft is no job yet: nobody is to plan by it.
    if job.phase != .pendingConfiguration { try insert(job, description, at: at) }
  }

  private mutating func insert(_ job: Job, _ description: JobDescription, at: Instant) throws {
    let c = description.configuration
    let retryOf = descriptions[job.spec.retryOf]?.id
    try sink?.run(
      """
      INSERT INTO job (id, name, creator, client, project, base_model, preset, rank, learning_rate, epochs, batch_size,
        gradient_accumulation_steps, max_sequence_length, checkpoint_interval_steps, conversations, training_pairs,
        training_tokens, total_steps, pricing, gpu_type, submitted_at, retry_of, quoted_cost)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        description.id, description.name, description.creator, description.client, description.project,
        description.baseModel, c.preset.rawValue, c.rank, c.learningRate, c.epochs, c.batchSize,
        c.gradientAccumulation, c.maxSequenceLength, c.checkpointEvery, description.conversations, c.trainingPairs,
        Int64((Double(c.trainingPairs) * c.tokensPerPair).rounded()), job.spec.steps,
        EventNames.word(job.spec.pricing, EventNames.pricing), description.gpuType, at.microseconds, retryOf,
        description.quote?.cost50,
      ])
    if let passes = c.suitePasses { try sink?.run("INSERT INTO job_suites VALUES (?, ?)", [description.id, passes]) }
    if let examined = description.examines {
      try sink?.run("INSERT INTO job_examination VALUES (?, ?)", [description.id, examined])
    }
  }

  private mutating func follow(_ event: Event, _ i: Int, _ before: Job, _ after: Job, _ at: Instant) throws {
    let id = tracks[i].description.id
    switch event {
    case .jobConfirmed: try insert(after, tracks[i].description, at: at)
    case .jobAdmitted:
      guard before.admitted == .distantFuture else { return }
      try sink?.run("UPDATE job SET admitted_at = ? WHERE id = ?", [at.microseconds, id])
    case .podRequested:
      requests += 1
      tracks[i].number = requests
      try request(i, after, at)
    case .podUnavailable(_, let why):
      let outcome =
        switch why {
        case .timeout: "timeout"
        case .noCapacity, .region: "unavailable"
        case .error, .balance, .quota, .key: "error"
        }
      try resolve(i, outcome, at)
    case .podGranted(_, let rate): try grant(i, after, rate, at)
    case .stageFinished(_, let stage):
      try endStage(i, at, completed: true, steps: after.spec.steps)
      if stage == .boot, tracks[i].stage?.started == at { try dropEmptyBoot(i) }
      try beginStage(i, after, at)
    case .checkpointsSaved(_, let step, let through, let blocked):
      try save(i, from: before.durableStep, to: step, through, blocked, durable: at)
    case .podInterrupted(_, let kind, let stoppedAt, _):
      guard before.lease.isOpen else { return try resolve(i, "error", at) }
      try endStage(i, stoppedAt, completed: false, steps: 0)
      try endLease(i, EventNames.word(kind, EventNames.loss), seen: stoppedAt, after.lease.settled)
    case .workerFailed, .stopOrdered, .cancelRequested, .pauseRequested:
      if before.phase.isWorking { try endStage(i, at, completed: false, steps: 0) }
    case .podGone:
      guard before.lease.isOpen else { return try resolve(i, "withdrawn", at) }
      let reasons: [Phase: String] = [.completed: "released", .cancelled: "cancelled", .paused: "paused"]
      try endLease(i, reasons[before.outcome] ?? "failed", seen: at, at)
    default: break
    }
  }

  private mutating func request(_ i: Int, _ job: Job, _ at: Instant) throws {
    tracks[i].requests += 1
    let request = "\(tracks[i].description.id)-\(tracks[i].requests)"
    tracks[i].request = request
    try sink?.run(
      "INSERT INTO pod_request (id, job_id, provider, pricing, gpu_type, requested_at) VALUES (?, ?, 'runpod', ?, ?, ?)",
      [
        request, tracks[i].description.id, EventNames.word(job.pricing, EventNames.pricing),
        tracks[i].description.gpuType, at.microseconds,
      ])
  }

  private mutating func resolve(_ i: Int, _ result: String, _ at: Instant) throws {
    guard let request = tracks[i].request else { return }
    tracks[i].request = nil
    try sink?.run(
      "UPDATE pod_request SET resolved_at = ?, result = ? WHERE id = ?", [at.microseconds, result, request])
  }

  private mutating func grant(_ i: Int, _ job: Job, _ rate: Int64, _ at: Instant) throws {
    guard let request = tracks[i].request else { return }
    try resolve(i, "granted", at)
    tracks[i].leases += 1
    let lease = "\(tracks[i].description.id)-lease-\(tracks[i].leases)"
    tracks[i].lease = lease
    try sink?.run(
      "INSERT INTO lease (id, request_id, job_id, pod_id, hourly_rate, granted_at) VALUES (?, ?, ?, ?, ?, ?)",
      [
        lease, request, tracks[i].description.id, pods.removeValue(forKey: tracks[i].number) ?? "pod-\(lease)", rate,
        at.microseconds,
      ])
    try beginStage(i, job, at)
  }

  private mutating func endLease(_ i: Int, _ reason: String, seen: Instant, _ at: Instant) throws {
    guard let lease = tracks[i].lease else { return }
    tracks[i].lease = nil
    try sink?.run(
      "UPDATE lease SET ended_at = ?, last_seen_at = ?, end_reason = ? WHERE id = ?",
      [at.microseconds, min(seen, at).microseconds, reason, lease])
  }

  private func charge(_ event: Event, _ track: Track, _ before: Job, _ after: Job, _ at: Instant) throws {
    guard let sink, before.costs != after.costs else { return }
    let held = before.lease.isOpen
    let (from, to) = held ? (before.lease.settled, max(after.lease.settled, before.lease.settled)) : (at, at)
    // What was kept ends where what follows it on the bill begins.
    var kept = to
    if case .checkpointsSaved(_, _, let through, let blocked) = event { kept = through - blocked }
    if case .stageFinished(_, .finalization) = event { kept = before.lease.trainingEnded }
    kept = min(max(kept, from), to)
    for account in Account.allCases where after.costs[account] != before.costs[account] {
      let isApart = account == .storage || account == .adjustment
      let start = account == .work ? from : kept < to ? kept : from
      try sink.run(
        "INSERT INTO charge (job_id, lease_id, account, from_at, to_at, amount) VALUES (?, ?, ?, ?, ?, ?)",
        [
          track.description.id, isApart || !held ? nil : "\(track.description.id)-lease-\(track.leases)", account.key,
          (isApart ? at : start).microseconds, (isApart ? at : account == .work ? kept : to).microseconds,
          after.costs[account] - before.costs[account],
        ])
    }
  }

  private mutating func close(_ i: Int, _ before: Job, _ after: Job, _ at: Instant) throws {
    let id = tracks[i].description.id
    if after.phase == .paused, !tracks[i].isPaused {
      tracks[i].isPaused = true
      try resolve(i, "withdrawn", at)
      try sink?.run("INSERT INTO job_pause (job_id, from_at) VALUES (?, ?)", [id, at.microseconds])
    } else if after.phase != .paused, tracks[i].isPaused {
      tracks[i].isPaused = false
      try sink?.run(
        "UPDATE job_pause SET to_at = ? WHERE job_id = ? AND to_at IS NULL", [at.microseconds, id])
    }
    guard after.phase.isTerminal else { return }
    try resolve(i, "withdrawn", at)
    // The history's words are fewer: a job that reached its own cap was ended for another reason than those it knows.
    let failure = after.failure == .costCap ? .other : after.failure
    try sink?.run(
      "UPDATE job SET ended_at = ?, outcome = ?, failure = ?, cost = ? WHERE id = ?",
      [
        after.ended.microseconds, "\(after.phase)",
        after.phase == .failed ? EventNames.word(failure, EventNames.failure) : nil, after.costs.total, id,
      ])
  }
}

/// Where the tables are.
struct Sink {
  let db: Database

  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
