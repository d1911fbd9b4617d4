import DiscreteEvent

extension Fleet {
  /// Applies one event. The table comes first: what ``Lifecycle/transitions`` does not allow is an error and changes
  /// nothing. O(1), except `periodTurned` (O(slots)). Allocates only when a job is new.
  public mutating func evolve(_ event: Event, at now: Instant) throws(TransitionError) {
    switch event {
    case .jobDrafted(let spec):
      subject = insert(Job(spec: spec, phase: .pendingConfiguration, at: now))
      return
    case .jobSubmitted(let spec):
      subject = insert(Job(spec: spec, phase: .queued, at: now))
      enqueue(subject, atFront: false)
      return
    case .periodTurned:
      subject = .none
      turnPeriod(at: now)
      return
    case .budgetLimitChanged(let limit):
      subject = .none
      budget.limit = limit
      return
    default: break
    }
    let index = event.job ?? .none
    let i = index.int
    guard i < jobs.count else { throw TransitionError(phase: nil, event: event.kind, ordinal: .max) }
    let phase = jobs[i].phase
    let bits = Lifecycle.allowed[Int(phase.rawValue) &* EventKind.allCases.count &+ Int(event.kind.rawValue)]
    guard bits != 0, fits(event, jobs[i]) else {
      throw TransitionError(phase: phase, event: event.kind, ordinal: jobs[i].spec.ordinal)
    }
    subject = index
    evolve(event, i, from: phase, at: now)
  }

  /// What the table cannot say: a stage ends in its own phase, and a job has one lease at a time.
  @inline(__always)
  private func fits(_ event: Event, _ job: Job) -> Bool {
    switch event {
    case .stageFinished(_, let stage): stage == job.phase.stage
    case .podGranted, .podUnavailable: !job.lease.isOpen
    default: true
    }
  }

  private mutating func evolve(_ event: Event, _ i: Int, from phase: Phase, at now: Instant) {
    switch event {
    case .jobDrafted, .jobSubmitted, .periodTurned, .budgetLimitChanged: break
    case .jobConfirmed, .resumeRequested:
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
    case .jobAdmitted:
      dequeue(subject)
      takeSlot(subject)
      if jobs[i].admitted == .distantFuture { jobs[i].admitted = now }
      jobs[i].phase = .admitted
      jobs[i].attempts = 0
    case .jobBlocked(_, let refusal):
      dequeue(subject)
      jobs[i].refusal = refusal
      jobs[i].phase = .blocked
    case .podRequested:
      if jobs[i].attempts == 0 { jobs[i].firstAttempt = now }
      jobs[i].attempts += 1
      jobs[i].requests &+= 1
      jobs[i].lease.number = max(1, jobs[i].lease.number)
      jobs[i].deadline = .distantFuture
      jobs[i].phase = .provisioning
    case .podGranted(_, let rate):
      openLease(i, rate: rate, at: now)
      if phase == .provisioning {
        jobs[i].attempts = 0
        jobs[i].phase = .booting
        setCap(i)
      }
    case .podUnavailable:
      if phase == .stopping {
        finishStop(i, at: now)
      } else {
        jobs[i].deadline = .distantFuture
        jobs[i].phase = .waitingForGPU
      }
    case .retryScheduled(_, let next):
      jobs[i].deadline = next
    case .stageFinished(_, let stage):
      finishStage(stage, i, at: now)
    case .checkpointsSaved(_, let step, let keptThrough, let blocked):
      settle(i, to: keptThrough - blocked, .work)
      settle(i, to: keptThrough, .checkpoints)
      jobs[i].durableStep = max(jobs[i].durableStep, step)
    case .podInterrupted(_, _, let stoppedAt, let billedUntil):
      let leased = jobs[i].lease.isOpen
      settleStop(i, stoppedAt: stoppedAt, worked: phase)
      closeLease(i, at: billedUntil)
      if leased { jobs[i].interruptions += 1 }
      if phase == .stopping {
        finishStop(i, at: now)
      } else {
        let progressed = jobs[i].durableStep > jobs[i].lease.firstStep || jobs[i].lease.number == 1
        jobs[i].failedRecoveries = progressed ? 0 : jobs[i].failedRecoveries + 1
        nextLease(i)
        jobs[i].attempts = 0
        jobs[i].deadline = .distantFuture
        jobs[i].phase = .interrupted
      }
    case .workerFailed(_, let failure):
      settleStop(i, stoppedAt: now, worked: phase)
      jobs[i].failures += 1
      stop(i, outcome: .failed, failure)
    case .stopOrdered(_, let failure):
      stopWork(i, from: phase, at: now)
      stop(i, outcome: .failed, failure)
    case .pauseRequested:
      if phase == .queued {
        dequeue(subject)
        jobs[i].phase = .paused
        if jobs[i].admitted < .distantFuture { setAside(i, true) }
      } else if phase == .waitingForGPU || phase == .awaitingDecision {
        jobs[i].outcome = .paused
        finishStop(i, at: now)
      } else {
        if phase.isWorking { stopWork(i, from: phase, at: now) }
        stop(i, outcome: .paused, .none)
      }
    case .cancelRequested:
      cancel(i, from: phase, at: now)
    case .podGone:
      closeLease(i, at: now)
      finishStop(i, at: now)
    case .decisionRequested(_, let question, let until):
      jobs[i].question = question
      jobs[i].answer = .ask
      jobs[i].deadline = until
      jobs[i].phase = .awaitingDecision
    case .decisionAnswered(_, let answer):
      jobs[i].answer = answer
      if answer == .keepTrying {
        jobs[i].attempts = 0
        jobs[i].failedRecoveries = 0
        jobs[i].deadline = .distantFuture
        jobs[i].phase = .admitted
      }
    case .switchedToOnDemand:
      jobs[i].pricing = .onDemand
      jobs[i].attempts = 0
      jobs[i].failedRecoveries = 0
      jobs[i].deadline = .distantFuture
      jobs[i].phase = .admitted
    case .deadlinePassed:
      jobs[i].deadline = .distantPast
      if phase == .waitingForGPU { jobs[i].phase = .admitted }
    case .jobFailed(_, let failure):
      jobs[i].failure = failure
      jobs[i].outcome = .failed
      end(i, .failed, at: now)
    case .billAdjusted(_, let amount):
      charge(i, .adjustment, amount, at: now)
    case .storageCharged(_, let amount):
      charge(i, .storage, amount, at: now)
    }
  }

  private mutating func finishStage(_ stage: Stage, _ i: Int, at now: Instant) {
    let first = jobs[i].lease.number == 1
    switch stage {
    case .boot:
      settle(i, to: now, first ? .setup : .recovery)
      jobs[i].phase = jobs[i].preprocessed ? .loadingModel : .preprocessing
    case .preprocessing:
      settle(i, to: now, .setup)
      jobs[i].preprocessed = true
      jobs[i].phase = .loadingModel
    case .modelLoading:
      settle(i, to: now, first ? .setup : .recovery)
      jobs[i].phase = first ? .training : .restoring
    case .restore:
      settle(i, to: now, .recovery)
      jobs[i].phase = .training
    case .training:
      jobs[i].lease.trainingEnded = now
      jobs[i].phase = .finalizing
    case .finalization:
      settle(i, to: jobs[i].lease.trainingEnded, .work)
      settle(i, to: now, .setup)
      jobs[i].durableStep = jobs[i].spec.steps
      stop(i, outcome: .completed, .none)
    }
  }

  private mutating func stop(_ i: Int, outcome: Phase, _ failure: Failure) {
    jobs[i].outcome = outcome
    jobs[i].failure = failure
    jobs[i].deadline = .distantFuture
    jobs[i].phase = .stopping
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
      // A pause becomes a cancellation; what is decided about an ended job stays.
      if jobs[i].outcome == .paused { jobs[i].outcome = .cancelled }
    case .provisioning:
      stop(i, outcome: .cancelled, .none)
    case _ where phase.isWorking:
      settleStop(i, stoppedAt: now, worked: phase)
      stop(i, outcome: .cancelled, .none)
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
