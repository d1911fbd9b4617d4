import DiscreteEvent
import Engine
import GRDB
import Journal
import Scenarios
import Testing

@testable import Journal
@testable import Live

/// One short life of a job, ended or hindered at each of its writes and syncs in turn.
@Suite(.enabled(if: FragileDisk.isPossible, "this SQLite opens no file by an address"))
struct CrashTests {
  static let wall = Instant(microseconds: 1_764_547_200_000_000)
  static let opening = JournalOpening(store: "desk", origin: .sandbox, policyName: "desk", policies: Policies())

  /// What comes in, step by step, a minute apart.
  static let script: [[LiveInput]] = {
    let name = PodName(store: "desk", epoch: 1, request: 1)
    let pod = PodObservation(
      id: "a", name: name.description, status: .running, created: wall, hourlyRate: 2_490_000_000)
    func report(_ n: Int64, _ body: WorkerReport.Body) -> LiveInput {
      .reported(WorkerReport(request: 1, epoch: 1, pod: "a", sequence: n, body: body), ticket: 1)
    }
    return [
      [.asked(.submit(Desk.spec, Desk.description), ticket: 1)],
      [.creationAnswered(request: 1, .created(pod))],
      [report(1, .stageFinished(.boot)), report(2, .stageFinished(.preprocessing))],
      [report(3, .stageFinished(.modelLoading))],
      [report(4, .checkpointSaved(step: 20, age: .zero, blocked: .seconds(1)))],
      [
        .asked(.setLimit(900_000_000_000), ticket: 2),
        report(5, .checkpointSaved(step: 40, age: .zero, blocked: .zero)),
      ],
      [report(6, .stageFinished(.training))],
      [report(7, .stageFinished(.finalization))],
      [.terminationAnswered(pod: "a", .absent)],
      [.billed([PodBill(pod: "a", amount: 700_000_000)])],
    ]
  }()

  /// A disk with a store on it that nothing has happened to.
  private func formatted(_ name: String) throws -> FragileDisk {
    let disk = FragileDisk(name)
    let store = EventStore(try disk.connect(), file: disk.name)
    try StoreSchema.migrator.migrate(store.queue)
    try store.append([(Self.wall, .opening(Self.opening))])
    _ = try Coordinator.open(store, home: "here", at: ClockReading(wall: Self.wall, monotonic: .zero))
    try store.close()
    return disk
  }

  /// Lives the script; what a fault leaves is opened anew, and what had failed is said again where it is not there.
  private func live(_ disk: FragileDisk, _ fault: FragileDisk.Fault?, at: Int, _ luck: inout RandomStream) throws
    -> Digest
  {
    var coordinator = try open(disk, at: 0)
    if let fault { disk.fail(after: at, fault) }
    var i = 0
    while i < Self.script.count {
      let before = coordinator.fleet.stateDigest
      let reading = Self.reading(i)
      do {
        _ = try coordinator.step(Self.script[i], at: reading)
        i += 1
        guard disk.isDown else { continue }
        // Acknowledged, and then the end: in a checkpoint.
        let after = coordinator.fleet.stateDigest
        restart(disk, fault, &luck)
        coordinator = try open(disk, at: i)
        try #require(coordinator.fleet.stateDigest == after, "\(String(describing: fault)) at \(at): lost")
      } catch is InputError {
        let after = coordinator.fleet.stateDigest
        // A full disk does not let the log go: see ``VoprWorld/endAfter(_:_:_:_:)``.
        let mayBeKept = disk.isDown || fault == .full
        if !disk.isDown { try? coordinator.store.close() }
        restart(disk, fault, &luck)
        coordinator = try open(disk, at: i)
        let found = coordinator.fleet.stateDigest
        try #require(
          found == before || (mayBeKept && found == after), "\(String(describing: fault)) at \(at), step \(i)")
        if found == after { i += 1 }
      }
    }
    let verdict = try coordinator.store.queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    try #require(verdict == ["ok"], "\(String(describing: fault)) at \(at): \(verdict.prefix(3))")
    let replay = try coordinator.store.queue.read { try JournalReplay($0, file: "journal", policies: nil) }
    try #require(replay.fleet.stateDigest == coordinator.fleet.stateDigest)
    return coordinator.fleet.stateDigest
  }

  private func restart(_ disk: FragileDisk, _ fault: FragileDisk.Fault?, _ luck: inout RandomStream) {
    guard fault != .kill else { return disk.restart() }
    var own = luck
    disk.restart(cut: { own.uniform() })
    luck = own
  }

  private static func reading(_ step: Int) -> ClockReading {
    ClockReading(wall: wall + .minutes(Int64(step)), monotonic: .minutes(Int64(step)))
  }

  private func open(_ disk: FragileDisk, at step: Int) throws -> Coordinator {
    try Coordinator.open(EventStore(try disk.connect(), file: disk.name), home: "here", at: Self.reading(step))
  }

  @Test(arguments: FragileDisk.Fault.allCases)
  func everyWriteMayBeTheLast(_ fault: FragileDisk.Fault) throws {
    let blank = try formatted("blank-\(fault)")
    defer { blank.remove() }
    var luck = RandomStream(seed: VoprTests.from, replication: 0, entity: 0, purpose: 5)
    let calm = FragileDisk("calm-\(fault)", copying: blank)
    let expected = try live(calm, nil, at: 0, &luck)
    calm.remove()
    let operations = calm.operations
    #expect(operations > 100)
    var met = 0
    // The others at each fourth: which one is the seed's.
    let every = fault == .powerCut ? 1 : 4
    for at in stride(from: 1 + Int(VoprTests.from) % every, through: operations, by: every) {
      let disk = FragileDisk("crash-\(fault)-\(at)", copying: blank)
      defer { disk.remove() }
      // All was said in the end, once, so it comes to the same.
      try #require(try live(disk, fault, at: at, &luck) == expected, "\(fault) at \(at)")
      met += disk.met[fault] ?? 0
    }
    print("crashes: \(fault) at \(operations / every) of \(operations) writes and syncs, met \(met) times")
    #expect(met > operations / every / 2)
  }

  /// What the disk is for: a write that was not synced may be lost, one that was is not.
  @Test func aPowerCutLosesOnlyWhatWasNotSynced() {
    let file = FragileFile()
    func write(_ text: String, at offset: Int) { Array(text.utf8).withUnsafeBytes { file.write($0, at: offset) } }
    write("kept", at: 0)
    file.sync()
    write("lost", at: 4)
    #expect(String(decoding: file.seen, as: UTF8.self) == "keptlost")
    #expect(String(decoding: FragileFile(after: file, cut: { 0.9 }).seen, as: UTF8.self) == "kept")
    #expect(String(decoding: FragileFile(after: file, cut: { 0 }).seen, as: UTF8.self) == "keptlost")
    #expect(String(decoding: FragileFile(after: file, cut: nil).seen, as: UTF8.self) == "keptlost")
    // A sync that failed: it is read, and a later sync says nothing of it.
    file.failSync()
    write("later", at: 8)
    file.sync()
    #expect(String(decoding: file.seen, as: UTF8.self) == "keptlostlater")
    #expect(String(decoding: FragileFile(after: file, cut: { 0.9 }).seen, as: UTF8.self) == "kept\0\0\0\0later")
  }
}
