import Calibration
import DiscreteEvent
import Engine
import Foundation

/// Turns the record of a scenario file into a ``Scenario``, one top-level key after the other.
struct ScenarioDecoder {
  var scenario: Scenario

  init(file: String?) {
    scenario = Scenario(
      name: file.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent } ?? "scenario")
    scenario.file = file
  }

  mutating func decode(_ record: YAMLRecord) throws(InputError) {
    if let field = record["name"] { scenario.name = try field.string() }
    if let field = record["seed"] { scenario.seed = UInt64(try field.integer(in: 0...Int.max)) }
    if let field = record["replications"] {
      let wanted = try field.integer(in: 1...1_000_000_000)
      guard wanted <= Scenario.mostReplications else {
        throw field.error(
          "replications is \(wanted); 10,000,000 are the most", hint: "say how exactly instead: simulate --precision 1%"
        )
      }
      scenario.replications = wanted
    }
    if let field = record["horizon"] { scenario.horizon = try horizon(field) }
    if let field = record["model"] { scenario.model = try model(field) }
    if let field = record["pods"] { try pods(field) }
    if let field = record["durations"] { try durations(field, of: record) }
    if let field = record["provisioning"] { try provisioning(field) }
    if let field = record["interruptions"] { try interruptions(field) }
    if let field = record["failures"] { try failures(field) }
    if let field = record["policies"] { try policies(field) }
    if let field = record["budget"] { try budget(field) }
    if let field = record["jobs"] { try jobs(field) }
    if let field = record["arrivals"] {
      try arrivals(field)
      try checkNumberOfJobs(field)
    }
    if let field = record["plan"] { try plan(field) }
    try checkMoney(record)
  }

  /// A path in the file, relative to the file's folder; a relative file gives a relative path, fit to be printed anywhere.
  func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/"), let file = scenario.file, let slash = file.lastIndex(of: "/") else { return path }
    var parts: [Substring] = []
    for part in (file[...slash] + path).split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (file.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  private func horizon(_ field: YAMLField) throws(InputError) -> Scenario.Horizon {
    let record = try YAMLRecord(field, keys: ["month", "days", "jobs", "warm_up_jobs"])
    if let warmUp = record["warm_up_jobs"], record["jobs"] == nil {
      throw warmUp.error("\(warmUp.path) goes with horizon.jobs")
    }
    let given = record.keys.filter { $0 != "warm_up_jobs" }
    guard given.count == 1 else {
      throw field.error("horizon takes one of month, days and jobs", hint: "write for example {days: 30}")
    }
    if let field = record["month"] {
      guard let month = Scenario.Month(try field.string("a month like 2026-12")) else {
        throw field.wrongType("a month like 2026-12")
      }
      return .month(month)
    }
    if let field = record["days"] { return .days(try field.number(in: 1e-6...1e6, "a number of days above 0")) }
    let jobs = try record.require("jobs").integer(in: 1...1_000_000_000)
    let warmUp = try record["warm_up_jobs"]?.integer(in: 0...1_000_000_000) ?? 0
    guard warmUp < jobs else {
      throw field.error("\(warmUp) warm-up jobs leave none of \(jobs) to count", hint: "warm_up_jobs are part of jobs")
    }
    return .jobs(jobs, warmUp: warmUp)
  }

  private func model(_ field: YAMLField) throws(InputError) -> Scenario.ModelReference {
    let text = try field.string("priors or a path")
    return text == "priors" ? .priors : .file(resolved(text))
  }

  private mutating func pods(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["slots", "gpu", "spot", "on_demand", "detection_is_billed"])
    if let field = record["slots"] { scenario.policies.maxConcurrent = Int32(try field.integer(in: 1...1_000_000)) }
    if let field = record["gpu"] { scenario.gpu = try field.string() }
    if let field = record["detection_is_billed"] { scenario.world.detectionIsBilled = try field.bool() }
    for (key, pricing) in [("spot", Pricing.spot), ("on_demand", Pricing.onDemand)] {
      guard let field = record[key] else { continue }
      let rate = try YAMLRecord(field, keys: ["hourly_rate"]).require("hourly_rate")
      scenario.world.hourlyRate[pricing] = Double(try rate.hourlyRate()) / 1e9
    }
  }

  private mutating func budget(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["monthly", "period", "time_zone"])
    let limit = try record.require("monthly", hint: "write for example {monthly: 500}").dollars()
    var budget = Scenario.Budget(limit: limit)
    if let field = record["period"] {
      budget.period = try field.word(["calendar": .calendar, "rolling_30_days": .rolling30Days])
    }
    if let field = record["time_zone"] {
      budget.timeZone = try field.string("a time zone")
      guard TimeZone(identifier: budget.timeZone) != nil else {
        throw field.wrongType("a time zone", hint: "write UTC, or a name like Europe/Berlin")
      }
    }
    scenario.budget = budget
    scenario.policies.budgetLimit = limit
    scenario.policies.budgetPeriod = budget.period
  }
}
