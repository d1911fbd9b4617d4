import DiscreteEvent

/// A RunPod without machines: what it knows, and what becomes of it with time. Does nothing itself; the same seed and the same requests at
/// the same times lead to the same state.
public struct SandboxCloud: Sendable, Codable {
  public var settings: SandboxSettings
  public let seed: UInt64
  /// All that ever were, by ordinal.
  public private(set) var pods: [SandboxPod] = [] { didSet { changes += 1 } }
  /// How often something has changed that has to be remembered.
  private(set) var changes = 0
  public private(set) var now: Instant
  /// Nanodollars that were paid in beside the deposit.
  public var credit: Int64 = 0 { didSet { changes += 1 } }
  /// Values by name: write-only, as RunPod's are.
  var secrets: [String: SandboxSecret] = [:] { didSet { changes += 1 } }
  var quota: SandboxQuota
  /// Faults that meet the next request of an operation, before any that are drawn.
  var plannedFaults: [SandboxFault.Rate] = []
  private var requests: UInt32 = 0
  /// How often a pod was asked for: whoever is refused has another luck the next time.
  private var attempts: UInt32 = 0 { didSet { changes += 1 } }
  private var byID: [String: Int] = [:]

  public init(settings: SandboxSettings = SandboxSettings(), seed: UInt64, at now: Instant) {
    (self.settings, self.seed, self.now) = (settings, seed, now)
    quota = SandboxQuota(settings)
  }

  // MARK: Time

  /// When something happens of itself.
  public var nextEvent: Instant {
    pods.reduce(emptyAt) { min($0, $1.next?.at ?? .distantFuture) }
  }

  /// Lets time go by.
  ///
  /// - Returns: what has to happen to pods' processes, in order.
  public mutating func advance(to instant: Instant) -> [SandboxDeed] {
    var deeds: [SandboxDeed] = []
    while case let event = nextEvent, event <= instant {
      now = max(now, event)
      if emptyAt <= now {
        deeds += runOutOfMoney()
      } else if let i = pods.indices.first(where: { (pods[$0].next?.at ?? .distantFuture) <= now }) {
        deeds += turn(i)
      }
    }
    now = max(now, instant)
    return deeds
  }

  /// A pod's next status is there.
  private mutating func turn(_ i: Int) -> [SandboxDeed] {
    guard let next = pods[i].next else { return [] }
    pods[i].next = nil
    switch next.status {
    case .starting:
      pods[i].status = .starting
      pods[i].next = (.running, now + draw(settings.starting, i, .starting, slow: settings.slowBoots))
    case .running:
      pods[i].status = .running
      pods[i].started = now
      pods[i].next = end(of: i)
      return [.start(pod: pods[i].id)]
    case .exited:
      halt(i, .exited, "Exited by Runpod: the machine was needed elsewhere")
      return [.stop(pod: pods[i].id)]
    case .error:
      halt(i, .error, "Exited by Runpod: the host does not respond")
      return [.kill(pod: pods[i].id)]
    case .provisioning, .terminated: break
    }
    return []
  }

  /// Whichever comes first of what may end a pod that runs.
  private func end(of i: Int) -> (status: SandboxPod.Status, at: Instant)? {
    let failure = settings.hostFailures.map { now + draw($0, i, .hostFailure) } ?? .distantFuture
    let interruption =
      pods[i].isInterruptible
      ? settings.interruptions.map { now + draw($0, i, .interruption) } ?? .distantFuture : .distantFuture
    if min(failure, interruption) == .distantFuture { return nil }
    return interruption <= failure ? (.exited, interruption) : (.error, failure)
  }

  // MARK: Luck

  private enum Purpose: UInt16 {
    case provisioning, starting, interruption, hostFailure, slow, stock, name, fault, lateness
  }

  private func stream(_ entity: UInt32, _ part: UInt16, _ purpose: Purpose) -> RandomStream {
    RandomStream(seed: seed, replication: 0, entity: entity, part: part, purpose: purpose.rawValue)
  }

  /// One length of time of a pod's present start.
  private func draw(_ law: Law, _ i: Int, _ purpose: Purpose, slow: Double = 0) -> Span {
    let (ordinal, start) = (pods[i].ordinal, pods[i].starts)
    var (own, other) = (stream(ordinal, start, purpose), stream(ordinal, start, .slow))
    let seconds = max(0, law.quantile(own.uniform()))
    return Span(seconds: other.uniform() < slow ? seconds * 10 : seconds)
  }

  /// How late a line of the bill is.
  func lateness(_ pod: SandboxPod, hour: Int64) -> Span {
    var own = stream(pod.ordinal, UInt16(truncatingIfNeeded: hour), .lateness)
    return Span(seconds: max(0, settings.billLateness.quantile(own.uniform())))
  }

  /// The fault that meets the next request of an operation.
  mutating func fault(_ operation: String) -> SandboxFault? {
    if let i = plannedFaults.firstIndex(where: { $0.operation == operation }) {
      return plannedFaults.remove(at: i).fault
    }
    requests &+= 1
    var own = stream(requests, 0, .fault)
    return settings.faults.first { $0.operation == operation && own.uniform() < $0.probability }?.fault
  }

  /// Lets a fault meet the next request of an operation.
  public mutating func plan(_ fault: SandboxFault, on operation: String) {
    plannedFaults.append(.init(operation, fault, 1))
  }

  // MARK: Pods

  /// - Complexity: O(1).
  func index(_ id: String) -> Int? { byID[id] }

  subscript(id: String) -> SandboxPod? { byID[id].map { pods[$0] } }

  /// Those that a list shows, oldest first.
  public var listed: [SandboxPod] { pods.filter { $0.status != .terminated } }

  /// - Throws: the way RunPod refuses it.
  public mutating func create(_ order: SandboxPod.Order) throws(SandboxProblem) -> SandboxPod {
    guard let gpu = settings.gpus.first(where: { $0.id == order.gpu }) else {
      throw SandboxProblem(404, "Not Found", "GPU type not found: \(order.gpu)", code: "NOT_FOUND")
    }
    let rate = Int64(order.count) * (try price(order, gpu))
    guard burn + rate <= settings.spendLimit else {
      throw SandboxProblem(
        403, "Forbidden", "This pod would exceed your account's hourly spend limit. Please contact support.",
        code: "SPEND_LIMIT")
    }
    guard balance >= rate else { throw .noBalance }
    let (number, center) = (UInt32(pods.count), try dataCenter(order))
    var luck = stream(attempts, 0, .stock)
    attempts &+= 1
    guard pods.count(where: { $0.status.isBilled && $0.order.gpu == gpu.id }) < gpu.stock,
      luck.uniform() >= settings.stockOuts
    else { throw .noCapacity }
    var pod = SandboxPod(
      id: name(number), ordinal: number, order: order, rate: rate, dataCenter: center, created: now)
    pod.periods = [.init(from: now, gpu: rate, disk: Int64(order.disk) * settings.disk)]
    byID[pod.id] = pods.count
    pods.append(pod)
    let i = pods.count - 1
    pods[i].next = (.starting, now + draw(settings.provisioning, i, .provisioning))
    return pods[i]
  }

  private func price(_ order: SandboxPod.Order, _ gpu: SandboxSettings.GPU) throws(SandboxProblem) -> Int64 {
    guard order.isInterruptible else { return order.isCommunity ? gpu.community : gpu.secure }
    guard let least = gpu.spot else {
      throw SandboxProblem(400, "Bad Request", "Spot pods are no longer offered", code: "SPOT_NOT_OFFERED")
    }
    guard order.bid >= least else { throw .noCapacity }
    return order.bid
  }

  private func dataCenter(_ order: SandboxPod.Order) throws(SandboxProblem) -> String {
    let wanted = order.dataCenters.isEmpty ? settings.dataCenters : order.dataCenters
    guard let center = wanted.first(where: { settings.dataCenters.contains($0) }) else {
      throw SandboxProblem(404, "Not Found", "data center not found: \(wanted.joined(separator: ", "))")
    }
    let open = wanted.filter { settings.dataCenters.contains($0) && !settings.closedDataCenters.contains($0) }
    guard let first = open.first else {
      throw SandboxProblem(
        400, "Bad Request", "data center \(center) is temporarily unavailable", code: "DATA_CENTER_UNAVAILABLE")
    }
    return first
  }

  /// 14 letters and digits, as RunPod's are.
  private func name(_ number: UInt32) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var own = stream(number, 0, .name)
    let text = (0..<14).map { _ in letters[Int(own.nextUInt64() % 36)] }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: what has to happen to its processes.
  /// - Throws: 404, 409 where its status does not allow it, 400 where it would be started and there is no GPU, 402.
  public mutating func act(_ action: SandboxAction, on id: String) throws(SandboxProblem) -> [SandboxDeed] {
    guard let i = index(id), pods[i].status != .terminated else { throw .podNotFound }
    guard pods[i].status.actions.contains(action) else {
      throw SandboxProblem(
        409, "Conflict", "action '\(action)' is not valid while the pod is \(pods[i].status.rawValue)",
        code: "CONFLICT")
    }
    switch action {
    case .terminate:
      halt(i, .terminated, "Terminated by user")
      return [.stop(pod: id)]
    case .stop:
      halt(i, .exited, "Exited by user: stopped")
      return [.stop(pod: id)]
    case .restart:
      pods[i].starts += 1
      pods[i].status = .starting
      pods[i].next = (.running, now + draw(settings.starting, i, .starting))
      return [.stop(pod: id)]
    case .start:
      try restart(i)
      return []
    }
  }

  private mutating func restart(_ i: Int) throws(SandboxProblem) {
    guard balance >= pods[i].rate else { throw .noBalance }
    let (gpu, pod) = (pods[i].order.gpu, pods[i])
    let stock = settings.gpus.first { $0.id == gpu }?.stock ?? 0
    guard pods.count(where: { $0.status.isBilled && $0.order.gpu == gpu }) < stock else {
      // Its own host is the only one it can run on.
      throw SandboxProblem(
        400, "Bad Request", "There are not enough free GPUs on the host machine to start this pod.",
        code: "SUPPLY_CONSTRAINT")
    }
    close(i)
    pods[i].starts += 1
    pods[i].status = .provisioning
    pods[i].statusChange = "Resumed by user"
    pods[i].periods.append(.init(from: now, gpu: pod.rate, disk: Int64(pod.order.disk) * settings.disk))
    pods[i].next = (.starting, now + draw(settings.provisioning, i, .provisioning))
  }

  /// Takes a pod back now, as its hazard would.
  public mutating func interrupt(_ id: String) throws(SandboxProblem) -> [SandboxDeed] {
    guard let i = index(id), pods[i].status.isBilled else { throw .podNotFound }
    pods[i].next = (.exited, now)
    return turn(i)
  }

  /// Its processes have ended by themselves.
  public mutating func ended(_ id: String, code: Int?) {
    guard let i = index(id), pods[i].status == .running else { return }
    halt(
      i, code == 0 ? .exited : .error,
      code.map { "Exited: the container ended with \($0)" } ?? "Exited: the container is gone")
  }

  private mutating func runOutOfMoney() -> [SandboxDeed] {
    let poor = pods.indices.filter { pods[$0].periods.last?.until == nil && pods[$0].status != .terminated }
    for i in poor {
      halt(i, pods[i].hasNetworkVolume ? .exited : .terminated, "Exited by Runpod: the account's balance is 0")
      // Nor is the disk of a stopped one billed, or the balance would be below 0.
      close(i)
    }
    return poor.map { .stop(pod: pods[$0].id) }
  }

  private mutating func halt(_ i: Int, _ status: SandboxPod.Status, _ why: String) {
    close(i)
    pods[i].next = nil
    pods[i].status = status
    pods[i].statusChange = why
  }

  private mutating func close(_ i: Int) {
    guard let last = pods[i].periods.indices.last, pods[i].periods[last].until == nil else { return }
    pods[i].periods[last].until = now
  }
}
