import DiscreteEvent
import Testing

@testable import Engine

/// A fleet that lives through a random but possible history, beside a naive model of what should be true of it.
struct RandomWorld {
  struct ModelLease {
    var job: JobIndex
    var allocation: UInt16
    var rate: Int64
    var granted: Instant
    var closed: Instant?
  }
  struct Charge {
    var allocation: UInt16
    var at: Instant
    var amount: Int64
  }

  let seed: UInt64
  var rng: SplitMix
  var driver: Driver
  var now = Instant.zero
  var leases: [ModelLease] = []
  var charges: [Charge] = []
  var queue: [JobIndex] = []
  let boundaries: [Instant]
  var checked = 0

  init(seed: UInt64, period: BudgetPeriod) {
    self.seed = seed
    var rng = SplitMix(seed)
    boundaries = (1...40).map { .zero + .days(30 * $0) + .hours($0 % 5) }
    var budget = BudgetState(boundaries: ContiguousArray(boundaries))
    budget.allocations = [usd(400), .max, usd(250)]
    driver = Driver(
      {
        $0.maxConcurrent = Int32(rng.int(1...4))
        $0.maxQueued = rng.chance(0.3) ? Int32(rng.int(0...4)) : .max
        $0.maxInterruptions = Int32(rng.int(1...4))
        $0.afterInterruptions = Fallback.allCases.randomElement(using: &rng)!
        $0.maxFailedRecoveries = rng.chance(0.5) ? Int32(rng.int(1...3)) : .max
        $0.afterRecoveries = Fallback.allCases.randomElement(using: &rng)!
        $0.afterProvisioning = Fallback.allCases.randomElement(using: &rng)!
        $0.afterSilence = Fallback.allCases.randomElement(using: &rng)!
        $0.provisioningGiveUpAfter = .minutes(15)
        $0.budgetLimit = rng.chance(0.85) ? usd(Double(rng.int(150...900))) : nil
        $0.budgetPeriod = period
      }, budget: budget)
    self.rng = rng
  }

  var fleet: Fleet { driver.fleet }

  /// Goes to the instant; the calendar's boundaries on the way are told to the engine, each at its own time.
  mutating func advance(to instant: Instant) throws {
    for boundary in boundaries where boundary > now && boundary <= instant {
      now = boundary
      try take(.periodTurned)
    }
    now = max(now, instant)
  }

  mutating func take(_ event: Event) throws {
    var index: JobIndex?
    if case .jobSubmitted = event { index = fleet.nextIndex }
    if case .jobDrafted = event { index = fleet.nextIndex }
    try driver.receive(event, at: now)
    for e in driver.controller.recorded { note(e, new: index) }
    try check(after: event)
  }

  /// The naive model's own evolution.
  private mutating func note(_ event: Event, new: JobIndex?) {
    switch event {
    case .jobSubmitted: queue.append(new!)
    case .jobConfirmed(let j), .resumeRequested(let j), .budgetOverridden(let j): queue.append(j)
    case .jobPromoted(let j):
      queue.removeAll { $0 == j }
      queue.insert(j, at: 0)
    case .jobBlocked(let j, _), .pauseRequested(let j), .cancelRequested(let j): queue.removeAll { $0 == j }
    case .jobAdmitted(let j):
      // Only who has another part of the budget is passed, where that part is used up.
      let passed = queue.prefix { $0 != j }.map { fleet[$0].spec.allocation }
      let own = fleet[j].spec.allocation
      #expect(
        passed.allSatisfy { $0 > 0 && $0 != own && Int($0) <= fleet.budget.allocations.count },
        "seed \(seed): not the first in the queue")
      queue.removeAll { $0 == j }
    case .podGranted(let j, let rate):
      leases.append(ModelLease(job: j, allocation: fleet[j].spec.allocation, rate: rate, granted: now))
    case .podGone(let j): close(j, at: now)
    case .podInterrupted(let j, _, _, let billedUntil): close(j, at: billedUntil)
    case .billAdjusted(let j, let amount), .storageCharged(let j, let amount):
      charges.append(Charge(allocation: fleet[j].spec.allocation, at: now, amount: amount))
    default: break
    }
  }

  private mutating func close(_ j: JobIndex, at: Instant) {
    if let open = leases.lastIndex(where: { $0.job == j && $0.closed == nil }) { leases[open].closed = at }
  }

  /// Some event that can happen now, and happens.
  mutating func step() throws {
    try advance(to: now + .minutes(rng.chance(0.05) ? rng.int(500...6000) : rng.int(1...120)))
    if rng.chance(0.12) || fleet.jobs.isEmpty {
      let spec = JobSpec(
        ordinal: driver.ordinal, pricing: rng.chance(0.8) ? .spot : .onDemand, steps: 1000,
        allocation: UInt16(rng.int(0...4)), reservation: usd(Double(rng.int(0...80))),
        maxCost: rng.chance(0.2) ? usd(Double(rng.int(1...60))) : .max)
      driver.ordinal += 1
      return try take(rng.chance(0.15) ? .jobDrafted(spec) : .jobSubmitted(spec))
    }
    if rng.chance(0.015) {
      let limit = rng.chance(0.9) ? usd(Double(rng.int(200...1500))) : nil
      switch rng.int(0...3) {
      case 0: return try take(.allocationLimitChanged(UInt16(rng.int(1...4)), limit))
      // Mostly it holds back: else a history says little about the gate.
      case 1: return try take(.budgetGateChanged(blocks: !fleet.budget.blocks || rng.chance(0.7)))
      default: return try take(.budgetLimitChanged(limit))
      }
    }
    let j = JobIndex(Int(rng.int(0...Int64(fleet.jobs.count - 1))))
    let live = fleet.slots.filter { $0 != .none }
    // What holds a slot is where things happen.
    guard let event = event(rng.chance(0.7) ? live.randomElement(using: &rng) ?? j : j) else { return }
    try take(event)
  }

  private mutating func event(_ j: JobIndex) -> Event? {
    let job = fleet[j]
    let rare = rng.chance(0.04)
    if rng.chance(0.02), job.phase != .pendingConfiguration, job.phase != .blocked {
      return rng.chance(0.5) ? .billAdjusted(j, rng.int(-5_000_000_000...5_000_000_000)) : .storageCharged(j, usd(0.3))
    }
    if rare, !Lifecycle.next(job.phase, .cancelRequested).isEmpty, rng.chance(0.5) { return .cancelRequested(j) }
    if rare, !Lifecycle.next(job.phase, .pauseRequested).isEmpty { return .pauseRequested(j) }
    switch job.phase {
    case .pendingConfiguration: return .jobConfirmed(j)
    case .queued: return rng.chance(0.1) ? .jobPromoted(j) : nil
    case .blocked: return rng.chance(0.1) ? .budgetOverridden(j) : rare ? .cancelRequested(j) : nil
    case .paused:
      if rng.chance(0.2) {
        return .pausedJobRepriced(j, rng.chance(0.5) ? .spot : .onDemand, reservation: usd(Double(rng.int(0...80))))
      }
      return rng.chance(0.4) ? .resumeRequested(j) : nil
    case .provisioning:
      return rng.chance(0.7)
        ? .podGranted(j, hourlyRate: usd(job.pricing == .spot ? 2.49 : 7.99))
        : .podUnavailable(j, .noCapacity)
    case .waitingForGPU: return .deadlinePassed(j)
    case .awaitingDecision:
      return rng.chance(0.3) ? .deadlinePassed(j) : .decisionAnswered(j, Fallback.allCases.randomElement(using: &rng)!)
    case .stopping:
      guard job.lease.isOpen else {
        return rng.chance(0.5) ? .podUnavailable(j, .timeout) : .podGranted(j, hourlyRate: usd(2.49))
      }
      if rng.chance(0.3), job.outcome == .paused {
        return .checkpointsSaved(j, step: job.durableStep + 1, keptThrough: now, blocked: .seconds(20))
      }
      return rng.chance(0.8) ? .podGone(j) : .podInterrupted(j, .lost, stoppedAt: now, billedUntil: now)
    case _ where job.phase.isWorking:
      if job.deadline <= now { return .deadlinePassed(j) }
      if rng.chance(0.2) {
        let late = Span.minutes(rng.int(0...10))
        let stopped = max(job.lease.settled, now - late)
        // A bill that ends before a boundary and is seen after it is another test's matter.
        let billed = boundaries.contains { $0 > stopped && $0 <= now } ? now : stopped
        return .podInterrupted(j, .interrupted, stoppedAt: stopped, billedUntil: billed)
      }
      if rng.chance(0.03) { return .workerFailed(j, .workerCrash) }
      if job.phase == .training, rng.chance(0.6) {
        return .checkpointsSaved(j, step: job.durableStep + 10, keptThrough: now, blocked: .seconds(30))
      }
      return job.phase.stage.map { .stageFinished(j, $0) }
    default: return nil
    }
  }
}
