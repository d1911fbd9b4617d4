import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

extension Replication {
  /// Draws what happens on the lease that was just granted, or on one that was running when the simulation began.
  func plan(
    _ job: Job, in world: CompiledWorld, kind: CompiledKind, resumption: Experiment.Resumption?, at now: Instant
  ) -> LeasePlan {
    let ordinal = job.spec.ordinal
    let number = job.lease.number
    let granted = job.lease.granted
    var plan = LeasePlan()
    let alive = (now - granted).seconds

    // What can cut the lease short; the earliest counts.
    plan.stop = job.deadline == .distantPast ? .distantFuture : job.deadline
    plan.end = .capped
    var stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.interruption)
    let lost = world.interruptions[job.lease.pricing].age(
      granted: granted, alive: alive, start: experiment.start, stream: &stream)
    cut(&plan, granted, after: lost, .interrupted)
    if kind.crashRate > 0 {
      stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.crash)
      cut(&plan, granted, after: alive - log(stream.uniform()) / kind.crashRate, .crashed)
    }
    let cancellations = world.parameters.cancellationsPerHour
    if cancellations > 0 {
      stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.cancellation)
      cut(&plan, granted, after: alive - log(stream.uniform()) / (cancellations / 3600), .cancelled)
    }

    // The stages, one after the other; a stage that is under way is drawn given how long it has lasted.
    stream = RandomStream(base: base, entity: ordinal, part: number, purpose: Purpose.lease)
    var clock = resumption?.stageStarted ?? granted
    let boot = stream.uniform()
    let preprocessing = stream.uniform()
    let loading = stream.uniform()
    let restore = stream.uniform()
    let finalization = stream.uniform()
    let checkpoint = stream.uniform()
    let upload = stream.uniform()
    let pod = stream.uniform()
    let phase = job.phase
    if phase == .booting {
      clock = finish(world.boot, boot, from: clock, now)
      plan.bootEnd = clock
    }
    if phase == .preprocessing || (phase == .booting && !job.preprocessed) {
      clock = finish(world.preprocessing, preprocessing, from: clock, now)
      plan.preprocessingEnd = clock
    }
    if phase.rawValue <= Phase.loadingModel.rawValue {
      clock = finish(world.modelLoading, loading, from: clock, now)
      plan.loadingEnd = clock
    }
    if phase == .restoring || (phase.rawValue < Phase.restoring.rawValue && number > 1) {
      clock = finish(world.restore, restore, from: clock, now)
      plan.restoreEnd = clock
    }
    if phase.rawValue <= Phase.training.rawValue {
      // Whoever trains already has passed the first step.
      let trains = phase == .training && resumption != nil
      if number == 1, !trains, kind.outOfMemory > 0, clock < plan.stop {
        var own = RandomStream(base: base, entity: ordinal, purpose: Purpose.job)
        _ = own.uniform()
        if own.uniform() < kind.outOfMemory {
          plan.stop = clock
          plan.end = .outOfMemory
        }
      }
      var from = job.durableStep
      if phase == .training, let resumption {
        from = max(from, resumption.step)
        clock = resumption.stepAt
      }
      plan.checkpoint = Span(seconds: max(0, world.checkpoint.quantile(checkpoint)))
      let pace = resumption?.secondsPerStep ?? secondsPerStep(ordinal, world, kind, pod)
      clock = train(&plan, job, world, kind, from: from, start: clock, pace: pace, upload: upload)
      clock = max(clock, now)
      plan.trainingEnd = clock
    }
    clock = finish(world.finalization, finalization, from: clock, now)
    if clock <= plan.stop {
      plan.stop = clock
      plan.end = .completed
    }
    return plan
  }

  private func cut(_ plan: inout LeasePlan, _ granted: Instant, after seconds: Double, _ end: LeasePlan.End) {
    guard seconds < 9e12 else { return }
    let at = granted + Span(seconds: seconds)
    if at < plan.stop {
      plan.stop = at
      plan.end = end
    }
  }

  /// When a stage that began at `from` ends: its law, given that it has not ended before `now`.
  private func finish(_ sampler: Sampler, _ u: Double, from: Instant, _ now: Instant) -> Instant {
    let elapsed = (now - from).seconds
    guard elapsed > 0 else { return from + Span(seconds: max(0, sampler.quantile(u))) }
    let reached = sampler.law.cdf(elapsed)
    let p = min(reached + u * (1 - reached), 0x1.fffffffffffffp-1)
    return max(now, from + Span(seconds: max(0, sampler.quantile(p))))
  }

  /// This pod's mean seconds a step: the kind's median, what is special about the job, what is special about the pod.
  private func secondsPerStep(
    _ ordinal: UInt32, _ world: CompiledWorld, _ kind: CompiledKind, _ pod: Double
  ) -> Double {
    let step = world.parameters.step
    var logFactor = 0.0
    if step.jobSD > 0 {
      var own = RandomStream(base: base, entity: ordinal, purpose: Purpose.job)
      logFactor += step.jobSD * StandardNormal.quantile(own.uniform())
    }
    if step.podSD > 0 { logFactor += step.podSD * StandardNormal.quantile(pod) }
    return kind.secondsPerStep * (logFactor == 0 ? 1 : exp(logFactor))
  }

  /// Goes through training chunk by chunk, notes what is durable by the plan's stop, and returns when training ends.
  private func train(
    _ plan: inout LeasePlan, _ job: Job, _ world: CompiledWorld, _ kind: CompiledKind, from: Int32, start: Instant,
    pace: Double, upload: Double
  ) -> Instant {
    let every = kind.checkpointEvery
    let steps = kind.steps
    let uploading = Span(seconds: max(0, world.upload.quantile(upload)))
    var step = from
    var clock = start
    plan.durableStep = job.durableStep
    let first = min(steps, (from / every + 1) * every)
    if world.stepLaw == nil, world.stepCV == 0 {
      // Every chunk is alike: jump to the last one that is durable in time.
      let chunk = Span(seconds: pace * Double(every))
      let opening = Span(seconds: pace * Double(first - from))
      guard first < steps else { return clock + opening }
      let period = chunk + plan.checkpoint
      let checkpoints = Int64((steps - 1 - first) / every) + 1
      let saved = clock + opening + plan.checkpoint
      if saved + uploading <= plan.stop {
        var n = checkpoints
        if plan.stop < .distantFuture, period.microseconds > 0 {
          let room = (plan.stop - (saved + uploading)).microseconds / period.microseconds + 1
          n = min(n, room)
        }
        plan.durableStep = first + Int32(n - 1) * every
        plan.keptThrough = saved + period * (n - 1)
        plan.blocked = plan.checkpoint * n
        plan.durableAt = plan.keptThrough + uploading
      }
      let lastStep = first + Int32(checkpoints - 1) * every
      return saved + period * (checkpoints - 1) + Span(seconds: pace * Double(steps - lastStep))
    }
    var stream = RandomStream(
      base: base, entity: job.spec.ordinal, part: job.lease.number, purpose: Purpose.chunk)
    while step < steps {
      let next = min(steps, (step / every + 1) * every)
      clock = clock + chunk(Int(next - step), world, pace, &stream)
      step = next
      guard step < steps else { break }
      clock = clock + plan.checkpoint
      if clock + uploading <= plan.stop {
        plan.durableStep = step
        plan.keptThrough = clock
        plan.blocked += plan.checkpoint
        plan.durableAt = clock + uploading
      }
      // Nothing after the stop can happen, unless the lease is still to be completed.
      if clock > plan.stop { return .distantFuture }
    }
    return clock
  }

  /// The time of `n` steps together. Normal and constant steps add up exactly; the sum of exponential ones is drawn
  /// from its gamma law while `n ≤ 20`; everything else by the normal law with the same mean and variance, whose
  /// error is below 1 % of a standard deviation for the chunks of 25 steps and more that are usual (central limit).
  private func chunk(_ n: Int, _ world: CompiledWorld, _ pace: Double, _ stream: inout RandomStream) -> Span {
    if let law = world.stepLaw {
      if n <= 20 {
        var sum = 0.0
        for _ in 0..<n { sum += max(0, law.quantile(stream.uniform())) }
        return Span(seconds: sum)
      }
      let mean = law.law.mean * Double(n)
      let sd = (law.law.variance * Double(n)).squareRoot()
      return Span(seconds: max(0, mean + sd * StandardNormal.quantile(stream.uniform())))
    }
    let mean = pace * Double(n)
    let sd = world.stepCV * pace * Double(n).squareRoot()
    return Span(seconds: max(0, mean + sd * StandardNormal.quantile(stream.uniform())))
  }
}
