import DiscreteEvent

/// What the sandbox's world is like. Times in seconds of its own time, money in nanodollars.
public struct SandboxSettings: Hashable, Sendable, Codable {
  /// A kind of GPU that is for rent.
  public struct GPU: Hashable, Sendable, Codable {
    public var id: String
    public var name: String
    /// Gigabytes.
    public var memory: Int
    /// An hour of one GPU.
    public var secure: Int64
    public var community: Int64
    /// The lowest bid that is taken; nil: none is sold on spot.
    public var spot: Int64?
    /// So many pods at once.
    public var stock: Int
  }

  public var gpus: [GPU] = [
    GPU(
      id: "NVIDIA H100 PCIe", name: "H100 PCIe", memory: 80, secure: 2_890_000_000, community: 1_990_000_000,
      spot: 1_250_000_000, stock: 8),
    GPU(
      id: "NVIDIA H100 80GB HBM3", name: "H100 SXM", memory: 80, secure: 3_990_000_000, community: 2_690_000_000,
      spot: 1_750_000_000, stock: 8),
    GPU(
      id: "NVIDIA GeForce RTX 4090", name: "RTX 4090", memory: 24, secure: 690_000_000, community: 340_000_000,
      spot: 200_000_000, stock: 16),
  ]
  public var dataCenters = ["US-KS-2", "EU-RO-1", "CA-MTL-3"]
  /// Those of them in which nothing can be made.
  public var closedDataCenters: [String] = []

  public var provisioning = Law.lognormal(median: 30, sigma: 0.4)
  public var starting = Law.lognormal(median: 45, sigma: 0.4)
  /// The probability that a boot takes ten times as long.
  public var slowBoots = 0.03
  /// How long an interruptible pod runs before it is taken back; nil: for ever.
  public var interruptions: Law? = .exponential(mean: 6.9 * 3600)
  /// How long a host lasts; nil: for ever.
  public var hostFailures: Law? = .exponential(mean: 90 * 24 * 3600)
  /// The probability that a creation finds no GPU, whatever the stock; the next one has another luck.
  public var stockOuts = 0.05

  /// From the end of an hour, or of a pod, to its line on the bill.
  public var billLateness = Law.uniform(low: 300, high: 2_700)
  /// A gigabyte of container disk, an hour: $0.10 a month of 730 hours.
  public var disk: Int64 = 136_986
  public var deposit: Int64 = 1_000_000_000_000
  /// An hour, of all pods.
  public var spendLimit: Int64 = 80_000_000_000

  public var requestsPerMinute = 60
  public var requestsPerHour = 3_000
  public var requestsPerDay = 50_000
  /// Pods on a page of a list.
  public var page = 100
  public var faults: [SandboxFault.Rate] = []

  public init() {}
}

/// What goes wrong with a request on the way, or with its answer.
public enum SandboxFault: String, Hashable, Sendable, Codable, CaseIterable {
  /// 500, and nothing was done.
  case error
  /// 500, though all was done that was asked for.
  case errorAfterSuccess
  /// All was done, and no answer ever comes.
  case noAnswer
  /// All was done, and the connection breaks in the middle of the answer.
  case brokenAnswer
  /// 429.
  case tooMany
  /// 401, though the key is right.
  case unauthorized
  /// A list without its last page: that one answers 500.
  case cutList

  /// How often a fault meets the requests of an operation (`create`, `list`, `get`, `action`, `delete`, `catalog`, `billing`, `graphql`).
  public struct Rate: Hashable, Sendable, Codable {
    public var operation: String
    public var fault: SandboxFault
    public var probability: Double

    public init(_ operation: String, _ fault: SandboxFault, _ probability: Double) {
      (self.operation, self.fault, self.probability) = (operation, fault, probability)
    }
  }
}
