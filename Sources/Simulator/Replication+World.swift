import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What the sampled world does about the engine's commands.
extension Replication {
  mutating func schedule(_ kind: Pending.Kind, _ index: JobIndex, at instant: Instant) {
    schedule(kind, index, place(of: index), at: instant)
  }

  @inline(__always)
  private mutating func schedule(_ kind: Pending.Kind, _ index: JobIndex, _ place: Int, at instant: Instant) {
    let i = Int(index.rawValue)
    pending[place].kind = kind
    pending[place].job = index
    list.schedule(
      EventKey(
        time: max(instant, now), ordinal: controller.fleet.jobs[i].spec.ordinal,
        part: controller.fleet.jobs[i].lease.number), slot: Slot.jobs + place)
  }

  /// Where in ``pending`` a job that holds a slot stands.
  @inline(__always)
  private mutating func place(of index: JobIndex) -> Int {
    let place = Int(controller.fleet.jobs[Int(index.rawValue)].slot)
    if pending.count <= place { makeRoom(for: place) }
    return place
  }

  @inline(never)
  private mutating func makeRoom(for place: Int) {
    while pending.count <= place { pending.append(Pending()) }
    list.reserve(slots: Slot.jobs + pending.count)
  }

  mutating func request(_ index: JobIndex, _ lease: UInt16, _ pricing: Pricing) {
    let i = Int(index.rawValue)
    let stream = RandomStream(
      base: base, entity: controller.fleet.jobs[i].spec.ordinal, part: lease,
      purpose: Purpose.provisioning &+ 16 &* controller.fleet.jobs[i].requests)
    var success = world.success[pricing]
    if controller.fleet.jobs[i].attempts > 1, let rate = world.recoveryRatePerHour[pricing] {
      success *= 1 - exp(-rate * controller.policies.provisioningRetryEvery.hours)
    }
    let (delay, luck) = stream.pair()
    guard luck < success else { return schedule(.unavailable, index, at: now) }
    // Before the grant is made of the delay: the blocks are computed side by side with the request's.
    let lease = LeaseLuck(base, controller.fleet.jobs[i].spec.ordinal, lease)
    let granted =
      now + world.quick.provisioning[pricing].span(delay) { [world] in world.provisioning[pricing].quantile(delay) }
    // Nobody looks between the request and the lease's end: the grant need not be an event of the list.
    if isEager {
      start(index, granted: granted, isOpen: false, lease)
    } else {
      schedule(.grant, index, at: granted)
    }
  }

  /// Draws what happens on a lease that was just opened.
  @inline(never)
  mutating func start(granted index: JobIndex) {
    let job = controller.fleet.jobs[Int(index.rawValue)]
    let luck = LeaseLuck(base, job.spec.ordinal, job.lease.number)
    start(index, granted: job.lease.granted, isOpen: true, luck)
  }

  /// Draws what happens on a new lease, and schedules its end. Where it is not open yet, the grant is one of its facts.
  @inline(__always)
  mutating func start(_ index: JobIndex, granted: Instant, isOpen: Bool, _ luck: LeaseLuck) {
    let i = Int(index.rawValue)
    let place = place(of: index)
    let isSpot = controller.fleet.jobs[i].pricing == .spot
    (isSpot ? spotLuck : onDemandLuck)._withUnsafeGuaranteedRef {
      draw(place, i, granted: granted, luck, in: $0)
    }
    if !isOpen {
      pending[place].plan.facts.granted = granted
      pending[place].plan.facts.hourlyRate = world.hourlyRate[controller.fleet.jobs[i].pricing]
    }
    scheduleEnd(place, index)
  }

  /// Draws how a lease goes on that was running when the simulation began.
  mutating func resume(_ resumption: Experiment.Resumption, _ job: Job) {
    let place = place(of: resumption.index)
    let world = job.pricing == .spot ? self.world : onDemandWorld
    draw(place, Int(resumption.index.rawValue), job.phase, resumption, granted: job.lease.granted, in: world)
    scheduleEnd(place, resumption.index)
  }

  @inline(__always)
  private mutating func scheduleEnd(_ place: Int, _ index: JobIndex) {
    var at = pending[place].plan.stop
    if world.detectionTakesTime || onDemandWorld.detectionTakesTime, pending[place].plan.end == .interrupted {
      at = at + detection(of: index)
    }
    schedule(.lease, index, place, at: at)
  }

  /// How long the loss of a job's pod goes unnoticed.
  @inline(never)
  private mutating func detection(of index: JobIndex) -> Span {
    let job = controller.fleet.jobs[Int(index.rawValue)]
    let world = job.pricing == .spot ? self.world : onDemandWorld
    var stream = RandomStream(
      base: base, entity: job.spec.ordinal, part: job.lease.number, purpose: Purpose.detection)
    return world.detection.span(&stream)
  }

  /// Tells the engine of the pods that have been granted by now: whoever reads what is spent has to see them.
  mutating func openDue(at instant: Instant) throws(TransitionError) {
    guard isEager else { return }
    for place in pending.indices where pending[place].kind == .lease && pending[place].plan.facts.granted <= instant {
      try open(place)
    }
  }

  /// Delivers the grant of a lease that was drawn before it.
  private mutating func open(_ place: Int) throws(TransitionError) {
    let facts = pending[place].plan.facts
    pending[place].plan.facts.granted = .distantFuture
    try fact(.podGranted(pending[place].job, hourlyRate: facts.hourlyRate), at: facts.granted)
  }

  mutating func ask(_ index: JobIndex, _ job: Job, at instant: Instant) {
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

  /// A worker that was told to stop saves a checkpoint if there is training to save, and the pod is let go.
  mutating func stop(_ index: JobIndex, at instant: Instant) throws(TransitionError) {
    let i = Int(index.rawValue)
    let plan = pending[Int(controller.fleet.jobs[i].slot)].plan
    guard plan.stoppedStep > controller.fleet.jobs[i].durableStep else {
      return try receive(.podGone(index), at: instant)
    }
    schedule(.gone, index, at: instant + plan.checkpoint + plan.upload)
  }

  @inline(__always)
  mutating func fire(_ slot: Int) throws(TransitionError) {
    let job = pending[slot].job
    let kind = pending[slot].kind
    pending[slot].kind = .none
    if kind == .lease { try deliver(slot, job) } else { try fire(kind, job, slot) }
  }

  /// What does not happen on every lease.
  @inline(never)
  private mutating func fire(_ kind: Pending.Kind, _ job: JobIndex, _ slot: Int) throws(TransitionError) {
    switch kind {
    case .none, .lease: break
    case .grant:
      let pricing = controller.fleet.jobs[Int(job.rawValue)].pricing
      try receive(.podGranted(job, hourlyRate: world.hourlyRate[pricing]), at: now)
    case .unavailable: try receive(.podUnavailable(job, .noCapacity), at: now)
    case .deadline: try receive(.deadlinePassed(job), at: now)
    case .answer:
      let index = job
      let job = controller.fleet[index]
      let answer = world.parameters.answer == .onDemand && job.pricing == .onDemand ? .fail : world.parameters.answer
      try receive(.decisionAnswered(index, answer), at: now)
      // An answer that the budget did not let pass: whoever gave it has no other one.
      let after = controller.fleet[index]
      if after.phase == .awaitingDecision { schedule(.deadline, index, at: after.deadline) }
    case .gone:
      let plan = pending[slot].plan
      let saved = Event.checkpointsSaved(
        job, step: plan.stoppedStep, keptThrough: plan.stop + plan.checkpoint, blocked: plan.checkpoint)
      try fact(saved, at: now)
      try receive(.podGone(job), at: now)
    }
  }

  /// Delivers a lease's facts, each at its own time, and then its end.
  @inline(__always)
  private mutating func deliver(_ place: Int, _ j: JobIndex) throws(TransitionError) {
    let stop = pending[place].plan.stop
    if controller.recordsEvents {
      try tell(place, j, until: stop)
    } else {
      result.events &+= try controller.fleet.evolve(pending[place].plan.facts, of: j, until: stop)
    }
    let end = pending[place].plan.end
    if end == .completed { try receive(.podGone(j), at: stop) } else { try deliver(end, stop, j) }
  }

  /// Delivers the end of a lease before its work was done.
  @inline(never)
  private mutating func deliver(_ end: LeasePlan.End, _ stop: Instant, _ j: JobIndex) throws(TransitionError) {
    switch end {
    case .completed: break
    case .interrupted:
      let billedUntil = world.parameters.detectionIsBilled ? now : stop
      try receive(.podInterrupted(j, .interrupted, stoppedAt: stop, billedUntil: billedUntil), at: now)
    case .crashed: try lose(.workerFailed(j, .workerCrash), j, at: stop)
    case .outOfMemory: try lose(.workerFailed(j, .outOfMemory), j, at: stop)
    case .cancelled: try lose(.cancelRequested(j), j, at: stop)
    case .capped: try receive(.deadlinePassed(j), at: stop)
    }
  }

  /// A worker that has ended lets its pod go, which here is gone at once.
  private mutating func lose(_ event: Event, _ j: JobIndex, at instant: Instant) throws(TransitionError) {
    try fact(event, at: instant)
    try receive(.podGone(j), at: instant)
  }

  mutating func fact(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.fleet.evolve(event, at: instant)
    result.events &+= 1
    if controller.recordsEvents { result.trace.append((instant, event, ordinalOf(event))) }
  }
}
