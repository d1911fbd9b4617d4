import DiscreteEvent

/// What an event does to one job. Methods of the job, so that the array that holds it is asked for it once.
extension Job {
  mutating func leaveQueue() {
    next = .none
    previous = .none
  }

  mutating func admit(at now: Instant) {
    if admitted == .distantFuture { admitted = now }
    phase = .admitted
    attempts = 0
  }

  mutating func requestPod(at now: Instant) {
    if attempts == 0 { firstAttempt = now }
    attempts += 1
    requests &+= 1
    lease.number = max(1, lease.number)
    deadline = .distantFuture
    phase = .provisioning
  }

  mutating func openLease(rate: Int64, at: Instant, boots: Bool) {
    lease.isOpen = true
    lease.pricing = pricing
    lease.hourlyRate = rate
    lease.granted = at
    lease.settled = at
    lease.posted = 0
    lease.attributed = 0
    lease.attributedAt = at
    lease.trainedUntil = .distantPast
    lease.trainingEnded = .distantFuture
    lease.firstStep = durableStep
    guard boots else { return }
    attempts = 0
    phase = .booting
    setCap()
  }

  /// The job's own cap as a deadline of its open lease: the last instant at which the cost is within it.
  mutating func setCap() {
    guard spec.maxCost < .max else { return }
    let before = costs.total - lease.posted
    deadline = lease.granted + Ledger.time(hourlyRate: lease.hourlyRate, amount: spec.maxCost - before)
  }

  /// Posts the lease's bill from where it was settled up to `to` on one account.
  @inline(__always)
  mutating func settle(to: Instant, _ account: Account, _ ledger: inout Ledger) {
    guard to > lease.settled, lease.isOpen else { return }
    let whole = Ledger.cost(hourlyRate: lease.hourlyRate, time: to - lease.granted)
    let amount = whole &- lease.posted
    costs[account] &+= amount
    ledger.post(account, amount)
    lease.settled = to
    lease.posted = whole
  }

  mutating func finish(_ stage: Stage, at now: Instant, _ ledger: inout Ledger) {
    let first = lease.number == 1
    switch stage {
    case .boot:
      settle(to: now, first ? .setup : .recovery, &ledger)
      phase = preprocessed ? .loadingModel : .preprocessing
    case .preprocessing:
      settle(to: now, .setup, &ledger)
      preprocessed = true
      phase = .loadingModel
    case .modelLoading:
      settle(to: now, first ? .setup : .recovery, &ledger)
      phase = first ? .training : .restoring
    case .restore:
      settle(to: now, .recovery, &ledger)
      phase = .training
    case .training:
      lease.trainingEnded = now
      phase = .finalizing
    case .finalization:
      settle(to: lease.trainingEnded, .work, &ledger)
      settle(to: now, .setup, &ledger)
      durableStep = spec.steps
      stop(outcome: .completed, .none)
    }
  }

  mutating func save(_ step: Int32, through: Instant, blocked: Span, _ ledger: inout Ledger) {
    settle(to: through - blocked, .work, &ledger)
    settle(to: through, .checkpoints, &ledger)
    durableStep = max(durableStep, step)
  }

  /// What the lease has cost since it was last counted into the budget, which it now is; nanodollars.
  @inline(__always)
  mutating func attribute(through at: Instant) -> Int64 {
    let whole = lease.cost(at: at)
    let amount = whole - lease.attributed
    lease.attributed = whole
    lease.attributedAt = at
    return amount
  }

  mutating func interrupt() {
    let progressed = durableStep > lease.firstStep || lease.number == 1
    failedRecoveries = progressed ? 0 : failedRecoveries + 1
    nextLease()
    attempts = 0
    deadline = .distantFuture
    phase = .interrupted
  }

  /// The next pod is a new lease, with luck of its own. The last number there is stays: see ``Policies/mostLeases``.
  mutating func nextLease() {
    lease.number = max(lease.number, lease.number &+ 1)
    requests = 0
  }

  /// Asks for a pod anew, with everything that was counted so far forgiven.
  mutating func tryAgain() {
    attempts = 0
    failedRecoveries = 0
    deadline = .distantFuture
    phase = .admitted
  }

  mutating func ask(_ question: Question, until: Instant) {
    self.question = question
    answer = .ask
    deadline = until
    phase = .awaitingDecision
  }

  mutating func stop(outcome: Phase, _ failure: Failure) {
    self.outcome = outcome
    self.failure = failure
    deadline = .distantFuture
    phase = .stopping
  }

  mutating func end(_ phase: Phase, at: Instant) {
    self.phase = phase
    ended = at
    deadline = .distantFuture
  }
}
