import DiscreteEvent
import Engine
import Foundation
import Yams

/// `lora-train.yaml`: how live mode is set up. What the command line and the environment say goes before it.
public struct ServiceConfiguration: Hashable, Sendable {
  public enum Provider: Hashable, Sendable { case local, runPod, slurm }

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

/// Reads `lora-train.yaml`: an unknown key is an error with its place, as in a scenario.
public enum ServiceConfigurationReader {
  /// - Throws: ``InputError`` with line and column of whatever is wrong.
  public static func read(path: String) throws(InputError) -> ServiceConfiguration {
    try decode(text: try TextFile.text(path: path), file: path)
  }

  /// Decodes a configuration's text; `file` is how errors call it.
  public static func decode(text: String, file: String? = nil) throws(InputError) -> ServiceConfiguration {
    var own = ServiceConfiguration()
    own.file = file
    let root = YAMLField(node: try ScenarioReader.compose(text, file: file), file: file, path: "")
    let record = try YAMLRecord(
      root,
      keys: [
        "version", "provider", "public_url", "serve", "runpod", "slurm", "sandbox", "objects", "hugging_face",
        "branding", "notifications", "editor_link_template", "support",
      ])
    try ScenarioReader.checkVersion(record)
    own.provider = try record["provider"]?.word(["local": .local, "runpod": .runPod, "slurm": .slurm])
    if let url = record["public_url"] {
      own.publicURL = try url.string("an address")
      if let trouble = ServiceConfiguration.trouble(ofURL: own.publicURL ?? "") { throw url.error(trouble) }
    }
    if let field = record["serve"] { own.serve = try serve(field) }
    if let field = record["runpod"] { own.runPod = try runPod(field) }
    if let field = record["slurm"] { own.slurm = try slurm(field) }
    if let field = record["sandbox"] { own.sandbox = try sandbox(field) }
    if let field = record["objects"] { own.objects = try objects(field) }
    if let field = record["branding"] { own.branding = try branding(field) }
    if let field = record["notifications"] { own.notifications = try ServiceConfiguration.Notifications(field) }
    if let field = record["editor_link_template"] {
      own.editorLinkTemplate = try field.string("an address")
      if let trouble = ServiceConfiguration.trouble(ofEditorLink: own.editorLinkTemplate ?? "") {
        throw field.error(trouble, hint: "such as https://app.example.com/conversations/{conversation_id}")
      }
    }
    if let field = record["support"] {
      own.support = try field.string("a mail address, or an address that begins with https://")
      guard ServiceConfiguration.isContact(own.support ?? "") else {
        throw field.error("write a mail address, or an address that begins with https://")
      }
      own.notifications.support = own.support
    }
    if let field = record["hugging_face"] {
      own.huggingFaceToken = try YAMLRecord(field, keys: ["token"])["token"]?.string()
    }
    return own
  }

  private static func serve(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Serve {
    let record = try YAMLRecord(
      field,
      keys: [
        "host", "port", "slots", "budget", "budget_period", "budget_time_zone", "max_queued", "policy", "policies",
        "provisioning", "reservation",
      ])
    var own = ServiceConfiguration.Serve()
    own.host = try record["host"]?.string()
    own.port = try record["port"]?.integer(in: 0...65_535)
    own.slots = try record["slots"]?.integer(in: 1...1_000)
    own.budget = try record["budget"]?.dollars()
    own.budgetPeriod = try record["budget_period"]?.word(["calendar": .calendar, "rolling_30_days": .rolling30Days])
    if let field = record["budget_time_zone"] {
      own.budgetTimeZone = try field.string("a time zone")
      guard own.budgetTimeZone.flatMap(TimeZone.init(identifier:)) != nil else {
        throw field.error("there is no such time zone", hint: "such as Europe/Berlin or America/New_York")
      }
    }
    own.maxQueued = try record["max_queued"]?.integer(in: 0...1_000_000)
    if let field = record["policy"] {
      guard let policy = PolicyChoice(live: try field.string("a policy")) else {
        throw field.error("there is no such policy for a team's jobs", hint: "write \(PolicyChoice.liveForms)")
      }
      own.policy = policy
    }
    if let field = record["policies"] {
      try own.policies.read(try YAMLRecord(field, keys: PolicySettings.keys.filter { $0 != "max_queued" }))
    }
    if let field = record["provisioning"] {
      try own.policies.readProvisioning(try YAMLRecord(field, keys: PolicySettings.provisioningKeys))
    }
    if let field = record["reservation"] {
      own.reservation = try field.probability()
      guard (0.5...0.99).contains(own.reservation ?? 0) else {
        throw field.wrongType("a quantile of the estimated cost between 0.5 and 0.99")
      }
    }
    return own
  }

  private static func runPod(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.RunPod {
    let record = try YAMLRecord(
      field,
      keys: [
        "api_base_url", "api_key", "gpu", "image", "cloud", "data_centers", "disk_gb", "network_volume", "spot",
      ])
    var own = ServiceConfiguration.RunPod()
    own.address = try record["api_base_url"]?.string("an address")
    own.key = try record["api_key"]?.string()
    own.gpu = try record["gpu"]?.string()
    own.image = try record["image"]?.string()
    own.isCommunity = try record["cloud"]?.word(["secure": false, "community": true])
    if let list = try record["data_centers"]?.list("a list of data centers") {
      var centers: [String] = []
      for item in list { centers.append(try item.string()) }
      own.dataCenters = centers
    }
    own.disk = try record["disk_gb"]?.integer(in: 1...100_000)
    if let field = record["network_volume"] {
      let volume = try YAMLRecord(field, keys: ["id", "path"])
      own.volume = (try volume.require("id").string(), try volume["path"]?.string() ?? "/workspace")
    }
    own.spot = try record["spot"]?.bool()
    return own
  }

  private static func slurm(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Slurm {
    let record = try YAMLRecord(
      field,
      keys: [
        "partition", "preemptible_partition", "account", "gres", "hourly_rate", "preemptible_hourly_rate",
        "worker_python", "worker_settings",
      ])
    var own = ServiceConfiguration.Slurm()
    own.partition = try record["partition"]?.string()
    own.preemptiblePartition = try record["preemptible_partition"]?.string()
    own.account = try record["account"]?.string()
    own.gres = try record["gres"]?.string()
    own.hourlyRate = try record["hourly_rate"]?.dollars()
    own.preemptibleHourlyRate = try record["preemptible_hourly_rate"]?.dollars()
    own.workerPython = try record["worker_python"]?.string()
    own.workerSettings = try record["worker_settings"]?.string()
    return own
  }

  private static func branding(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Branding {
    let record = try YAMLRecord(field, keys: ["name", "colour", "logo"])
    var own = ServiceConfiguration.Branding()
    own.name = try record["name"]?.string()
    own.logo = try record["logo"]?.string()
    if let colour = record["colour"] {
      own.colour = try colour.string("a colour")
      guard own.colour?.wholeMatch(of: /#[0-9A-Fa-f]{6}/) != nil else {
        throw colour.error("write the colour as \"#RRGGBB\", in quotes")
      }
    }
    return own
  }

  private static func sandbox(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Sandbox {
    let record = try YAMLRecord(
      field,
      keys: ["seed", "interruptions", "provisioning", "starting", "stock_outs", "slow_boots", "balance", "spot"])
    var own = ServiceConfiguration.Sandbox()
    own.seed = try record["seed"].map { field throws(InputError) in UInt64(try field.integer(in: 0...Int.max)) }
    if let field = record["interruptions"] {
      let isNever = field.isScalar && (try? field.string()) == "never"
      own.interruptions = .some(try isNever ? nil : field.law())
    }
    own.provisioning = try record["provisioning"]?.law()
    own.starting = try record["starting"]?.law()
    own.stockOuts = try record["stock_outs"]?.probability()
    own.slowBoots = try record["slow_boots"]?.probability()
    own.balance = try record["balance"]?.dollars()
    own.offersSpot = try record["spot"]?.bool()
    return own
  }
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
