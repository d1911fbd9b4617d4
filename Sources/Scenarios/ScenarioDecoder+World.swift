import Calibration
import DiscreteEvent
import Engine
import Foundation

extension ScenarioDecoder {
  mutating func durations(_ field: YAMLField, of file: YAMLRecord) throws(InputError) {
    let record = try YAMLRecord(
      field,
      keys: [
        "provisioning", "boot", "preprocessing", "model_loading", "step", "checkpoint", "restore", "finalization",
        "detection", "service",
      ])
    if let service = record["service"] {
      try self.service(service, among: record, of: file)
      return
    }
    let stages: [(String, WritableKeyPath<WorldOverrides, WorldOverrides.Laws>)] = [
      ("provisioning", \.provisioning), ("boot", \.boot), ("preprocessing", \.preprocessing),
      ("model_loading", \.modelLoading), ("restore", \.restore), ("finalization", \.finalization),
      ("detection", \.detection),
    ]
    for (key, stage) in stages {
      if let field = record[key] {
        scenario.world[keyPath: stage] = try field.byPricing { field throws(InputError) in try field.law() }
      }
    }
    if let field = record["step"] {
      scenario.world.step = try field.byPricing { field throws(InputError) in try Self.step(field) }
    }
    if let field = record["checkpoint"] { try checkpoint(field) }
  }

  private mutating func service(
    _ field: YAMLField, among durations: YAMLRecord, of file: YAMLRecord
  ) throws(InputError) {
    if let other = durations.keys.first(where: { $0 != "service" }), let place = durations[other] {
      throw place.error(
        "durations.service stands alone, but \(other) is there too", hint: "a plain queue has no stages: drop one")
    }
    let laws = try field.byPricing { field throws(InputError) in try field.law() }
    guard let spot = laws.spot ?? laws.onDemand, let onDemand = laws.onDemand ?? laws.spot else { return }
    scenario.service = ByPricing(spot: spot, onDemand: onDemand)
    if let interruptions = file["interruptions"], interruptions.node.scalar?.string != "never" {
      throw interruptions.error(
        "a plain queue (durations.service) has no interruptions", hint: "write interruptions: never")
    }
  }

  /// A law (independent from step to step), or `{mean, within_cv, pod_cv, job_cv}`.
  private static func step(_ field: YAMLField) throws(InputError) -> StepTime {
    let keys = field.node.mapping?.compactMap { $0.key.scalar?.string } ?? []
    guard keys.contains(where: { $0 == "mean" || $0.hasSuffix("_cv") }) else {
      let law = try field.law()
      if case .constant(let seconds) = law { return StepTime(median: .seconds(seconds)) }
      return StepTime(median: .law(law))
    }
    let record = try YAMLRecord(field, keys: ["mean", "within_cv", "pod_cv", "job_cv"])
    let mean = try record.require("mean", hint: "write for example {mean: 22.5s, pod_cv: 0.06}").positiveDuration()
    func variation(_ key: String) throws(InputError) -> Double {
      try record[key]?.number(in: 0...10, "a coefficient of variation in 0…10") ?? 0
    }
    // A lognormal's coefficient of variation is √(exp σ² − 1), and its mean is its median · exp(σ²/2).
    let pod = log(1 + pow(try variation("pod_cv"), 2))
    let job = log(1 + pow(try variation("job_cv"), 2))
    return StepTime(
      median: .seconds(mean * exp(-(pod + job) / 2)), withinCV: try variation("within_cv"), podSD: pod.squareRoot(),
      jobSD: job.squareRoot())
  }

  /// The blocking part, or `{blocking, upload}`.
  private mutating func checkpoint(_ field: YAMLField) throws(InputError) {
    let parts = try field.byPricing { field throws(InputError) -> (Law, Law?) in
      let isPair = field.node.mapping?.contains { ["blocking", "upload"].contains($0.key.scalar?.string) } ?? false
      guard isPair else { return (try field.law(), nil) }
      let record = try YAMLRecord(field, keys: ["blocking", "upload"])
      return (try record.require("blocking").law(), try record["upload"]?.law())
    }
    for pricing in Pricing.allCases {
      guard let (blocking, upload) = parts[pricing] else { continue }
      scenario.world.checkpoint[pricing] = blocking
      scenario.world.checkpointUpload[pricing] = upload ?? .constant(0)
    }
  }

  mutating func provisioning(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["success", "recovery_rate"] + PolicySettings.provisioningKeys)
    if let field = record["success"] {
      scenario.world.success = try field.byPricing { field throws(InputError) in try field.probability() }
    }
    if let field = record["recovery_rate"] {
      scenario.world.recoveryRatePerHour = try field.byPricing { field throws(InputError) in try field.rate() }
    }
    var settings = PolicySettings()
    try settings.readProvisioning(record)
    scenario.policies = settings.applied(to: scenario.policies)
  }

  static let fallbacks: KeyValuePairs<String, Fallback> = [
    "ask": .ask, "fail": .fail, "on_demand": .onDemand, "keep_trying": .keepTrying,
  ]

  /// A hazard given for both pricings at once is the provider's taking spot pods back; on-demand pods are kept, as they are
  /// everywhere, unless `{on_demand: …}` or `never` says what happens to them.
  mutating func interruptions(_ field: YAMLField) throws(InputError) {
    var hazards = try field.byPricing { field throws(InputError) in try hazard(field) }
    let isForBoth = field.node.mapping?.contains { ["spot", "on_demand"].contains($0.key.scalar?.string) } != true
    if isForBoth, hazards.spot != .never { hazards.onDemand = nil }
    scenario.world.interruptions = hazards
  }

  private func hazard(_ field: YAMLField) throws(InputError) -> Hazard {
    if field.isScalar { return try field.word(["never": .never]) }
    let record = try YAMLRecord(field, keys: YAMLField.lawNames + ["by_hour", "trace"])
    let (name, value) = try record.onlyKey()
    switch name {
    case "by_hour":
      let record = try YAMLRecord(value, keys: ["rates_per_hour", "utc_offset"])
      let list = try record.require("rates_per_hour")
      let rates = try list.list("a list of 24 rates").map { rate throws(InputError) in try rate.rate() }
      guard rates.count == 24 else { throw list.error("\(list.path) has \(rates.count) rates, not 24") }
      let offset = try record["utc_offset"]?.number(in: -14...14, "hours from UTC, -14 … 14") ?? 0
      return .byHour(ratesPerHour: rates, utcOffset: Int((offset * 3600).rounded()))
    case "trace":
      if value.isScalar {
        return .trace(try InterruptionTrace.read(path: resolved(try value.string("a list of times, or a path"))))
      }
      let times = try value.list("a list of times since the start, or a CSV file with a column at").map {
        time throws(InputError) in try time.duration()
      }
      return .trace(times.sorted())
    default: return .lifetime(try field.law())
    }
  }

  mutating func failures(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["crashes_per_hour", "out_of_memory", "cancellations_per_hour"])
    if let field = record["crashes_per_hour"] {
      scenario.world.crashesPerHour = try byPreset(field) { field throws(InputError) in try field.rate() }
    }
    if let field = record["out_of_memory"] {
      scenario.world.outOfMemory = try byPreset(field) { field throws(InputError) in try field.probability() }
    }
    if let field = record["cancellations_per_hour"] { scenario.world.cancellationsPerHour = try field.rate() }
  }

  private func byPreset(
    _ field: YAMLField, _ read: (YAMLField) throws(InputError) -> Double
  ) throws(InputError) -> [Preset: Double] {
    var result: [Preset: Double] = [:]
    guard field.isMapping else {
      let value = try read(field)
      for preset in Preset.allCases { result[preset] = value }
      return result
    }
    let record = try YAMLRecord(field, keys: Preset.allCases.map(\.rawValue))
    for preset in Preset.allCases { if let field = record[preset.rawValue] { result[preset] = try read(field) } }
    return result
  }
}
