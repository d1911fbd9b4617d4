import DiscreteEvent

extension Fleet {
  /// Posts the lease's bill from where it was settled up to `to` on one account.
  mutating func settle(_ i: Int, to: Instant, _ account: Account) { jobs[i].settle(to: to, account, &ledger) }

  /// Counts the lease's cost up to `at` into the budget's running period.
  @inline(__always)
  mutating func attribute(_ i: Int, through at: Instant) {
    let from = jobs[i].lease.attributedAt
    let amount = jobs[i].attribute(through: at)
    budget.count(amount, allocation: jobs[i].spec.allocation, from: from, to: at)
  }

  /// Posts what is not a lease's bill: storage, and a bill that differed.
  mutating func charge(_ i: Int, _ account: Account, _ amount: Int64, at now: Instant) {
    ledger.post(account, amount)
    jobs[i].costs[account] &+= amount
    budget.count(amount, allocation: jobs[i].spec.allocation, from: now, to: now)
    if jobs[i].phase == .paused, jobs[i].admitted < .distantFuture { setAside(i, true) }
    if jobs[i].phase.isWorking { jobs[i].setCap() }
  }

  /// A worker is told to stop. Training may still be saved; anything else is over.
  mutating func stopWork(_ i: Int, from phase: Phase, at now: Instant) {
    if phase == .training { jobs[i].lease.trainedUntil = now } else { settleStop(i, stoppedAt: now, worked: phase) }
  }

  /// A worker that was saving is not waited for any more: what it has not saved is lost work.
  mutating func abandonTraining(_ i: Int, at now: Instant) {
    guard jobs[i].lease.trainedUntil > .distantPast else { return }
    settle(i, to: min(now, jobs[i].lease.trainedUntil), .lostWork)
    settle(i, to: now, .idle)
    jobs[i].lease.trainedUntil = .distantPast
  }

  /// Sets aside what a paused job may still cost, or gives it back.
  mutating func setAside(_ i: Int, _ keeps: Bool) {
    let amount = keeps ? max(0, jobs[i].spec.reservation - jobs[i].costs.total) : 0
    budget.setAside(amount - jobs[i].setAside, allocation: jobs[i].spec.allocation)
    jobs[i].setAside = amount
  }

  /// Work not yet durable is settled as lost; anything else by its stage.
  mutating func settleStop(_ i: Int, stoppedAt: Instant, worked: Phase) {
    switch worked {
    case .booting, .loadingModel: settle(i, to: stoppedAt, jobs[i].lease.number == 1 ? .setup : .recovery)
    case .preprocessing: settle(i, to: stoppedAt, .setup)
    case .restoring: settle(i, to: stoppedAt, .recovery)
    case .training, .finalizing: settle(i, to: stoppedAt, .lostWork)
    default: jobs[i].lease.trainedUntil = min(jobs[i].lease.trainedUntil, stoppedAt)
    }
  }

  /// The bill stops. An end before what was already posted (clocks differ) is that.
  @inline(__always)
  mutating func closeLease(_ i: Int, at end: Instant) {
    guard jobs[i].lease.isOpen else { return }
    let at = max(end, jobs[i].lease.settled)
    if at > jobs[i].lease.settled {
      settle(i, to: min(at, jobs[i].lease.trainedUntil), .lostWork)
      settle(i, to: at, .idle)
    }
    attribute(i, through: at)
    let (job, lease, step) = jobs[i].closeLease(at: at)
    digest.append(UInt64(job) << 32 | UInt64(lease))
    digest.append(at)
    digest.append(Int64(step))
  }

  @inline(__always)
  mutating func end(_ i: Int, _ phase: Phase, at: Instant) {
    jobs[i].end(phase, at: at)
    releaseSlot(JobIndex(i))
    digest.append(UInt64(jobs[i].spec.ordinal) << 8 | UInt64(phase.rawValue))
    digest.append(at)
    digest.append(jobs[i].costs.total)
  }

  /// The pod is gone after the job was told to stop: what was decided takes effect.
  @inline(__always)
  mutating func finishStop(_ i: Int, at: Instant) {
    if jobs[i].outcome == .paused {
      jobs[i].phase = .paused
      jobs[i].deadline = .distantFuture
      setAside(i, true)
      releaseSlot(JobIndex(i))
    } else {
      end(i, jobs[i].outcome, at: at)
    }
  }
}

extension Job {
  /// Returns what names the lease in the digest: the job's ordinal, the lease's number, and the durable step.
  @inline(__always)
  mutating func closeLease(at: Instant) -> (UInt32, UInt16, Int32) {
    billed += at - lease.granted
    lease.isOpen = false
    let name = (spec.ordinal, lease.number, durableStep)
    if phase == .stopping, outcome == .paused { nextLease() }
    return name
  }
}
