import Calibration
import DiscreteEvent
import Engine

extension Replication {
  // Mutating, as all that is called in the loop: the whole value would be moved out of the way of one that only reads it.

  /// Draws what happens on a new lease, which nearly every one is: the place's plan.
  @inline(never)
  mutating func draw(_ place: Int, _ i: Int, granted: Instant, _ luck: LeaseLuck, in world: CompiledWorld) {
    draw(
      &pending.address(of: place).pointee.plan, place, i, .booting, luck, in: world, granted: granted, resumption: nil,
      at: granted)
  }

  /// Draws what happens on a lease that was running when the simulation began: the place's plan.
  @inline(never)
  mutating func draw(
    _ place: Int, _ i: Int, _ phase: Phase, _ resumption: Experiment.Resumption, granted: Instant,
    in world: CompiledWorld
  ) {
    let luck = LeaseLuck(base, controller.fleet.jobs[i].spec.ordinal, controller.fleet.jobs[i].lease.number)
    draw(
      &pending.address(of: place).pointee.plan, place, i, phase, luck, in: world, granted: granted,
      resumption: resumption, at: max(now, granted))
  }

  /// Draws a lease again, the same again, but one that is told to stop at this instant.
  @inline(never)
  mutating func redraw(_ place: Int, _ i: Int, until stop: Instant, in world: CompiledWorld) {
    let (ordinal, lease) = (controller.fleet.jobs[i].spec.ordinal, controller.fleet.jobs[i].lease)
    draw(
      &pending.address(of: place).pointee.plan, place, i, .booting, LeaseLuck(base, ordinal, lease.number), in: world,
      granted: lease.granted, resumption: nil, at: lease.granted, until: stop)
  }

  /// Compiled for each of the three: most questions have their answer there.
  @inline(__always)
  private mutating func draw(
    _ plan: inout LeasePlan, _ place: Int, _ i: Int, _ phase: Phase, _ luck: LeaseLuck, in world: CompiledWorld,
    granted: Instant, resumption: Experiment.Resumption?, at now: Instant, until stop: Instant? = nil
  ) {
    plan = LeasePlan()
    if controller.recordsEvents { keep([], at: place) }
    let isNew = resumption == nil
    let k = Int(kindOf[i])
    let kind = world.kinds[k]
    let failures = Int(kind.failureClass)
    let (crashRate, outOfMemory) = (world.crashRates[failures], kind.trains ? world.outOfMemory[failures] : 0)
    let ordinal = controller.fleet.jobs[i].spec.ordinal
    let number = controller.fleet.jobs[i].lease.number
    let deadline = controller.fleet.jobs[i].deadline
    let stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.lease)
    let (end, crash) = luck.end
    let (preprocessing, loading) = luck.loading
    let (boot, restore) = world.restoreVaries ? stream.pair(LeaseDraw.restore) : (0.5, 0.5)
    let (finalization, checkpoint) = world.finalizationVaries ? stream.pair(LeaseDraw.finalization) : (0.5, 0.5)
    let (upload, pod) = world.podVaries ? stream.pair(LeaseDraw.pod) : (0.5, 0.5)

    let alive = isNew ? 0 : (now - granted).seconds
    plan.stop = deadline == .distantPast ? .distantFuture : deadline
    if let stop { plan.stop = min(plan.stop, stop) }
    plan.end = .capped

    // The stages, one after the other; a stage that is under way is drawn given how long it has lasted.
    var clock = resumption?.stageStarted ?? granted
    if phase == .booting {
      clock = finish(isNew, world, .boot, world.quick.boot, boot, from: clock, now)
      plan.facts.bootEnd = clock
    }
    if phase == .preprocessing || (phase == .booting && !controller.fleet.jobs[i].preprocessed) {
      clock = finish(isNew, world, .preprocessing, world.quick.preprocessing, preprocessing, from: clock, now)
      plan.facts.preprocessingEnd = clock
    }
    if phase.rawValue <= Phase.loadingModel.rawValue {
      clock = finish(isNew, world, .modelLoading, world.quick.modelLoading, loading, from: clock, now)
      plan.facts.loadingEnd = clock
    }
    if phase == .restoring || (phase.rawValue < Phase.restoring.rawValue && number > 1) {
      // An examination has no checkpoint to read back.
      if kind.trains { clock = finish(isNew, world, .restore, world.quick.restore, restore, from: clock, now) }
      plan.facts.restoreEnd = clock
    }
    let trainsYet = phase.rawValue <= Phase.training.rawValue
    // Whoever trains already has passed the first step.
    let trains = phase == .training && resumption != nil
    var from = controller.fleet.jobs[i].durableStep
    let ready = clock
    if trainsYet {
      plan.facts.durableStep = from
      plan.stoppedStep = from
      if trains, let resumption {
        from = max(from, resumption.step)
        clock = resumption.stepAt
      }
      plan.checkpoint = world.quick.checkpoint.span(checkpoint) { world.slow(.checkpoint, checkpoint) }
      plan.upload = world.quick.upload.span(upload) { world.slow(.upload, upload) }
    }
    let path = TrainingPath(
      from: from, steps: kind.trains ? kind.steps : from, every: kind.checkpointEvery, all: kind.checkpoints,
      start: clock,
      pace: trainsYet
        ? resumption?.secondsPerStep ?? secondsPerStep(ordinal, world, world.paces[k], pod) : 0,
      stream: RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.chunk))
    let course = trainsYet ? path.course(plan.checkpoint, world, luck.training) : TrainingPath.Course(end: clock)
    if course.isDrawn { clock = trainsYet ? max(course.end, now) : clock }
    var last = finalize(isNew, world, kind, finalization, from: clock, now)

    // What can cut the lease short; the earliest counts. Whatever comes when all is done and uploaded need not be known.
    let horizon = course.isDrawn ? (max(last, course.saved + plan.upload) - granted).seconds : .infinity
    let lost = world.interruption(
      controller.fleet.jobs[i].pricing, granted: granted, alive: alive, start: experiment.start, before: horizon, end)
    plan.cut(granted, after: lost, .interrupted)
    if crashRate > 0 {
      plan.cut(granted, after: alive + world.exponential.minusLog(crash) / crashRate, .crashed)
    }
    if world.cancellationRate > 0 {
      let u = stream.pair(LeaseDraw.cancellation).0
      plan.cut(granted, after: alive + world.exponential.minusLog(u) / world.cancellationRate, .cancelled)
    }
    if trainsYet {
      if number == 1, !trains, outOfMemory > 0, ready < plan.stop,
        RandomStream(base: base, entity: ordinal, purpose: Purpose.job).pair().1 < outOfMemory
      {
        plan.stop = ready
        plan.end = .outOfMemory
      }
      // What begins after the stop never happens.
      guard path.start <= plan.stop else { return }
      let end = path.train(&plan, world, course)
      if controller.recordsEvents { keep(path.checkpoints(plan, world, course), at: place) }
      plan.facts.trainingEnd = max(end, now)
      if !course.isDrawn {
        last = finalize(isNew, world, kind, finalization, from: plan.facts.trainingEnd, now)
      }
    }
    if last <= plan.stop {
      plan.stop = last
      plan.end = .completed
      plan.facts.finalizationEnd = last
    }
  }

  /// When a stage that began at `from` ends: its law, given that it has not ended before `now`.
  @inline(__always)
  private mutating func finish(
    _ isNew: Bool, _ world: CompiledWorld, _ law: StageLaw, _ quick: QuickSampler, _ u: Double,
    from: Instant, _ now: Instant
  ) -> Instant {
    !isNew && from < now ? world.late(law, u, from: from, now) : from + quick.span(u) { world.slow(law, u) }
  }

  /// When the last stage ends. What is certain to be spent on suites comes first: then a finalization that is under way is drawn given
  /// what is beyond. Where nothing was trained nothing is beyond, unless it lasts longer already.
  @inline(__always)
  private mutating func finalize(
    _ isNew: Bool, _ world: CompiledWorld, _ kind: CompiledKind, _ u: Double, from: Instant, _ now: Instant
  ) -> Instant {
    let suites = kind.suitePasses == 0 ? .zero : Span(seconds: Double(kind.suitePasses) * world.suitePass)
    let answered = from + suites
    if !kind.trains, isNew || answered >= now { return answered }
    return finish(isNew, world, .finalization, world.quick.finalization, u, from: answered, now)
  }

  /// This pod's mean seconds a step: the kind's median, what is special about the job, what is special about the pod.
  @inline(__always)
  private mutating func secondsPerStep(
    _ ordinal: UInt32, _ world: CompiledWorld, _ pace: Double, _ pod: Double
  ) -> Double {
    guard world.jobVaries || world.podVaries else { return pace }
    var logFactor = world.parameters.step.podSD * world.normal.quantile(pod)
    if world.jobVaries {
      let u = RandomStream(base: base, entity: ordinal, purpose: Purpose.job).pair().0
      logFactor += world.parameters.step.jobSD * world.normal.quantile(u)
    }
    return pace * world.power.exp(logFactor)
  }
}

extension LeasePlan {
  @inline(__always)
  fileprivate mutating func cut(_ granted: Instant, after seconds: Double, _ end: End) {
    guard seconds < 9e12 else { return }
    let at = granted + Span(seconds: seconds)
    if at < stop {
      stop = at
      self.end = end
    }
  }
}
