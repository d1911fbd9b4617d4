import DiscreteEvent

/// The engine's one step: take a fact, evolve, decide until nothing is left to decide, and say what is to be done.
///
/// The simulator and live mode both drive exactly this.
public struct Controller: Sendable {
  public var fleet: Fleet
  public var policies: Policies
  /// Events of the last step, the fact first and then what was decided, when ``recordsEvents`` is set.
  public private(set) var recorded: ContiguousArray<Event> = []
  public var recordsEvents = false

  public init(fleet: Fleet = Fleet(), policies: Policies = Policies()) {
    self.fleet = fleet
    self.policies = policies
    self.fleet.budget.limit = policies.budgetLimit
    self.fleet.budget.period = policies.budgetPeriod
  }

  /// Takes one fact. `commands` receives what is to be done, in order; it is emptied first.
  public mutating func receive(
    _ event: Event, at now: Instant, into commands: inout CommandBuffer
  ) throws(TransitionError) {
    commands.removeAll()
    if recordsEvents { recorded.removeAll(keepingCapacity: true) }
    fleet.jobs.own()
    switch event {
    // What every job meets, compiled on its own.
    case .jobSubmitted(let spec): try step(.jobSubmitted(spec), at: now)
    case .podGone(let j):
      try step(.podGone(j), at: now)
      tellEnd(of: j, &commands)
    default: try take(event, at: now, &commands)
    }
    let subject = fleet.subject
    if subject != .none { try decideAll(about: subject, at: now, &commands) }
    if fleet.queued > 0 {
      try admit(at: now, &commands)
      switch event {
      case .jobSubmitted, .jobConfirmed:
        if let refusal = refuse(subject, at: now) { try take(.jobBlocked(subject, refusal), at: now, &commands) }
      default: break
      }
    }
    fleet.subject = subject
  }

  /// Evolves, and records. Compiled anew wherever the event is known.
  @inline(__always)
  private mutating func step(_ event: Event, at now: Instant) throws(TransitionError) {
    try fleet.apply(event, at: now)
    if recordsEvents { recorded.append(event) }
  }

  /// Evolves by any event, and says what follows from it.
  @inline(never)
  private mutating func take(
    _ event: Event, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    try step(event, at: now)
    command(after: event, &commands)
  }

  @inline(never)
  private mutating func admit(at now: Instant, _ commands: inout CommandBuffer) throws(TransitionError) {
    while fleet.queued > 0, fleet.slotsInUse < Int(policies.maxConcurrent) {
      var next = fleet.queueHead
      var refusal = fleet.refusal(of: next, at: now)
      if refusal == .allocation { (next, refusal) = pass(next, at: now) }
      guard refusal == .none else { return }
      try step(.jobAdmitted(next), at: now)
      try decideAll(about: next, at: now, &commands)
    }
  }

  /// A part of the budget that is used up holds back its own jobs alone: the first behind `head` that has another part. O(queue).
  @inline(never)
  private mutating func pass(_ head: JobIndex, at now: Instant) -> (JobIndex, Refusal) {
    var (next, refusal) = (head, Refusal.allocation)
    var usedUp: [UInt16] = []
    while refusal == .allocation {
      usedUp.append(fleet.jobs[next.int].spec.allocation)
      repeat {
        next = fleet.jobs[next.int].next
        guard next != .none else { return (next, .allocation) }
      } while usedUp.contains(fleet.jobs[next.int].spec.allocation)
      refusal = fleet.refusal(of: next, at: now)
    }
    return (next, refusal)
  }

  @inline(__always)
  private mutating func decideAll(
    about index: JobIndex, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    guard fleet.jobs[index.int].isUndecided else { return }
    if fleet.jobs[index.int].phase == .admitted { return try requestPod(index, at: now, &commands) }
    try decideRest(about: index, at: now, &commands)
  }

  @inline(__always)
  private mutating func requestPod(
    _ index: JobIndex, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    try step(.podRequested(index), at: now)
    commands.append(
      .requestPod(index, lease: fleet.jobs[index.int].lease.number, fleet.jobs[index.int].pricing))
  }

  @inline(never)
  private mutating func decideRest(
    about index: JobIndex, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    while fleet.jobs[index.int].isUndecided, let decision = decide(about: index, at: now) {
      try take(decision, at: now, &commands)
    }
  }

  // Mutating, as all that is called in the loop: a large value that only reads itself would be copied for each call.
  private mutating func command(after event: Event, _ commands: inout CommandBuffer) {
    switch event {
    case .podRequested(let j):
      commands.append(.requestPod(j, lease: fleet.jobs[j.int].lease.number, fleet.jobs[j.int].pricing))
    case .podGranted(let j, _):
      commands.append(fleet.jobs[j.int].phase == .stopping ? .terminatePod(j) : .startWorker(j))
    case .stageFinished(let j, .finalization), .workerFailed(let j, _):
      commands.append(.terminatePod(j))
    case .cancelRequested(let j):
      if fleet.jobs[j.int].phase == .stopping { commands.append(.terminatePod(j)) }
    case .pauseRequested(let j):
      if fleet.jobs[j.int].phase == .stopping { commands.append(.stopWorker(j)) }
    case .stopOrdered(let j, _):
      commands.append(.stopWorker(j))
      commands.append(.notify(j, .capReached))
    case .jobBlocked(let j, _): commands.append(.notify(j, .blocked))
    case .decisionRequested(let j, _, _): commands.append(.notify(j, .decisionNeeded))
    case .podInterrupted(let j, _, _, _): commands.append(.notify(j, .interrupted))
    case .switchedToOnDemand(let j): commands.append(.notify(j, .switchedToOnDemand))
    case .jobFailed(let j, _): commands.append(.notify(j, .failed))
    case .podUnavailable(let j, _):
      if fleet.jobs[j.int].phase == .waitingForGPU, fleet.jobs[j.int].attempts == 1 {
        commands.append(.notify(j, .waitingForGPU))
      }
    case .stageFinished(let j, .restore): commands.append(.notify(j, .resumed))
    case .podGone(let j): tellEnd(of: j, &commands)
    default: break
    }
  }

  @inline(__always)
  private mutating func tellEnd(of j: JobIndex, _ commands: inout CommandBuffer) {
    switch fleet.jobs[j.int].phase {
    case .completed: commands.append(.notify(j, .completed))
    case .failed: commands.append(.notify(j, .failed))
    case .cancelled: commands.append(.notify(j, .cancelled))
    default: break
    }
  }
}
