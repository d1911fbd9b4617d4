import DiscreteEvent

extension Job {
  /// Whether there may be something to decide about it.
  @inline(__always)
  var isUndecided: Bool {
    switch phase {
    case .admitted, .waitingForGPU, .interrupted, .awaitingDecision: true
    default: deadline == .distantPast
    }
  }
}

extension Controller {
  /// The next thing to decide about a job, or nil. A function of the state alone.
  mutating func decide(about index: JobIndex, at now: Instant) -> Event? {
    let i = index.int
    switch fleet.jobs[i].phase {
    case .admitted: return .podRequested(index)
    case .waitingForGPU: return decideRetry(index, at: now)
    case .interrupted: return decideRecovery(index, at: now)
    case .awaitingDecision: return decideAnswer(index, at: now)
    case .booting, .preprocessing, .loadingModel, .restoring, .training, .finalizing:
      return fleet.jobs[i].deadline == .distantPast ? .stopOrdered(index, .costCap) : nil
    default: return nil
    }
  }

  /// After an interruption: a new pod, unless there were too many.
  @inline(never)
  private mutating func decideRecovery(_ index: JobIndex, at now: Instant) -> Event {
    let i = index.int
    guard fleet.jobs[i].lease.number <= Policies.mostLeases else { return .jobFailed(index, .recoveryExhausted) }
    if fleet.jobs[i].pricing == .spot, fleet.jobs[i].interruptions >= policies.maxInterruptions {
      return carryOut(
        forgiven(policies.afterInterruptions, .interruptions, fleet.jobs[i]), .interruptions, index, at: now)
    }
    if lags(index, at: now) { return .switchedToOnDemand(index) }
    if fleet.jobs[i].failedRecoveries >= policies.maxFailedRecoveries {
      return carryOut(forgiven(policies.afterRecoveries, .recoveries, fleet.jobs[i]), .recoveries, index, at: now)
    }
    return .podRequested(index)
  }

  /// After a failed attempt to get a pod: the next attempt, until the time for attempts is over.
  @inline(never)
  private mutating func decideRetry(_ index: JobIndex, at now: Instant) -> Event? {
    let job = fleet.jobs[index.int]
    guard job.deadline == .distantFuture else { return nil }
    if lags(index, at: now) { return .switchedToOnDemand(index) }
    let since = policies.provisioningRetryEvery * Int64(job.attempts)
    if since <= policies.provisioningGiveUpAfter {
      return .retryScheduled(index, at: max(now, job.firstAttempt + since))
    }
    if policies.afterProvisioning == .keepTrying {
      return .retryScheduled(index, at: max(now, job.firstAttempt + since))
    }
    return carryOut(policies.afterProvisioning, .provisioning, index, at: now)
  }

  /// A question that was answered, or met with silence for too long.
  @inline(never)
  private mutating func decideAnswer(_ index: JobIndex, at now: Instant) -> Event? {
    let job = fleet.jobs[index.int]
    if job.answer != .ask { return carryOut(job.answer, job.question, index, at: now) }
    guard job.deadline == .distantPast else { return nil }
    var fallback = policies.afterSilence == .ask ? Fallback.fail : policies.afterSilence
    // Nobody is asked twice: where the budget does not let a switch pass, it fails.
    if fallback == .onDemand, !maySwitch(index, job, at: now) { fallback = .fail }
    return carryOut(forgiven(fallback, job.question, job), job.question, index, at: now)
  }

  /// Neither a rule nor silence gives up a job whose steps are all durable because pods are lost: what is left is any pod's work. A person may, and so
  /// do the job's cap, its last lease, and a pod that is not to be had.
  private func forgiven(_ fallback: Fallback, _ question: Question, _ job: Job) -> Fallback {
    let isTrained = job.durableStep >= job.spec.steps
    return fallback == .fail && isTrained && question != .provisioning ? .keepTrying : fallback
  }

  @inline(never)
  private mutating func carryOut(
    _ fallback: Fallback, _ question: Question, _ index: JobIndex, at now: Instant
  ) -> Event {
    let job = fleet.jobs[index.int]
    switch fallback {
    case .fail: return .jobFailed(index, failure(for: question))
    case .keepTrying:
      return job.phase == .awaitingDecision ? .decisionAnswered(index, .keepTrying) : .podRequested(index)
    case .onDemand:
      if maySwitch(index, job, at: now) { return .switchedToOnDemand(index) }
      // A switch passes the budget gate again; where it does not, a person is asked once more.
      let until = job.phase == .awaitingDecision ? job.deadline : now + policies.answerDeadline
      return .decisionRequested(index, question, until: until)
    case .ask: return .decisionRequested(index, question, until: now + policies.answerDeadline)
    }
  }

  mutating func maySwitch(_ index: JobIndex, _ job: Job, at now: Instant) -> Bool {
    job.pricing == .spot && fleet.refusal(of: index, at: now) == .none
  }

  private func failure(for question: Question) -> Failure {
    question == .provisioning ? .provisioning : .recoveryExhausted
  }
}
