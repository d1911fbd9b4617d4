import DiscreteEvent

extension Fleet {
  /// Spending of the running period at `now`, open leases included, in nanodollars. O(slots), rolling also O(stretches).
  public func spent(at now: Instant) -> Int64 { spent(by: 0, at: now) }

  /// What is still set aside for admitted, unfinished jobs, in nanodollars. O(slots).
  public func reserved(at now: Instant) -> Int64 { reserved(for: 0, except: .none, at: now) }

  /// Spending of one allocation (from 1), or of all (0), in nanodollars.
  public func spent(by allocation: UInt16, at now: Instant) -> Int64 {
    var sum = budget.counted(allocation, at: now)
    let edge = now - .days(30)
    for index in slots where index != .none {
      guard jobs[index.int].lease.isOpen, allocation == 0 || jobs[index.int].spec.allocation == allocation else {
        continue
      }
      let job = jobs[index.int]
      sum += job.unattributed(at: now)
      if budget.period == .rolling30Days, job.lease.attributedAt < edge {
        sum -= Ledger.cost(hourlyRate: job.lease.hourlyRate, time: edge - job.lease.granted) - job.lease.attributed
      }
    }
    return sum
  }

  /// What is set aside for one allocation (from 1), or for all (0), leaving out one job; nanodollars.
  public func reserved(for allocation: UInt16, except: JobIndex, at now: Instant) -> Int64 {
    var sum = budget.setAside(allocation)
    for index in slots where index != .none && index != except {
      let job = jobs[index.int]
      if allocation == 0 || job.spec.allocation == allocation {
        sum += max(0, job.spec.reservation - job.cost(at: now))
      }
    }
    return sum
  }

  /// Whether the budget gate lets the job pass: spent + set aside + the job's own reservation within the limit.
  @inline(__always)
  mutating func refusal(of index: JobIndex, at now: Instant) -> Refusal {
    budget.limit == nil && budget.allocations.isEmpty ? .none : gate(index, at: now)
  }

  @inline(never)
  private mutating func gate(_ index: JobIndex, at now: Instant) -> Refusal {
    let job = jobs[index.int]
    guard !job.overridden, budget.blocks else { return .none }
    let own = max(0, job.spec.reservation - job.cost(at: now))
    if let limit = budget.limit, spent(at: now) + reserved(for: 0, except: index, at: now) + own > limit {
      return .budget
    }
    let a = job.spec.allocation
    if a > 0, Int(a) <= budget.allocations.count, budget.allocations[Int(a) - 1] < .max,
      spent(by: a, at: now) + reserved(for: a, except: index, at: now) + own > budget.allocations[Int(a) - 1]
    {
      return .allocation
    }
    return .none
  }
}

extension Controller {
  /// Why a job that was just submitted, and found no slot, is refused; nil when it may wait.
  @inline(__always)
  mutating func refuse(_ index: JobIndex, at now: Instant) -> Refusal? {
    guard fleet.jobs[index.int].phase == .queued else { return nil }
    let refusal = fleet.refusal(of: index, at: now)
    if refusal != .none { return refusal }
    return fleet.queued > Int(policies.maxQueued) ? .queueFull : nil
  }
}
