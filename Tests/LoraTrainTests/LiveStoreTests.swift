import DiscreteEvent
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import LoraTrain

@Suite struct LiveStoreTests {
  private let folder: URL
  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("live-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  private var path: String { folder.appendingPathComponent("store").path }

  /// However long it took to be made: a second of delay would be an hour of the store's time, and bills would be asked for from the wrong day.
  @Test func timeGoesOnWhereItBegan() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let plan = LiveStore.Plan(slots: 1, limit: nil, timeScale: 3_600)
    let origin: Instant
    do {
      let made = try LiveStore(path: path, plan: plan)
      origin = made.time.origin
      // The machine's clock goes on meanwhile.
      while LiveTime.machine - origin < Span(microseconds: 2_000) {}
      _ = try made.coordinator()
    }
    let opened = try LiveStore(path: path, plan: .init(slots: 1, limit: nil, timeScale: nil))
    #expect(opened.time.origin == origin && opened.time.scale == 3_600)
    _ = try opened.coordinator()
    // One at a time.
    #expect(throws: InputError.self) { try LiveStore(path: path, plan: plan) }
  }

  /// Story 3.2.1.
  @Test func aNewStoreOffersOnDemandAfterThreeFailedRecoveries() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try LiveStore(path: path, plan: .init(slots: 1, limit: nil)).coordinator()
    let policies = try EventStore.opening(path: path).0.policies
    #expect(policies.maxFailedRecoveries == 3 && policies.afterRecoveries == .ask)
  }

  /// `cp` writes into the file that is there: same machine, same place, same number, and still a copy.
  @Test func aBackupThatIsWrittenOverTheStoreIsACopy() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("copy").path
    do {
      let made = try LiveStore(path: path, plan: .init(slots: 1, limit: nil))
      var coordinator = try made.coordinator()
      _ = try coordinator.step([], at: made.time.reading)
      try StoreBackup.make(of: path, to: copy)
    }
    func opened() throws -> Coordinator { try LiveStore(path: path, plan: .init(slots: 1, limit: nil)).coordinator() }
    #expect(try opened().isConfirmed)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    let (home, content) = (try LiveStore.home(path), try Data(contentsOf: URL(fileURLWithPath: copy)))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: content)
    try handle.close()
    #expect(try LiveStore.home(path).hasPrefix(home) && LiveStore.home(path) != home)
    let restored = try opened()
    #expect(!restored.isConfirmed)
    // Opened again it waits still.
    #expect(try !opened().isConfirmed)
  }

  /// Who names no database means the live store, unless its pods were only played.
  @Test(arguments: [false, true]) func theLiveStoreIsTheHistoryWhereNoneIsNamed(isPlayed: Bool) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var plan = LiveStore.Plan(slots: 1, limit: nil)
    plan.isPlayed = isPlayed
    do { _ = try LiveStore(path: path, plan: plan).coordinator() }
    let run = try CommandLineTool.run(["estimate"], environment: ["LORA_TRAIN_STORE": path])
    #expect(run.code == 0, "\(run.errors)")
    #expect((run.output + run.errors).contains(path) != isPlayed, "\(run.output)")
  }

  /// The policy of a store, its rules and its retries are those that it began with.
  @Test func aStoreKeepsItsPolicy() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var plan = LiveStore.Plan(slots: 1, limit: nil)
    plan.policy = .uniformProgress(deadline: 86_400)
    (plan.settings.maxFailedRecoveries, plan.settings.provisioningRetryEvery) = (2, .minutes(1))
    do { _ = try LiveStore(path: path, plan: plan).coordinator() }
    do {
      let opened = try LiveStore(path: path, plan: .init(slots: 1, limit: nil))
      _ = try opened.coordinator()
      // The same rules need no remark; others are named, with where they came from.
      #expect(opened.remark(on: .uniformProgress(deadline: 86_400), plan.settings, from: "--policy") == nil)
      #expect(
        opened.remark(on: .spot, plan.settings, from: "serve.policy of team.yaml")
          == "serve.policy of team.yaml says spot, which is for a new store: this one goes on by uniform_progress:24h, which it began with"
      )
      var retries = plan.settings
      retries.provisioningRetryEvery = .minutes(7)
      #expect(opened.remark(on: .uniformProgress(deadline: 86_400), retries, from: "--policy") != nil)
    }
    let policies = try EventStore.opening(path: path).0.policies
    #expect(policies.progressDeadline == .days(1) && policies.maxInterruptions == .max)
    #expect(policies.maxFailedRecoveries == 2 && policies.provisioningRetryEvery == .minutes(1))
    #expect(policies.afterProvisioning == .ask)
  }

  /// What a new store is told of its queue and its budget stays with it.
  @Test func aStoreKeepsItsQueueAndItsPeriod() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var plan = LiveStore.Plan(slots: 1, limit: 500_000_000_000)
    (plan.period, plan.maxQueued) = (.rolling30Days, 2)
    do { _ = try LiveStore(path: path, plan: plan).coordinator() }
    _ = try LiveStore(path: path, plan: .init(slots: 3, limit: nil)).coordinator()
    let (opening, _) = try EventStore.opening(path: path)
    #expect(opening.policies.maxQueued == 2 && opening.policies.budgetPeriod == .rolling30Days)
    #expect(opening.policies.maxConcurrent == 1)
    // Three pods that make no progress, on demand or not, and a person is asked before there is a fourth.
    #expect(opening.policies.maxFailedRecoveries == 3 && opening.policies.afterRecoveries == .ask)
  }
}
