import Calibration
import DiscreteEvent
import Engine

extension ScenarioDecoder {
  /// `plan`: what must be met, and what may be chosen.
  mutating func plan(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(
      field,
      keys: [
        "deadline", "p_deadline", "budget", "p_over_budget", "slots", "pricing", "spot_share", "checkpoint_every",
        "preset", "start", "policy",
      ])
    var plan = PlanQuestion()
    try constraints(record, &plan)
    if let field = record["slots"] {
      plan.slots = try choices(field) { item throws(InputError) in Int32(try item.integer(in: 1...1_000_000)) }
    }
    if let field = record["pricing"] { plan.pricing = try pricing(field) }
    if let field = record["spot_share"] {
      guard record["pricing"] == nil else {
        throw field.error("plan.spot_share and plan.pricing say the same twice", hint: "keep one of them")
      }
      plan.pricing = .share(try choices(field) { item throws(InputError) in try item.probability() })
    }
    if let field = record["checkpoint_every"] { plan.checkpointEvery = try checkpointEvery(field) }
    if let field = record["preset"] { plan.presets = try presets(field) }
    if let field = record["start"] { plan.starts = try starts(field) }
    if let field = record["policy"] {
      plan.policies = try choices(field) { item throws(InputError) in try policy(item) }
      if record["pricing"] ?? record["spot_share"] != nil, plan.policies.contains(.onDemand) {
        throw field.error(
          "plan.policy has on_demand beside plan.\(record["pricing"] == nil ? "spot_share" : "pricing")",
          hint: "say on_demand in one of them")
      }
    }
    scenario.plan = plan
  }

  private func constraints(_ record: YAMLRecord, _ plan: inout PlanQuestion) throws(InputError) {
    if let field = record["deadline"] { plan.deadline = try field.positiveDuration() }
    if let field = record["p_deadline"] {
      plan.pDeadline = try field.number(in: 0.01...0.9999, "a probability between 0.01 and 0.9999")
    }
    if let field = record["budget"] { plan.budget = try field.dollars() }
    if let field = record["p_over_budget"] {
      guard plan.budget != nil else { throw field.error("\(field.path) goes with plan.budget") }
      plan.pOverBudget = try field.number(in: 0.0001...0.99, "a probability between 0.0001 and 0.99")
    }
  }

  /// A list without doubles, or one value alone.
  private func choices<Value: Hashable>(
    _ field: YAMLField, _ read: (YAMLField) throws(InputError) -> Value
  ) throws(InputError) -> [Value] {
    guard field.isList else { return [try read(field)] }
    let items = try field.list()
    guard !items.isEmpty else { throw field.error("\(field.path) is empty", hint: "leave the key out") }
    var values: [Value] = []
    for item in items {
      let value = try read(item)
      guard !values.contains(value) else { throw item.error("\(item.path) is there twice", hint: "keep one of them") }
      values.append(value)
    }
    return values
  }

  private func pricing(_ field: YAMLField) throws(InputError) -> PlanQuestion.PricingChoice {
    if field.node.scalar?.string == "per_job" { return .perJob }
    return .alike(
      try choices(field) { item throws(InputError) in
        try item.word(["spot": Pricing.spot, "on_demand": .onDemand])
      })
  }

  private func checkpointEvery(_ field: YAMLField) throws(InputError) -> PlanQuestion.CheckpointChoice {
    if field.node.scalar?.string == "auto" { return .auto }
    return .steps(try choices(field) { item throws(InputError) in try item.integer(in: 1...1_000_000_000) })
  }

  private func presets(_ field: YAMLField) throws(InputError) -> [Preset] {
    if let stated = scenario.jobs.first(where: { $0.configuration.statedSteps != nil }) {
      throw field.error(
        "plan.preset would change nothing for a job of \(stated.configuration.steps) steps",
        hint: "give jobs by training_pairs and tokens_per_pair instead of steps")
    }
    return try choices(field) { item throws(InputError) in
      try item.word([
        "conservative": Preset.conservative, "balanced": .balanced, "aggressive": .aggressive,
      ])
    }
  }

  private func starts(_ field: YAMLField) throws(InputError) -> [Double] {
    if scenario.trace.isEmpty {
      guard case .times = scenario.world.arrivals else {
        throw field.error(
          "plan.start can put off jobs at stated times only",
          hint: "write arrivals: {times: [0h]}, or leave plan.start out")
      }
    }
    return try choices(field) { item throws(InputError) in try item.duration() }
  }

  private func policy(_ field: YAMLField) throws(InputError) -> PolicyChoice {
    let text = try field.string("a policy")
    guard let choice = PolicyChoice(text) else {
      let name = String(text.prefix { $0 != ":" })
      let near = NearestName.of(name, in: PolicyChoice.names).map { ", did you mean \($0)?" } ?? ""
      throw field.wrongType("a policy", hint: "write \(PolicyChoice.forms)\(near)")
    }
    return choice
  }
}
