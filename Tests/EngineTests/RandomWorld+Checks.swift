import DiscreteEvent
import Testing

@testable import Engine

extension RandomWorld {
  private func cost(_ lease: ModelLease, until instant: Instant) -> Int64 {
    LedgerTests.floorCost(
      lease.rate, max(0, (min(instant, lease.closed ?? .distantFuture) - lease.granted).microseconds))
  }

  /// What the leases cost and was charged after `start`, by brute force.
  func spent(since start: Instant, allocation: UInt16) -> Int64 {
    var sum: Int64 = 0
    for lease in leases where allocation == 0 || lease.allocation == allocation {
      sum += cost(lease, until: now) - cost(lease, until: min(start, now))
    }
    for charge in charges where (allocation == 0 || charge.allocation == allocation) && charge.at > start {
      sum += charge.amount
    }
    return sum
  }

  /// What is set aside, by brute force: for who was admitted, is not over, and runs or is paused.
  func reserved(allocation: UInt16) -> Int64 {
    var sum: Int64 = 0
    for job in fleet.jobs where allocation == 0 || job.spec.allocation == allocation {
      let paused = job.phase == .paused && job.admitted < .distantFuture
      if job.slot >= 0 || paused { sum += max(0, job.spec.reservation - job.cost(at: now)) }
    }
    return sum
  }

  mutating func check(after event: Event) throws {
    checked += 1
    let fleet = self.fleet
    let place: Comment = "seed \(seed), event \(checked): \(event)"
    // Double entry, and a job's parts.
    #expect(fleet.ledger.isBalanced, place)
    var accounts = AccountTotals()
    for job in fleet.jobs { accounts += job.costs }
    #expect(accounts == fleet.ledger.accounts, place)
    let owed = leases.reduce(0) { $0 + cost($1, until: now) } + charges.reduce(0) { $0 + $1.amount }
    #expect(fleet.accrued(at: now) == owed, place)
    // The budget's view of the same money.
    let rolling = fleet.budget.period == .rolling30Days
    let start = rolling ? now - .days(30) : boundaries.last { $0 <= now } ?? .zero
    for allocation in UInt16(0)...4 {
      let brute = spent(since: start, allocation: allocation)
      let counted = fleet.spent(by: allocation, at: now)
      // A closed stretch across the rolling edge is split by time: each rounds once more.
      #expect(abs(counted - brute) <= (rolling ? Int64(leases.count) : 0), place)
      #expect(fleet.reserved(for: allocation, except: .none, at: now) == reserved(allocation: allocation), place)
    }
    // The gate: whoever came through it last fits.
    for case .jobAdmitted(let j) in driver.controller.recorded.suffix(3)
    where !fleet[j].overridden && fleet.budget.blocks {
      if let limit = fleet.budget.limit { #expect(fleet.spent(at: now) + fleet.reserved(at: now) <= limit, place) }
      let a = fleet[j].spec.allocation
      if a > 0, Int(a) <= fleet.budget.allocations.count, fleet.budget.allocations[Int(a) - 1] < .max {
        let held = fleet.spent(by: a, at: now) + fleet.reserved(for: a, except: .none, at: now)
        #expect(held <= fleet.budget.allocations[Int(a) - 1], place)
      }
    }
    checkQueueAndSlots(place)
    checkNobodyWaitsInVain(place)
  }

  /// Where a slot is free, the first of each part of the budget is refused, up to one whom the whole budget does not hold.
  private func checkNobodyWaitsInVain(_ place: Comment) {
    var fleet = self.fleet
    guard fleet.slotsInUse < Int(driver.controller.policies.maxConcurrent) else { return }
    var parts: Set<UInt16> = []
    for j in fleet.queueOrder where parts.insert(fleet[j].spec.allocation).inserted {
      let refusal = fleet.refusal(of: j, at: now)
      #expect(refusal != .none, place)
      if refusal != .allocation { return }
    }
  }

  private func checkQueueAndSlots(_ place: Comment) {
    let fleet = self.fleet
    #expect(fleet.queueOrder == queue, place)
    #expect(fleet.queued == queue.count, place)
    #expect(fleet.queued <= Int(driver.controller.policies.maxQueued) || resumes, place)
    let held = fleet.slots.indices.filter { fleet.slots[$0] != .none }
    #expect(fleet.slotsInUse == held.count, place)
    #expect(held.count <= Int(driver.controller.policies.maxConcurrent), place)
    for slot in held { #expect(fleet[fleet.slots[slot]].slot == Int32(slot), place) }
    for job in fleet.jobs {
      let holds =
        job.phase.isWorking
        || [.admitted, .provisioning, .waitingForGPU, .awaitingDecision, .stopping].contains(job.phase)
      #expect((job.slot >= 0) == holds, place)
      #expect(!job.lease.isOpen || job.phase.isWorking || job.phase == .stopping, place)
      // Decisions follow at once: nothing is left undecided.
      #expect(job.phase != .admitted && job.phase != .interrupted, place)
      #expect(job.phase != .waitingForGPU || job.deadline < .distantFuture, place)
      #expect(job.phase != .awaitingDecision || job.deadline < .distantFuture, place)
    }
  }

  /// A resumed or overridden job may stand in the queue beyond its limit.
  private var resumes: Bool {
    driver.log.contains { $0.event.kind == .resumeRequested || $0.event.kind == .budgetOverridden }
  }
}
