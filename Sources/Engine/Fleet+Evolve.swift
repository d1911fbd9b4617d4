import DiscreteEvent

extension Fleet {
  /// Applies one event. The table comes first: what ``Lifecycle/transitions`` does not allow is an error and changes
  /// nothing. O(1), except `periodTurned` (O(slots)). Allocates only when a job is new.
  public mutating func evolve(_ event: Event, at now: Instant) throws(TransitionError) {
    jobs.own()
    try apply(event, at: now)
  }

  /// See ``evolve(_:at:)``; ``jobs`` are our own.
  ///
  /// Compiled anew wherever the event is known: the rest of the switch falls away there.
  @inline(__always)
  mutating func apply(_ event: Event, at now: Instant) throws(TransitionError) {
    switch event {
    case .jobDrafted(let spec):
      subject = insert(spec, .pendingConfiguration, at: now)
    case .jobSubmitted(let spec):
      subject = insert(spec, .queued, at: now)
      enqueue(subject, atFront: false)
    case .periodTurned:
      subject = .none
      turnPeriod(at: now)
    case .budgetLimitChanged(let limit):
      subject = .none
      budget.limit = limit
    case .allocationLimitChanged(let allocation, let limit):
      subject = .none
      budget.setLimit(limit, of: allocation)
    case .budgetGateChanged(let blocks):
      subject = .none
      budget.blocks = blocks
    case .stageFinished(let j, let stage):
      let phase = try phase(of: j, before: .stageFinished)
      guard stage == phase.stage else { throw refusal(of: .stageFinished, j) }
      subject = j
      jobs[j.int].finish(stage, at: now, &ledger)
    case .checkpointsSaved(let j, let step, let keptThrough, let blocked):
      _ = try phase(of: j, before: .checkpointsSaved)
      subject = j
      jobs[j.int].save(step, through: keptThrough, blocked: blocked, &ledger)
    case .jobAdmitted(let j):
      _ = try phase(of: j, before: .jobAdmitted)
      subject = j
      dequeue(j)
      takeSlot(j)
      jobs[j.int].admit(at: now)
    case .podRequested(let j):
      _ = try phase(of: j, before: .podRequested)
      subject = j
      jobs[j.int].requestPod(at: now)
    case .podGranted(let j, let rate):
      let phase = try phase(of: j, before: .podGranted)
      guard !jobs[j.int].lease.isOpen else { throw refusal(of: .podGranted, j) }
      subject = j
      jobs[j.int].openLease(rate: rate, at: now, boots: phase == .provisioning)
    case .podInterrupted(let j, _, let stoppedAt, let billedUntil):
      let phase = try phase(of: j, before: .podInterrupted)
      subject = j
      interrupt(j, from: phase, stoppedAt: stoppedAt, billedUntil: billedUntil, at: now)
    case .podGone(let j):
      _ = try phase(of: j, before: .podGone)
      subject = j
      closeLease(j.int, at: now)
      finishStop(j.int, at: now)
    default:
      try evolveRarely(event, at: now)
    }
  }

  /// The phase of a job that is about to take an event; an error where the table has no such edge.
  @inline(__always)
  private func phase(of index: JobIndex, before event: EventKind) throws(TransitionError) -> Phase {
    guard index.int < jobs.count else { throw TransitionError(phase: nil, event: event, ordinal: .max) }
    let phase = jobs[index.int].phase
    guard allowed[Int(event.rawValue)] & (1 << UInt32(phase.rawValue)) != 0 else { throw refusal(of: event, index) }
    return phase
  }

  private func refusal(of event: EventKind, _ index: JobIndex) -> TransitionError {
    TransitionError(phase: jobs[index.int].phase, event: event, ordinal: jobs[index.int].spec.ordinal)
  }

  /// What does not happen to every job. Apart, so that what does stays small.
  @inline(never)
  private mutating func evolveRarely(_ event: Event, at now: Instant) throws(TransitionError) {
    let index = event.job ?? .none
    let phase = try phase(of: index, before: event.kind)
    let i = index.int
    if case .podUnavailable = event, jobs[i].lease.isOpen { throw refusal(of: .podUnavailable, index) }
    subject = index
    switch event {
    case .jobConfirmed, .resumeRequested:
      // A draft waits for nobody: its time begins here.
      if case .jobConfirmed = event { jobs[i].submitted = now }
      setAside(i, false)
      jobs[i].phase = .queued
      enqueue(subject, atFront: false)
    case .budgetOverridden:
      jobs[i].overridden = true
      jobs[i].refusal = .none
      jobs[i].phase = .queued
      enqueue(subject, atFront: false)
    case .jobPromoted:
      dequeue(subject)
      enqueue(subject, atFront: true)
    case .jobBlocked(_, let refusal):
      dequeue(subject)
      jobs[i].refusal = refusal
      jobs[i].phase = .blocked
    case .podUnavailable:
      if phase == .stopping {
        finishStop(i, at: now)
      } else {
        jobs[i].deadline = .distantFuture
        jobs[i].phase = .waitingForGPU
      }
    case .retryScheduled(_, let next):
      jobs[i].deadline = next
    case .workerFailed(_, let failure):
      settleStop(i, stoppedAt: now, worked: phase)
      jobs[i].failures += 1
      jobs[i].stop(outcome: .failed, failure)
    case .stopOrdered(_, let failure):
      stopWork(i, from: phase, at: now)
      jobs[i].stop(outcome: .failed, failure)
    case .pauseRequested:
      pause(i, from: phase, at: now)
    case .cancelRequested:
      cancel(i, from: phase, at: now)
    case .decisionRequested(_, let question, let until):
      jobs[i].ask(question, until: until)
    case .decisionAnswered(_, let answer):
      jobs[i].answer = answer
      if answer == .keepTrying { jobs[i].tryAgain() }
    case .switchedToOnDemand:
      jobs[i].pricing = .onDemand
      jobs[i].tryAgain()
    case .deadlinePassed:
      jobs[i].deadline = .distantPast
      if phase == .waitingForGPU { jobs[i].phase = .admitted }
    case .jobFailed(_, let failure):
      jobs[i].failure = failure
      jobs[i].outcome = .failed
      end(i, .failed, at: now)
    case .pausedJobRepriced(_, let pricing, let reservation):
      jobs[i].pricing = pricing
      jobs[i].spec.reservation = reservation
      // What a person let pass was another price.
      jobs[i].overridden = false
      if jobs[i].admitted < .distantFuture { setAside(i, true) }
    case .billAdjusted(_, let amount):
      charge(i, .adjustment, amount, at: now)
    case .storageCharged(_, let amount):
      charge(i, .storage, amount, at: now)
    case .jobDrafted, .jobSubmitted, .periodTurned, .budgetLimitChanged, .allocationLimitChanged, .budgetGateChanged,
      .stageFinished, .checkpointsSaved, .jobAdmitted,
      .podRequested, .podGranted, .podInterrupted, .podGone:
      break
    }
  }

  private mutating func interrupt(
    _ j: JobIndex, from phase: Phase, stoppedAt: Instant, billedUntil: Instant, at now: Instant
  ) {
    let i = j.int
    let leased = jobs[i].lease.isOpen
    settleStop(i, stoppedAt: stoppedAt, worked: phase)
    closeLease(i, at: billedUntil)
    if leased { jobs[i].interruptions += 1 }
    if phase == .stopping { finishStop(i, at: now) } else { jobs[i].interrupt() }
  }

  private mutating func pause(_ i: Int, from phase: Phase, at now: Instant) {
    if phase == .queued {
      dequeue(subject)
      jobs[i].phase = .paused
      if jobs[i].admitted < .distantFuture { setAside(i, true) }
    } else if phase == .waitingForGPU || phase == .awaitingDecision {
      jobs[i].outcome = .paused
      finishStop(i, at: now)
    } else {
      if phase.isWorking { stopWork(i, from: phase, at: now) }
      jobs[i].stop(outcome: .paused, .none)
    }
  }

  private mutating func cancel(_ i: Int, from phase: Phase, at now: Instant) {
    switch phase {
    case .queued:
      dequeue(subject)
      end(i, .cancelled, at: now)
    case .paused:
      setAside(i, false)
      end(i, .cancelled, at: now)
    case .stopping:
      // A pause becomes a cancellation; what is decided about an ended job stays. Nobody waits for what is not saved yet.
      if jobs[i].outcome == .paused { jobs[i].outcome = .cancelled }
      abandonTraining(i, at: now)
    case .provisioning:
      jobs[i].stop(outcome: .cancelled, .none)
    case _ where phase.isWorking:
      settleStop(i, stoppedAt: now, worked: phase)
      jobs[i].stop(outcome: .cancelled, .none)
    default:
      end(i, .cancelled, at: now)
    }
  }

  private mutating func turnPeriod(at now: Instant) {
    guard budget.period == .calendar else { return }
    for index in slots where index != .none && jobs[index.int].lease.isOpen {
      attribute(index.int, through: now)
    }
    budget.spent = 0
    for k in budget.spentByAllocation.indices { budget.spentByAllocation[k] = 0 }
  }
}
