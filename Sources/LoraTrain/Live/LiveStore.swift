import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Planning
import Scenarios

/// A store and the files beside it, as `serve` opens them.
///
/// `STORE` is the journal; `STORE.key` the workers' master key, `STORE.token` what people's programs bear, `STORE.address` where it is served,
/// `STORE.pods` the local pods, `STORE.lock` held while it is served.
struct LiveStore: Sendable {
  /// How a new store is to be.
  struct Plan {
    var slots: Int32
    var limit: Int64?
    var period = BudgetPeriod.calendar
    /// In which the budget's months begin and end.
    var budgetTimeZone: String?
    /// How many jobs may wait; one more is refused.
    var maxQueued: Int32 = .max
    /// How spot jobs go on; nil: on demand after 3 interruptions.
    var policy: PolicyChoice?
    var settings = PolicySettings()
    /// Of a store that is there, nil: its own.
    var timeScale: Double?
    /// Pods are not paid for, and time may go by faster.
    var isPlayed = true
    /// Of a new store, where nothing else is said.
    var usualScale = 1.0
    /// The world in which a new store's simulated month was; nil: it begins empty.
    var month: SampleMonth.World?
  }

  let path: String
  let time: LiveTime
  let keys: WorkerKeys
  let token: String
  /// The store's own name, part of its pods'.
  let name: String
  private let opening: JournalOpening
  /// Whether its jobs were real, or only played.
  var origin: JournalOpening.Origin { opening.origin }
  /// It was made just now.
  let isNew: Bool
  private let lock: FileLock

  /// Finds what is there, and makes the files beside it.
  ///
  /// - Throws: `InputError` where it is in use, cannot be made, or is otherwise than `plan` says.
  init(path: String, plan: Plan) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    lock = try FileLock(path + ".lock", of: path)
    keys = try WorkerKeys.load(beside: path)
    token = String(
      decoding: try SecretFile.load(path + ".token", make: { Data(SecretFile.random(24).hex.utf8) }), as: UTF8.self)
    isNew = !FileManager.default.fileExists(atPath: path)
    guard plan.isPlayed || (plan.timeScale ?? 1) == 1 else {
      throw InputError(
        .badConfiguration, "pods that cost money know no faster time", hint: "leave out --time-scale, or use --sandbox")
    }
    if isNew, let world = plan.month {
      time = LiveTime(origin: LiveTime.machine, scale: plan.timeScale ?? plan.usualScale)
      var opening = LiveStore.opening(plan, at: time.origin - SampleMonth.length)
      opening.simulatedUntil = time.origin.microseconds
      self.opening = opening
      try SampleMonth.make(path, opening, world, limit: plan.limit)
    } else if isNew {
      time = LiveTime(origin: LiveTime.machine, scale: plan.timeScale ?? plan.usualScale)
      opening = LiveStore.opening(plan, at: time.origin)
    } else {
      let (there, began) = try EventStore.opening(path: path)
      let origin = there.simulatedUntil.map { Instant(microseconds: $0) } ?? began
      guard there.origin != .synthetic else {
        throw InputError(
          .badData, file: path, "was simulated: there is nothing live about it", hint: "name another store")
      }
      guard plan.isPlayed == (there.origin == .sandbox) else {
        throw InputError(
          .badConfiguration, file: path,
          plan.isPlayed
            ? "holds jobs on pods that cost money, not on played ones" : "holds jobs on pods that were only played",
          hint: "name another store: what a forecast stands on must not be mixed")
      }
      if let scale = plan.timeScale, scale != there.timeScale {
        throw InputError(
          .badConfiguration, file: path,
          "its time goes by \(JSON.digits(there.timeScale)) times as fast as ours, not \(JSON.digits(scale))",
          hint: "a store keeps its time scale: leave out --time-scale, or name a new store")
      }
      time = LiveTime(origin: origin, scale: there.timeScale)
      opening = there
    }
    name = opening.store
  }

  private static func opening(_ plan: Plan, at now: Instant) -> JournalOpening {
    var policies = Calibrated.policies
    policies.maxConcurrent = plan.slots
    // After an hour without a pod a person is asked; who says nothing wants it to go on.
    (policies.afterProvisioning, policies.afterSilence) = (.ask, .keepTrying)
    // Each of them rents a pod that made no progress: after three in a row a person is asked (story 3.2.1).
    (policies.maxFailedRecoveries, policies.afterRecoveries) = (3, .ask)
    (policies.budgetLimit, policies.budgetPeriod) = (plan.limit, plan.period)
    policies = plan.policy?.applied(to: policies) ?? policies
    policies = plan.settings.applied(to: policies)
    policies.maxQueued = plan.maxQueued
    // What played pods took and cost is no history to plan by.
    var opening = JournalOpening(
      store: SecretFile.random(4).hex, origin: plan.isPlayed ? .sandbox : .real, policyName: "serve",
      policies: policies,
      budget: months(from: now, plan.period, plan.budgetTimeZone))
    opening.budgetTimeZone = plan.budgetTimeZone
    opening.timeScale = plan.timeScale ?? plan.usualScale
    return opening
  }

  /// The store's only coordinator.
  ///
  /// - Throws: `InputError` where the journal cannot be made, or is damaged.
  func coordinator() throws -> Coordinator {
    let settings = LiveSettings().scaled(by: time.scale)
    guard isNew, opening.simulatedUntil == nil else {
      return try Coordinator.open(path: path, home: LiveStore.home(path), at: time.reading, settings: settings)
    }
    // Its first row says when its time began: whoever opens it again reckons from there.
    return try Coordinator.create(
      path: path, opening: opening, home: { try LiveStore.home(path) },
      at: ClockReading(wall: time.origin, monotonic: time.reading.monotonic), settings: settings)
  }

  /// What its jobs go on by, for estimates: who is refused pods for an hour is taken to try on.
  var policies: Policies {
    var policies = opening.policies
    (policies.budgetLimit, policies.afterProvisioning) = (nil, .keepTrying)
    return policies
  }

  /// What to say of rules that this store does not go by, for it began with others; nil: they are its own.
  ///
  /// - Parameters:
  ///   - settings: what else was said of a new store's rules: those count, too, and come last.
  ///   - place: where somebody said so.
  func remark(on choice: PolicyChoice, _ settings: PolicySettings, from place: String) -> String? {
    guard settings.applied(to: choice.applied(to: opening.policies)) != opening.policies else { return nil }
    let own = PolicyChoice(of: opening.policies).map { "\($0), which" } ?? "the rules that"
    return "\(place) says \(choice), which is for a new store: this one goes on by \(own) it began with"
  }

  /// In which the budget's months are; nil: UTC.
  var budgetTimeZone: String? { opening.budgetTimeZone }

  /// Calendar months for fifty years.
  private static func months(from now: Instant, _ period: BudgetPeriod, _ zone: String?) -> BudgetState {
    guard let calendar = CalendarMonths(timeZone: zone ?? "UTC") else { return BudgetState(period: period) }
    let first = calendar.month(of: now)
    return BudgetState(
      period: period,
      boundaries: ContiguousArray((1...600).map { calendar.start(of: calendar.month(after: first, by: $0)) }))
  }

  /// Which machine, file and copy of it: SQLite never gives a file another number, whoever copies it does; a backup that is written over the file
  /// that was there bears a mark.
  ///
  /// - Parameter now: where the file is until it gets its name.
  static func home(_ path: String, now place: String? = nil) throws -> String {
    var status = stat()
    guard stat(place ?? path, &status) == 0 else {
      throw InputError(.noInput, file: path, "is not there any more")
    }
    let machine =
      FileManager.default.contents(atPath: "/etc/machine-id").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let file = URL(fileURLWithPath: path).standardizedFileURL.path
    let mark = try StoreBackup.mark(of: place ?? path).map { ":\($0)" } ?? ""
    return "\(machine.trimmingCharacters(in: .whitespacesAndNewlines)):\(file):\(status.st_ino)\(mark)"
  }
}

/// Held while a store is served; the system lets go of it when the process ends, however it does.
final class FileLock: Sendable {
  private let descriptor: Int32

  init(_ path: String, of store: String) throws {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw InputError(
        .cannotCreate, file: path, "cannot be made: \(String(cString: strerror(errno)))",
        hint: "check that the folder exists and is writable")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw InputError(
        .tryAgainLater, file: store, "another lora-train serves this store", hint: "stop that one first")
    }
  }

  deinit { close(descriptor) }
}

extension PolicyChoice {
  /// Which choice these rules are; nil: one that has no name.
  fileprivate init?(of policies: Policies) {
    let candidate: PolicyChoice =
      if let deadline = policies.progressDeadline {
        .uniformProgress(deadline: deadline.seconds)
      } else if policies.maxInterruptions == .max {
        .spot
      } else {
        .spotThenOnDemand(after: policies.maxInterruptions)
      }
    guard candidate.applied(to: policies) == policies else { return nil }
    self = candidate
  }
}
