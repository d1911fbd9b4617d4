import DiscreteEvent
import Testing

@testable import Engine

/// The table and what ``Fleet/evolve(_:at:)`` does are the same thing, both ways.
@Suite struct LifecycleTests {
  struct Edge: Hashable, CustomStringConvertible {
    var from: Phase?
    var event: EventKind
    var to: Phase
    var description: String { "\(from.map { "\($0)" } ?? "new") —\(event)→ \(to)" }
  }

  static let table: Set<Edge> = Set(
    Lifecycle.transitions.flatMap { row in row.to.map { Edge(from: row.from, event: row.event, to: $0) } })

  static let index = JobIndex(0)
  /// What does not bring a job further: left to the choice of what was done least.
  static let detours: Set<EventKind> = [
    .cancelRequested, .jobFailed, .workerFailed, .stopOrdered, .jobBlocked, .billAdjusted, .storageCharged,
    .pauseRequested, .jobPromoted, .pausedJobRepriced,
  ]

  /// An event of the kind with a payload that the job's state can take, where the kind has one.
  static func event(_ kind: EventKind, _ job: Job?, _ rng: inout SplitMix, at now: Instant) -> Event {
    let j = index
    switch kind {
    case .jobDrafted: return .jobDrafted(JobSpec(ordinal: 7, pricing: .spot, steps: 100, reservation: usd(20)))
    case .jobSubmitted: return .jobSubmitted(JobSpec(ordinal: 7, pricing: .spot, steps: 100, maxCost: usd(9)))
    case .jobConfirmed: return .jobConfirmed(j)
    case .cancelRequested: return .cancelRequested(j)
    case .pauseRequested: return .pauseRequested(j)
    case .resumeRequested: return .resumeRequested(j)
    case .jobPromoted: return .jobPromoted(j)
    case .decisionAnswered: return .decisionAnswered(j, Fallback.allCases.randomElement(using: &rng)!)
    case .budgetOverridden: return .budgetOverridden(j)
    case .budgetLimitChanged: return .budgetLimitChanged(usd(100))
    case .podGranted: return .podGranted(j, hourlyRate: usd(2.49))
    case .podUnavailable: return .podUnavailable(j, .noCapacity)
    case .stageFinished: return .stageFinished(j, job?.phase.stage ?? Stage.allCases.randomElement(using: &rng)!)
    case .checkpointsSaved:
      return .checkpointsSaved(j, step: Int32(rng.int(0...100)), keptThrough: now, blocked: .seconds(rng.int(0...60)))
    case .podInterrupted: return .podInterrupted(j, .interrupted, stoppedAt: now, billedUntil: now)
    case .workerFailed: return .workerFailed(j, .workerCrash)
    case .podGone: return .podGone(j)
    case .deadlinePassed: return .deadlinePassed(j)
    case .periodTurned: return .periodTurned
    case .billAdjusted: return .billAdjusted(j, rng.int(-1000...1000))
    case .storageCharged: return .storageCharged(j, rng.int(0...1000))
    case .jobAdmitted: return .jobAdmitted(j)
    case .jobBlocked: return .jobBlocked(j, .budget)
    case .podRequested: return .podRequested(j)
    case .retryScheduled: return .retryScheduled(j, at: now + .minutes(5))
    case .switchedToOnDemand: return .switchedToOnDemand(j)
    case .decisionRequested: return .decisionRequested(j, .interruptions, until: now + .hours(24))
    case .stopOrdered: return .stopOrdered(j, .costCap)
    case .jobFailed: return .jobFailed(j, .recoveryExhausted)
    case .allocationLimitChanged: return .allocationLimitChanged(2, usd(50))
    case .budgetGateChanged: return .budgetGateChanged(blocks: false)
    case .pausedJobRepriced: return .pausedJobRepriced(j, .onDemand, reservation: usd(90))
    }
  }

  /// Whether the state forbids what the table allows: a second lease, or one that is not there.
  static func clashes(_ kind: EventKind, _ job: Job) -> Bool {
    (kind == .podGranted || kind == .podUnavailable) && job.lease.isOpen
  }

  @Test func everyEdgeIsWalkedAndNothingElseHappens() throws {
    var seen: Set<Edge> = []
    var visits: [Edge: Int] = [:]
    let kinds = EventKind.allCases.filter {
      ![.jobDrafted, .jobSubmitted, .periodTurned, .budgetLimitChanged, .allocationLimitChanged, .budgetGateChanged]
        .contains($0)
    }
    for seed in UInt64(1)...3000 {
      var rng = SplitMix(seed)
      var fleet = Fleet()
      var now = Instant.zero
      try fleet.evolve(Self.event(rng.chance(0.2) ? .jobDrafted : .jobSubmitted, nil, &rng, at: now), at: now)
      let born = fleet[Self.index].phase
      seen.insert(Edge(from: nil, event: born == .queued ? .jobSubmitted : .jobDrafted, to: born))
      for _ in 0..<60 {
        now = now + .seconds(rng.int(1...3000))
        let job = fleet[Self.index]
        let legal = kinds.filter { !Lifecycle.next(job.phase, $0).isEmpty && !Self.clashes($0, job) }
        // Mostly go on with what was done least here, so that the late phases and the rare edges are reached too.
        let rarest = legal.min {
          visits[Edge(from: job.phase, event: $0, to: job.phase), default: 0]
            < visits[Edge(from: job.phase, event: $1, to: job.phase), default: 0]
        }
        let kind: EventKind
        if rng.chance(0.12) {
          kind = rarest ?? .jobFailed
        } else if job.phase.isWorking, rng.chance(0.6) {
          kind = .stageFinished
        } else {
          let onward = legal.filter { !Self.detours.contains($0) }
          kind = onward.randomElement(using: &rng) ?? legal.randomElement(using: &rng) ?? .jobFailed
        }
        visits[Edge(from: job.phase, event: kind, to: job.phase), default: 0] += 1
        let event = Self.event(kind, job, &rng, at: now)
        do {
          try fleet.evolve(event, at: now)
          let edge = Edge(from: job.phase, event: kind, to: fleet[Self.index].phase)
          #expect(Self.table.contains(edge), "seed \(seed): \(edge) is not in the table")
          seen.insert(edge)
        } catch {
          #expect(!legal.contains(kind), "seed \(seed): \(job.phase) refused \(kind)")
        }
        #expect(fleet.ledger.isBalanced)
      }
    }
    let missing = Self.table.subtracting(seen).map(\.description).sorted()
    #expect(missing.isEmpty, "never walked: \(missing)")
  }

  @Test func whatIsNotInTheTableIsAnErrorThatChangesNothing() throws {
    var tried: Set<Phase> = []
    for seed in UInt64(1)...2000 where tried.count < Phase.allCases.count {
      var rng = SplitMix(seed)
      var fleet = Fleet()
      var now = Instant.zero
      try fleet.evolve(Self.event(seed % 2 == 0 ? .jobDrafted : .jobSubmitted, nil, &rng, at: now), at: now)
      for _ in 0..<40 {
        let job = fleet[Self.index]
        if tried.insert(job.phase).inserted {
          for kind in EventKind.allCases where Lifecycle.next(job.phase, kind).isEmpty {
            if [
              .jobDrafted, .jobSubmitted, .periodTurned, .budgetLimitChanged, .allocationLimitChanged,
              .budgetGateChanged,
            ].contains(kind) {
              continue
            }
            let before = fleet
            #expect(throws: TransitionError(phase: job.phase, event: kind, ordinal: 7)) {
              try fleet.evolve(Self.event(kind, job, &rng, at: now), at: now)
            }
            #expect(fleet.differences(from: before) == [], "\(job.phase) × \(kind)")
          }
        }
        now = now + .seconds(rng.int(1...3000))
        let ends: [EventKind] = rng.chance(0.8) ? [.cancelRequested, .jobFailed, .workerFailed, .stopOrdered] : []
        let legal = EventKind.allCases.filter {
          !Lifecycle.next(job.phase, $0).isEmpty && !Self.clashes($0, job) && !ends.contains($0)
        }
        let kind = job.phase.isWorking && rng.chance(0.7) ? .stageFinished : legal.randomElement(using: &rng)
        guard let kind else { break }
        try fleet.evolve(Self.event(kind, job, &rng, at: now), at: now)
      }
    }
    #expect(tried == Set(Phase.allCases))
  }

  @Test func aStageEndsInItsOwnPhaseOnly() throws {
    for stage in Stage.allCases {
      var driver = Driver()
      let j = try driver.submit(at: .zero)
      try driver.receive(.podGranted(j, hourlyRate: usd(1)), at: minutes(1))
      var left = 8
      while let own = driver[j].phase.stage, left > 0 {
        left -= 1
        if own != stage {
          let before = driver.fleet
          #expect(throws: TransitionError(phase: before[j].phase, event: .stageFinished, ordinal: 0)) {
            try driver.receive(.stageFinished(j, stage), at: minutes(2))
          }
          #expect(driver.fleet.differences(from: before) == [])
        }
        try driver.receive(.stageFinished(j, own), at: minutes(3))
      }
    }
  }

  @Test func anUnknownJobIsAnErrorThatChangesNothing() {
    var fleet = Fleet()
    #expect(throws: TransitionError(phase: nil, event: .podGone, ordinal: .max)) {
      try fleet.evolve(.podGone(JobIndex(3)), at: .zero)
    }
    #expect(fleet.differences(from: Fleet()) == [])
  }

  @Test func aSecondGrantNeverReplacesAnOpenLease() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: minutes(1))
    try driver.receive(.cancelRequested(j), at: minutes(10))
    #expect(driver[j].phase == .stopping)
    for event in [Event.podGranted(j, hourlyRate: 1), .podUnavailable(j, .error)] {
      let before = driver.fleet
      #expect(throws: TransitionError.self) { try driver.receive(event, at: minutes(11)) }
      #expect(driver.fleet.differences(from: before) == [])
    }
    #expect(driver[j].lease.isOpen)
  }

  @Test func aTransitionErrorNamesStateEventAndJob() {
    let error = TransitionError(phase: .training, event: .podGranted, ordinal: 12)
    #expect(error.description == "job 12 cannot take 'podGranted' while training")
  }
}
