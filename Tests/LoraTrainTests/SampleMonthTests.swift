import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Sandbox
import Testing

@testable import LoraTrain

/// What `serve --sandbox` begins a new store with.
@Suite struct SampleMonthTests {
  private let folder: URL
  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("sample-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  private var path: String { folder.appendingPathComponent("store").path }

  private func plan(limit: Int64? = nil, change: (inout SandboxSettings) -> Void = { _ in }) -> LiveStore.Plan {
    var world = SandboxSettings()
    (world.gpus[0].spot, world.gpus[0].secure) = (2_490_000_000, 2_890_000_000)
    change(&world)
    return LiveStore.Plan(slots: 3, limit: limit, usualScale: 600, month: .init(settings: world, seed: 1))
  }

  private func cloud() throws -> SandboxCloud {
    let data = try Data(contentsOf: URL(fileURLWithPath: path + ".sandbox/cloud.json"))
    return try JSONDecoder().decode(SandboxCloud.self, from: data)
  }

  @Test func itCoversEveryStatusAndItsJournalIsTrue() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let clock = ContinuousClock()
    let began = clock.now
    let live = try LiveStore(path: path, plan: plan())
    let took = began.duration(to: clock.now)
    print("the simulated month took \(took)")
    #expect(took < .seconds(2))
    // Row for row and digest for digest, and what it leads to is what was noted.
    let replay = try JournalReplay.read(path: path)
    #expect(replay.statesChecked == 1)
    let phases = Set(replay.fleet.jobs.map(\.phase))
    let wanted: [Phase] = [
      .pendingConfiguration, .queued, .blocked, .waitingForGPU, .training, .awaitingDecision, .paused, .completed,
      .failed, .cancelled,
    ]
    for phase in wanted { #expect(phases.contains(phase), "no job is \(phase)") }
    let failures = Set(replay.fleet.jobs.filter { $0.phase == .failed }.map(\.failure))
    for failure in [Engine.Failure.outOfMemory, .datasetFormat, .workerCrash, .costCap, .provisioning] {
      #expect(failures.contains(failure), "no job failed of \(failure)")
    }
    #expect(replay.fleet.jobs.contains { $0.spec.retryOf != .max && $0.phase == .completed })
    #expect(replay.fleet.jobs.contains { $0.interruptions > 0 && $0.phase == .completed })
    #expect(replay.fleet.jobs.contains { $0.answer == .onDemand && $0.phase == .completed })
    #expect(replay.descriptions.values.allSatisfy { $0.tags?.contains(SampleMonth.tag) == true })
    #expect(replay.descriptions.count == replay.fleet.jobs.count)
    #expect(replay.fleet.ledger.isBalanced)
    #expect(replay.until <= live.time.origin && live.time.origin - replay.from == SampleMonth.length)
    withExtendedLifetime(live) {}
  }

  /// The sandbox that comes with it has the pods and the bills of the month, and all of its promised money.
  @Test func theSandboxHasWhatTheLedgerHas() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let live = try LiveStore(path: path, plan: plan())
    let cloud = try cloud()
    #expect(cloud.balance == cloud.settings.deposit)
    let fleet = try live.coordinator().fleet
    // What the last days' bills will add is not there yet: disks, and the end of what was taken back.
    let (spent, ledger) = (Double(cloud.spent), Double(fleet.accrued(at: live.time.origin)))
    #expect(spent > 50e9 && abs(spent / ledger - 1) < 0.02, "\(spent) is not \(ledger)")
    #expect(!cloud.listed.contains { $0.status == .running })
    withExtendedLifetime(live) {}
  }

  @Test func liveModeGoesOnFromThere() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let live = try LiveStore(path: path, plan: plan(limit: 2_000_000_000_000))
    #expect(live.isNew)
    var coordinator = try live.coordinator()
    #expect(coordinator.isConfirmed && coordinator.fleet.budget.limit == 2_000_000_000_000)
    let orders = try coordinator.step([], at: live.time.reading)
    #expect(orders.contains { if case .list = $0 { true } else { false } })
    withExtendedLifetime((live, coordinator)) {}
  }

  @Test func aWorldWithoutSpotHasNone() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let live = try LiveStore(path: path, plan: plan { $0.gpus[0].spot = nil })
    let jobs = try live.coordinator().fleet.jobs
    #expect(jobs.allSatisfy { $0.spec.pricing == .onDemand } && jobs.contains { $0.phase == .completed })
    withExtendedLifetime(live) {}
  }
}
