import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What the sampled world does about the engine's commands.
extension Replication {
  mutating func schedule(_ kind: Pending.Kind, _ index: JobIndex, at instant: Instant) {
    let i = Int(index.rawValue)
    let slot = Int(controller.fleet.jobs[i].slot)
    if pending.count <= slot {
      while pending.count <= slot { pending.append(Pending()) }
      list.reserve(slots: Slot.jobs + pending.count)
    }
    pending[slot].kind = kind
    pending[slot].job = index
    list.schedule(
      EventKey(
        time: max(instant, now), ordinal: controller.fleet.jobs[i].spec.ordinal,
        part: controller.fleet.jobs[i].lease.number), slot: Slot.jobs + slot)
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
    let granted =
      now + world.quick.provisioning[pricing].span(delay) { [world] in world.provisioning[pricing].quantile(delay) }
    // Nobody looks between the request and the lease's end: the grant need not be an event of the list.
    if isEager {
      start(index, granted: granted, .booting, resumption: nil)
    } else {
      schedule(.grant, index, at: granted)
    }
  }

  /// Draws what happens on a lease, and schedules its end.
  mutating func start(_ index: JobIndex, granted: Instant, _ phase: Phase, resumption: Experiment.Resumption?) {
    let i = Int(index.rawValue)
    let world = controller.fleet.jobs[i].pricing == .spot ? self.world : onDemandWorld
    var plan = LeasePlan()
    plan.granted = granted
    draw(&plan, i, phase, in: world, resumption: resumption, at: max(now, granted))
    var at = plan.stop
    if plan.end == .interrupted, world.detectionTakesTime {
      var stream = RandomStream(
        base: base, entity: controller.fleet.jobs[i].spec.ordinal, part: controller.fleet.jobs[i].lease.number,
        purpose: Purpose.detection)
      at = at + world.detection.span(&stream)
    }
    schedule(.lease, index, at: at)
    pending[Int(controller.fleet.jobs[i].slot)].plan = plan
  }

  /// Tells the engine of the pods that have been granted by now: whoever reads what is spent has to see them.
  mutating func openDue(at instant: Instant) throws(TransitionError) {
    guard isEager else { return }
    for place in pending.indices where pending[place].kind == .lease && pending[place].plan.granted <= instant {
      try open(place)
    }
  }

  /// Delivers the grant of a lease that was drawn before it.
  private mutating func open(_ place: Int) throws(TransitionError) {
    let job = pending[place].job
    guard !controller.fleet.jobs[Int(job.rawValue)].lease.isOpen else { return }
    let rate = world.hourlyRate[controller.fleet.jobs[Int(job.rawValue)].pricing]
    try fact(.podGranted(job, hourlyRate: rate), at: pending[place].plan.granted)
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

  mutating func fire(_ slot: Int) throws(TransitionError) {
    let job = pending[slot].job
    let kind = pending[slot].kind
    pending[slot].kind = .none
    switch kind {
    case .none: break
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
    case .lease:
      if isEager { try open(slot) }
      try deliver(pending[slot].plan, job)
    case .gone:
      let plan = pending[slot].plan
      let saved = Event.checkpointsSaved(
        job, step: plan.stoppedStep, keptThrough: plan.stop + plan.checkpoint, blocked: plan.checkpoint)
      try fact(saved, at: now)
      try receive(.podGone(job), at: now)
    }
  }

  /// Delivers a lease's facts, each at its own time, and then its end.
  mutating func deliver(_ plan: LeasePlan, _ j: JobIndex) throws(TransitionError) {
    let stop = plan.stop
    if controller.recordsEvents {
      try plan.facts.forEach(of: j, durable: controller.fleet[j].durableStep, until: stop) {
        (event, instant) throws(TransitionError) in try fact(event, at: instant)
      }
    } else {
      result.events &+= try controller.fleet.evolve(plan.facts, of: j, until: stop)
    }
    // A worker that has ended lets its pod go, which here is gone at once.
    switch plan.end {
    case .completed: try end(.stageFinished(j, .finalization), j, at: stop)
    case .interrupted:
      let billedUntil = world.parameters.detectionIsBilled ? now : stop
      try receive(.podInterrupted(j, .interrupted, stoppedAt: stop, billedUntil: billedUntil), at: now)
    case .crashed: try end(.workerFailed(j, .workerCrash), j, at: stop)
    case .outOfMemory: try end(.workerFailed(j, .outOfMemory), j, at: stop)
    case .cancelled: try end(.cancelRequested(j), j, at: stop)
    case .capped: try receive(.deadlinePassed(j), at: stop)
    }
  }

  private mutating func end(_ event: Event, _ j: JobIndex, at instant: Instant) throws(TransitionError) {
    try fact(event, at: instant)
    try receive(.podGone(j), at: instant)
  }

  mutating func fact(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.fleet.evolve(event, at: instant)
    result.events &+= 1
    if controller.recordsEvents { result.trace.append((instant, event, ordinalOf(event))) }
  }
}
