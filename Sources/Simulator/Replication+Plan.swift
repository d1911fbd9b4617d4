import Calibration
import DiscreteEvent
import Engine

extension Replication {
  /// Draws what happens on the lease that was just granted, or on one that was running when the simulation began.
  mutating func draw(
    _ plan: inout LeasePlan, _ i: Int, _ phase: Phase, in world: CompiledWorld, resumption: Experiment.Resumption?,
    at now: Instant
  ) {
    let kind = world.kinds[Int(kindOf[i])]
    let ordinal = controller.fleet.jobs[i].spec.ordinal
    let number = controller.fleet.jobs[i].lease.number
    let granted = plan.granted
    let deadline = controller.fleet.jobs[i].deadline
    let stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.lease)
    // All pairs that are needed at once, so that they are computed side by side.
    let (end, crash) = stream.pair(LeaseDraw.end)
    let (preprocessing, loading) = stream.pair(LeaseDraw.loading)
    let training = stream.pair(LeaseDraw.training)
    let (boot, restore) = world.restoreVaries ? stream.pair(LeaseDraw.restore) : (0.5, 0.5)
    let (finalization, checkpoint) = world.finalizationVaries ? stream.pair(LeaseDraw.finalization) : (0.5, 0.5)
    let (upload, pod) = world.podVaries ? stream.pair(LeaseDraw.pod) : (0.5, 0.5)

    // What can cut the lease short; the earliest counts.
    let alive = (now - granted).seconds
    plan.stop = deadline == .distantPast ? .distantFuture : deadline
    plan.end = .capped
    let lost =
      controller.fleet.jobs[i].pricing == .spot
      ? world.interruptions.spot.age(granted: granted, alive: alive, start: experiment.start, end)
      : world.interruptions.onDemand.age(granted: granted, alive: alive, start: experiment.start, end)
    plan.cut(granted, after: lost, .interrupted)
    if kind.crashRate > 0 {
      plan.cut(granted, after: alive + world.exponential.minusLog(crash) / kind.crashRate, .crashed)
    }
    if world.cancellationRate > 0 {
      let u = stream.pair(LeaseDraw.cancellation).0
      plan.cut(granted, after: alive + world.exponential.minusLog(u) / world.cancellationRate, .cancelled)
    }

    // The stages, one after the other; a stage that is under way is drawn given how long it has lasted.
    var clock = resumption?.stageStarted ?? granted
    if phase == .booting {
      clock = finish(world, .boot, world.quick.boot, boot, from: clock, now)
      plan.facts.bootEnd = clock
    }
    if phase == .preprocessing || (phase == .booting && !controller.fleet.jobs[i].preprocessed) {
      clock = finish(world, .preprocessing, world.quick.preprocessing, preprocessing, from: clock, now)
      plan.facts.preprocessingEnd = clock
    }
    if phase.rawValue <= Phase.loadingModel.rawValue {
      clock = finish(world, .modelLoading, world.quick.modelLoading, loading, from: clock, now)
      plan.facts.loadingEnd = clock
    }
    if phase == .restoring || (phase.rawValue < Phase.restoring.rawValue && number > 1) {
      clock = finish(world, .restore, world.quick.restore, restore, from: clock, now)
      plan.facts.restoreEnd = clock
    }
    if phase.rawValue <= Phase.training.rawValue {
      // Whoever trains already has passed the first step.
      let trains = phase == .training && resumption != nil
      if number == 1, !trains, kind.outOfMemory > 0, clock < plan.stop,
        RandomStream(base: base, entity: ordinal, purpose: Purpose.job).pair().1 < kind.outOfMemory
      {
        plan.stop = clock
        plan.end = .outOfMemory
      }
      plan.facts.durableStep = controller.fleet.jobs[i].durableStep
      plan.stoppedStep = plan.facts.durableStep
      var from = plan.facts.durableStep
      if trains, let resumption {
        from = max(from, resumption.step)
        clock = resumption.stepAt
      }
      plan.checkpoint = world.quick.checkpoint.span(checkpoint) { world.slow(.checkpoint, checkpoint) }
      plan.upload = world.quick.upload.span(upload) { world.slow(.upload, upload) }
      // What begins after the stop never happens.
      guard clock <= plan.stop else { return }
      let path = TrainingPath(
        from: from, steps: kind.steps, every: kind.checkpointEvery, start: clock,
        pace: resumption?.secondsPerStep ?? secondsPerStep(ordinal, world, kind, pod),
        stream: RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.chunk))
      clock = max(path.train(&plan, world, training), now)
      plan.facts.trainingEnd = clock
    }
    clock = finish(world, .finalization, world.quick.finalization, finalization, from: clock, now)
    if clock <= plan.stop {
      plan.stop = clock
      plan.end = .completed
    }
  }

  /// When a stage that began at `from` ends: its law, given that it has not ended before `now`.
  @inline(__always)
  private func finish(
    _ world: CompiledWorld, _ law: StageLaw, _ quick: QuickSampler, _ u: Double,
    from: Instant, _ now: Instant
  ) -> Instant {
    from < now ? world.late(law, u, from: from, now) : from + quick.span(u) { world.slow(law, u) }
  }

  /// This pod's mean seconds a step: the kind's median, what is special about the job, what is special about the pod.
  @inline(__always)
  private func secondsPerStep(
    _ ordinal: UInt32, _ world: CompiledWorld, _ kind: CompiledKind, _ pod: Double
  ) -> Double {
    guard world.jobVaries || world.podVaries else { return kind.secondsPerStep }
    var logFactor = world.parameters.step.podSD * world.normal.quantile(pod)
    if world.jobVaries {
      let u = RandomStream(base: base, entity: ordinal, purpose: Purpose.job).pair().0
      logFactor += world.parameters.step.jobSD * world.normal.quantile(u)
    }
    return kind.secondsPerStep * world.power.exp(logFactor)
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
