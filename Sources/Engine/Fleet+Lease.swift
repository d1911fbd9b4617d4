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
    budget.count(whole - lease.attributed, allocation: jobs[i].spec.allocation, from: lease.granted, to: at)
    jobs[i].lease.attributed = whole
  }

  /// Work not yet durable is settled as lost; anything else by its stage.
  mutating func settleStop(_ i: Int, stoppedAt: Instant, worked: Phase) {
    switch worked {
    case .booting: settle(i, to: stoppedAt, jobs[i].lease.number == 1 ? .setup : .recovery)
    case .preprocessing: settle(i, to: stoppedAt, .setup)
    case .loadingModel: settle(i, to: stoppedAt, jobs[i].lease.number == 1 ? .setup : .recovery)
    case .restoring: settle(i, to: stoppedAt, .recovery)
    case .training, .finalizing: settle(i, to: stoppedAt, .lostWork)
    default: settle(i, to: stoppedAt, .idle)
    }
  }

  mutating func closeLease(_ i: Int, at: Instant) {
    settle(i, to: at, .idle)
    attribute(i, through: at)
    jobs[i].billed += at - jobs[i].lease.granted
    jobs[i].lease.isOpen = false
    digest.append(UInt64(jobs[i].spec.ordinal) << 32 | UInt64(jobs[i].lease.number))
    digest.append(at)
    digest.append(UInt64(bitPattern: Int64(jobs[i].durableStep)))
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
      budget.reservedElsewhere += max(0, jobs[i].spec.reservation - jobs[i].costs.total)
      releaseSlot(JobIndex(i))
    } else {
      end(i, jobs[i].outcome, at: at)
    }
  }
}
