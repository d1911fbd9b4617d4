import DiscreteEvent

/// A RunPod without machines: what it knows, and what becomes of it with time. Does nothing itself; the same seed and the same requests at
/// the same times lead to the same state.
public struct SandboxCloud: Sendable, Codable {
  public var settings: SandboxSettings
  public let seed: UInt64
  /// All that ever were, by ordinal.
  public internal(set) var pods: [SandboxPod] = [] { didSet { changes += 1 } }
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
  var attempts: UInt32 = 0 { didSet { changes += 1 } }
  var byID: [String: Int] = [:]

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
  mutating func turn(_ i: Int) -> [SandboxDeed] {
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

  enum Purpose: UInt16 {
    case provisioning, starting, interruption, hostFailure, slow, stock, name, fault, lateness
  }

  func stream(_ entity: UInt32, _ part: UInt16, _ purpose: Purpose) -> RandomStream {
    RandomStream(seed: seed, replication: 0, entity: entity, part: part, purpose: purpose.rawValue)
  }

  /// One length of time of a pod's present start.
  func draw(_ law: Law, _ i: Int, _ purpose: Purpose, slow: Double = 0) -> Span {
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
}
