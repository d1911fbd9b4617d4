import DiscreteEvent
import Engine
import Foundation

@testable import Calibration

/// Writes the history of a known world, independently of the simulator: every job alone, no queue, cut at the end.
struct ModelHistoryGenerator {
  var world: WorldParameters
  var stream: RandomStream
  var history: History
  var until: Instant
  /// Multiplies the step time, and the age of a spot pod at its interruption, of jobs submitted at or after `shift.at`.
  var shift: (at: Instant, pace: Double, lifetime: Double)?
  /// Added to the log of the step time.
  var deviation: (JobConfiguration) -> Double = { _ in 0 }
  /// Every other job answers suites.
  var answersSuites = false
  /// What the team runs, in turn; empty: anything.
  var kinds: [JobConfiguration] = []

  static let start = Instant(microseconds: 1_768_348_800_000_000)

  static func history(
    of world: WorldParameters, jobs: Int, seed: UInt64, shift: (at: Double, pace: Double, lifetime: Double)? = nil,
    answersSuites: Bool = false, kinds: [JobConfiguration] = [],
    deviation: @escaping (JobConfiguration) -> Double = { _ in 0 }
  ) -> History {
    var stream = RandomStream(seed: seed, replication: 0, entity: 7, purpose: 77)
    guard case .poisson(let perDay) = world.arrivals else { preconditionFailure("arrivals") }
    var at = 0.0
    var submissions: [Instant] = []
    for _ in 0..<jobs {
      at -= log(stream.uniform()) / perDay * 86_400
      submissions.append(start + Span(seconds: at))
    }
    let until = start + Span(seconds: at)
    var generator = ModelHistoryGenerator(
      world: world, stream: stream, history: History(source: "generated"), until: until)
    generator.deviation = deviation
    generator.answersSuites = answersSuites
    generator.kinds = kinds
    if let shift {
      let index = Int(Double(jobs) * shift.at)
      generator.shift = (submissions[index], shift.pace, shift.lifetime)
    }
    generator.history.observations = [.init(storeID: "test", origin: "synthetic", from: start, until: until)]
    for (i, s) in submissions.enumerated() where s < until { generator.job(i, s) }
    return generator.history
  }

  private mutating func uniform() -> Double { stream.uniform() }
  private mutating func normal() -> Double { StandardNormal.quantile(stream.uniform()) }
  private mutating func sample(_ law: Law) -> Double { max(0, law.quantile(stream.uniform())) }

  private mutating func configuration() -> JobConfiguration {
    if !kinds.isEmpty { return kinds[history.jobs.count % kinds.count] }
    let preset = Preset.allCases[min(3, Int(uniform() * 4))]
    var c = JobConfiguration(
      preset: preset, pricing: uniform() < 0.75 ? .spot : .onDemand,
      trainingPairs: Int(1500 + 2500 * uniform()), tokensPerPair: 2000 + 3000 * uniform())
    c.rank = [8, 16, 32, 64][min(3, Int(uniform() * 4))]
    c.batchSize = [1, 2, 4][min(2, Int(uniform() * 3))]
    if answersSuites { c.suitePasses = uniform() < 0.5 ? 4_000 : nil }
    return c
  }

  private mutating func job(_ index: Int, _ submitted: Instant) {
    let c = configuration()
    var job = History.Job(
      id: "j\(index)", name: "j\(index)", configuration: c, conversations: 500,
      trainingTokens: Int(Double(c.trainingPairs) * c.tokensPerPair), gpuType: "h100-pcie-80gb", submitted: submitted)
    job.admitted = submitted
    let own = index
    history.jobs.append(job)
    guard case .regression(let a, let t, let r, let b) = world.step.median else { preconditionFailure("step") }
    var median = a + t * log(c.tokensPerStep / 1e4) + r * log(Double(c.rank) / 16)
    median += b * log(Double(c.batchSize) / 2) + world.step.jobSD * normal()
    median += deviation(c)
    if let shift, submitted >= shift.at { median += log(shift.pace) }
    var state = (preprocessed: false, step: 0, leases: 0, interruptions: 0)
    var now = submitted
    while now < until {
      let pricing: Pricing = state.interruptions >= 3 ? .onDemand : c.pricing
      guard let granted = provision(own, pricing, &now) else { return }
      let pace = exp(median + world.step.podSD * normal())
      now = granted
      if lease(own, pricing, granted, pace, &state, &now) { return }
    }
  }

  private mutating func provision(_ job: Int, _ pricing: Pricing, _ now: inout Instant) -> Instant? {
    let availability = world.availability[pricing]
    for attempt in 0..<400 {
      var p = availability.success
      if attempt > 0, let rate = availability.recoveryRatePerHour { p *= 1 - exp(-rate / 12) }
      let requested = now
      let granted = uniform() < p
      var request = History.Request(
        id: "r\(history.requests.count)", job: job, pricing: pricing, requested: requested, resolved: requested,
        result: .unavailable)
      history.jobs[job].requests.append(history.requests.count)
      if granted {
        let at = now + Span(seconds: sample(world.provisioning[pricing]))
        (request.resolved, request.result) = at < until ? (at, .granted) : (nil, nil)
        history.requests.append(request)
        return at < until ? at : nil
      }
      history.requests.append(request)
      now = now + Span.minutes(5)
      if now >= until { return nil }
    }
    return nil
  }

  /// Returns true when the job is over, or the history is.
  private mutating func lease(
    _ job: Int, _ pricing: Pricing, _ granted: Instant, _ pace: Double,
    _ state: inout (preprocessed: Bool, step: Int, leases: Int, interruptions: Int), _ now: inout Instant
  ) -> Bool {
    let c = history.jobs[job].configuration
    var lease = History.Lease(
      id: "l\(history.leases.count)", job: job, pricing: pricing,
      hourlyRate: pricing == .spot ? 2_490_000_000 : 7_990_000_000, granted: granted)
    guard case .lifetime(let law) = world.interruptions[pricing] else { preconditionFailure("hazard") }
    var lifetime = law.quantile(uniform())
    if let shift, pricing == .spot, granted >= shift.at { lifetime *= shift.lifetime }
    let ends: [(Double, History.EndReason)] = [
      (lifetime, .interrupted),
      (-log(uniform()) / world.crashesPerHour[c.preset]! * 3600, .failed),
      (-log(uniform()) / world.cancellationsPerHour * 3600, .cancelled),
    ]
    var (age, reason) = ends.min { $0.0 < $1.0 }!
    let end = granted + Span(seconds: min(age, 1e9))
    var stop = min(end, until)
    func run(_ stage: History.StageName, _ seconds: Double) -> Bool {
      let over = now + Span(seconds: seconds)
      let done = over <= stop
      lease.stages.append(
        .init(stage: stage, started: now, ended: done ? over : (end <= until ? end : nil), completed: done))
      now = done ? over : stop
      return done
    }
    var alive = run(.boot, sample(world.boot))
    if alive, !state.preprocessed {
      alive = run(.preprocessing, sample(world.preprocessing))
      state.preprocessed = alive
    }
    if alive { alive = run(.modelLoading, sample(world.modelLoading)) }
    if alive, state.leases > 0 { alive = run(.restore, sample(world.restore)) }
    var ranOut = false
    if alive {
      ranOut = state.leases == 0 && uniform() < world.outOfMemory[c.preset]!
      if ranOut { (stop, reason, alive) = (now, .failed, false) }
    }
    if alive { alive = train(&lease, c, pace, stop, end, &state.step, &now) }
    if alive {
      alive = run(.finalization, sample(world.finalization) + Double(c.suitePasses ?? 0) * world.suitePass)
    }
    state.leases += 1
    if alive { (reason, age) = (.released, 0) } else { now = stop }
    if alive || ranOut || end <= until {
      lease.ended = now
      lease.endReason = reason
    }
    history.jobs[job].leases.append(history.leases.count)
    history.leases.append(lease)
    if lease.ended == nil { return true }
    if reason == .interrupted {
      state.interruptions += 1
      return false
    }
    history.jobs[job].ended = now
    history.jobs[job].outcome = alive ? .completed : (reason == .cancelled ? .cancelled : .failed)
    if reason == .failed { history.jobs[job].failure = ranOut ? "out_of_memory" : "worker_crash" }
    return true
  }

  private mutating func train(
    _ lease: inout History.Lease, _ c: JobConfiguration, _ pace: Double, _ stop: Instant, _ end: Instant,
    _ durableStep: inout Int, _ now: inout Instant
  ) -> Bool {
    var run = History.StageRun(stage: .training, started: now, ended: nil, completed: false)
    (run.firstStep, run.lastStep, run.lastStepAt) = (durableStep, durableStep, now)
    var step = durableStep
    let blocking = Span(seconds: sample(world.checkpoint))
    let upload = Span(seconds: sample(world.checkpointUpload))
    while step < c.steps {
      let next = min(c.steps, (step / c.checkpointEvery + 1) * c.checkpointEvery)
      let n = Double(next - step)
      let at = now + Span(seconds: pace * (n + world.step.withinCV * n.squareRoot() * normal()))
      if at > stop { break }
      (step, now) = (next, at)
      (run.lastStep, run.lastStepAt) = (step, at)
      lease.progress.append((step: step, at: at))
      guard step < c.steps else { break }
      let durable = now + blocking + upload
      if durable <= stop {
        lease.checkpoints.append(.init(step: step, started: now, blocked: blocking, durable: durable))
        durableStep = step
      }
      now = now + blocking
      if now > stop { break }
    }
    run.completed = step == c.steps && now <= stop
    run.ended = run.completed ? now : (end <= until ? end : nil)
    lease.stages.append(run)
    if !run.completed { now = stop }
    return run.completed
  }
}
