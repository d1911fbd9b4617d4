import Calibration
import DiscreteEvent
import Engine
import Foundation
import GRDB
import HeapModule
import Journal
import Scenarios

@testable import Journal
@testable import Live

/// A month of a busy team in a world that breaks everything, under virtual time and from one seed.
///
/// The coordinator and the journal are the real ones. All else (provider, workers, people, network, clocks, disk) is here. The store is in
/// memory, or on a ``FragileDisk``.
final class VoprWorld {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  enum Action {
    /// To the process that asked: a new one never hears it.
    case input(LiveInput, process: Int)
    case wake(Int)
    case call(LiveOrder)
    case appear(Int)
    case leaveQueue(Int)
    case interrupt(Int)
    case work(pod: Int, generation: Int)
    case send(pod: Int, generation: Int, heartbeat: Bool)
    case heard(pod: Int, Acknowledgement)
    case user
    case restart(fromBackup: Bool)
    case confirm
    case clockStep
    case outage(begins: Bool)
  }

  struct Scheduled: Comparable {
    var at: Instant
    var order: UInt64
    var action: Action
    static func < (a: Scheduled, b: Scheduled) -> Bool { (a.at, a.order) < (b.at, b.order) }
    static func == (a: Scheduled, b: Scheduled) -> Bool { (a.at, a.order) == (b.at, b.order) }
  }

  let seed: UInt64
  var random: RandomStream
  /// Apart, so that the rest of a world does not depend on when snapshots are kept.
  var moments: RandomStream
  /// Whether workers know, and say, what the provider calls their pod: three worlds in four.
  let saysPod: Bool
  /// Reports of pods that bear the name of another pod's lease.
  var strayReports = 0
  /// Starts that had a snapshot.
  var quickStarts = 0
  let faults: VoprFaults
  /// What the later kinds of fault are drawn from.
  var weather: RandomStream
  /// Calls that were answered 429, and until when all are.
  var throttledCalls = 0
  var throttledUntil = VoprWorld.start
  /// What queues are drawn from, and how many pods have waited in one.
  var queue: RandomStream
  var queuedPods = 0
  /// Terminations that were answered 5xx after they had been carried out.
  var lostEnds = 0
  let keys = WorkerKeys(master: Data(repeating: 7, count: 32))
  /// Reports that were signed by nobody, or by another pod, or were changed; old ones that came again; and the latest genuine ones.
  var forgedReports = 0
  var replayedReports = 0
  var overheard: [VoprLetter] = []
  var breach: String?
  /// Tickets of reports that had all been acknowledged when they were sent again.
  var replays: Set<UInt64> = []
  /// nil: the store is in memory.
  var disk: FragileDisk?
  /// What was met on disks that have been left behind by a restored backup.
  var metOnDisk: [FragileDisk.Fault: Int] = [:]
  /// Steps that had failed and were found on the disk all the same, which is allowed where only the answer was lost.
  var stepsKept = 0
  /// Another installation on the same account: its pods are seen, and never touched.
  weak var neighbour: VoprWorld?
  /// Lists that showed pods of the neighbour's.
  var sharedLists = 0
  let store: String
  /// A copy of the store that somebody has opened elsewhere, and that looks on while its original runs.
  var ghost: (coordinator: Coordinator, list: UInt64)?
  var ghostlyLooks = 0
  var now = VoprWorld.start
  static let start = Instant(microseconds: 1_764_547_200_000_000)
  let end = VoprWorld.start + .days(30)
  var agenda = Heap<Scheduled>()
  var order: UInt64 = 0

  /// nil while it is down.
  var coordinator: Coordinator?
  /// What the last crash left: the store, and the digest of the state that is on the disk.
  var left: (store: EventStore, settings: LiveSettings, states: [Digest])?
  var generation = 0
  var process = 0
  /// Steps in a row after which the next was due already.
  var overdue = 0
  var inbox: [LiveInput] = []
  var skew = Span.zero
  var bootOffset = Span.zero
  var home = "first"
  var backup: DatabaseQueue?

  var pods: [VoprPod] = []
  var podIndex: [String: Int] = [:]
  /// Those that a provider still has.
  var present: [Int] = []
  /// Every creation that ever reached the provider.
  var calls: Set<PodName> = []
  /// Every name that was ever handed out to be created.
  var asked: Set<PodName> = []
  /// A copy runs that nobody has confirmed: it may only look.
  var isUnconfirmed = false
  /// No page more may be written, until a step fails of it.
  var isDiskFull = false
  var isOut = false
  /// Since when everything answers: no outage, and the coordinator is up.
  var calmSince = VoprWorld.start
  var downtime = Span.zero
  var downSince: Instant?

  var tickets: [UInt64: Int] = [:]
  var ticket: UInt64 = 0
  /// What was truly saved of each job, and whether its training was truly finished.
  var saved: [JobIndex: Int32] = [:]
  var finished: Set<JobIndex> = []
  var cancels: [(pod: String, by: Instant)] = []
  /// Pods that were ever to be told to go.
  var told: Set<String> = []
  /// Since when a job with a pod has cost more than its own cap.
  var capped: [JobIndex: Instant] = [:]
  /// Jobs that had to be stopped at their cap, and cost a little more.
  var capsPassed = 0
  var wasRestored = false
  var acceptedJobs = 0
  var checkedAt = VoprWorld.start
  var trace: [String] = []
  let keepsTrace: Bool
  var steps = 0
  var isOver = false

  /// - Parameters:
  ///   - store: what it is called; nil: by its seed.
  ///   - isOnDisk: a disk that fails, in place of a store in memory.
  init(seed: UInt64, store: String? = nil, isOnDisk: Bool = false, keepsTrace: Bool = false) throws {
    self.seed = seed
    self.store = store ?? "vopr-\(seed)"
    self.keepsTrace = keepsTrace
    random = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 1)
    moments = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 2)
    // Apart, too.
    var habits = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 3)
    saysPod = habits.uniform() < 0.75
    weather = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 4)
    queue = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 5)
    var faults = VoprFaults(&random)
    faults.drawLater(&habits)
    self.faults = faults
    var policies = Policies()
    policies.maxConcurrent = Int32(1 + Int(random.uniform() * 4))
    policies.maxInterruptions = random.uniform() < 0.5 ? 3 : .max
    policies.afterProvisioning = random.uniform() < 0.5 ? .ask : .keepTrying
    policies.afterSilence = random.uniform() < 0.5 ? .fail : .keepTrying
    policies.maxFailedRecoveries = random.uniform() < 0.5 ? 3 : .max
    if random.uniform() < 0.7 { policies.budgetLimit = 400_000_000_000 }
    if random.uniform() < 0.3 { policies.budgetPeriod = .rolling30Days }
    let budget = BudgetState(boundaries: [VoprWorld.start + .days(12), VoprWorld.start + .days(42)])
    let opening = JournalOpening(
      store: self.store, origin: .sandbox, policyName: "vopr", policies: policies, budget: budget)
    var settings = LiveSettings()
    settings.listEvery = .minutes(2)
    settings.listEveryIdle = .minutes(5)
    settings.silence = .minutes(10)
    let reading = ClockReading(wall: VoprWorld.start, monotonic: .zero)
    if isOnDisk {
      let disk = FragileDisk("\(self.store)-disk")
      self.disk = disk
      let store = EventStore(try disk.connect(), file: disk.name)
      try StoreSchema.migrator.migrate(store.queue)
      try store.append([(VoprWorld.start, .opening(opening))])
      coordinator = try Coordinator.open(store, home: "first", at: reading, settings: settings)
    } else {
      coordinator = try Coordinator.create(
        path: nil, opening: opening, home: { "first" }, at: reading, settings: settings)
    }
    schedule(.user, in: .minutes(1))
    schedule(.wake(0), in: .zero)
    // Somebody else's pods on the same account: nobody but them may touch those.
    for (i, name) in ["lt-other-1-1", "lt-\(self.store)x-1-1", "somebody", "lt-\(self.store)-9-1"].enumerated() {
      pods.append(
        VoprPod(
          id: "foreign-\(i)", name: nil, fullName: name, state: .running, created: now, visibleFrom: now, rate: 1))
      present.append(i)
    }
    if faults.clockStep > 0 { schedule(.clockStep, in: exponential(Span(seconds: 86_400 / faults.clockStep))) }
    if faults.outage > 0 { schedule(.outage(begins: true), in: exponential(Span(seconds: 86_400 / faults.outage))) }
  }
}
