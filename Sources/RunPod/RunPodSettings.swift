/// What is rented where, and as whom.
public struct RunPodSettings: Sendable {
  /// A network volume that every pod mounts.
  public struct Volume: Hashable, Sendable {
    public var id: String
    /// Where pods see it.
    public var path: String
    public init(id: String, path: String) { (self.id, self.path) = (id, path) }
  }

  /// Without a path: REST v2 and GraphQL are below it.
  public var address = "https://api.runpod.io"
  public var key: Secret
  /// RunPod's own name of the GPU.
  public var gpu = "NVIDIA H100 PCIe"
  public var image = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404"
  public var isCommunity = false
  /// Empty: wherever there is one.
  public var dataCenters: [String] = []
  /// Gigabytes of container disk.
  public var disk = RunPodSettings.diskOfModel
  /// What the model of the presets takes: 141 GB of bf16 weights (meta-llama/Meta-Llama-3-70B-Instruct, 70.6 · 10⁹ parameters of two bytes), the
  /// environment of the image, packed data, checkpoints.
  public static let diskOfModel = 200
  /// Its weights alone, in gigabytes.
  public static let weightsOfModel = 141
  public var volume: Volume?
  /// Whether interruptible pods are asked for through GraphQL; see ``RunPodAccount/offersSpot()``.
  public var offersSpot = false
  /// For models whose licence has to be accepted.
  public var huggingFace: Secret?
  /// For one call, from the first byte to the last.
  public var deadline = Duration.seconds(30)

  public init(key: Secret) { self.key = key }
}

/// The program that a pod runs: fetched by a signed link, and run only if it is the one that was promised.
public struct WorkerBundle: Sendable {
  /// Bears its signature, so it is a secret for as long as it holds.
  public var link: Secret
  /// Lower-case hexadecimal digits.
  public var sha256: String
  /// What the program finds in its environment beside what every worker does.
  public var environment: [String: String]

  public init(link: Secret, sha256: String, environment: [String: String] = [:]) {
    (self.link, self.sha256, self.environment) = (link, sha256, environment)
  }
}
