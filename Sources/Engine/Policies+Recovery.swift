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
  func decide(about index: JobIndex, at now: Instant) -> Event? {
    let i = index.int
    switch fleet.jobs[i].phase {
    case .admitted: return .podRequested(index)
    case .waitingForGPU: return decideRetry(index, fleet.jobs[i], at: now)
    case .interrupted: return decideRecovery(index, fleet.jobs[i], at: now)
    case .awaitingDecision: return decideAnswer(index, fleet.jobs[i], at: now)
    case .booting, .preprocessing, .loadingModel, .restoring, .training, .finalizing:
      return fleet.jobs[i].deadline == .distantPast ? .stopOrdered(index, .costCap) : nil
    default: return nil
    }
  }

  /// After an interruption: a new pod, unless there were too many.
  private func decideRecovery(_ index: JobIndex, _ job: Job, at now: Instant) -> Event {
    if job.pricing == .spot, job.interruptions >= policies.maxInterruptions {
      return carryOut(policies.afterInterruptions, .interruptions, index, job, at: now)
    }
    if lags(job, at: now), maySwitch(index, job, at: now) { return .switchedToOnDemand(index) }
    if job.failedRecoveries >= policies.maxFailedRecoveries {
      return carryOut(policies.afterRecoveries, .recoveries, index, job, at: now)
    }
    return .podRequested(index)
  }

  /// After a failed attempt to get a pod: the next attempt, until the time for attempts is over.
  private func decideRetry(_ index: JobIndex, _ job: Job, at now: Instant) -> Event? {
    guard job.deadline == .distantFuture else { return nil }
    if lags(job, at: now), maySwitch(index, job, at: now) { return .switchedToOnDemand(index) }
    let since = policies.provisioningRetryEvery * Int64(job.attempts)
    if since <= policies.provisioningGiveUpAfter {
      return .retryScheduled(index, at: max(now, job.firstAttempt + since))
    }
    if policies.afterProvisioning == .keepTrying {
      return .retryScheduled(index, at: max(now, job.firstAttempt + since))
    }
    return carryOut(policies.afterProvisioning, .provisioning, index, job, at: now)
  }

  /// A question that was answered, or met with silence for too long.
  private func decideAnswer(_ index: JobIndex, _ job: Job, at now: Instant) -> Event? {
    if job.answer != .ask { return carryOut(job.answer, job.question, index, job, at: now) }
    guard job.deadline == .distantPast else { return nil }
    let fallback = policies.afterSilence == .ask ? Fallback.fail : policies.afterSilence
    if fallback == .onDemand, !maySwitch(index, job, at: now) { return .jobFailed(index, failure(for: job.question)) }
    return carryOut(fallback, job.question, index, job, at: now)
  }

  private func carryOut(
    _ fallback: Fallback, _ question: Question, _ index: JobIndex, _ job: Job, at now: Instant
  ) -> Event {
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

  private func maySwitch(_ index: JobIndex, _ job: Job, at now: Instant) -> Bool {
    job.pricing == .spot && fleet.refusal(of: index, at: now) == .none
  }

  private func failure(for question: Question) -> Failure {
    question == .provisioning ? .provisioning : .recoveryExhausted
  }
}
