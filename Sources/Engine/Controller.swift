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
    try take(event, at: now, &commands)
    let subject = fleet.subject
    try decideAll(about: subject, at: now, &commands)
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

  private mutating func take(
    _ event: Event, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    try fleet.evolve(event, at: now)
    if recordsEvents { recorded.append(event) }
    command(after: event, &commands)
  }

  private mutating func admit(at now: Instant, _ commands: inout CommandBuffer) throws(TransitionError) {
    while fleet.queued > 0, fleet.slotsInUse < Int(policies.maxConcurrent) {
      let head = fleet.queueHead
      guard fleet.refusal(of: head, at: now) == .none else { return }
      try take(.jobAdmitted(head), at: now, &commands)
      try decideAll(about: head, at: now, &commands)
    }
  }

  @inline(__always)
  private mutating func decideAll(
    about index: JobIndex, at now: Instant, _ commands: inout CommandBuffer
  ) throws(TransitionError) {
    guard index != .none else { return }
    while fleet.jobs[index.int].isUndecided, let decision = decide(about: index, at: now) {
      try take(decision, at: now, &commands)
    }
  }

  @inline(__always)
  private func command(after event: Event, _ commands: inout CommandBuffer) {
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
    case .podGone(let j):
      switch fleet.jobs[j.int].phase {
      case .completed: commands.append(.notify(j, .completed))
      case .failed: commands.append(.notify(j, .failed))
      case .cancelled: commands.append(.notify(j, .cancelled))
      default: break
      }
    default: break
    }
  }
}
