import Calibration
import Engine
import Planning
import Scenarios

/// A plan as programs read it.
enum PlanDocument {
  static func document(_ plan: Plan, scenario: String) -> JSON {
    var fields: [(String, JSON)] = [
      ("scenario", .string(scenario)), ("seed", .unsigned(plan.seed)),
    ]
    fields.append(("constraints", constraints(plan.question)))
    fields.append(("possible", .bool(plan.chosen != nil)))
    fields.append(("answer", .array(PlanText.answer(plan).map { .string($0) })))
    fields.append(("chosen", plan.chosen.map { choice($0) } ?? .null))
    fields.append(("plans", .array(plan.choices.map { choice($0) })))
    fields.append(("frontier", .array(plan.frontier.map { point(plan.choices[$0]) })))
    fields.append(("checkpoints", .array(plan.advice.map { $0.map { advice($0) } ?? .null })))
    fields.append(("shortfall", plan.shortfall.map { shortfall($0, plan) } ?? .null))
    fields.append(("confidence", .number(plan.confidence)))
    fields.append(("indifference", .number(plan.indifference)))
    fields.append(("tie", .number(plan.tie)))
    fields.append(("decided", .bool(plan.isDecided)))
    let source: [(String, JSON)] = [("jobs", .integer(plan.source.jobs)), ("source", .string(plan.source.name))]
    fields.append(("history", .object(source)))
    fields.append(("warnings", .array(plan.source.warnings.map { .string($0) })))
    fields.append(("digest", .string("\(plan.digest)")))
    return .object(fields)
  }

  private static func constraints(_ q: PlanQuestion) -> JSON {
    let budget: JSON = q.budget.map { .number(Double($0) / 1e9) } ?? .null
    return .object([
      ("deadline_s", q.deadline.map { .number($0) } ?? .null), ("p_deadline", .number(q.pDeadline)),
      ("budget_usd", budget), ("p_over_budget", q.budget == nil ? .null : .number(q.pOverBudget)),
    ])
  }

  private static func point(_ c: Plan.Choice) -> JSON {
    .object([
      ("plan", .string(c.option.label)), ("done_within_s", .number(c.doneWithin)), ("cost_usd", .number(c.cost)),
    ])
  }

  private static func choice(_ c: Plan.Choice) -> JSON {
    .object([
      ("plan", .string(c.option.label)), ("verdict", .string(word(c.verdict))), ("option", option(c.option)),
      ("checkpoint_every", .array(c.checkpointEvery.map { .integer($0) })),
      ("cost_usd", .object([("mean", .number(c.cost)), ("half_width_95", .number(c.costHalfWidth))])),
      ("extra_usd", .object([("mean", .number(c.extra)), ("half_width_95", .number(c.extraHalfWidth))])),
      ("p_in_time", .number(c.pInTime)), ("p_completed", .number(c.pCompleted)),
      ("p_over_budget", c.pOverBudget.map { .number($0) } ?? .null),
      ("done_within_s", .number(c.doneWithin)), ("budget_needed_usd", .number(c.budgetNeeded)),
      ("p_best", c.pBest.map { .number($0) } ?? .null), ("replications", .integer(c.replications)),
    ])
  }

  private static func option(_ o: PlanOption) -> JSON {
    var fields: [(String, JSON)] = []
    if let slots = o.slots { fields.append(("slots", .integer(Int(slots)))) }
    switch o.payment {
    case .asStated: break
    case .alike(let pricing): fields.append(("pricing", .string(PricingArgument.text(pricing))))
    case .perJob(let pricings):
      fields.append(("pricing", .array(pricings.map { .string(PricingArgument.text($0)) })))
    case .share(let share): fields.append(("spot_share", .number(share)))
    }
    if let policy = o.policy { fields.append(("policy", .string(policy.description))) }
    if let preset = o.preset { fields.append(("preset", .string(preset.rawValue))) }
    if let start = o.start { fields.append(("start_s", .number(start))) }
    return .object(fields)
  }

  static func word(_ verdict: Plan.Verdict) -> String {
    switch verdict {
    case .chosen: "chosen"
    case .tie: "tie"
    case .dearer: "dearer"
    case .dismissed: "dismissed"
    case .tooLate: "too_late"
    case .overBudget: "over_budget"
    case .tooLateAndOverBudget: "too_late_and_over_budget"
    }
  }

  private static func advice(_ a: CheckpointAdvice) -> JSON {
    .object([
      ("mean_time_between_interruptions_s", .number(a.mtbf)), ("exact_steps", .integer(a.exact)),
      ("continuous_steps", .number(a.continuous)), ("daly_steps", .number(a.daly)), ("young_steps", .number(a.young)),
    ])
  }

  private static func shortfall(_ s: Plan.Shortfall, _ plan: Plan) -> JSON {
    let ways = s.waysOut.map { way -> JSON in
      var fields: [(String, JSON)] = [("constraint", .string(word(way.constraint)))]
      if let deadline = way.deadline { fields.append(("deadline_s", .number(deadline))) }
      if let budget = way.budget { fields.append(("budget_usd", .number(budget))) }
      fields.append(("plan", .string(plan.choices[way.choice].option.label)))
      fields.append(("cost_usd", .number(plan.choices[way.choice].cost)))
      return .object(fields)
    }
    return .object([
      ("binding", .string(word(s.binding))), ("closest", .string(plan.choices[s.closest].option.label)),
      ("ways_out", .array(ways)),
    ])
  }

  private static func word(_ binding: Plan.Shortfall.Binding) -> String {
    switch binding {
    case .deadline: "deadline"
    case .budget: "budget"
    case .both: "both"
    case .neither: "neither"
    }
  }
}
