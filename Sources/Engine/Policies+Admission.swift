import DiscreteEvent

extension Fleet {
  /// Spending of the running period at `now`, open leases included, in nanodollars. O(slots).
  public func spent(at now: Instant) -> Int64 {
    var budget = self.budget
    let rolling = budget.period == .rolling30Days
    var sum = rolling ? budget.rolling(at: now) : budget.spent
    let edge = now - .days(30)
    for index in slots where index != .none {
      let job = jobs[index.int]
      guard job.lease.isOpen else { continue }
      var before = job.lease.attributed
      if rolling, job.lease.granted < edge {
        before = Ledger.cost(hourlyRate: job.lease.hourlyRate, time: edge - job.lease.granted)
      }
      sum += Ledger.cost(hourlyRate: job.lease.hourlyRate, time: now - job.lease.granted) - before
    }
    return sum
  }

  /// What is still set aside for admitted, unfinished jobs, in nanodollars. O(slots).
  public func reserved(at now: Instant) -> Int64 {
    var sum = budget.reservedElsewhere
    for index in slots where index != .none {
      let job = jobs[index.int]
      sum += max(0, job.spec.reservation - job.cost(at: now))
    }
    return sum
  }

  /// Whether the budget gate lets the job pass: spent + set aside + the job's own reservation within the limit.
  func refusal(of index: JobIndex, at now: Instant) -> Refusal {
    let job = jobs[index.int]
    guard !job.overridden else { return .none }
    let own = max(0, job.spec.reservation - job.cost(at: now))
    let holds = job.slot >= 0
    if let limit = budget.limit {
      let others = reserved(at: now) - (holds ? own : 0)
      if spent(at: now) + others + own > limit { return .budget }
    }
    let allocation = Int(job.spec.allocation)
    if allocation > 0, allocation <= budget.allocations.count, budget.allocations[allocation - 1] < .max {
      var sum = allocation <= budget.spentByAllocation.count ? budget.spentByAllocation[allocation - 1] : 0
      for other in slots
      where other != .none && other != index && jobs[other.int].spec.allocation == job.spec.allocation {
        let running = jobs[other.int]
        sum += max(running.spec.reservation, running.cost(at: now)) - running.lease.attributed
      }
      if sum + own > budget.allocations[allocation - 1] { return .allocation }
    }
    return .none
  }
}

extension Controller {
  /// Why a job that was just submitted, and found no slot, is refused; nil when it may wait.
  func refuse(_ index: JobIndex, at now: Instant) -> Refusal? {
    guard fleet[index].phase == .queued else { return nil }
    let refusal = fleet.refusal(of: index, at: now)
    if refusal != .none { return refusal }
    return fleet.queued > Int(policies.maxQueued) ? .queueFull : nil
  }
}
