import DiscreteEvent
import Engine
import Journal
import Scenarios

/// Live mode's one synchronous step: what came in → evolve and decide → one transaction → what is to be done.
///
/// The engine is the simulator's own. Around it this adds only what a simulation does not meet: answers that never come, names that turn
/// up late, workers that speak twice. What it knows of time and silence is in memory and starts anew after a restart; all else follows from
/// the journal. A step that throws has done nothing outside: drop the coordinator and open it anew.
public struct Coordinator {
  public let settings: LiveSettings
  let store: EventStore
  let storeName: String
  var controller: Controller
  var book = RentalBook()
  var approvals = ApprovalBook()
  var watch: ProviderWatch
  private var clock: LiveClock
  private var commands = CommandBuffer()
  /// What the last step wrote, in order.
  public private(set) var journalled: [(at: Instant, entry: JournalEntry)] = []
  var orders: [LiveOrder] = []
  private let opening: JournalOpening

  /// - Parameters:
  ///   - home: which machine and file the store is in, once it is there; another one than the journal knows begins a new epoch.
  public static func create(
    path: String?, opening: JournalOpening, home: () throws -> String, at reading: ClockReading,
    settings: LiveSettings = LiveSettings()
  ) throws -> Coordinator {
    let store = try EventStore.create(path: path, opening: opening, at: reading.wall)
    var book = RentalBook()
    book.take(.opening(opening), at: reading.wall, fleet: store.fleet)
    return try Coordinator(store, opening, book, ApprovalBook(), home: home(), at: reading, settings)
  }

  /// Opens a store that is there, and goes on: from the latest snapshot, where there is one, and the rows after it.
  public static func open(
    path: String, home: String, at reading: ClockReading, settings: LiveSettings = LiveSettings()
  ) throws -> Coordinator {
    let (store, memory) = try EventStore.open(path: path, following: CoordinatorMemory.self)
    return try Coordinator(store, memory, home: home, at: reading, settings)
  }

  /// What a new process finds in a store.
  static func open(
    _ store: EventStore, home: String, at reading: ClockReading, settings: LiveSettings = LiveSettings(),
    usesSnapshot: Bool = true
  ) throws -> Coordinator {
    let (store, memory) = try store.reopened(following: CoordinatorMemory.self, usesSnapshot: usesSnapshot)
    return try Coordinator(store, memory, home: home, at: reading, settings)
  }

  private init(
    _ store: EventStore, _ memory: CoordinatorMemory, home: String, at reading: ClockReading, _ settings: LiveSettings
  ) throws {
    // A journal without an opening does not open.
    let opening =
      store.opening ?? JournalOpening(store: "", origin: .real, policyName: "", policies: Policies())
    try self.init(store, opening, memory.book, memory.approvals, home: home, at: reading, settings)
  }

  private init(
    _ store: EventStore, _ opening: JournalOpening, _ book: RentalBook, _ approvals: ApprovalBook, home: String,
    at reading: ClockReading, _ settings: LiveSettings
  ) throws {
    self.store = store
    self.opening = opening
    self.settings = settings
    self.book = book
    self.approvals = approvals
    storeName = opening.store
    controller = opening.controller()
    // Not the opening's limit: the journal may have changed it since.
    controller.fleet = store.fleet
    controller.recordsEvents = true
    clock = LiveClock(latest: store.latest)
    clock.read(reading)
    watch = ProviderWatch(since: reading.monotonic)
    if book.home != home {
      if book.home != nil { try catalogue.endAllSessions() }
      let mark = StoreNote.EpochMark(epoch: book.home == nil ? book.epoch : book.epoch + 1, home: home)
      note(.epochBegan(mark))
      try commit()
    }
  }

  public var fleet: Fleet { controller.fleet }
  /// What is kept beside the journal.
  public var catalogue: Catalogue { store.catalogue }
  /// So much has happened since the latest snapshot that a start would take long.
  var isSnapshotDue: Bool { store.rowsSinceSnapshot >= settings.snapshotEvery }

  /// Spares the next start what the journal has led to so far. O(jobs).
  ///
  /// - Throws: `InputError` where it could not be kept; nothing is lost by that.
  func keepSnapshot() throws(InputError) {
    guard store.rowsSinceSnapshot > 0 else { return }
    try store.keepSnapshot(of: CoordinatorMemory(book: book, approvals: approvals))
  }

  /// Ends the connection to the store. After a step that failed: what of it had come into the write-ahead log goes with that, rather than be found
  /// by the next start, which would take it for durable.
  func close() throws(InputError) { try store.close() }

  /// False where the store is a copy that nobody has confirmed: then nothing is rented, and nothing terminated.
  public var isConfirmed: Bool { book.isConfirmed }
  var now: Instant { clock.now }
  var monotonic: Span { clock.monotonic ?? .zero }

  /// Takes what came in, in order, and whatever time has brought.
  ///
  /// - Returns: what is to be done now that it is on the disk.
  /// - Throws: `InputError` where the step could not be written; `TransitionError` is a defect of this program.
  /// - Complexity: O(inputs + slots); a list of pods O(pods).
  public mutating func step(_ inputs: some Sequence<LiveInput>, at reading: ClockReading) throws -> [LiveOrder] {
    clock.read(reading)
    watch.nextTermination = nil
    orders.removeAll(keepingCapacity: true)
    journalled.removeAll(keepingCapacity: true)
    if book.isConfirmed { try passTime() }
    for input in inputs { try take(input) }
    if book.isConfirmed { try sweep() }
    askForLists()
    try commit()
    return orders
  }

  // MARK: The engine

  /// Gives one fact to the engine; what it decides is journalled with it.
  mutating func emit(_ event: Event) throws(TransitionError) {
    try controller.receive(event, at: now, into: &commands)
    for event in controller.recorded {
      journalled.append((now, .event(event)))
      book.take(.event(event), at: now, fleet: controller.fleet)
    }
    for command in commands {
      switch command {
      case .requestPod(let job, let lease, let pricing): create(job, lease, pricing)
      case .notify(let job, let notice): orders.append(.notify(job, notice))
      // What the state asks for is seen by every sweep, after a restart too.
      case .terminatePod, .stopWorker, .startWorker: break
      }
    }
  }

  mutating func note(_ note: StoreNote) {
    journalled.append((now, .noted(note)))
    book.take(.noted(note), at: now, fleet: controller.fleet)
    approvals.take(note)
  }

  mutating func describe(_ description: JobDescription) {
    journalled.append((now, .described(description)))
    book.take(.described(description), at: now, fleet: controller.fleet)
  }

  private mutating func commit() throws {
    if !journalled.isEmpty { try store.append(journalled.map { ($0.at, $0.entry) }) }
  }

  /// Whether the table of transitions lets a job take an event.
  func allows(_ event: EventKind, _ job: JobIndex) -> Bool {
    Int(job.rawValue) < controller.fleet.jobs.count
      && !Lifecycle.next(controller.fleet[job].phase, event).isEmpty
  }

  private mutating func create(_ job: JobIndex, _ lease: UInt16, _ pricing: Pricing) {
    guard let request = book.openRequest(of: job) else { return }
    watch.asked(request, at: monotonic)
    let state = controller.fleet[job]
    orders.append(
      .create(
        PodRequest(
          name: PodName(store: storeName, epoch: book.epoch, request: request), job: job, lease: lease,
          pricing: pricing, steps: state.spec.steps, durableStep: state.durableStep, isPreprocessed: state.preprocessed)
      ))
  }

  // MARK: Time

  /// Ends of budget periods, and the jobs' own deadlines. O(slots).
  private mutating func passTime() throws(TransitionError) {
    while let end = nextTurn, end <= now { try emit(.periodTurned) }
    let due = controller.fleet.slots.filter { $0 != .none && controller.fleet[$0].deadline <= now }
    for job in due where controller.fleet[job].deadline <= now && allows(.deadlinePassed, job) {
      try emit(.deadlinePassed(job))
    }
  }

  /// When the running budget period ends, or a rolling one is to be looked at again.
  private var nextTurn: Instant? {
    let budget = controller.fleet.budget
    if budget.period == .rolling30Days { return controller.fleet.queued > 0 ? book.lastTurn + .hours(1) : nil }
    return budget.boundaries.first { $0 > book.lastTurn }
  }

  /// When the next step is due if nothing comes in.
  public var nextWake: ClockReading {
    // An unconfirmed copy only looks.
    var wall = book.isConfirmed ? nextTurn ?? .distantFuture : .distantFuture
    for job in controller.fleet.slots where job != .none && book.isConfirmed {
      let deadline = controller.fleet[job].deadline
      if deadline > now { wall = min(wall, deadline) }
    }
    return ClockReading(wall: wall, monotonic: watch.nextWake(settings, busy: isBusy))
  }

  // MARK: What people see

  public func description(of job: JobIndex) -> JobDescription? {
    let i = Int(job.rawValue)
    return i < book.descriptions.count ? book.descriptions[i] : nil
  }

  func spent(on job: JobIndex, at reading: ClockReading) -> Int64 {
    controller.fleet[job].cost(at: max(now, reading.wall))
  }

  func view(at reading: ClockReading) -> LiveView {
    LiveView(
      at: max(now, reading.wall), fleet: controller.fleet, policies: controller.policies,
      descriptions: book.descriptions, approvals: approvals, store: storeName, epoch: book.epoch,
      isConfirmed: book.isConfirmed,
      providerAnswers: watch.isReachable(at: reading.monotonic, settings))
  }

  var isBusy: Bool { controller.fleet.slotsInUse > 0 || watch.hasStrays }
}
