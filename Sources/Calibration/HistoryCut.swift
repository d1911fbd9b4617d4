import DiscreteEvent

extension History {
  /// What was known at `asOf`, and nothing recorded later.
  ///
  /// O(rows). Indices between rows are kept right.
  public func known(at asOf: Instant?) -> History {
    HistoryCut(asOf: asOf).applied(to: self)
  }

  /// Without what trained nothing: of steps, memory, arrivals and what jobs are like, an examination says nothing.
  ///
  /// The same where there is none.
  public var trainings: History {
    jobs.contains(where: \.isExamination) ? HistoryCut(trainingsOnly: true).applied(to: self) : self
  }
}

/// Takes out of a history what was not known at an instant.
///
/// - A row that was recorded later than `asOf` is gone. One that had begun and whose end lies (or was learnt of) later is still
///   going on: a job whose `ended_at` lies later, and a lease in any case, for its grant was known from its request.
/// - What has no `recorded_at` was known at once, at the time of its event.
struct HistoryCut {
  var asOf: Instant?
  var trainingsOnly = false

  func applied(to history: History) -> History {
    var result = History(source: history.source)
    result.observations = observations(of: history)

    var jobs = [Int?](repeating: nil, count: history.jobs.count)
    for (i, job) in history.jobs.enumerated() {
      guard !(trainingsOnly && job.isExamination), let cut = cut(job, recorded: job.recorded) else { continue }
      jobs[i] = result.jobs.count
      result.jobs.append(cut)
    }
    for request in history.requests {
      guard let job = jobs[request.job], isKnown(request.requested) else { continue }
      result.jobs[job].requests.append(result.requests.count)
      result.requests.append(cut(request, job: job))
    }
    var leases = [Int?](repeating: nil, count: history.leases.count)
    for (i, lease) in history.leases.enumerated() {
      guard let job = jobs[lease.job], isKnown(lease.observedFrom ?? lease.granted) else { continue }
      leases[i] = result.leases.count
      result.jobs[job].leases.append(result.leases.count)
      result.leases.append(cut(lease, job: job, recorded: lease.recorded))
    }
    for charge in history.charges {
      let kept = cut(charge, recorded: charge.recorded, jobs: jobs, leases: leases)
      if let kept { result.charges.append(kept) }
      // A bill that was corrected later was not corrected yet.
      if let job = charge.job.flatMap({ jobs[$0] }), let cost = result.jobs[job].cost {
        result.jobs[job].cost = cost &- charge.amount &+ (kept?.amount ?? 0)
      }
    }
    extendObservation(of: &result)
    return result
  }

  private func isKnown(_ instant: Instant) -> Bool { asOf.map { instant <= $0 } ?? true }
  private func isKnown(_ instant: Instant?) -> Bool { instant.map { isKnown($0) } ?? true }

  private func observations(of history: History) -> [History.Observation] {
    history.observations.compactMap { observation in
      guard isKnown(observation.from) else { return nil }
      var observation = observation
      if let asOf { observation.until = min(observation.until, asOf) }
      return observation
    }
  }

  private func cut(_ job: History.Job, recorded: Instant?) -> History.Job? {
    var job = job
    job.requests = []
    job.leases = []
    guard let asOf else { return job }
    guard job.submitted <= asOf else { return nil }
    // Recorded late, and over before: all of it was learnt late.
    if !isKnown(recorded), isKnown(job.ended ?? .distantPast) { return nil }
    if !isKnown(job.ended) { (job.ended, job.outcome, job.failure, job.cost) = (nil, nil, nil, nil) }
    if !isKnown(job.admitted) { job.admitted = nil }
    job.pauses = job.pauses.compactMap { from, to in from <= asOf ? (from, isKnown(to) ? to : nil) : nil }
    return job
  }

  private func cut(_ request: History.Request, job: Int) -> History.Request {
    var request = request
    request.job = job
    if !isKnown(request.resolved) { (request.resolved, request.result) = (nil, nil) }
    return request
  }

  private func cut(_ lease: History.Lease, job: Int, recorded: Instant?) -> History.Lease {
    var lease = lease
    lease.job = job
    guard let asOf else { return lease }
    let hidden = !isKnown(lease.ended) || !isKnown(recorded) ? lease.ended : nil
    if hidden != nil || !isKnown(lease.ended) { (lease.ended, lease.endReason) = (nil, nil) }
    if let seen = lease.lastSeen { lease.lastSeen = min(seen, asOf) }
    lease.checkpoints.removeAll { $0.durable > asOf }
    lease.progress.removeAll { $0.at > asOf }
    lease.stages = lease.stages.compactMap { cut($0, of: lease, hiddenEnd: hidden, asOf: asOf) }
    return lease
  }

  private func cut(
    _ run: History.StageRun, of lease: History.Lease, hiddenEnd: Instant?, asOf: Instant
  ) -> History.StageRun? {
    guard run.started <= asOf else { return nil }
    var run = run
    // A stage that its lease's unseen end cut short goes on as far as anyone knows.
    if !isKnown(run.ended) || (!run.completed && hiddenEnd != nil && run.ended == hiddenEnd) {
      (run.ended, run.completed) = (nil, false)
    }
    if let last = run.lastStepAt ?? run.ended ?? (run.lastStep == nil ? nil : .distantFuture), last > asOf {
      let seen =
        lease.progress.map { ($0.step, $0.at) } + lease.checkpoints.map { ($0.step, $0.started) }
      let known = seen.filter { $0.1 >= run.started && $0.0 >= run.firstStep ?? 0 }.max { $0.0 < $1.0 }
      (run.lastStep, run.lastStepAt) = (known?.0, known?.1)
    }
    return run
  }

  private func cut(
    _ charge: History.Charge, recorded: Instant?, jobs: [Int?], leases: [Int?]
  ) -> History.Charge? {
    var charge = charge
    if let job = charge.job {
      guard let kept = jobs[job] else { return nil }
      charge.job = kept
    }
    charge.lease = charge.lease.flatMap { leases[$0] }
    guard let asOf else { return charge }
    guard charge.from <= asOf, isKnown(recorded) else { return nil }
    if charge.to > asOf {
      charge.amount = Self.share(of: charge.amount, asOf - charge.from, of: charge.to - charge.from)
      charge.to = asOf
    }
    return charge
  }

  /// `amount × part ÷ whole`, rounded towards zero; the product does not fit in 64 bits.
  static func share(of amount: Int64, _ part: Span, of whole: Span) -> Int64 {
    guard whole.microseconds > 0 else { return amount }
    let product = amount.magnitude.multipliedFullWidth(by: UInt64(part.microseconds))
    let share = Int64(clamping: UInt64(whole.microseconds).dividingFullWidth(product).quotient)
    return amount < 0 ? -share : share
  }

  /// A fact later than the last observation shows that the store was watched until then: no exposure becomes negative.
  private func extendObservation(of history: inout History) {
    guard
      let last = history.observations.indices.max(by: {
        history.observations[$0].until < history.observations[$1].until
      })
    else { return }
    var until = history.observations[last].until
    for job in history.jobs { until = max(until, job.ended ?? job.admitted ?? job.submitted) }
    for request in history.requests { until = max(until, request.resolved ?? request.requested) }
    for lease in history.leases {
      until = max(until, lease.ended ?? lease.granted)
      for run in lease.stages { until = max(until, run.ended ?? run.started) }
      if let seen = lease.lastSeen { until = max(until, seen) }
      for checkpoint in lease.checkpoints { until = max(until, checkpoint.durable) }
      if let last = lease.progress.last { until = max(until, last.at) }
    }
    history.observations[last].until = until
  }
}
