import Calibration
import DiscreteEvent
import Engine
import Journal

@testable import Live

/// A coordinator on a desk: one input at a time, and all clocks by hand.
struct Desk {
  var coordinator: Coordinator
  var wall = Instant(microseconds: 1_764_547_200_000_000)
  var monotonic = Span.zero
  private var listing: UInt64 = 0

  static let spec = JobSpec(ordinal: 0, pricing: .spot, steps: 100, reservation: 1_000_000_000)
  static let description = JobDescription(
    ordinal: 0, id: "a", name: "a job", configuration: JobConfiguration(preset: .balanced, pricing: .spot))

  /// - Parameter playing: how long from its beginning what happens is only played.
  init(settings: LiveSettings = LiveSettings(), playing: Span? = nil) throws {
    var opening = JournalOpening(store: "desk", origin: .sandbox, policyName: "desk", policies: Policies())
    if let playing { opening.simulatedUntil = (wall + playing).microseconds }
    coordinator = try Coordinator.create(
      path: nil, opening: opening, home: { "here" }, at: ClockReading(wall: wall, monotonic: .zero),
      settings: settings)
    try tell()
  }

  func job(_ index: Int) -> Job { coordinator.fleet.jobs[index] }

  @discardableResult
  mutating func tell(_ inputs: LiveInput...) throws -> [LiveOrder] {
    let orders = try coordinator.step(inputs, at: ClockReading(wall: wall, monotonic: monotonic))
    for case .list(let number) in orders { listing = number }
    return orders
  }

  /// Time goes by.
  @discardableResult
  mutating func pass(_ span: Span) throws -> [LiveOrder] {
    wall = wall + span
    monotonic += span
    return try tell()
  }

  /// The next list of all pods; nil: it fails. Returns what is ordered on the way.
  @discardableResult
  mutating func list(_ pods: [PodObservation]?, after span: Span = .seconds(60)) throws -> [LiveOrder] {
    let before = listing
    var orders = try pass(span)
    // One is on its way already where none was asked for now.
    if listing == before, listing == 0 { orders += try pass(span) }
    orders += try tell(.podsListed(number: listing, pods))
    return orders
  }

  @discardableResult
  mutating func submit(
    _ spec: JobSpec = Desk.spec, _ description: JobDescription = Desk.description
  ) throws -> PodRequest {
    let orders = try tell(.asked(.submit(spec, description), ticket: 0))
    guard let creation = orders.creations.first else { throw Missing() }
    return creation
  }

  func pod(_ id: String, _ name: PodName, created: Instant? = nil) -> PodObservation {
    PodObservation(
      id: id, name: name.description, status: .running, created: created ?? wall, hourlyRate: 2_490_000_000)
  }

  /// A job with a pod, "a".
  @discardableResult
  mutating func grant() throws -> PodObservation {
    let pod = pod("a", try submit().name)
    try tell(.creationAnswered(request: 1, .created(pod)))
    return pod
  }

  @discardableResult
  mutating func report(
    _ sequence: Int64, _ body: WorkerReport.Body, request: UInt32 = 1, pod: String? = nil
  ) throws -> Acknowledgement {
    let report = WorkerReport(request: request, epoch: 1, pod: pod, sequence: sequence, body: body)
    for case .acknowledge(_, let acknowledgement) in try tell(.reported(report, ticket: 0)) { return acknowledgement }
    throw Missing()
  }

  mutating func restart(home: String = "here") throws {
    monotonic = .seconds(5)
    coordinator = try Coordinator.open(
      coordinator.store, home: home, at: ClockReading(wall: wall, monotonic: monotonic))
    listing = 0
    try tell()
  }

  struct Missing: Error {}
}

extension [LiveOrder] {
  var creations: [PodRequest] { compactMap { if case .create(let request) = $0 { request } else { nil } } }
  var terminations: [String] { compactMap { if case .terminate(let pod) = $0 { pod } else { nil } } }
}
