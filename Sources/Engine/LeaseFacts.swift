import DiscreteEvent

/// Everything that happens on one lease before its pod is gone, as one value: it stands for a `podGranted`, a `stageFinished` for
/// each stage that ended in time and one `checkpointsSaved`, each at its own instant.
///
/// Who knows a lease's whole course (a simulation does) gives it to the engine at once; the state is the same, to the bit, as
/// after one event at a time. Ends that lie beyond the lease's end have not happened.
@frozen
public struct LeaseFacts: Hashable, Sendable, BitwiseCopyable {
  /// When the pod was granted; `distantFuture` where that is known already.
  public var granted = Instant.distantFuture
  /// What it then costs, in nanodollars an hour.
  public var hourlyRate: Int64 = 0
  /// When each stage ended; `distantFuture` for a stage that is not passed on this lease.
  public var bootEnd = Instant.distantFuture
  public var preprocessingEnd = Instant.distantFuture
  public var loadingEnd = Instant.distantFuture
  public var restoreEnd = Instant.distantFuture
  public var trainingEnd = Instant.distantFuture
  public var finalizationEnd = Instant.distantFuture
  /// What is durable in the end; the job's own where nothing was saved.
  public var durableStep: Int32 = 0
  public var keptThrough = Instant.zero
  /// How long training stood still for checkpoints in all.
  public var blocked = Span.zero
  /// When the last of them was durable.
  public var durableAt = Instant.zero

  @inlinable public init() {}

  /// Whether anything was saved, where the job's durable step was this before.
  @inlinable
  public func hasSaved(since durable: Int32) -> Bool { blocked > .zero || durableStep > durable }

  /// Calls `body` with each event and its instant, in the order of time, up to the instant `stop`.
  public func forEach(
    of job: JobIndex, durable: Int32, until stop: Instant,
    _ body: (Event, Instant) throws(TransitionError) -> Void
  ) throws(TransitionError) {
    if granted < .distantFuture { try body(.podGranted(job, hourlyRate: hourlyRate), granted) }
    if bootEnd <= stop { try body(.stageFinished(job, .boot), bootEnd) }
    if preprocessingEnd <= stop { try body(.stageFinished(job, .preprocessing), preprocessingEnd) }
    if loadingEnd <= stop { try body(.stageFinished(job, .modelLoading), loadingEnd) }
    if restoreEnd <= stop { try body(.stageFinished(job, .restore), restoreEnd) }
    let saved = Event.checkpointsSaved(job, step: durableStep, keptThrough: keptThrough, blocked: blocked)
    // An upload may end after training has.
    let late = durableAt > trainingEnd
    if hasSaved(since: durable), !late { try body(saved, durableAt) }
    if trainingEnd <= stop { try body(.stageFinished(job, .training), trainingEnd) }
    if hasSaved(since: durable), late { try body(saved, durableAt) }
    if finalizationEnd <= stop { try body(.stageFinished(job, .finalization), finalizationEnd) }
  }
}

extension Fleet {
  /// Applies a lease's facts up to the instant `stop` at once, and returns how many events they stand for. O(1).
  ///
  /// Throws where an event does not follow from the job's phase, as ``evolve(_:at:)`` would; the job is then as far as the
  /// events before.
  public mutating func evolve(
    _ facts: borrowing LeaseFacts, of job: JobIndex, until stop: Instant
  ) throws(TransitionError) -> Int {
    guard job.int < jobs.count else { throw TransitionError(phase: nil, event: .stageFinished, ordinal: .max) }
    jobs.own()
    subject = job
    var events = 0
    if facts.granted < .distantFuture {
      guard jobs[job.int].phase == .provisioning, !jobs[job.int].lease.isOpen else {
        throw TransitionError(phase: jobs[job.int].phase, event: .podGranted, ordinal: jobs[job.int].spec.ordinal)
      }
      jobs[job.int].openLease(rate: facts.hourlyRate, at: facts.granted, boots: true)
      events = 1
    }
    let worked = jobs[job.int].work(facts, until: stop, &ledger)
    guard worked >= 0 else {
      throw TransitionError(phase: jobs[job.int].phase, event: .stageFinished, ordinal: jobs[job.int].spec.ordinal)
    }
    return events &+ worked
  }
}

extension Job {
  /// See ``Fleet/evolve(_:of:until:)``; −1 where the facts do not follow from the phase.
  @inline(__always)
  fileprivate mutating func work(_ facts: borrowing LeaseFacts, until end: Instant, _ ledger: inout Ledger) -> Int {
    let first = lease.number == 1
    var (phase, settled, posted, events) = (self.phase, lease.settled, lease.posted, 0)
    let (granted, rate) = (lease.granted, lease.hourlyRate)
    // Charges the bill up to an instant: what it adds.
    func charge(to instant: Instant) -> Int64 {
      guard instant > settled else { return 0 }
      let whole = Ledger.cost(hourlyRate: rate, time: instant - granted)
      let amount = whole &- posted
      (settled, posted) = (instant, whole)
      return amount
    }
    var (setup, recovery, kept, standing) = (Int64(0), Int64(0), Int64(0), Int64(0))
    if facts.bootEnd <= end {
      guard phase == .booting else { return -1 }
      if first { setup = charge(to: facts.bootEnd) } else { recovery = charge(to: facts.bootEnd) }
      phase = preprocessed ? .loadingModel : .preprocessing
      events += 1
    }
    if facts.preprocessingEnd <= end {
      guard phase == .preprocessing else { return -1 }
      setup &+= charge(to: facts.preprocessingEnd)
      preprocessed = true
      phase = .loadingModel
      events += 1
    }
    if facts.loadingEnd <= end {
      guard phase == .loadingModel else { return -1 }
      let amount = charge(to: facts.loadingEnd)
      if first { setup &+= amount } else { recovery &+= amount }
      phase = first ? .training : .restoring
      events += 1
    }
    if facts.restoreEnd <= end {
      guard phase == .restoring else { return -1 }
      recovery &+= charge(to: facts.restoreEnd)
      phase = .training
      events += 1
    }
    if facts.hasSaved(since: durableStep) {
      guard phase == .training || phase == .finalizing else { return -1 }
      kept = charge(to: facts.keptThrough - facts.blocked)
      standing = charge(to: facts.keptThrough)
      durableStep = max(durableStep, facts.durableStep)
      events += 1
    }
    if facts.trainingEnd <= end {
      guard phase == .training else { return -1 }
      lease.trainingEnded = facts.trainingEnd
      phase = .finalizing
      events += 1
    }
    if facts.finalizationEnd <= end {
      guard phase == .finalizing else { return -1 }
      kept &+= charge(to: lease.trainingEnded)
      setup &+= charge(to: facts.finalizationEnd)
      durableStep = spec.steps
      events += 1
      stop(outcome: .completed, .none)
      phase = .stopping
    }
    self.phase = phase
    lease.settled = settled
    lease.posted = posted
    var amounts = AccountTotals()
    amounts.setup = setup
    amounts.recovery = recovery
    amounts.work = kept
    amounts.checkpoints = standing
    costs += amounts
    ledger.post(amounts, setup &+ recovery &+ kept &+ standing)
    return events
  }
}
