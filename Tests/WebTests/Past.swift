import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal

@testable import Live
@testable import Web

/// What a store lived through before anybody looked, in hours that pass as fast as they are told: it ends now.
struct Past: Sendable {
  var span = Span.zero
  var lived: @Sendable (inout Days) throws -> Void = { _ in }

  func store(_ path: String, _ opening: JournalOpening, _ now: ClockReading) throws -> Coordinator {
    let start = ClockReading(wall: now.wall - span, monotonic: now.monotonic - span)
    let coordinator = try Coordinator.create(path: path, opening: opening, home: { "here" }, at: start)
    var days = Days(coordinator, start)
    try lived(&days)
    return days.coordinator
  }

  /// Hours of the past, one job with a pod at a time.
  struct Days {
    fileprivate(set) var coordinator: Coordinator
    private var now: ClockReading
    private var listing: UInt64 = 0
    /// Of lists: a number is answered once.
    private var answered: UInt64 = 0
    private var wanted: PodRequest?
    private var pod: PodObservation?
    private var sequence: Int64 = 0

    fileprivate init(_ coordinator: Coordinator, _ now: ClockReading) {
      (self.coordinator, self.now) = (coordinator, now)
    }

    struct Missing: Error {}

    mutating func tell(_ inputs: LiveInput...) throws {
      for order in try coordinator.step(inputs, at: now) {
        if case .list(let number) = order { listing = number }
        if case .create(let request) = order { wanted = request }
      }
    }

    mutating func pass(_ span: Span) throws {
      now = ClockReading(wall: now.wall + span, monotonic: now.monotonic + span)
      try tell()
    }

    /// - Parameter quote: what it was to cost, in US dollars.
    mutating func submit(_ job: NewJob, quote: Double = 30) throws {
      let band = QuoteDocument.Band(p10: quote * 0.8, p50: quote, p80: quote * 1.1, p90: quote * 1.2)
      let document = QuoteDocument(
        cost_usd: band, duration_s: .init(p10: 1e4, p50: 2e4, p80: 3e4, p90: 4e4), p_completes: 1,
        reservation_usd: 1, source: "the past", warnings: [])
      let c = job.configuration
      let spec = JobSpec(ordinal: 0, pricing: c.pricing, steps: Int32(c.steps), reservation: 1_000_000_000)
      try tell(.asked(.submit(spec, job.description(creator: "owner", quote: document)), ticket: 1))
    }

    /// The pod that was asked for last is there.
    mutating func grant(_ id: String) throws {
      guard let name = wanted?.name else { throw Missing() }
      let pod = PodObservation(
        id: id, name: name.description, status: .running, created: now.wall, hourlyRate: 2_490_000_000)
      (self.pod, sequence) = (pod, 0)
      try tell(.creationAnswered(request: name.request, .created(pod)))
    }

    mutating func say(_ body: WorkerReport.Body) throws {
      guard let name = wanted?.name else { throw Missing() }
      sequence += 1
      try tell(
        .reported(
          WorkerReport(request: name.request, epoch: name.epoch, pod: pod?.id, sequence: sequence, body: body),
          ticket: 2
        ))
    }

    /// Each stage ends after so long.
    mutating func finish(_ stages: (Stage, Span)...) throws {
      for (stage, span) in stages {
        try pass(span)
        try say(.stageFinished(stage))
      }
    }

    mutating func save(step: Int32) throws { try say(.checkpointSaved(step: step, age: .zero, blocked: .zero)) }

    /// The pod is taken back, and another one is asked for.
    mutating func interrupt() throws {
      guard var gone = pod else { throw Missing() }
      gone.status = .exited(.interrupted)
      let number = listing
      guard number > answered else { throw Missing() }
      answered = number
      try tell(.podsListed(number: number, [gone]))
    }

    /// The pod of whoever is over is gone.
    mutating func leave() throws {
      guard let pod else { throw Missing() }
      try tell(.terminationAnswered(pod: pod.id, .absent))
    }

    /// A job from its first second to its last.
    mutating func complete(_ job: NewJob, _ id: String, training: Span) throws {
      try submit(job)
      try grant(id)
      try finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)), (.modelLoading, .minutes(12)))
      try finish((.training, training), (.finalization, .minutes(6)))
      try leave()
    }
  }
}
