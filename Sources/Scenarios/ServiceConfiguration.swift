import DiscreteEvent
import Engine

/// `lora-train.yaml`: how live mode is set up. What the command line and the environment say goes before it.
public struct ServiceConfiguration: Hashable, Sendable {
  /// Where pods come from.
  public enum Provider: Hashable, Sendable { case local, runPod, slurm }

  /// `serve:`, how jobs are run and where it listens. What a new store is made with holds for that store from then on.
  public struct Serve: Hashable, Sendable {
    public var host: String?
    public var port: Int?
    public var slots: Int?
    /// Nanodollars a month, or in any 30 days.
    public var budget: Int64?
    public var budgetPeriod: BudgetPeriod?
    /// In which the budget's months begin and end.
    public var budgetTimeZone: String?
    /// How many jobs may wait; one more is refused.
    public var maxQueued: Int?
    /// How a job is paid for over its life, where it asks for spot; never ``PolicyChoice/onDemand``.
    public var policy: PolicyChoice?
    public var policies = PolicySettings()
    /// Which quantile of a job's estimated cost admission sets aside.
    public var reservation: Double?
  }

  /// `runpod:`, the account and what is rented from it.
  public struct RunPod: Hashable, Sendable {
    public var address: String?
    public var key: String?
    public var gpu: String?
    public var image: String?
    public var isCommunity: Bool?
    public var dataCenters: [String]?
    /// Gigabytes.
    public var disk: Int?
    public var volume: (id: String, path: String)? {
      get { volumeID.flatMap { id in volumePath.map { (id, $0) } } }
      set { (volumeID, volumePath) = (newValue?.id, newValue?.path) }
    }
    private var volumeID: String?
    private var volumePath: String?
    /// nil: RunPod is asked.
    public var spot: Bool?
  }

  /// `slurm:`, the cluster whose jobs are pods.
  public struct Slurm: Hashable, Sendable {
    public var partition: String?
    public var preemptiblePartition: String?
    public var account: String?
    public var gres: String?
    /// Nanodollars an hour of one GPU.
    public var hourlyRate: Int64?
    public var preemptibleHourlyRate: Int64?
    public var workerPython: String?
    /// A JSON file that is laid over each job with a training file.
    public var workerSettings: String?
  }

  /// `sandbox:`, the world that is played.
  public struct Sandbox: Hashable, Sendable {
    public var seed: UInt64?
    /// nil twice: as the sandbox has it; nil once: never.
    public var interruptions: Law??
    public var provisioning: Law?
    public var starting: Law?
    /// Probabilities.
    public var stockOuts: Double?
    public var slowBoots: Double?
    /// Nanodollars.
    public var balance: Int64?
    public var offersSpot: Bool?
  }

  /// Whose reports they are.
  public struct Branding: Hashable, Sendable {
    public var name: String?
    /// `#RRGGBB`
    public var colour: String?
    /// A PNG file.
    public var logo: String?
  }

  /// What errors call the file; nil: there was none.
  public var file: String?
  public var provider: Provider?
  public var publicURL: String?
  public var serve = Serve()
  public var runPod = RunPod()
  public var slurm = Slurm()
  public var sandbox = Sandbox()
  public var objects = Objects()
  public var branding = Branding()
  public var notifications = Notifications()
  public var huggingFaceToken: String?
  /// Where a conversation is edited, with `{conversation_id}` in it.
  public var editorLinkTemplate: String?
  /// Whom people ask for help: a mail address, or a page.
  public var support: String?

  public init() {}
}

extension ServiceConfiguration {
  /// What is wrong with the template of an editor's links; nil: nothing.
  public static func trouble(ofEditorLink text: String) -> String? {
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
      return "an editor's address begins with https:// (or http://)"
    }
    return text.contains("{conversation_id}") ? nil : "an editor's address has {conversation_id} in it"
  }

  static func isContact(_ text: String) -> Bool {
    text.hasPrefix("https://") ? text.count > 8 : text.wholeMatch(of: /[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+/) != nil
  }

  /// What is wrong with an address that pods are to reach us at; nil: nothing.
  public static func trouble(ofURL text: String) -> String? {
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
      return "a public address begins with https:// (or http://)"
    }
    let rest = text.drop { $0 != ":" }.dropFirst(3)
    return rest.isEmpty || rest.hasSuffix("/")
      ? "a public address is like https://host.example, without a slash behind it"
      : nil
  }
}
