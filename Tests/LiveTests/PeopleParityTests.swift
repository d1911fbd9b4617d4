import Calibration
import DiscreteEvent
import Engine
import Planning
import Simulator
import Testing

/// People in both drivers: they ask for the same at the same instants, whether it is possible then or not. What each makes of it must be the same,
/// event for event.
@Suite struct PeopleParityTests {
  /// An ``Experiment/Request/Wish`` without what it bears.
  private enum Kind: String, CaseIterable { case cancel, pause, resume, promote, retry, answer }

  private struct Met {
    var granted: [Kind: Int] = [:]
    var refused = 0
    var kinds: Set<EventKind> = []
    /// Between a pause and the pod's end a checkpoint became durable.
    var savedWhileStopping = 0
  }

  @Test func bothDriversDoWhatPeopleAskFor() async throws {
    var met = Met()
    for name in ["gpu-shortage", "queue-that-fills", "three-spot-slots", "budget-pressure"] {
      for seed in UInt64(1)...4 { try await compare(name, seed, &met) }
    }
    let counts = met.granted.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key) \($0.value)" }
    print("people in both drivers: \(counts.joined(separator: ", ")), refused \(met.refused)")
    for kind in Kind.allCases { #expect(met.granted[kind, default: 0] > 0, "\(kind) was never granted") }
    #expect(met.refused > 0 && met.savedWhileStopping > 0)
    #expect(met.kinds.isSuperset(of: [.podInterrupted, .podUnavailable, .workerFailed, .decisionRequested]))
  }

  private func compare(_ name: String, _ seed: UInt64, _ met: inout Met) async throws {
    let (scenario, source, request) = try ParityTests.question(name)
    var experiment = try Simulation.experiment(scenario, source: source, request: request)
    (experiment.seed, experiment.replications) = (seed, 1)
    for i in experiment.worlds.indices { disturb(&experiment.worlds[i]) }
    for i in experiment.onDemandWorlds.indices { disturb(&experiment.onDemandWorlds[i]) }
    // Who is there, and for how long, is known from a world in which nobody asks.
    let calm = try experiment.replication(0)
    var random = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 9)
    experiment.requests = requests(over: calm, from: experiment.start, &random)
    let trace = try experiment.replication(0).trace.map { ($0.0, $0.1) }
    let served = try ParityTests.compare("\(name), seed \(seed)", trace, experiment)
    for (wish, isGranted) in served {
      if isGranted { met.granted[kind(of: wish), default: 0] += 1 } else { met.refused += 1 }
    }
    met.kinds.formUnion(trace.map(\.1.kind))
    met.savedWhileStopping += saves(trace)
  }

  private func disturb(_ world: inout WorldParameters) {
    for preset in Preset.allCases { world.crashesPerHour[preset] = 0.02 }
    world.answerDelay = .exponential(mean: 7_200)
  }

  /// Each job is asked for something a few times, while it is there and a little beyond; whoever has paused it mostly lets it go on.
  private func requests(
    over calm: ReplicationResult, from start: Instant, _ random: inout RandomStream
  ) -> [Experiment.Request] {
    var requests: [Experiment.Request] = []
    for (at, event, ordinal) in calm.trace {
      guard case .jobSubmitted = event else { continue }
      let span = (calm.trace.last { $0.2 == ordinal }?.0 ?? at) - at + .hours(2)
      for _ in 0..<Int(random.uniform() * 4) {
        let then = at + Span(seconds: random.uniform() * span.seconds)
        let wish = wish(&random)
        requests.append(.init(at: then, ordinal: ordinal, wish: wish))
        guard wish == .pause, random.uniform() < 0.8 else { continue }
        // Too early, now and then: its worker still saves.
        let later = then + Span(seconds: random.uniform() * random.uniform() * 14_400)
        requests.append(.init(at: later, ordinal: ordinal, wish: random.uniform() < 0.1 ? .cancel : .resume))
      }
    }
    return requests.sorted { ($0.at, $0.ordinal) < ($1.at, $1.ordinal) }
  }

  private func wish(_ random: inout RandomStream) -> Experiment.Request.Wish {
    let answers = Fallback.allCases.filter { $0 != .ask }
    switch random.uniform() {
    case ..<0.4: return .pause
    case ..<0.5: return .resume
    case ..<0.65: return .promote
    case ..<0.75: return .cancel
    case ..<0.85: return .retry
    default: return .answer(answers[Int(random.uniform() * Double(answers.count))])
    }
  }

  private func kind(of wish: Experiment.Request.Wish) -> Kind {
    switch wish {
    case .cancel: .cancel
    case .pause: .pause
    case .resume: .resume
    case .promote: .promote
    case .retry: .retry
    case .answer: .answer
    }
  }

  /// How many checkpoints became durable between a pause and the end of its pod.
  private func saves(_ trace: [(Instant, Event)]) -> Int {
    var (stopping, count) = (Set<JobIndex>(), 0)
    for (_, event) in trace.sorted(by: { $0.0 < $1.0 }) {
      switch event {
      case .pauseRequested(let job): stopping.insert(job)
      case .podGone(let job): stopping.remove(job)
      case .checkpointsSaved(let job, _, _, _): if stopping.contains(job) { count += 1 }
      default: break
      }
    }
    return count
  }
}
