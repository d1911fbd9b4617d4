import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios
import Simulator
import Testing

@testable import Live
@testable import Sandbox

/// One engine, two drivers: what the Simulator sampled is told to the Coordinator as a provider, workers and people would tell it, at the
/// same instants; its pods are the sandbox's, in this process and under virtual time. Both journals must be the same, event for event.
@Suite struct ParityTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scenarios")

  @Test(arguments: [
    "bad-weather", "budget-pressure", "gpu-shortage", "lora-workload", "on-demand", "queue-that-fills", "spot",
    "three-presets", "three-spot-slots", "cheapest-by-deadline",
  ])
  func bothDriversWriteTheSameJournal(_ name: String) async throws {
    let (scenario, source, request) = try Self.question(name)
    let simulated = try await Simulation.run(scenario, source: source, request: request)
    let experiment = try Simulation.experiment(scenario, source: source, request: request)
    try Self.compare(name, simulated.trace.map { ($0.0, $0.1) }, experiment)
  }

  /// People who cancel what runs, workers that die, and questions that are answered late or never.
  @Test func bothDriversDoWhatPeopleWant() async throws {
    var kinds: Set<EventKind> = []
    for name in ["gpu-shortage", "lora-workload", "spot", "three-spot-slots"] {
      for seed in UInt64(1)...3 { kinds.formUnion(try await Self.compareDisturbed(name, seed)) }
    }
    for kind in [EventKind.cancelRequested, .workerFailed, .podInterrupted, .podUnavailable] {
      #expect(kinds.contains(kind), "\(kind) never happened")
    }
  }

  /// - Returns: what happened.
  private static func compareDisturbed(_ name: String, _ seed: UInt64) async throws -> Set<EventKind> {
    let (scenario, source, request) = try question(name)
    var experiment = try Simulation.experiment(scenario, source: source, request: request)
    (experiment.seed, experiment.replications) = (seed, 1)
    func disturb(_ world: inout WorldParameters) {
      world.cancellationsPerHour = 0.04
      for preset in Preset.allCases { world.crashesPerHour[preset] = 0.02 }
      world.answerDelay = .exponential(mean: 1_800)
    }
    for i in experiment.worlds.indices { disturb(&experiment.worlds[i]) }
    for i in experiment.onDemandWorlds.indices { disturb(&experiment.onDemandWorlds[i]) }
    let trace = try await experiment.run(threads: 1, into: [(Instant, Event)]()) { all, result in
      all += result.trace.map { ($0.0, $0.1) }
    } merge: {
      $0 += $1
    }
    try compare("\(name), seed \(seed)", trace, experiment)
    return Set(trace.map(\.1.kind))
  }

  private static func question(_ name: String) throws -> (Scenario, ModelSource, Simulation.Request) {
    var scenario = try ScenarioReader.read(path: Self.folder.appendingPathComponent("\(name).yaml").path)
    // A part of a long run says as much.
    if case .jobs(let n, _) = scenario.horizon, n > 300 { scenario.horizon = .jobs(300, warmUp: 0) }
    // For scenarios that leave the jobs to the model.
    var world = WorldParameters()
    world.mix = [Preset.balanced, .conservative].map {
      JobKind(weight: 1, configuration: JobConfiguration(preset: $0, pricing: .spot))
    }
    return (
      scenario, ModelSource(worlds: [world], jobs: 0, name: ""), Simulation.Request(replications: 1, traces: true)
    )
  }

  private static func compare(_ name: String, _ simulated: [(Instant, Event)], _ experiment: Experiment) throws {
    let trace = simulated.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map { Moment(at: $0.element.0, event: $0.element.1) }
    #expect(trace.count > 10, "\(name) has nothing to compare")
    var live = try ScriptedProvider(experiment)
    for (i, moment) in trace.enumerated() {
      try live.tell(moment)
      try #require(live.written.count <= trace.count + 1)
      let same = min(i + 1, live.written.count)
      try #require(
        same == 0 || live.written[same - 1] == trace[same - 1].plain,
        "\(name), event \(same): \(live.written[same - 1]) where the simulator has \(trace[same - 1].plain)")
    }
    #expect(live.written == trace.map(\.plain))
    #expect(live.coordinator.fleet.ledger == (try live.replayed(trace)).ledger)
    let rented = Set(live.cloud.listed.filter(\.status.isBilled).map(\.order.name))
    #expect(rented == live.names, "\(name): what the sandbox has rented out in the end is what the coordinator holds")
    #expect(!live.cloud.pods.isEmpty)
  }
}

/// One event of the simulator's trace.
struct Moment: Equatable, CustomStringConvertible {
  var at: Instant
  var event: Event

  /// Without the job's ordinal, which each driver gives by its own count.
  var plain: Moment {
    guard case .jobSubmitted(var spec) = event else { return self }
    spec.ordinal = 0
    return Moment(at: at, event: .jobSubmitted(spec))
  }
  var description: String { "\(at.microseconds) \(event)" }
}

/// Plays all that is outside the coordinator from a script, on the sandbox's pods.
struct ScriptedProvider {
  private(set) var cloud: SandboxCloud
  var coordinator: Coordinator
  var written: [Moment] = []
  private var list: UInt64 = 0
  /// What the sandbox calls the pod of a request.
  private var pods: [UInt32: String] = [:]
  private let start: Instant
  private let fleet: Fleet

  init(_ experiment: Experiment) throws {
    start = experiment.start
    fleet = experiment.fleet
    let opening = JournalOpening(
      store: "parity", origin: .synthetic, policyName: "parity", policies: experiment.policies,
      budget: experiment.fleet.budget)
    // When pods come, and are taken back, the script says.
    var world = SandboxSettings()
    (world.provisioning, world.starting, world.slowBoots) = (.constant(0), .constant(0), 0)
    (world.interruptions, world.hostFailures, world.stockOuts) = (nil, nil, 0)
    (world.deposit, world.spendLimit, world.disk) = (1_000_000_000_000_000, 1_000_000_000_000_000, 0)
    world.gpus[0].stock = .max
    cloud = SandboxCloud(settings: world, seed: 1, at: start)
    // Nobody is ever late here.
    var settings = LiveSettings()
    settings.listEvery = .zero
    settings.listEveryIdle = .zero
    settings.answerWithin = .days(1_000)
    settings.stopWithin = .days(1_000)
    settings.terminateEvery = .zero
    coordinator = try Coordinator.create(
      path: nil, opening: opening, home: { "here" }, at: ClockReading(wall: start, monotonic: .zero), settings: settings
    )
  }

  private mutating func step(_ inputs: [LiveInput], at: Instant) throws {
    let orders = try coordinator.step(inputs, at: ClockReading(wall: at, monotonic: at - start))
    for (at, entry) in coordinator.journalled {
      if case .event(let event) = entry { written.append(Moment(at: at, event: event).plain) }
    }
    for order in orders {
      switch order {
      case .list(let number): list = number
      // Told again as long as it is there.
      case .terminate(let pod): if let pod = cloud[pod], pod.status != .terminated { try terminate(pod.id, at) }
      default: break
      }
    }
  }

  private mutating func terminate(_ pod: String, _ at: Instant) throws {
    _ = cloud.advance(to: at)
    _ = try cloud.act(.terminate, on: pod)
  }

  /// The names of the pods that the coordinator holds.
  var names: Set<String> {
    Set(
      coordinator.book.rentals.enumerated().filter { $0.element.isHeld && !$0.element.isOver }
        .map { PodName(store: "parity", epoch: 1, request: UInt32($0.offset + 1)).description })
  }

  /// A creation as the sandbox takes it: at this price, if at all.
  private mutating func create(_ request: UInt32, _ job: JobIndex, rate: Int64, at: Instant) throws -> SandboxPod {
    _ = cloud.advance(to: at)
    let isSpot = coordinator.fleet[job].pricing == .spot
    var order = SandboxPod.Order(
      name: PodName(store: "parity", epoch: 1, request: request).description, image: "a/worker")
    (order.gpu, order.isInterruptible, order.bid) = (cloud.settings.gpus[0].id, isSpot, rate)
    (cloud.settings.gpus[0].spot, cloud.settings.gpus[0].secure) = (0, rate)
    return try cloud.create(order)
  }

  private func observation(_ pod: SandboxPod, _ kind: LossKind) -> PodObservation {
    PodObservation(
      id: pod.id, name: pod.order.name, status: pod.status.isBilled ? .running : .exited(kind), created: pod.created,
      hourlyRate: pod.rate)
  }

  private func request(_ job: JobIndex) throws -> UInt32 { try #require(coordinator.book.openRequest(of: job)) }

  private mutating func report(_ job: JobIndex, _ body: WorkerReport.Body, at: Instant) throws {
    let request = try request(job)
    let report = WorkerReport(
      request: request, epoch: 1, sequence: coordinator.book[request].nextReport, body: body)
    try step([.reported(report, ticket: 0)], at: at)
  }

  /// Lets one event of the trace happen; decisions are the coordinator's own.
  mutating func tell(_ moment: Moment) throws {
    let at = moment.at
    switch moment.event {
    case .jobSubmitted(let spec):
      let description = JobDescription(
        ordinal: 0, id: "\(spec.ordinal)", name: "", configuration: .init(preset: .custom, pricing: spec.pricing))
      try step([.asked(.submit(spec, description), ticket: 0)], at: at)
    case .budgetLimitChanged(let limit): try step([.asked(.setLimit(limit), ticket: 0)], at: at)
    case .cancelRequested(let job): try step([.asked(.cancel(job), ticket: 0)], at: at)
    case .pauseRequested(let job): try step([.asked(.pause(job), ticket: 0)], at: at)
    case .resumeRequested(let job): try step([.asked(.resume(job), ticket: 0)], at: at)
    case .decisionAnswered(let job, let answer):
      // Where silence was the answer, the engine has given it itself.
      if written.last != moment { try step([.asked(.answer(job, answer), ticket: 0)], at: at) }
    case .periodTurned, .deadlinePassed:
      if !written.reversed().prefix(while: { $0.at == at }).contains(moment) { try step([], at: at) }
    case .podGranted(let job, let rate):
      let request = try request(job)
      let pod = try create(request, job, rate: rate, at: at)
      pods[request] = pod.id
      try step([.creationAnswered(request: request, .created(observation(pod, .interrupted)))], at: at)
    case .podUnavailable(let job, let why):
      let request = try request(job)
      cloud.settings.stockOuts = 1
      let problem = #expect(throws: SandboxProblem.self) { _ = try create(request, job, rate: 1, at: at) }
      #expect(problem?.status == SandboxProblem.noCapacity.status)
      cloud.settings.stockOuts = 0
      try step([.creationAnswered(request: request, .refused(why))], at: at)
    case .podGone(let job):
      let pod = try #require(pods[try request(job)])
      // Whoever was told to stop and to save has ended by itself.
      if cloud[pod]?.status != .terminated { try terminate(pod, at) }
      try step([.terminationAnswered(pod: pod, .absent)], at: at)
    case .stageFinished(let job, let stage): try report(job, .stageFinished(stage), at: at)
    case .checkpointsSaved(let job, let step, let through, let blocked):
      try report(job, .checkpointSaved(step: step, age: at - through, blocked: blocked), at: at)
    case .workerFailed(let job, let failure): try report(job, .failed(failure), at: at)
    case .podInterrupted(let job, let kind, _, _):
      try report(job, .interruptionNoticed, at: at)
      let pod = try #require(pods[try request(job)])
      _ = cloud.advance(to: at)
      _ = try cloud.interrupt(pod)
      if list == 0 { try step([], at: at) }
      let number = list
      list = 0
      try step([.podsListed(number: number, cloud.listed.map { observation($0, kind) })], at: at)
    default: break
    }
  }

  /// The simulator's own events, evolved.
  func replayed(_ trace: [Moment]) throws -> Fleet {
    var fleet = fleet
    for moment in trace { try fleet.evolve(moment.event, at: moment.at) }
    return fleet
  }
}
