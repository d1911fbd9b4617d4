import Calibration
import DiscreteEvent
import Engine
import Foundation
import GRDB
import Journal

/// A folder of a test's own, that disappears with the value.
final class TestFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("journal-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A small life: a job that is interrupted once, pauses once and completes, and one that is cancelled while it waits.
enum TestJournal {
  static let start = Instant(microseconds: 1_764_547_200_000_000)

  static func opening(_ change: (inout Policies) -> Void = { _ in }) -> JournalOpening {
    var policies = Policies()
    policies.maxConcurrent = 1
    change(&policies)
    return JournalOpening(store: "test", origin: .synthetic, policyName: "test", policies: policies)
  }

  /// The facts; what is decided between them is up to the controller.
  static let facts: [(Int64, Event)] = {
    let (a, b) = (JobIndex(0), JobIndex(1))
    func at(_ minutes: Int64) -> Instant { start + .minutes(minutes) }
    return [
      (0, .jobSubmitted(JobSpec(ordinal: 0, pricing: .spot, steps: 300, reservation: 50_000_000_000))),
      (5, .podUnavailable(a, .noCapacity)),
      (8, .jobSubmitted(JobSpec(ordinal: 1, pricing: .onDemand, steps: 100, reservation: 9_000_000_000))),
      (10, .deadlinePassed(a)),
      (12, .podGranted(a, hourlyRate: 2_490_000_000)),
      (13, .stageFinished(a, .boot)),
      (16, .stageFinished(a, .preprocessing)),
      (28, .stageFinished(a, .modelLoading)),
      (70, .checkpointsSaved(a, step: 100, keptThrough: at(69), blocked: .seconds(30))),
      (90, .podInterrupted(a, .interrupted, stoppedAt: at(88), billedUntil: at(89))),
      (93, .podGranted(a, hourlyRate: 2_610_000_000)),
      (94, .stageFinished(a, .boot)),
      (105, .stageFinished(a, .modelLoading)),
      (106, .stageFinished(a, .restore)),
      (188, .checkpointsSaved(a, step: 300, keptThrough: at(187), blocked: .seconds(60))),
      (190, .pauseRequested(a)),
      (191, .podGone(a)),
      (193, .cancelRequested(b)),
      (194, .podUnavailable(b, .error)),
      (240, .resumeRequested(a)),
      (243, .podGranted(a, hourlyRate: 2_490_000_000)),
      (244, .stageFinished(a, .boot)),
      (255, .stageFinished(a, .modelLoading)),
      (256, .stageFinished(a, .restore)),
      (257, .stageFinished(a, .training)),
      (265, .stageFinished(a, .finalization)),
      (266, .podGone(a)),
      (300, .billAdjusted(a, -7_000_000)),
    ]
  }()

  /// Facts and decisions, as a controller under these policies makes them.
  static func entries(_ opening: JournalOpening = opening()) throws -> [(Instant, JournalEntry)] {
    var controller = opening.controller()
    controller.recordsEvents = true
    var commands = CommandBuffer()
    var entries: [(Instant, JournalEntry)] = []
    for (ordinal, name) in [(UInt32(0), "first"), (1, "second")] {
      entries.append(
        (
          start,
          .described(
            JobDescription(
              ordinal: ordinal, id: name, name: "the \(name)",
              configuration: JobConfiguration(preset: .balanced, pricing: ordinal == 0 ? .spot : .onDemand)))
        ))
    }
    for (minutes, fact) in facts {
      let at = start + .minutes(minutes)
      try controller.receive(fact, at: at, into: &commands)
      entries += controller.recorded.map { (at, .event($0)) }
    }
    return entries
  }

  static func store(_ path: String?) throws -> EventStore {
    let store = try EventStore.create(path: path, opening: opening(), at: start)
    for entry in try entries() { try store.append([entry], notesState: true) }
    return store
  }

  /// All rows of a query, as text.
  static func rows(_ path: String, _ sql: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in try Row.fetchAll(db, sql: sql).map { "\($0)" } }
  }
}
