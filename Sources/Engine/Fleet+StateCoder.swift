import DiscreteEvent

extension Fleet {
  /// Writes all of it, or becomes what was written: ``stateDigest`` is then the same.
  ///
  /// What is kept of it for longer bears ``version``: the list of fields is this program's.
  public mutating func code(_ coder: inout StateCoder) {
    let count = coder.code(count: jobs.count)
    if coder.isReading { jobs = JobTable() }
    for i in 0..<count where !coder.isBroken {
      var job =
        coder.isReading ? Job(spec: JobSpec(ordinal: 0, pricing: .spot, steps: 0), phase: .queued, at: .zero) : jobs[i]
      job.code(&coder)
      if coder.isReading { jobs.append(job) }
    }
    coder.code(&slots, blank: .none) { $1.code(&$0) }
    coder.code(&freeSlots, blank: 0) { $1.code(&$0) }
    coder.code(&freeJobs, blank: .none) { $1.code(&$0) }
    for index in [\Fleet.queueHead, \.queueTail, \.subject] { coder.code(&self[keyPath: index]) }
    coder.code(&queued)
    coder.code(&slotsInUse)
    ledger.accounts.code(&coder)
    coder.code(&ledger.payable)
    budget.code(&coder)
    coder.code(&digest.value)
  }
}

extension Job {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&spec.ordinal)
    coder.code(&spec.pricing)
    coder.code(&spec.steps)
    coder.code(&spec.allocation)
    coder.code(&spec.reservation)
    coder.code(&spec.maxCost)
    coder.code(&spec.retryOf)
    coder.code(&phase)
    coder.code(&pricing)
    coder.code(&outcome)
    coder.code(&failure)
    coder.code(&refusal)
    coder.code(&question)
    coder.code(&answer)
    coder.code(&overridden)
    coder.code(&preprocessed)
    coder.code(&interruptions)
    coder.code(&failures)
    coder.code(&failedRecoveries)
    coder.code(&durableStep)
    coder.code(&slot)
    coder.code(&attempts)
    coder.code(&requests)
    coder.code(&setAside)
    coder.code(&submitted)
    coder.code(&admitted)
    coder.code(&ended)
    coder.code(&firstAttempt)
    coder.code(&deadline)
    lease.code(&coder)
    costs.code(&coder)
    coder.code(&billed.microseconds)
    coder.code(&next)
    coder.code(&previous)
  }
}

extension Lease {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&number)
    coder.code(&isOpen)
    coder.code(&pricing)
    coder.code(&hourlyRate)
    coder.code(&granted)
    coder.code(&settled)
    coder.code(&posted)
    coder.code(&attributed)
    coder.code(&attributedAt)
    coder.code(&trainedUntil)
    coder.code(&trainingEnded)
    coder.code(&firstStep)
  }
}

extension AccountTotals {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    for account in Account.allCases { coder.code(&self[account]) }
  }
}

extension BudgetState {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&boundaries, blank: .zero) { $1.code(&$0) }
    coder.code(&limit)
    coder.code(&period)
    coder.code(&blocks)
    coder.code(&allocations)
    coder.code(&spent)
    coder.code(&spentByAllocation)
    coder.code(&stretches, blank: Stretch(from: .zero, to: .zero, amount: 0, allocation: 0)) { stretch, coder in
      coder.code(&stretch.from)
      coder.code(&stretch.to)
      coder.code(&stretch.amount)
      coder.code(&stretch.allocation)
    }
    coder.code(&forgetsAt)
    coder.code(&reservedElsewhere)
    coder.code(&reservedElsewhereByAllocation)
  }
}
