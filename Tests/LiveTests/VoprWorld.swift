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
  private var moments: RandomStream
  /// Whether workers know, and say, what the provider calls their pod: three worlds in four.
  let saysPod: Bool
  /// Reports of pods that bear the name of another pod's lease.
  private(set) var strayReports = 0
  /// Starts that had a snapshot.
  private(set) var quickStarts = 0
  let faults: VoprFaults
  /// What the later kinds of fault are drawn from.
  var weather: RandomStream
  /// Calls that were answered 429, and until when all are.
  var throttledCalls = 0
  var throttledUntil = VoprWorld.start
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
  private(set) var metOnDisk: [FragileDisk.Fault: Int] = [:]
  /// Steps that had failed and were found on the disk all the same, which is allowed where only the answer was lost.
  private(set) var stepsKept = 0
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

  // MARK: Chance and time

  func chance(_ p: Double) -> Bool { p > 0 && random.uniform() < p }
  func pick(_ n: Int) -> Int { Int(random.uniform() * Double(n)) }
  func exponential(_ mean: Span) -> Span { Span(seconds: -mean.seconds * log(random.uniform())) }
  func between(_ a: Span, _ b: Span) -> Span { a + Span(seconds: random.uniform() * (b - a).seconds) }

  func schedule(_ action: Action, in delay: Span) {
    order += 1
    agenda.insert(Scheduled(at: now + max(.zero, delay), order: order, action: action))
  }

  func say(_ text: @autoclosure () -> String) {
    if keepsTrace { trace.append("\((now - VoprWorld.start).seconds)s \(text())") }
  }

  /// A message on its way: delivered late, twice or not at all.
  func post(_ action: Action, surely: Bool = false) {
    if !surely, isOut || chance(faults.loss) { return }
    schedule(action, in: latency())
    if chance(faults.duplication) { schedule(action, in: latency()) }
  }

  func latency() -> Span { chance(faults.delay) ? between(.zero, .seconds(80)) : between(.zero, .seconds(1)) }

  var reading: ClockReading {
    ClockReading(wall: now + skew, monotonic: now - VoprWorld.start + bootOffset)
  }

  // MARK: The loop

  /// - Throws: ``Failure`` where an invariant does not hold.
  func run() throws {
    defer { disk?.remove() }
    while try advance() {}
  }

  /// When something happens next.
  var next: Instant { isOver ? .distantFuture : agenda.min?.at ?? .distantFuture }
  private(set) var isOver = false

  /// What happens next.
  ///
  /// - Returns: false where that was the last.
  func advance() throws -> Bool {
    guard !isOver, let next = agenda.popMin() else { return false }
    now = next.at
    guard now < VoprWorld.start + .days(120) else { throw failure("a job does not end: \(unfinished())") }
    try perform(next.action)
    guard now > end, coordinator != nil, isDone() else { return true }
    isOver = true
    try finish()
    return false
  }

  func failure(_ text: String) -> Failure {
    Failure(description: "seed \(seed), \(disk == nil ? "" : "on disk, ")\((now - VoprWorld.start).hours) h: \(text)")
  }

  private func perform(_ action: Action) throws {
    switch action {
    case .input(let input, let process):
      guard coordinator != nil, process == self.process else { return }
      inbox.append(input)
      // Several at once now and then: what waits is taken with the next.
      if !chance(faults.batching) { try step() }
    case .wake(let generation): if generation == self.generation, coordinator != nil { try step() }
    case .call(let order): try provide(order)
    case .appear(let pod): appear(pod)
    case .interrupt(let pod): interrupt(pod)
    case .work(let pod, let generation): work(pod, generation)
    case .send(let pod, let generation, let heartbeat): send(pod, generation, heartbeat)
    case .heard(let pod, let acknowledgement): try hear(pod, acknowledgement)
    case .user: act()
    case .restart(let fromBackup): try restart(fromBackup)
    case .confirm:
      guard coordinator != nil else { return schedule(.confirm, in: .minutes(5)) }
      isUnconfirmed = false
      ask(.confirmEpoch)
    case .clockStep:
      skew = chance(0.3) ? .zero : between(.hours(-3), .hours(3))
      say("clock steps to \(skew.seconds) s")
      schedule(.clockStep, in: exponential(Span(seconds: 86_400 / faults.clockStep)))
    case .outage(let begins):
      isOut = begins
      say("outage \(begins ? "begins" : "ends")")
      if begins {
        schedule(.outage(begins: false), in: exponential(.hours(1)))
      } else {
        calmSince = now
        if now < end { schedule(.outage(begins: true), in: exponential(Span(seconds: 86_400 / faults.outage))) }
      }
    }
  }

  /// One step of the coordinator, and what a crash leaves of it.
  private func step() throws {
    guard var current = coordinator.take() else { return }
    let inputs = inbox
    inbox.removeAll(keepingCapacity: true)
    let mode = now < end && chance(faults.crash) ? pick(4) : -1
    if mode == 0 { return try crash(current, [current.fleet.stateDigest], "before a step") }
    if mode == 1, !isDiskFull {
      isDiskFull = true
      try limitPages(current, 1)
    }
    let fault = planTrouble()
    let before = isDiskFull || fault != nil ? current.fleet.stateDigest : Digest()
    steps += 1
    do {
      let orders = try current.step(inputs, at: reading)
      try check(current, orders)
      try lookForFollowedStrays(current, orders)
      try lookForReplays(current, orders)
      // In what follows a commit that has returned.
      if disk?.isDown == true { return try crash(current, [current.fleet.stateDigest], "in a checkpoint") }
      disk?.forgetPlan()
      if mode == 2 {
        return try crash(current, [current.fleet.stateDigest], "after the commit, before anything is done")
      }
      let done = mode == 3 ? pick(orders.count + 1) : orders.count
      for order in orders.prefix(done) { dispatch(order) }
      if mode == 3 { return try crash(current, [current.fleet.stateDigest], "after \(done) of \(orders.count) orders") }
    } catch let error as InputError where fault != nil {
      return try endAfter(fault, current, before, error)
    } catch let error as InputError where isDiskFull {
      return try crash(current, [before], "the disk is full: \(error)")
    } catch let error as TransitionError {
      throw failure("the coordinator gave the engine what cannot have happened: \(error)")
    }
    if !isDiskFull, moments.uniform() < 0.002 { try current.keepSnapshot() }
    coordinator = current
    try scheduleWake()
  }

  /// Of two pods under one name, one that says which it is is followed only where the lease is its own.
  private func lookForFollowedStrays(_ current: Coordinator, _ orders: [LiveOrder]) throws {
    guard saysPod else { return }
    for case .acknowledge(let ticket, let acknowledgement) in orders {
      guard let index = tickets[ticket], let name = pods[index].name, current.book.exists(name.request) else {
        continue
      }
      let rental = current.book[name.request]
      guard rental.epoch == name.epoch, rental.isHeld, !rental.isOver, rental.pod != pods[index].id else { continue }
      strayReports += 1
      guard [.leave, .wait].contains(acknowledgement.directive) else {
        throw failure("\(pods[index].id) is followed, and \(rental.pod ?? "nobody") holds the lease of \(name)")
      }
    }
  }

  /// A new process. What it makes of a snapshot is what it would make of every row.
  private func open(_ store: EventStore, _ settings: LiveSettings) throws -> Coordinator {
    // One start in ten: to read all rows twice more takes most of a world's time.
    if moments.uniform() < 0.1 {
      let (quick, memory) = try store.reopened(following: CoordinatorMemory.self)
      let (slow, whole) = try store.reopened(following: CoordinatorMemory.self, usesSnapshot: false)
      guard memory == whole, quick.fleet.stateDigest == slow.fleet.stateDigest else {
        throw failure("a start from the snapshot after row \(quick.memory.snapshot) is no replay")
      }
      if quick.memory.snapshot > 0 { quickStarts += 1 }
    }
    return try Coordinator.open(store, home: home, at: reading, settings: settings)
  }

  /// A full disk: SQLite itself refuses to grow the database.
  private func limitPages(_ coordinator: Coordinator, _ pages: Int) throws {
    try coordinator.store.queue.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
  }

  private func scheduleWake() throws {
    guard let current = coordinator else { return }
    let wake = current.nextWake
    var at = VoprWorld.start + wake.monotonic - bootOffset
    if wake.wall < .distantFuture { at = min(at, wake.wall - skew) }
    overdue = at > now ? 0 : overdue + 1
    guard overdue < 4 else { throw failure("the coordinator spins: it wants to be woken \((now - at).seconds) s ago") }
    generation += 1
    schedule(.wake(generation), in: max(.seconds(1), at - now))
  }

  // MARK: Crashes

  /// - Parameter states: what may be found by the next process: more than one only where the last step has failed on its way to the disk.
  func crash(_ current: Coordinator, _ states: [Digest], _ how: String) throws {
    say("crash \(how)")
    if let disk {
      let isCut = weather.uniform() < 0.5
      // What a connection does when it goes is not done by a process that is no more: it took the next one's log away.
      disk.halt()
      try? current.store.close()
      disk.restart(cut: isCut ? { [self] in weather.uniform() } : nil)
    } else if isDiskFull {
      // Whoever starts it again has made room.
      try limitPages(current, 1_073_741_823)
    }
    isDiskFull = false
    left = (current.store, current.settings, states)
    inbox.removeAll()
    tickets.removeAll()
    downSince = now
    let restores = backup != nil && chance(faults.restore)
    schedule(.restart(fromBackup: restores), in: chance(0.2) ? between(.zero, .hours(3)) : between(.zero, .minutes(2)))
  }

  private func restart(_ fromBackup: Bool) throws {
    guard let left else { return }
    process += 1
    bootOffset = between(.zero, .hours(100))
    if let since = downSince { downtime += now - since }
    downSince = nil
    calmSince = now
    capped.removeAll()
    if fromBackup, let copy = backup {
      say("restart from a backup")
      wasRestored = true
      isUnconfirmed = true
      home += "+"
      coordinator = try open(EventStore(try restored(copy), file: "the restored journal"), left.settings)
      backup = nil
      ghost = nil
      schedule(.confirm, in: between(.minutes(1), .hours(1)))
    } else {
      say("restart")
      let store = try disk.map { EventStore(try $0.connect(), file: $0.name) } ?? left.store
      let current = try open(store, left.settings)
      guard left.states.contains(current.fleet.stateDigest) else {
        throw failure("a restart is not what was there before")
      }
      if left.states.first != current.fleet.stateDigest { stepsKept += 1 }
      coordinator = current
    }
    try scheduleWake()
  }

  func keepBackup() throws {
    guard let current = coordinator, faults.restore > 0 else { return }
    func copy() throws -> DatabaseQueue {
      let copy = try DatabaseQueue(configuration: StoreSchema.configuration)
      try current.store.queue.backup(to: copy)
      return copy
    }
    backup = try copy()
    guard current.isConfirmed else { return }
    let coordinator = try Coordinator.open(
      EventStore(try copy(), file: "a copy elsewhere"), home: home + " elsewhere", at: reading,
      settings: current.settings)
    ghost = (coordinator, 0)
  }

  /// A backup where the store was: on a new disk, if there is one.
  private func restored(_ copy: DatabaseQueue) throws -> DatabaseQueue {
    guard let old = disk else { return copy }
    for (fault, n) in old.met { metOnDisk[fault, default: 0] += n }
    let new = FragileDisk(old.name + "+")
    old.remove()
    disk = new
    let queue = try new.connect()
    try copy.backup(to: queue)
    return queue
  }

  /// How often which fault of a disk was met.
  var diskFaults: [FragileDisk.Fault: Int] {
    metOnDisk.merging(disk?.met ?? [:]) { $0 + $1 }
  }
}
