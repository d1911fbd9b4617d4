import Calibration
import DiscreteEvent
import Engine

/// Money is whole nanodollars in 64 bits, and what is spent in one replication has to fit: beyond it sums would begin anew from below.
extension ScenarioDecoder {
  /// The most US dollars that a replication may be expected to cost: half of what there is room for, since chance and lost work make some
  /// dearer than expected.
  static let mostMoney = Double(Int64.max) / 2e9
  /// A step's seconds where the model says how long one takes.
  private static let usualStep = 22.5
  /// Jobs a day where the model says how many come.
  private static let usualArrivals = 2.0

  /// - Throws: ``InputError`` at the key that makes it too much, with the most that is possible there.
  func checkMoney(_ record: YAMLRecord) throws(InputError) {
    let jobs = expectedJobs
    // Jobs that are named replace those of a trace.
    let kinds = scenario.jobs.isEmpty ? scenario.trace.map(\.configuration) : scenario.jobs.map(\.configuration)
    let weights = scenario.jobs.isEmpty ? kinds.map { _ in 1 } : scenario.jobs.map(\.weight)
    // A spot job may go on on demand, so that the dearer rate is that of all.
    let dearest = hourlyRate(.spot) >= hourlyRate(.onDemand) ? Pricing.spot : .onDemand
    let rate = hourlyRate(dearest)
    let each = kinds.map { leaseSeconds($0) / 3_600 }
    let longest = scenario.service == nil ? each.max() ?? 0 : leaseSeconds(nil) / 3_600
    let mean =
      scenario.service == nil && !each.isEmpty
      ? zip(each, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +) : longest
    // What is expected, and one job that is as long as any.
    var hours = min(longest * max(1, jobs), mean * jobs + longest)
    // Slots are leased until the horizon and no longer; only a plan, and what a budget sets aside, go on to each job's end.
    if scenario.plan == nil, scenario.budget == nil, let horizon = horizonHours {
      hours = min(hours, Double(scenario.policies.maxConcurrent) * horizon)
    }
    guard hours * rate > Self.mostMoney else { return }
    let problem = "makes more than $\(Self.group(Self.mostMoney)) in one replication, half of what can be reckoned with"
    // Of an hour that costs more than anything that is for rent it is the rate that is wrong.
    if rate > 1_000, let field = rateField(dearest, record) {
      throw field.error(
        "\(field.path) \(problem): \(Self.group(hours)) hours are expected",
        hint: "with these jobs at most \(Self.amount(Self.mostMoney / hours)) an hour")
    }
    if longest * rate > Self.mostMoney, let i = each.firstIndex(of: longest), i < scenario.jobs.count,
      let kind = try record["jobs"]?.list()[i]
    {
      let key = scenario.jobs[i].configuration.statedSteps == nil ? "training_pairs" : "steps"
      let field = try YAMLField.value(of: key, in: kind)
      let steps = Double(scenario.jobs[i].configuration.steps)
      throw field.error(
        "\(field.path) \(problem): one such job takes \(Self.group(longest)) hours",
        hint: "at most \(Self.group(steps * Self.mostMoney / (longest * rate))) steps at \(Self.amount(rate)) an hour")
    }
    var field = record["arrivals"] ?? record.field
    if case .jobs = scenario.horizon, let horizon = record["horizon"] {
      field = try YAMLField.value(of: "jobs", in: horizon)
    }
    throw field.error(
      "\(field.path.isEmpty ? "the scenario" : field.path) \(problem): \(Self.group(jobs)) jobs of up to "
        + "\(Self.group(longest.rounded(.up))) hours are expected",
      hint:
        "at most \(Self.group(Self.mostMoney * max(1, jobs) / (hours * rate))) such jobs at \(Self.amount(rate)) an hour"
    )
  }

  private func hourlyRate(_ pricing: Pricing) -> Double {
    scenario.world.hourlyRate[pricing] ?? WorldParameters().hourlyRate[pricing]
  }

  private func rateField(_ pricing: Pricing, _ record: YAMLRecord) -> YAMLField? {
    guard let pods = record["pods"],
      let own = try? YAMLField.value(of: pricing == .spot ? "spot" : "on_demand", in: pods)
    else { return nil }
    return try? YAMLField.value(of: "hourly_rate", in: own)
  }

  private var horizonHours: Double? {
    switch scenario.horizon {
    case .days(let days): days * 24
    case .month: 31 * 24
    case .jobs, nil: nil
    }
  }

  private var expectedJobs: Double {
    var most = Double.infinity
    if case .jobs(let jobs, _) = scenario.horizon { most = Double(jobs) }
    if !scenario.trace.isEmpty { return min(most, Double(scenario.trace.count)) }
    if case .times(let times)? = scenario.world.arrivals { return min(most, Double(times.count)) }
    if most < .infinity { return most }
    let days = (horizonHours ?? 0) / 24
    return switch scenario.world.arrivals {
    case .poisson(let perDay), .hourly(let perDay, _): perDay * days
    case .every(let seconds): days * 86_400 / seconds
    case .times(let times): Double(times.count)
    case .some(.none): 0
    case nil: scenario.model == .none ? 0 : Self.usualArrivals * days
    }
  }

  /// How long a job is expected to hold pods when nothing goes wrong; nil: one of a plain queue.
  private func leaseSeconds(_ job: JobConfiguration?) -> Double {
    func mean(_ laws: ByPricing<Law?>) -> Double {
      Pricing.allCases.compactMap { laws[$0]?.mean }.filter(\.isFinite).max() ?? 0
    }
    guard let job else { return scenario.service.map { mean(ByPricing(spot: $0.spot, onDemand: $0.onDemand)) } ?? 0 }
    let w = scenario.world
    let stages = [w.boot, w.preprocessing, w.modelLoading, w.finalization, w.detection].reduce(0) { $0 + mean($1) }
    let steps = Double(job.steps)
    let step = Pricing.allCases.compactMap { w.step[$0].map(Self.mean) }.max()
    let checkpoints = steps / Double(job.checkpointEvery)
    return stages + steps * (step ?? (scenario.model == .none ? 0 : Self.usualStep)) + checkpoints * mean(w.checkpoint)
  }

  private static func mean(_ step: StepTime) -> Double {
    switch step.median {
    case .seconds(let seconds): seconds
    case .law(let law): law.mean.isFinite ? law.mean : 0
    case .regression: usualStep
    }
  }

  /// `4,611,686,018`
  private static func group(_ x: Double) -> String { grouped(Int(min(x, 9e15))) }

  /// US dollars, rounded down: what is said to be possible has to be.
  private static func amount(_ dollars: Double) -> String {
    let cents = Int(min(dollars * 100, 9e15))
    return "$" + grouped(cents / 100) + (cents >= 100_000 ? "" : "." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)")
  }

  private static func grouped(_ n: Int) -> String {
    var (digits, grouped) = (String(n), "")
    while digits.count > 3 {
      grouped = "," + digits.suffix(3) + grouped
      digits.removeLast(3)
    }
    return digits + grouped
  }
}

extension YAMLField {
  /// The value of a key that has been read before; the mapping itself where the key is not there.
  static func value(of key: String, in field: YAMLField) throws(InputError) -> YAMLField {
    guard let value = field.node.mapping?.first(where: { $0.key.scalar?.string == key })?.value else { return field }
    return YAMLField(node: value, file: field.file, path: "\(field.path).\(key)")
  }
}
