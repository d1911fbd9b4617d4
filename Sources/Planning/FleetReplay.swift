import Calibration
import DiscreteEvent
import Engine
import Simulator

/// The fleet as it stood at the end of a history: what still runs or waits, rebuilt by the engine's own events.
///
/// Jobs that are over are not rebuilt; their charges are in the history.
public struct FleetReplay: Sendable {
  public private(set) var fleet = Fleet()
  public private(set) var resumptions: [Experiment.Resumption] = []
  /// Index into the history's jobs, by the fleet's job index.
  public private(set) var jobs: [Int] = []
  /// What the history says that the engine could not take; each left out, and said.
  public private(set) var warnings: [String] = []

  private struct Fact {
    var at: Instant
    var order: Int
    var event: Event
  }

  /// Puts those that wait in another order than that of their submission: a history does not say who was promoted.
  ///
  /// - Parameter ids: of the history's jobs, the first first; who is not named comes behind them.
  mutating func order(_ ids: [String], of history: History, at now: Instant) {
    let places = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let named = jobs.indices.compactMap { i in places[history.jobs[jobs[i]].id].map { (place: $0, index: JobIndex(i)) }
    }
    // Each goes to the front: the first one last.
    for (_, index) in named.sorted(by: { $0.place > $1.place }) where fleet[index].phase == .queued {
      try? fleet.evolve(.jobPromoted(index), at: now)
    }
  }

  /// - Parameter kind: index of the kind for the i-th unfinished job.
  public init(_ history: History, firstKind: Int) {
    for (position, job) in history.jobs.enumerated() where job.ended == nil {
      let index = JobIndex(jobs.count)
      let spec = JobSpec(
        ordinal: UInt32(jobs.count), pricing: job.configuration.pricing, steps: Int32(clamping: job.configuration.steps)
      )
      jobs.append(position)
      var facts = [Fact(at: job.submitted, order: -1, event: .jobSubmitted(spec))]
      if let admitted = job.admitted { facts.append(Fact(at: admitted, order: 1, event: .jobAdmitted(index))) }
      addRequests(of: job, in: history, index, &facts)
      addLeases(of: job, in: history, index, &facts)
      addPauses(of: job, in: history, index, &facts)
      // Nothing comes before the job itself, whatever another clock says.
      for i in facts.indices { facts[i].at = max(facts[i].at, job.submitted) }
      facts.sort { ($0.at, $0.order) < ($1.at, $1.order) }
      for fact in facts {
        do {
          try apply(fact.event, to: index, at: fact.at)
        } catch {
          warnings.append("job \(job.id): \(error.description); left out")
        }
      }
      resumptions.append(resumption(of: job, in: history, index, kind: firstKind + jobs.count - 1))
    }
  }

  private mutating func apply(_ event: Event, to index: JobIndex, at instant: Instant) throws(TransitionError) {
    if case .jobSubmitted = event { return try fleet.evolve(event, at: instant) }
    let phase = fleet[index].phase
    switch event {
    // A pause is told twice, by its own row and by its lease's end, and may take effect at once.
    case .pauseRequested where phase == .paused || phase == .stopping, .podGone where phase != .stopping: return
    // Between an interruption and a pause somebody was asked.
    case .pauseRequested where phase == .interrupted:
      try fleet.evolve(.decisionRequested(index, .interruptions, until: .distantFuture), at: instant)
    default: break
    }
    try fleet.evolve(event, at: instant)
  }

  /// A history does not say when a job that went on after a pause was admitted again: with its next request.
  private func addPauses(of job: History.Job, in history: History, _ index: JobIndex, _ facts: inout [Fact]) {
    for (from, to) in job.pauses {
      facts.append(Fact(at: from, order: 5, event: .pauseRequested(index)))
      facts.append(Fact(at: from, order: 7, event: .podGone(index)))
      guard let to else { continue }
      facts.append(Fact(at: to, order: 8, event: .resumeRequested(index)))
    }
  }

  private func addRequests(of job: History.Job, in history: History, _ index: JobIndex, _ facts: inout [Fact]) {
    var pricing = job.configuration.pricing
    var open = false
    var previous = job.admitted ?? .distantFuture
    for r in job.requests {
      let request = history.requests[r]
      if job.pauses.contains(where: { from, to in from >= previous && (to ?? .distantFuture) <= request.requested }) {
        facts.append(Fact(at: request.requested, order: 9, event: .jobAdmitted(index)))
      } else if open {
        facts.append(Fact(at: request.requested, order: 7, event: .deadlinePassed(index)))
      }
      if request.pricing != pricing, request.pricing == .onDemand {
        facts.append(Fact(at: request.requested, order: 8, event: .switchedToOnDemand(index)))
        pricing = .onDemand
      }
      facts.append(Fact(at: request.requested, order: 10, event: .podRequested(index)))
      open = false
      previous = request.requested
      if let resolved = request.resolved, let result = request.result, result != .granted, result != .withdrawn {
        // An answer in the instant of its request comes after it.
        let order = resolved == request.requested ? 11 : 2
        facts.append(Fact(at: resolved, order: order, event: .podUnavailable(index, .noCapacity)))
        open = true
      }
    }
  }

  private func addLeases(of job: History.Job, in history: History, _ index: JobIndex, _ facts: inout [Fact]) {
    for l in job.leases {
      let lease = history.leases[l]
      // A pod that was granted in the instant of its request came after it, and all that it did at once.
      let isAtOnce = job.requests.contains { history.requests[$0].requested == lease.granted }
      func add(_ at: Instant, _ order: Int, _ event: Event) {
        facts.append(Fact(at: at, order: isAtOnce && at == lease.granted ? order + 10 : order, event: event))
      }
      add(lease.granted, 2, .podGranted(index, hourlyRate: lease.hourlyRate))
      let hasBoot = lease.stages.contains { $0.stage == .boot }
      if !hasBoot, let first = lease.stages.map(\.started).min() {
        add(first, 3, .stageFinished(index, .boot))
      }
      for run in lease.stages where run.completed {
        guard let ended = run.ended else { continue }
        add(ended, 4, .stageFinished(index, run.stage.stage))
      }
      for c in lease.checkpoints {
        let blocked = c.blocked ?? (c.durable - c.started)
        add(
          c.durable, 3,
          .checkpointsSaved(
            index, step: Int32(clamping: c.step), keptThrough: c.started + blocked, blocked: blocked))
      }
      if let ended = lease.ended, lease.endReason == .paused {
        add(ended, 5, .pauseRequested(index))
        add(ended, 7, .podGone(index))
      } else if let ended = lease.ended {
        add(ended, 6, .podInterrupted(index, .interrupted, stoppedAt: ended, billedUntil: ended))
      }
    }
  }

  private func resumption(
    of job: History.Job, in history: History, _ index: JobIndex, kind: Int
  ) -> Experiment.Resumption {
    var result = Experiment.Resumption(
      index: index, kind: kind, stageStarted: job.submitted, step: fleet[index].durableStep, stepAt: job.submitted,
      secondsPerStep: nil)
    guard let l = job.leases.last else { return result }
    let lease = history.leases[l]
    result.stageStarted = lease.stages.map(\.started).max() ?? lease.granted
    guard let training = lease.stages.last(where: { $0.stage == .training }) else { return result }
    let first = training.firstStep ?? Int(fleet[index].durableStep)
    var step = first
    var at = training.started
    var busy = Span.zero
    var previous = training.started
    // Progress is noted before the checkpoint that follows it: what a checkpoint blocks is no part of a step.
    for p in lease.progress where p.at >= training.started && p.step > step {
      busy += p.at - previous
      step = p.step
      at = p.at
      let checkpoint = lease.checkpoints.first { $0.step == p.step }
      let blocked = checkpoint.map { $0.blocked ?? ($0.durable - $0.started) } ?? .zero
      previous = p.at + blocked
      at = previous
    }
    result.step = Int32(clamping: step)
    result.stepAt = at
    if step > first { result.secondsPerStep = busy.seconds / Double(step - first) }
    return result
  }
}

extension History.StageName {
  /// The engine's name for it.
  var stage: Stage {
    switch self {
    case .boot: .boot
    case .preprocessing: .preprocessing
    case .modelLoading: .modelLoading
    case .restore: .restore
    case .training: .training
    case .finalization: .finalization
    }
  }
}
