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

/// One engine, two drivers: what the Simulator sampled is told to the Coordinator as a provider, workers and people would tell it, at the
/// same instants. Both journals must be the same, event for event.
@Suite struct ParityTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("scenarios")

  @Test(arguments: [
    "bad-weather", "budget-pressure", "gpu-shortage", "lora-workload", "on-demand", "queue-that-fills", "spot",
    "three-presets", "three-spot-slots", "cheapest-by-deadline",
  ])
  func bothDriversWriteTheSameJournal(_ name: String) async throws {
    var scenario = try ScenarioReader.read(path: Self.folder.appendingPathComponent("\(name).yaml").path)
    // A part of a long run says as much.
    if case .jobs(let n, _) = scenario.horizon, n > 300 { scenario.horizon = .jobs(300, warmUp: 0) }
    // For scenarios that leave the jobs to the model.
    var world = WorldParameters()
    world.mix = [Preset.balanced, .conservative].map {
      JobKind(weight: 1, configuration: JobConfiguration(preset: $0, pricing: .spot))
    }
    let source = ModelSource(worlds: [world], jobs: 0, name: "")
    let request = Simulation.Request(replications: 1, traces: true)
    let simulated = try await Simulation.run(scenario, source: source, request: request)
    let experiment = try Simulation.experiment(scenario, source: source, request: request)
    let trace = simulated.trace.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
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

/// Plays all that is outside the coordinator from a script.
struct ScriptedProvider {
  var coordinator: Coordinator
  var written: [Moment] = []
  private var list: UInt64 = 0
  private var held: [String: PodObservation] = [:]
  private let start: Instant
  private let fleet: Fleet

  init(_ experiment: Experiment) throws {
    start = experiment.start
    fleet = experiment.fleet
    let opening = JournalOpening(
      store: "parity", origin: .synthetic, policyName: "parity", policies: experiment.policies,
      budget: experiment.fleet.budget)
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
    for case .list(let number) in orders { list = number }
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
      let name = PodName(store: "parity", epoch: 1, request: request).description
      let pod = PodObservation(id: "pod-\(request)", name: name, status: .running, created: at, hourlyRate: rate)
      held[pod.id] = pod
      try step([.creationAnswered(request: request, .created(pod))], at: at)
    case .podUnavailable(let job, let why):
      try step([.creationAnswered(request: try request(job), .refused(why))], at: at)
    case .podGone(let job):
      let pod = "pod-\(try request(job))"
      held[pod] = nil
      try step([.terminationAnswered(pod: pod, .absent)], at: at)
    case .stageFinished(let job, let stage): try report(job, .stageFinished(stage), at: at)
    case .checkpointsSaved(let job, let step, let through, let blocked):
      try report(job, .checkpointSaved(step: step, age: at - through, blocked: blocked), at: at)
    case .workerFailed(let job, let failure): try report(job, .failed(failure), at: at)
    case .podInterrupted(let job, let kind, _, _):
      try report(job, .interruptionNoticed, at: at)
      let pod = "pod-\(try request(job))"
      held[pod]?.status = .exited(kind)
      if list == 0 { try step([], at: at) }
      let number = list
      list = 0
      try step([.podsListed(number: number, Array(held.values))], at: at)
      held[pod] = nil
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
