import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// One replication after another: the engine, fed by the future event list and one sampled world.
///
/// Not copyable: a copy of the whole state in the loop would cost more than the events.
struct Replication: ~Copyable {
  let experiment: Experiment
  let worlds: [CompiledWorld]
  /// As many as ``worlds``, or none.
  let onDemandWorlds: [CompiledWorld]
  /// What the engine begins with.
  let fleet: Fleet
  let batchSize: Int
  private(set) var world: CompiledWorld
  /// What holds on on-demand pods; ``world`` where nothing differs.
  private(set) var onDemandWorld: CompiledWorld
  /// The two again, for drawing leases: nobody counts references, for ``worlds`` and ``onDemandWorlds`` hold them.
  private(set) var spotLuck: Unmanaged<CompiledWorld>
  private(set) var onDemandLuck: Unmanaged<CompiledWorld>
  private(set) var number: UInt32 = 0
  /// Key of every random stream of this replication.
  private(set) var base: UInt64 = 0

  var controller: Controller
  var list: FutureEventList
  var commands = CommandBuffer()
  /// By slot of the fleet.
  var pending = Table<Pending>()
  /// Kind by job index.
  var kindOf = Table<Int32>()
  /// By kind.
  let specs: [JobSpec]
  var now: Instant
  var submitted = 0
  var nextSubmission = 0
  let submissions: Int
  var nextRequest = 0
  let requests: Int
  /// How many of the world's own jobs have come.
  var arrived: UInt32 = 0
  /// After so many jobs no more are submitted.
  let lastJob: Int
  let warmUp: Int
  /// Jobs submitted before are not counted: the warm-up.
  var countsFrom = Instant.distantPast
  let keepsJobs: Bool
  let isRolling: Bool
  /// Whether leases may be drawn when they are asked for, because nothing that happens reads the spending in between: there is
  /// no gate and no cap, and nobody asks for anything.
  private(set) var isEager = false
  private let hasGates: Bool
  var nextMark = 0
  var nextBoundary = 0
  var result: ReplicationResult
  /// By slot of the fleet, the checkpoints of the lease that is held: their steps, and when training went on. Only where what
  /// happened is kept.
  var saved: [[(step: Int32, through: Instant)]] = []
  /// The next arrival of the world's own.
  var randomArrival: Instant?
  /// Which kind of job it is, and the time to the one after it: two uniform numbers.
  var nextLuck = (0.5, 0.5)

  /// In a simulation a job gives up after so many requests for one lease: with `then: keep_trying` and no horizon, a replication
  /// would have no end.
  static var mostRequests: UInt16 { .max }

  enum Slot {
    static let arrival = 0
    static let boundary = 1
    static let mark = 2
    static let jobs = 3
  }

  struct Pending: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case none, grant, unavailable, deadline, answer, lease, gone }
    var kind = Kind.none
    var job = JobIndex.none
    var plan = LeasePlan()
  }

  /// - Parameter worlds: the experiment's, compiled; at least one.
  init(_ experiment: Experiment, _ worlds: [CompiledWorld], onDemand: [CompiledWorld]) {
    self.experiment = experiment
    self.worlds = worlds
    onDemandWorlds = onDemand
    world = worlds[0]
    onDemandWorld = worlds[0]
    spotLuck = .passUnretained(world)
    onDemandLuck = spotLuck
    specs = Replication.specs(experiment, worlds[0].kinds)
    controller = Controller(fleet: experiment.fleet, policies: experiment.policies)
    fleet = controller.fleet
    list = FutureEventList(slots: Slot.jobs + max(1, min(Int(experiment.policies.maxConcurrent), 61)))
    now = experiment.start
    submissions = experiment.submissions.count
    requests = experiment.requests.count
    keepsJobs = experiment.keepsJobs
    isRolling = experiment.policies.budgetPeriod == .rolling30Days
    hasGates =
      experiment.policies.budgetLimit != nil || !experiment.fleet.budget.allocations.isEmpty
      || experiment.maxCosts.contains { $0 < .max } || experiment.fleet.jobs.contains { $0.spec.maxCost < .max }
    if case .jobs(let n, let warmUp) = experiment.horizon {
      (lastJob, self.warmUp) = (n, warmUp)
      batchSize = n - warmUp >= 3_200 ? (n - warmUp) / 32 : 0
    } else {
      (lastJob, warmUp, batchSize) = (.max, 0, 0)
    }
    result = ReplicationResult(number: 0, start: experiment.start, batchSize: batchSize)
  }

  /// Everything back to the beginning, in the world and with the luck of this number.
  private mutating func begin(_ number: Int) {
    self.number = UInt32(number)
    base = RandomStream.base(seed: experiment.seed, replication: UInt64(number))
    world = worlds[number % worlds.count]
    onDemandWorld = onDemandWorlds.isEmpty ? world : onDemandWorlds[number % worlds.count]
    spotLuck = .passUnretained(world)
    onDemandLuck = .passUnretained(onDemandWorld)
    controller.fleet.reset(to: fleet)
    controller.recordsEvents = experiment.traces && number == 0
    isEager = !hasGates && !controller.recordsEvents && requests == 0
    list.load([])
    for slot in pending.indices { pending[slot].kind = .none }
    kindOf.removeAll()
    for _ in fleet.jobs { kindOf.append(0) }
    now = experiment.start
    (submitted, nextSubmission, nextRequest, nextMark, nextBoundary, arrived) = (0, 0, 0, 0, 0, 0)
    countsFrom = warmUp > 0 ? .distantFuture : .distantPast
    randomArrival = nil
    result = ReplicationResult(number: self.number, start: experiment.start, batchSize: batchSize)
  }

  // MARK: The loop

  mutating func run(_ number: Int) throws(TransitionError) -> ReplicationResult {
    begin(number)
    let end: Instant
    if case .until(let instant) = experiment.horizon { end = instant } else { end = .distantFuture }
    try resume()
    scheduleArrival()
    nextBoundary =
      controller.fleet.budget.boundaries.firstIndex { $0 > now } ?? controller.fleet.budget.boundaries.count
    scheduleBoundary()
    scheduleMark()
    while let slot = list.earliest, let key = list.earliestKey, key.time <= end {
      result.advance(to: key.time, queued: controller.fleet.queued, busy: controller.fleet.slotsInUse)
      now = key.time
      // What fires leaves the list by being overwritten with what comes next in its slot: half the work of cancelling first.
      switch slot {
      case Slot.arrival: try arrive()
      case Slot.boundary:
        list.cancel(slot: slot)
        try openDue(at: now)
        try receive(.periodTurned, at: now)
        nextBoundary += 1
        scheduleBoundary()
      case Slot.mark:
        list.cancel(slot: slot)
        try openDue(at: now)
        result.marks.append(controller.fleet.accrued(at: now))
        nextMark += 1
        scheduleMark()
      default:
        let place = slot - Slot.jobs
        try fire(place)
        if pending[place].kind == .none { list.cancel(slot: slot) }
      }
    }
    try finish(end)
    return result
  }

  mutating func finish(_ end: Instant) throws(TransitionError) {
    if end < .distantFuture {
      result.advance(to: end, queued: controller.fleet.queued, busy: controller.fleet.slotsInUse)
      now = end
      try openDue(at: now)
    }
    if keepsJobs {
      for index in controller.fleet.jobs.indices where !controller.fleet.jobs[index].phase.isTerminal {
        var job = controller.fleet.jobs[index]
        job.costs[.work] += job.cost(at: now) - job.costs.total
        result.jobs.append(outcome(job, kind: kindOf[index]))
      }
    }
    if experiment.keepsStatistics { result.sort() }
    result.end = now
    result.accrued = controller.fleet.accrued(at: now)
    result.digest = controller.fleet.digest
    result.isBalanced = controller.fleet.ledger.isBalanced
    if controller.recordsEvents { keepWhatRuns(at: now) }
  }

  /// Gives one fact to the engine and lets the world act on what it orders.
  mutating func receive(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.receive(event, at: instant, into: &commands)
    result.events &+= 1
    if controller.recordsEvents {
      for e in controller.recorded { result.trace.append((instant, e, ordinalOf(e))) }
    }
    let subject = controller.fleet.subject
    var gone = JobIndex.none
    var stopping = JobIndex.none
    for c in 0..<commands.count {
      switch commands.command(at: c) {
      case .requestPod(let j, let lease, let pricing): request(j, lease, pricing)
      case .startWorker(let j): start(granted: j)
      // One that is not there yet goes when it comes.
      case .terminatePod(let j): if controller.fleet.jobs[Int(j.rawValue)].lease.isOpen { gone = j }
      case .stopWorker(let j): if controller.fleet.jobs[Int(j.rawValue)].lease.isOpen { stopping = j }
      case .notify: break
      }
    }
    if isRolling { scheduleRelief(at: instant) }
    if subject == .none { return }
    if gone != .none { return try receive(.podGone(gone), at: instant) }
    if stopping != .none { return try stop(stopping, at: instant) }
    try settle(subject, at: instant)
  }

  /// Makes room for another job, except where what happened is kept: there a job's index stays its own.
  private mutating func retire(_ index: JobIndex) {
    if !controller.recordsEvents { controller.fleet.retire(index) }
  }

  /// After the engine has decided: what waits for time gets an entry in the list; what is over is recorded.
  mutating func settle(_ index: JobIndex, at instant: Instant) throws(TransitionError) {
    guard index != .none else { return }
    switch controller.fleet.jobs[Int(index.rawValue)].phase {
    case .waitingForGPU:
      // Further requests would meet the luck of earlier ones: whoever has not found a pod by now never will.
      if controller.fleet.jobs[Int(index.rawValue)].requests == Replication.mostRequests {
        return try receive(.jobFailed(index, .provisioning), at: instant)
      }
      schedule(.deadline, index, at: controller.fleet[index].deadline)
    case .awaitingDecision: ask(index, controller.fleet[index], at: instant)
    case .completed, .failed, .cancelled:
      record(index)
      retire(index)
    case .blocked:
      record(index)
      // Nobody overrides a refusal in a simulation: the job makes room.
      try fact(.cancelRequested(index), at: instant)
      retire(index)
    default: break
    }
  }

  func ordinalOf(_ event: Event) -> UInt32 {
    switch event {
    case .jobDrafted(let spec), .jobSubmitted(let spec): spec.ordinal
    default: event.job.map { controller.fleet[$0].spec.ordinal } ?? .max
    }
  }

  // MARK: Timers, the start, records

  mutating func scheduleBoundary() {
    let boundaries = controller.fleet.budget.boundaries
    guard controller.fleet.budget.period == .calendar, nextBoundary < boundaries.count, hasWork else { return }
    list.schedule(EventKey(time: boundaries[nextBoundary], priority: 10, ordinal: 0), slot: Slot.boundary)
  }

  /// Under a rolling limit the head of the queue may pass when old spending leaves the window, which is no event: look
  /// again every hour while there is something that can leave.
  mutating func scheduleRelief(at instant: Instant) {
    guard controller.fleet.queued > 0,
      controller.fleet.slotsInUse < Int(experiment.policies.maxConcurrent), list.key(slot: Slot.boundary) == nil,
      controller.fleet.spent(at: instant) > 0
    else { return }
    list.schedule(EventKey(time: instant + .hours(1), priority: 10, ordinal: 0), slot: Slot.boundary)
  }

  mutating func scheduleMark() {
    guard nextMark < experiment.marks.count else { return }
    list.schedule(EventKey(time: experiment.marks[nextMark], priority: 5, ordinal: 0), slot: Slot.mark)
  }

  /// Without a horizon in time, boundaries alone must not keep the replication alive.
  var hasWork: Bool {
    if case .until = experiment.horizon { return true }
    return list.key(slot: Slot.arrival) != nil || controller.fleet.slotsInUse > 0 || controller.fleet.queued > 0
  }

  mutating func resume() throws(TransitionError) {
    drawFirstArrival()
    for resumption in experiment.resumptions { kindOf[Int(resumption.index.rawValue)] = Int32(resumption.kind) }
    for resumption in experiment.resumptions {
      let job = controller.fleet[resumption.index]
      switch job.phase {
      case .provisioning: request(resumption.index, job.lease.number, job.pricing)
      case .waitingForGPU where job.deadline < .distantFuture:
        schedule(.deadline, resumption.index, at: job.deadline)
      // A history knows what happened, not what was decided then: the engine decides at the fork. An event that changes nothing
      // makes it look.
      case .admitted, .interrupted, .waitingForGPU: try receive(.billAdjusted(resumption.index, 0), at: now)
      case .awaitingDecision: ask(resumption.index, job, at: now)
      // What was decided about it takes effect; when its pod is let go is no longer in question.
      case .stopping: try receive(.podGone(resumption.index), at: now)
      case _ where job.phase.isWorking:
        resume(resumption, job)
      default: break
      }
    }
    // Whoever waits and now finds a slot takes it.
    try receive(.budgetLimitChanged(controller.fleet.budget.limit), at: now)
  }

  func outcome(_ job: Job, kind: Int32) -> JobOutcome {
    JobOutcome(
      replication: number, ordinal: job.spec.ordinal, kind: kind, phase: job.phase, failure: job.failure,
      refusal: job.refusal, pricing: job.pricing, submitted: job.submitted, admitted: job.admitted, ended: job.ended,
      billed: job.billed, costs: job.costs, interruptions: job.interruptions, leases: Int32(job.lease.number),
      durableStep: job.durableStep)
  }

  mutating func record(_ index: JobIndex) {
    let i = Int(index.rawValue)
    guard controller.fleet.jobs[i].submitted >= countsFrom else { return }
    if experiment.keepsStatistics {
      let jobs = controller.fleet.jobs
      result.record(
        jobs[i].phase, jobs[i].failure, submitted: jobs[i].submitted, admitted: jobs[i].admitted, ended: jobs[i].ended,
        billed: jobs[i].billed, cost: jobs[i].costs.total, interruptions: jobs[i].interruptions)
    }
    if keepsJobs { result.jobs.append(outcome(controller.fleet.jobs[i], kind: kindOf[i])) }
  }
}
