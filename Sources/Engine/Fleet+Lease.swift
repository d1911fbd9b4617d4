import DiscreteEvent

extension Fleet {
  mutating func openLease(_ i: Int, rate: Int64, at: Instant) {
    let number = jobs[i].lease.number
    jobs[i].lease.isOpen = true
    jobs[i].lease.number = number
    jobs[i].lease.pricing = jobs[i].pricing
    jobs[i].lease.hourlyRate = rate
    jobs[i].lease.granted = at
    jobs[i].lease.settled = at
    jobs[i].lease.attributed = 0
    jobs[i].lease.attributedAt = at
    jobs[i].lease.trainedUntil = .distantPast
    jobs[i].lease.trainingEnded = .distantFuture
    jobs[i].lease.firstStep = jobs[i].durableStep
  }

  /// Posts the lease's bill from where it was settled up to `to` on one account.
  mutating func settle(_ i: Int, to: Instant, _ account: Account) {
    let lease = jobs[i].lease
    guard lease.isOpen, to > lease.settled else { return }
    let amount =
      Ledger.cost(hourlyRate: lease.hourlyRate, time: to - lease.granted)
      - Ledger.cost(hourlyRate: lease.hourlyRate, time: lease.settled - lease.granted)
    ledger.post(account, amount)
    jobs[i].costs[account] &+= amount
    jobs[i].lease.settled = to
  }

  /// Counts the lease's cost up to `at` into the budget's running period.
  mutating func attribute(_ i: Int, through at: Instant) {
    let lease = jobs[i].lease
    let whole = Ledger.cost(hourlyRate: lease.hourlyRate, time: at - lease.granted)
    budget.count(whole - lease.attributed, allocation: jobs[i].spec.allocation, from: lease.attributedAt, to: at)
    jobs[i].lease.attributed = whole
    jobs[i].lease.attributedAt = at
  }

  /// Posts what is not a lease's bill: storage, and a bill that differed.
  mutating func charge(_ i: Int, _ account: Account, _ amount: Int64, at now: Instant) {
    ledger.post(account, amount)
    jobs[i].costs[account] &+= amount
    budget.count(amount, allocation: jobs[i].spec.allocation, from: now, to: now)
    if jobs[i].phase == .paused, jobs[i].admitted < .distantFuture { setAside(i, true) }
    if jobs[i].phase.isWorking { setCap(i) }
  }

  /// The job's own cap as a deadline of its open lease: the last instant at which the cost is within it.
  mutating func setCap(_ i: Int) {
    let job = jobs[i]
    guard job.spec.maxCost < .max else { return }
    let posted = Ledger.cost(hourlyRate: job.lease.hourlyRate, time: job.lease.settled - job.lease.granted)
    let before = job.costs.total - posted
    jobs[i].deadline =
      job.lease.granted + Ledger.time(hourlyRate: job.lease.hourlyRate, amount: job.spec.maxCost - before)
  }

  /// A worker is told to stop. Training may still be saved; anything else is over.
  mutating func stopWork(_ i: Int, from phase: Phase, at now: Instant) {
    if phase == .training { jobs[i].lease.trainedUntil = now } else { settleStop(i, stoppedAt: now, worked: phase) }
  }

  /// The next pod is a new lease, with luck of its own.
  mutating func nextLease(_ i: Int) {
    jobs[i].lease.number += 1
    jobs[i].requests = 0
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
    case .booting: settle(i, to: stoppedAt, jobs[i].lease.number == 1 ? .setup : .recovery)
    case .preprocessing: settle(i, to: stoppedAt, .setup)
    case .loadingModel: settle(i, to: stoppedAt, jobs[i].lease.number == 1 ? .setup : .recovery)
    case .restoring: settle(i, to: stoppedAt, .recovery)
    case .training, .finalizing: settle(i, to: stoppedAt, .lostWork)
    default: jobs[i].lease.trainedUntil = min(jobs[i].lease.trainedUntil, stoppedAt)
    }
  }

  /// The bill stops. An end before what was already posted (clocks differ) is that.
  mutating func closeLease(_ i: Int, at end: Instant) {
    guard jobs[i].lease.isOpen else { return }
    let at = max(end, jobs[i].lease.settled)
    settle(i, to: min(at, jobs[i].lease.trainedUntil), .lostWork)
    settle(i, to: at, .idle)
    attribute(i, through: at)
    jobs[i].billed += at - jobs[i].lease.granted
    jobs[i].lease.isOpen = false
    digest.append(UInt64(jobs[i].spec.ordinal) << 32 | UInt64(jobs[i].lease.number))
    digest.append(at)
    digest.append(UInt64(bitPattern: Int64(jobs[i].durableStep)))
    if jobs[i].phase == .stopping, jobs[i].outcome == .paused { nextLease(i) }
  }

  mutating func end(_ i: Int, _ phase: Phase, at: Instant) {
    jobs[i].phase = phase
    jobs[i].ended = at
    jobs[i].deadline = .distantFuture
    releaseSlot(JobIndex(i))
    digest.append(UInt64(jobs[i].spec.ordinal) << 8 | UInt64(phase.rawValue))
    digest.append(at)
    digest.append(UInt64(bitPattern: jobs[i].costs.total))
  }

  /// The pod is gone after the job was told to stop: what was decided takes effect.
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
