import Foundation

extension ServiceConfigurationReader {
  static func serve(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Serve {
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

  static func runPod(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.RunPod {
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

  static func slurm(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Slurm {
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

  static func branding(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Branding {
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

  static func sandbox(_ field: YAMLField) throws(InputError) -> ServiceConfiguration.Sandbox {
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
