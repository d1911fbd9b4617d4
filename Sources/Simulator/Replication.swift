import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// One replication: the engine, fed by the future event list and one sampled world.
///
/// Not copyable: a copy of the whole state in the loop would cost more than the events.
struct Replication: ~Copyable {
  let experiment: Experiment
  let world: CompiledWorld
  /// What holds on on-demand pods; ``world`` where nothing differs.
  let onDemandWorld: CompiledWorld
  let number: UInt32
  /// Key of every random stream of this replication.
  let base: UInt64

  private var controller: Controller
  private var list: FutureEventList
  private var commands = CommandBuffer()
  private var pending: ContiguousArray<Pending> = []
  /// Kind by job index.
  private var kindOf: ContiguousArray<Int32> = []
  private var now: Instant
  private var submitted = 0
  private var nextSubmission = 0
  private var nextMark = 0
  private var nextBoundary = 0
  private var ordinal: UInt32
  private(set) var result: ReplicationResult

  private enum Slot {
    static let arrival = 0
    static let boundary = 1
    static let mark = 2
    static let jobs = 3
  }

  private struct Pending: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case none, grant, unavailable, deadline, answer, lease, detected }
    var kind = Kind.none
    var job = JobIndex.none
    var plan = LeasePlan()
  }

  init(_ experiment: Experiment, world: CompiledWorld, onDemandWorld: CompiledWorld? = nil, number: UInt32) {
    self.experiment = experiment
    self.world = world
    self.onDemandWorld = onDemandWorld ?? world
    self.number = number
    base = RandomStream.base(seed: experiment.seed, replication: UInt64(number))
    controller = Controller(fleet: experiment.fleet, policies: experiment.policies)
    controller.recordsEvents = experiment.traces && number == 0
    list = FutureEventList(slots: 16)
    now = experiment.start
    ordinal = experiment.firstOrdinal
    var batchSize = 0
    if case .jobs(let n, let warmUp) = experiment.horizon, n - warmUp >= 3_200 { batchSize = (n - warmUp) / 32 }
    result = ReplicationResult(number: number, start: experiment.start, batchSize: batchSize)
    kindOf = ContiguousArray(repeating: 0, count: experiment.fleet.jobs.count)
  }

  // MARK: The loop

  mutating func run() throws(TransitionError) -> ReplicationResult {
    let end: Instant
    if case .until(let instant) = experiment.horizon { end = instant } else { end = .distantFuture }
    try resume()
    scheduleArrival()
    nextBoundary =
      controller.fleet.budget.boundaries.firstIndex { $0 > now } ?? controller.fleet.budget.boundaries.count
    scheduleBoundary()
    scheduleMark()
    while let slot = list.earliest, let key = list.key(slot: slot), key.time <= end {
      result.advance(to: key.time, queued: controller.fleet.queued, busy: controller.fleet.slotsInUse)
      now = key.time
      list.cancel(slot: slot)
      switch slot {
      case Slot.arrival: try arrive()
      case Slot.boundary:
        try receive(.periodTurned, at: now)
        nextBoundary += 1
        scheduleBoundary()
      case Slot.mark:
        result.marks.append(controller.fleet.accrued(at: now))
        nextMark += 1
        scheduleMark()
      default: try fire(slot - Slot.jobs)
      }
    }
    finish(end)
    return result
  }

  private mutating func finish(_ end: Instant) {
    if end < .distantFuture {
      result.advance(to: end, queued: controller.fleet.queued, busy: controller.fleet.slotsInUse)
      now = end
    }
    if experiment.keepsJobs {
      for index in controller.fleet.jobs.indices where !controller.fleet.jobs[index].phase.isTerminal {
        var job = controller.fleet.jobs[index]
        job.costs[.work] += job.cost(at: now) - job.costs.total
        result.jobs.append(outcome(job, kind: kindOf[index]))
      }
    }
    result.end = now
    result.accrued = controller.fleet.accrued(at: now)
    result.digest = controller.fleet.digest
    result.isBalanced = controller.fleet.ledger.isBalanced
  }

  /// Gives one fact to the engine and lets the world act on what it orders.
  private mutating func receive(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.receive(event, at: instant, into: &commands)
    result.events &+= 1
    if controller.recordsEvents {
      for e in controller.recorded { result.trace.append((instant, e, ordinalOf(e))) }
    }
    let subject = controller.fleet.subject
    var gone = JobIndex.none
    var stopping = JobIndex.none
    for command in commands.commands {
      switch command {
      case .requestPod(let j, let lease, let pricing): request(j, lease, pricing)
      case .startWorker(let j): start(j, resumption: nil)
      case .terminatePod(let j): gone = j
      case .stopWorker(let j): stopping = j
      case .notify: break
      }
    }
    scheduleRelief(at: instant)
    if event.concernsFleet { return }
    if gone != .none { return try receive(.podGone(gone), at: instant) }
    if stopping != .none { return try stop(stopping, at: instant) }
    try settle(subject, at: instant)
  }

  /// After the engine has decided: what waits for time gets an entry in the list; what is over is recorded.
  private mutating func settle(_ index: JobIndex, at instant: Instant) throws(TransitionError) {
    guard index != .none else { return }
    let job = controller.fleet[index]
    switch job.phase {
    case .waitingForGPU: schedule(.deadline, index, at: job.deadline)
    case .awaitingDecision: ask(index, job, at: instant)
    case .completed, .failed, .cancelled:
      record(job, kind: kindOf[Int(index.rawValue)])
      controller.fleet.retire(index)
    case .blocked:
      record(job, kind: kindOf[Int(index.rawValue)])
      // Nobody overrides a refusal in a simulation: the job makes room.
      try fact(.cancelRequested(index), at: instant)
      controller.fleet.retire(index)
    default: break
    }
  }

  private func ordinalOf(_ event: Event) -> UInt32 {
    switch event {
    case .jobDrafted(let spec), .jobSubmitted(let spec): spec.ordinal
    default: event.job.map { controller.fleet[$0].spec.ordinal } ?? .max
    }
  }

  // MARK: The world's answers

  private mutating func schedule(_ kind: Pending.Kind, _ index: JobIndex, at instant: Instant) {
    let job = controller.fleet[index]
    let slot = Int(job.slot)
    if pending.count <= slot {
      while pending.count <= slot { pending.append(Pending()) }
      list.reserve(slots: Slot.jobs + pending.count)
    }
    pending[slot].kind = kind
    pending[slot].job = index
    list.schedule(
      EventKey(time: max(instant, now), ordinal: job.spec.ordinal, part: job.lease.number), slot: Slot.jobs + slot)
  }

  private mutating func request(_ index: JobIndex, _ lease: UInt16, _ pricing: Pricing) {
    let job = controller.fleet[index]
    var stream = RandomStream(
      base: base, entity: job.spec.ordinal, part: lease,
      purpose: Purpose.provisioning &+ 16 &* job.requests)
    let availability = world.parameters.availability[pricing]
    var success = availability.success
    if job.attempts > 1, let rate = availability.recoveryRatePerHour {
      success *= 1 - exp(-rate * experiment.policies.provisioningRetryEvery.hours)
    }
    let delay = stream.uniform()
    if success >= 1 || stream.uniform() < success {
      schedule(.grant, index, at: now + Span(seconds: max(0, world.provisioning[pricing].quantile(delay))))
    } else {
      schedule(.unavailable, index, at: now)
    }
  }

  private mutating func start(_ index: JobIndex, resumption: Experiment.Resumption?) {
    let job = controller.fleet[index]
    let world = job.lease.pricing == .spot ? self.world : onDemandWorld
    let plan = plan(
      job, in: world, kind: world.kinds[Int(kindOf[Int(index.rawValue)])], resumption: resumption, at: now)
    var at = plan.stop
    if plan.end == .interrupted, world.detectionTakesTime {
      var stream = RandomStream(
        base: base, entity: job.spec.ordinal, part: job.lease.number, purpose: Purpose.detection)
      at = at + world.detection.span(&stream)
    }
    schedule(.lease, index, at: at)
    pending[Int(job.slot)].plan = plan
  }

  private mutating func ask(_ index: JobIndex, _ job: Job, at instant: Instant) {
    var at = job.deadline
    var kind = Pending.Kind.deadline
    if let delay = world.answerDelay {
      var stream = RandomStream(
        base: base, entity: job.spec.ordinal, part: job.lease.number, purpose: Purpose.answer &+ 16 &* job.requests)
      let answered = instant + delay.span(&stream)
      if answered < at { (at, kind) = (answered, .answer) }
    }
    schedule(kind, index, at: at)
  }

  /// A worker that was told to stop publishes what is durable, and the pod is let go.
  private mutating func stop(_ index: JobIndex, at instant: Instant) throws(TransitionError) {
    try receive(.podGone(index), at: instant)
  }

  private mutating func fire(_ slot: Int) throws(TransitionError) {
    let entry = pending[slot]
    pending[slot].kind = .none
    switch entry.kind {
    case .none, .detected: break
    case .grant:
      let pricing = controller.fleet[entry.job].pricing
      try receive(.podGranted(entry.job, hourlyRate: world.hourlyRate[pricing]), at: now)
    case .unavailable: try receive(.podUnavailable(entry.job, .noCapacity), at: now)
    case .deadline: try receive(.deadlinePassed(entry.job), at: now)
    case .answer:
      let job = controller.fleet[entry.job]
      let answer = world.parameters.answer == .onDemand && job.pricing == .onDemand ? .fail : world.parameters.answer
      try receive(.decisionAnswered(entry.job, answer), at: now)
      // An answer that the budget did not let pass: whoever gave it has no other one.
      let after = controller.fleet[entry.job]
      if after.phase == .awaitingDecision { schedule(.deadline, entry.job, at: after.deadline) }
    case .lease: try deliver(entry.plan, entry.job)
    }
  }

  /// Delivers a lease's facts, each at its own time, and then its end.
  private mutating func deliver(_ plan: LeasePlan, _ j: JobIndex) throws(TransitionError) {
    let stop = plan.stop
    // A stage that ends in the very instant of the stop counts as ended.
    if plan.bootEnd <= stop { try fact(.stageFinished(j, .boot), at: plan.bootEnd) }
    if plan.preprocessingEnd <= stop { try fact(.stageFinished(j, .preprocessing), at: plan.preprocessingEnd) }
    if plan.loadingEnd <= stop { try fact(.stageFinished(j, .modelLoading), at: plan.loadingEnd) }
    if plan.restoreEnd <= stop { try fact(.stageFinished(j, .restore), at: plan.restoreEnd) }
    let saved = plan.blocked > .zero || plan.durableStep > controller.fleet[j].durableStep
    let checkpoints = Event.checkpointsSaved(
      j, step: plan.durableStep, keptThrough: plan.keptThrough, blocked: plan.blocked)
    // An upload may end after training has.
    let late = plan.durableAt > plan.trainingEnd
    if saved, !late { try fact(checkpoints, at: plan.durableAt) }
    if plan.trainingEnd <= stop { try fact(.stageFinished(j, .training), at: plan.trainingEnd) }
    if saved, late { try fact(checkpoints, at: plan.durableAt) }
    switch plan.end {
    case .completed: try receive(.stageFinished(j, .finalization), at: stop)
    case .interrupted:
      let billedUntil = world.parameters.detectionIsBilled ? now : stop
      try receive(.podInterrupted(j, .interrupted, stoppedAt: stop, billedUntil: billedUntil), at: now)
    case .crashed: try receive(.workerFailed(j, .workerCrash), at: stop)
    case .outOfMemory: try receive(.workerFailed(j, .outOfMemory), at: stop)
    case .cancelled: try receive(.cancelRequested(j), at: stop)
    case .capped: try receive(.deadlinePassed(j), at: stop)
    }
  }

  private mutating func fact(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.fleet.evolve(event, at: instant)
    result.events &+= 1
    if controller.recordsEvents { result.trace.append((instant, event, ordinalOf(event))) }
  }

  // MARK: Arrivals

  private mutating func scheduleArrival() {
    var next = Instant.distantFuture
    if nextSubmission < experiment.submissions.count { next = experiment.submissions[nextSubmission].at }
    if case .jobs(let n, _) = experiment.horizon, submitted >= n { return }
    if let random = randomArrival, random < next { next = random }
    guard next < .distantFuture else { return }
    list.schedule(EventKey(time: max(next, now), priority: 200, ordinal: ordinal), slot: Slot.arrival)
  }

  private mutating func arrive() throws(TransitionError) {
    var kind = 0
    if nextSubmission < experiment.submissions.count, experiment.submissions[nextSubmission].at <= now {
      kind = experiment.submissions[nextSubmission].kind
      nextSubmission += 1
    } else {
      var stream = RandomStream(base: base, entity: ordinal, purpose: Purpose.kind)
      if world.mixCumulative.count > 1 { kind = world.kind(stream.uniform()) }
      drawArrival()
    }
    let configuration = experiment.kinds[kind].configuration
    let spec = JobSpec(
      ordinal: ordinal, pricing: configuration.pricing, steps: world.kinds[kind].steps,
      allocation: kind < experiment.allocations.count ? experiment.allocations[kind] : 0,
      reservation: kind < experiment.reservations.count ? experiment.reservations[kind] : 0,
      maxCost: kind < experiment.maxCosts.count ? experiment.maxCosts[kind] : .max)
    ordinal &+= 1
    submitted += 1
    if case .jobs(let n, let warmUp) = experiment.horizon {
      if submitted == warmUp + 1 { result.restart(at: now) }
      if submitted == n, warmUp > 0 { result.freeze() }
    }
    noteNextKind(kind)
    try receive(.jobSubmitted(spec), at: now)
    scheduleArrival()
  }

  /// The next free index is known before the job exists: a simulated fleet reuses the last one retired.
  private mutating func noteNextKind(_ kind: Int) {
    let index = Int(controller.fleet.nextIndex.rawValue)
    while kindOf.count <= index { kindOf.append(0) }
    kindOf[index] = Int32(kind)
  }

  private var randomArrival: Instant?
  private var arrivalStream: RandomStream?

  private mutating func drawArrival() {
    let arrivals = world.parameters.arrivals
    if arrivalStream == nil {
      arrivalStream = RandomStream(base: base, entity: .max, purpose: Purpose.arrival)
    }
    guard var stream = arrivalStream else { return }
    let from = randomArrival ?? experiment.start
    switch arrivals {
    case .none, .times: randomArrival = nil
    case .every(let seconds): randomArrival = from + Span(seconds: seconds)
    case .poisson(let perDay):
      randomArrival = perDay > 0 ? from + Span(seconds: -log(stream.uniform()) * 86_400 / perDay) : nil
    case .hourly(let perDay, let weights):
      randomArrival = hourly(from, perDay, weights, -log(stream.uniform()))
    }
    arrivalStream = stream
  }

  /// The next arrival of a process whose rate changes by the hour of the week, by inversion of its cumulative rate.
  private func hourly(_ from: Instant, _ perDay: Double, _ weights: [Double], _ target: Double) -> Instant? {
    let sum = weights.reduce(0, +)
    guard perDay > 0, sum > 0, weights.count == 168 else { return nil }
    var left = target
    var at = Double(from.microseconds) / 1e6
    while true {
      let hour = (at / 3600).rounded(.down)
      // 1970-01-01 was a Thursday: hour 72 of a week that begins on Monday.
      let week = Int((hour + 72).truncatingRemainder(dividingBy: 168))
      let rate = perDay * 7 * weights[week < 0 ? week + 168 : week] / sum / 3600
      let width = (hour + 1) * 3600 - at
      if rate > 0, left <= rate * width { return Instant.zero + Span(seconds: at + left / rate) }
      left -= rate * width
      at = (hour + 1) * 3600
    }
  }

  private mutating func scheduleBoundary() {
    let boundaries = controller.fleet.budget.boundaries
    guard controller.fleet.budget.period == .calendar, nextBoundary < boundaries.count, hasWork else { return }
    list.schedule(EventKey(time: boundaries[nextBoundary], priority: 10, ordinal: 0), slot: Slot.boundary)
  }

  /// Under a rolling limit the head of the queue may pass when old spending leaves the window, which is no event: look
  /// again every hour while there is something that can leave.
  private mutating func scheduleRelief(at instant: Instant) {
    guard controller.fleet.budget.period == .rolling30Days, controller.fleet.queued > 0,
      controller.fleet.slotsInUse < Int(experiment.policies.maxConcurrent), list.key(slot: Slot.boundary) == nil,
      controller.fleet.spent(at: instant) > 0
    else { return }
    list.schedule(EventKey(time: instant + .hours(1), priority: 10, ordinal: 0), slot: Slot.boundary)
  }

  private mutating func scheduleMark() {
    guard nextMark < experiment.marks.count else { return }
    list.schedule(EventKey(time: experiment.marks[nextMark], priority: 5, ordinal: 0), slot: Slot.mark)
  }

  /// Without a horizon in time, boundaries alone must not keep the replication alive.
  private var hasWork: Bool {
    if case .until = experiment.horizon { return true }
    return list.key(slot: Slot.arrival) != nil || controller.fleet.slotsInUse > 0 || controller.fleet.queued > 0
  }

  // MARK: What stands at the start

  private mutating func resume() throws(TransitionError) {
    drawArrival()
    for resumption in experiment.resumptions { kindOf[Int(resumption.index.rawValue)] = Int32(resumption.kind) }
    for resumption in experiment.resumptions {
      let job = controller.fleet[resumption.index]
      switch job.phase {
      case .provisioning: request(resumption.index, job.lease.number, job.pricing)
      case .waitingForGPU: schedule(.deadline, resumption.index, at: job.deadline)
      case .awaitingDecision: ask(resumption.index, job, at: now)
      case _ where job.phase.isWorking: start(resumption.index, resumption: resumption)
      default: break
      }
    }
    // Whoever waits and now finds a slot takes it.
    try receive(.budgetLimitChanged(controller.fleet.budget.limit), at: now)
  }

  // MARK: Records

  private func outcome(_ job: Job, kind: Int32) -> JobOutcome {
    JobOutcome(
      replication: number, ordinal: job.spec.ordinal, kind: kind, phase: job.phase, failure: job.failure,
      refusal: job.refusal, pricing: job.pricing, submitted: job.submitted, admitted: job.admitted, ended: job.ended,
      billed: job.billed, costs: job.costs, interruptions: job.interruptions, leases: Int32(job.lease.number),
      durableStep: job.durableStep)
  }

  private mutating func record(_ job: Job, kind: Int32) {
    if case .jobs(_, let warmUp) = experiment.horizon, job.spec.ordinal < experiment.firstOrdinal + UInt32(warmUp) {
      return
    }
    let outcome = outcome(job, kind: kind)
    result.record(outcome)
    if experiment.keepsJobs { result.jobs.append(outcome) }
  }
}
