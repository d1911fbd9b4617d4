import Calibration
import DiscreteEvent
import Engine
import Journal
import Live
import Sandbox

/// A month of a team that never was: what a sandbox's store begins with, so that whoever tries it sees every status and a full month of costs.
///
/// People, workers and the provider are played under virtual time; the coordinator is the real one, so its journal is a true one.
struct SampleMonth {
  static let length = Span.days(30)
  /// What all its jobs are tagged with.
  static let tag = "simulated"

  let start: Instant
  let end: Instant
  private(set) var coordinator: Coordinator
  var cloud: SandboxCloud
  private(set) var entries: [(Instant, JournalEntry)] = []
  private(set) var measures: [Catalogue.Measures] = []
  private var acts: [SampleAct]
  private var workers: [SampleWorker] = []
  private var now: Instant
  /// When workers are asked whether they have to stop; nil: nothing of that kind has happened.
  private var beat: Instant?
  /// By what the acts call them; and what becomes of them.
  private var jobs: [Int: JobIndex] = [:]
  private var fates: [JobIndex: SampleAct.Fate] = [:]

  /// - Parameters:
  ///   - home: where the store will be.
  ///   - cloud: as new as the month; it has what was rented afterwards.
  /// - Throws: what the coordinator throws.
  init(opening: JournalOpening, home: String, cloud: SandboxCloud, acts: [SampleAct]) throws {
    start = cloud.now
    end = start + SampleMonth.length
    now = start
    self.cloud = cloud
    self.acts = acts.sorted { $0.at < $1.at }
    var settings = LiveSettings()
    // Workers that only speak when there is something to say.
    (settings.silence, settings.bootSilence) = (.days(1_000), .days(1_000))
    (settings.listEvery, settings.listEveryIdle) = (.minutes(2), .minutes(30))
    coordinator = try Coordinator.create(
      path: nil, opening: opening, home: { home }, at: ClockReading(wall: start, monotonic: .zero), settings: settings)
    entries = coordinator.journalled.map { ($0.at, $0.entry) }
  }

  /// Lives through it. What runs at its end is taken back by its provider: nothing of it is on this machine.
  mutating func run() throws {
    try step([])
    while case let next = nextMoment, next <= end {
      now = max(now, next)
      try pass()
    }
    now = end
    try pass()
    for pod in cloud.listed { _ = try? cloud.interrupt(pod.id) }
  }

  private var nextMoment: Instant {
    let wake = coordinator.nextWake
    let soonest = workers.reduce(min(wake.wall, start + wake.monotonic)) { min($0, $1.at) }
    return min(soonest, cloud.nextEvent, acts.first.map { start + $0.at } ?? .distantFuture, beat ?? .distantFuture)
  }

  // MARK: What happens

  private mutating func pass() throws {
    var inputs: [LiveInput] = []
    for deed in cloud.advance(to: now) {
      switch deed {
      case .start(let pod):
        if let i = workers.firstIndex(where: { $0.pod == pod }) { workers[i].begin(at: now) }
      case .stop(let pod), .kill(let pod):
        guard let i = workers.firstIndex(where: { $0.pod == pod }) else { continue }
        inputs.append(heard(workers[i].say(.interruptionNoticed)))
        workers.remove(at: i)
      }
    }
    for i in workers.indices where workers[i].at <= now { inputs.append(work(i)) }
    if let beat, beat <= now {
      self.beat = nil
      inputs += workers.map { heard($0.heartbeat) }
    }
    try step(inputs)
    while let act = acts.first, start + act.at <= now {
      acts.removeFirst()
      try perform(act)
    }
  }

  private func heard(_ report: WorkerReport) -> LiveInput { .reported(report, ticket: UInt64(report.request)) }

  private mutating func work(_ i: Int) -> LiveInput {
    let (job, pod) = (workers[i].request.job, workers[i].request.name.description)
    let (report, trained) = workers[i].work(at: now)
    let description = coordinator.description(of: job)
    if let trained, let description {
      let rows = SampleWorker.metrics(trained, of: description, ordinal: job.rawValue, at: now)
      if !rows.isEmpty { measures.append(.init(job: job, metrics: rows, message: nil, at: now)) }
    }
    if case .failed(let failure) = report.body, let message = SampleAct.message(failure, at: now) {
      measures.append(.init(job: job, metrics: [], message: (number: report.sequence, pod: pod, message), at: now))
    }
    return heard(report)
  }

  private mutating func perform(_ act: SampleAct) throws {
    switch act.what {
    case .submit(let key, var spec, let description, let fate, let retried, let isDraft):
      if let original = retried.flatMap({ jobs[$0] }) { spec.retryOf = original.rawValue }
      (jobs[key], fates[coordinator.fleet.nextIndex]) = (coordinator.fleet.nextIndex, fate)
      let request = isDraft ? UserRequest.draft(spec, description) : .submit(spec, description)
      try step([.asked(request, ticket: 0, act: act.act)])
    case .job(let key, let request):
      guard let job = jobs[key] else { return }
      try step([.asked(request(job), ticket: 0, act: act.act(on: job))])
    case .team(let request): try step([.asked(request, ticket: 0, act: act.act)])
    }
  }

  // MARK: The coordinator's step

  /// And all that follows from it at this moment.
  private mutating func step(_ inputs: [LiveInput]) throws {
    var inputs = inputs
    repeat {
      let orders = try coordinator.step(
        inputs, at: ClockReading(wall: now, monotonic: now - start))
      entries += coordinator.journalled.map { ($0.at, $0.entry) }
      inputs = orders.flatMap { carryOut($0) }
    } while !inputs.isEmpty
    let mustStop = workers.contains { coordinator.fleet[$0.request.job].phase == .stopping && $0.at < .distantFuture }
    if mustStop, beat == nil { beat = now + .seconds(30) }
  }

  private mutating func carryOut(_ order: LiveOrder) -> [LiveInput] {
    switch order {
    case .create(let request): return [.creationAnswered(request: request.name.request, create(request))]
    case .terminate(let pod):
      workers.removeAll { $0.pod == pod }
      let isThere = (try? cloud.act(.terminate, on: pod)) != nil
      return [.terminationAnswered(pod: pod, isThere ? .accepted : .absent)]
    case .list(let number): return [.podsListed(number: number, cloud.listed.map { SampleMonth.observation($0) })]
    case .fetchBills:
      let bills = cloud.finalCosts.map { PodBill(pod: $0.pod, amount: $0.amount) }
      return bills.isEmpty ? [] : [.billed(bills)]
    case .acknowledge(let ticket, let acknowledgement):
      guard let i = workers.firstIndex(where: { UInt64($0.request.name.request) == ticket }) else { return [] }
      switch acknowledgement.directive {
      case .proceed, .wrapUp, .wait: return []
      case .leave:
        workers.remove(at: i)
        return []
      case .stop: return workers[i].at < .distantFuture ? workers[i].stop(at: now).map { heard($0) } : []
      }
    case .answer, .notify: return []
    }
  }

  private mutating func create(_ request: PodRequest) -> CreationAnswer {
    let fate = fates[request.job] ?? .none
    if fate == .noCapacity || fate == .noSpot && request.pricing == .spot { return .refused(.noCapacity) }
    guard let description = coordinator.description(of: request.job) else { return .refused(.error) }
    var order = SandboxPod.Order(name: request.name.description, image: "simulated")
    (order.gpu, order.disk) = ("NVIDIA H100 PCIe", 100)
    order.isInterruptible = request.pricing == .spot
    order.bid = cloud.settings.gpus.first { $0.id == order.gpu }?.spot ?? 0
    guard let pod = try? cloud.create(order) else { return .refused(.noCapacity) }
    var failure: (Engine.Failure, at: Int32)?
    if case .fails(let kind, let step) = fate { failure = (kind, at: step) }
    workers.append(SampleWorker(request, on: pod.id, of: description, failure: failure))
    return .created(SampleMonth.observation(pod))
  }

  private static func observation(_ pod: SandboxPod) -> PodObservation {
    let status: PodObservation.Status =
      switch pod.status {
      case .exited: .exited(.interrupted)
      case .error: .exited(.hostFailure)
      case .provisioning, .starting, .running, .terminated: .running
      }
    return PodObservation(
      id: pod.id, name: pod.order.name, status: status, created: pod.created, hourlyRate: pod.rate)
  }
}
