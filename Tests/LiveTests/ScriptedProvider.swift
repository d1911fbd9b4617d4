import DiscreteEvent
import Engine
import Journal
import Simulator
import Testing

@testable import Live
@testable import Sandbox

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
  /// What the coordinator calls the job of an ordinal of the simulator's.
  private var jobs: [UInt32: JobIndex] = [:]
  private var firstRetry: UInt32
  private var asked: UInt32 = 0
  private(set) var served: [(wish: Experiment.Request.Wish, isGranted: Bool)] = []

  init(_ experiment: Experiment) throws {
    start = experiment.start
    fleet = experiment.fleet
    firstRetry = experiment.firstOrdinal + 0x6000_0000
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

  /// - Returns: what whoever asked is told.
  @discardableResult
  private mutating func step(_ inputs: [LiveInput], at: Instant) throws -> UserAnswer? {
    var answered: UserAnswer?
    let orders = try coordinator.step(inputs, at: ClockReading(wall: at, monotonic: at - start))
    for (at, entry) in coordinator.journalled {
      if case .event(let event) = entry { written.append(Moment(at: at, event: event).plain) }
    }
    for order in orders {
      switch order {
      case .list(let number): list = number
      case .answer(_, let answer): answered = answer
      // Told again as long as it is there.
      case .terminate(let pod): if let pod = cloud[pod], pod.status != .terminated { try terminate(pod.id, at) }
      default: break
      }
    }
    return answered
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

  @discardableResult
  private mutating func submit(_ spec: JobSpec, at: Instant) throws -> UserAnswer? {
    jobs[spec.ordinal] = coordinator.fleet.nextIndex
    let description = JobDescription(
      ordinal: 0, id: "\(spec.ordinal)", name: "", configuration: .init(preset: .custom, pricing: spec.pricing))
    return try step([.asked(.submit(spec, description), ticket: 0)], at: at)
  }

  /// Somebody asks for what the simulator was asked for, and hears what becomes of it.
  mutating func ask(_ request: Experiment.Request) throws {
    asked += 1
    guard let job = jobs[request.ordinal] else { return served.append((request.wish, false)) }
    let wish: UserRequest
    switch request.wish {
    case .cancel: wish = .cancel(job)
    case .pause: wish = .pause(job)
    case .resume: wish = .resume(job)
    case .promote: wish = .promote(job)
    case .answer(let answer): wish = .answer(job, answer)
    case .retry:
      let state = coordinator.fleet[job]
      guard state.phase == .failed else { return served.append((.retry, false)) }
      var spec = state.spec
      spec.ordinal = firstRetry + asked - 1
      return served.append((.retry, try submit(spec, at: request.at)?.isGranted == true))
    }
    let answer = try step([.asked(wish, ticket: 0)], at: request.at)
    served.append((request.wish, answer?.isGranted == true))
  }

  /// Lets one event of the trace happen; decisions are the coordinator's own.
  mutating func tell(_ moment: Moment) throws {
    let at = moment.at
    switch moment.event {
    case .jobSubmitted(let spec): try submit(spec, at: at)
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
