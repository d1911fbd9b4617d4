import DiscreteEvent

/// A pod of the sandbox, and all that will ever be billed for it.
public struct SandboxPod: Hashable, Sendable, Codable {
  /// Where a pod stands, in RunPod's words.
  public enum Status: String, Hashable, Sendable, Codable {
    case provisioning = "PROVISIONING"
    case starting = "STARTING"
    case running = "RUNNING"
    case exited = "EXITED"
    case error = "ERROR"
    case terminated = "TERMINATED"

    /// Whether its GPU is rented.
    var isBilled: Bool { self == .provisioning || self == .starting || self == .running }

    var actions: [SandboxAction] {
      switch self {
      case .running: [.stop, .restart, .terminate]
      case .exited, .error: [.start, .terminate]
      case .provisioning, .starting: [.stop, .terminate]
      case .terminated: []
      }
    }
  }

  /// What a new pod is to be.
  public struct Order: Hashable, Sendable, Codable {
    public var name: String
    public var image: String
    public var args = ""
    public var env: [String: String] = [:]
    public var gpu = ""
    public var count = 1
    public var isCommunity = false
    public var isInterruptible = false
    /// Nanodollars an hour and GPU; only where it is interruptible.
    public var bid: Int64 = 0
    public var dataCenters: [String] = []
    /// Gigabytes.
    public var disk = 20
    public var ports: [String] = []
    public var mounts: JSONValue = [:]
    public var template: String?

    public init(name: String, image: String) { (self.name, self.image) = (name, image) }
  }

  /// A time at one price.
  struct Period: Hashable, Sendable, Codable {
    var from: Instant
    /// nil: it goes on.
    var until: Instant?
    /// Nanodollars an hour.
    var gpu: Int64
    var disk: Int64
  }

  public let id: String
  let ordinal: UInt32
  public let order: Order
  /// Nanodollars an hour, of its GPUs.
  public let rate: Int64
  let dataCenter: String
  public let created: Instant
  public internal(set) var status = Status.provisioning
  var statusChange: String
  /// When the container began to run the last time.
  var started: Instant?
  /// How often it was started.
  var starts: UInt16 = 1
  /// What happens next of itself, and when.
  var next: (status: Status, at: Instant)? {
    get { nextStatus.map { ($0, nextAt) } }
    set { (nextStatus, nextAt) = (newValue?.status, newValue?.at ?? .distantFuture) }
  }
  private var nextStatus: Status?
  private var nextAt = Instant.distantFuture
  var periods: [Period] = []

  init(id: String, ordinal: UInt32, order: Order, rate: Int64, dataCenter: String, created: Instant) {
    (self.id, self.ordinal, self.order, self.rate) = (id, ordinal, order, rate)
    (self.dataCenter, self.created) = (dataCenter, created)
    statusChange = "Rented by User"
  }

  var isInterruptible: Bool { order.isInterruptible }
  var hasNetworkVolume: Bool { order.mounts["network"]?.items?.isEmpty == false }
}

/// What can be asked of a pod.
public enum SandboxAction: String, Hashable, Sendable, Codable, CaseIterable {
  case start, stop, restart, terminate
}

/// What has to happen to a pod's processes.
public enum SandboxDeed: Hashable, Sendable {
  case start(pod: String)
  /// SIGTERM, five seconds, SIGKILL.
  case stop(pod: String)
  /// Its host is gone: SIGKILL.
  case kill(pod: String)
}
