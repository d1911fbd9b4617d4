import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What the sampled world does about the engine's commands.
extension Replication {
  mutating func schedule(_ kind: Pending.Kind, _ index: JobIndex, at instant: Instant) {
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

  mutating func request(_ index: JobIndex, _ lease: UInt16, _ pricing: Pricing) {
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

  mutating func start(_ index: JobIndex, resumption: Experiment.Resumption?) {
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

  /// A worker that was told to stop publishes what is durable, and the pod is let go.
  mutating func stop(_ index: JobIndex, at instant: Instant) throws(TransitionError) {
    try receive(.podGone(index), at: instant)
  }

  mutating func fire(_ slot: Int) throws(TransitionError) {
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
  mutating func deliver(_ plan: LeasePlan, _ j: JobIndex) throws(TransitionError) {
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

  mutating func fact(_ event: Event, at instant: Instant) throws(TransitionError) {
    try controller.fleet.evolve(event, at: instant)
    result.events &+= 1
    if controller.recordsEvents { result.trace.append((instant, event, ordinalOf(event))) }
  }
}
