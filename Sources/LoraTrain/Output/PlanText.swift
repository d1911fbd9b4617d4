import Foundation
import Planning
import Scenarios

/// A plan as people read it.
enum PlanText {
  /// How many plans of each sort are shown; all are in JSON.
  private static let shown = 12

  static func text(_ plan: Plan, scenario: String) -> String {
    var lines = ["\(PlainText.line(scenario)): \(question(plan.question))", ""]
    lines += answer(plan)
    lines += ["", table(plan)]
    if plan.choices.count > shown { lines.append("  … and \(plan.choices.count - shown) more; --json has all.") }
    if plan.frontier.count > 1 { lines += ["", frontier(plan)] }
    lines += checkpoints(plan)
    lines.append("")
    if plan.source.jobs > 0 {
      lines.append("Calibrated from \(Words.count(plan.source.jobs, "past job")) in \(plan.source.name).")
    }
    for warning in plan.source.warnings { lines.append("Warning: \(warning).") }
    lines.append(
      "\(sureness(plan)); \(Words.group(plan.choices.reduce(0) { $0 + $1.replications })) simulated futures, "
        + "digest \(plan.digest).")
    return lines.joined(separator: "\n")
  }

  /// What is recommended; or why nothing is, and what would do.
  static func answer(_ plan: Plan) -> [String] {
    if let shortfall = plan.shortfall { return impossible(shortfall, plan) }
    return plan.chosen.map { recommendation($0, plan) } ?? []
  }

  /// How sure the answer is: of a choice, or of there being none; of neither where the futures were not enough.
  private static func sureness(_ plan: Plan) -> String {
    let confidence = "\(Words.percent(plan.confidence)) confidence"
    if plan.chosen == nil {
      return plan.isDecided
        ? "No plan is feasible, with \(confidence)"
        : "No plan is feasible by the estimate, without \(confidence) (more --replications)"
    }
    return plan.isDecided
      ? "Chosen with \(confidence) among plans more than \(PercentArgument.text(plan.indifference)) apart"
      : "Chosen by the estimate, without \(confidence) (more --replications)"
  }

  private static func question(_ q: PlanQuestion) -> String {
    var text = "\(Words.percent(q.pDeadline)) of the jobs done"
    if let deadline = q.deadline { text += " within \(Words.duration(deadline))" }
    if let budget = q.budget {
      text += ", at most \(Words.percent(q.pOverBudget)) odds of passing \(Words.dollars(Double(budget) / 1e9))"
    }
    return text
  }

  private static func recommendation(_ chosen: Plan.Choice, _ plan: Plan) -> [String] {
    var first =
      "Recommended: \(chosen.option.label). \(Words.dollars(chosen.cost)) ± \(Words.dollars(chosen.costHalfWidth)) "
      + "expected; \(Words.percent(chosen.pInTime)) of the jobs done in time"
    if let p = chosen.pOverBudget { first += "; \(Words.percent(p)) odds of passing the budget" }
    var lines = [first + "."]
    let ties = plan.choices.filter { $0.verdict == .tie }
    if !ties.isEmpty {
      lines.append(
        "A tie with \(ties.map(\.option.label).joined(separator: "; ")): less than \(PercentArgument.text(plan.tie)) apart."
      )
    }
    if let p = chosen.pBest {
      lines.append("\(Words.percent(p)) sure to be the cheapest, given what the history leaves open.")
    }
    return lines
  }

  private static func impossible(_ s: Plan.Shortfall, _ plan: Plan) -> [String] {
    let closest = plan.choices[s.closest]
    let q = plan.question
    var lines: [String]
    switch s.binding {
    case .deadline where q.deadline == nil:
      lines = [
        "No plan completes enough jobs: the nearest, \(closest.option.label), completes \(Words.percent(closest.pInTime)), "
          + "not \(Words.percent(q.pDeadline))."
      ]
    case .deadline:
      lines = [
        "No plan meets the deadline: the nearest, \(closest.option.label), has \(Words.percent(closest.pInTime)) of the "
          + "jobs done in time, not \(Words.percent(q.pDeadline))."
      ]
    case .budget:
      lines = [
        "No plan meets the budget: the nearest, \(closest.option.label), passes it with "
          + "\(Words.percent(closest.pOverBudget ?? 0)) odds, not \(Words.percent(q.pOverBudget))."
      ]
    case .both where q.deadline == nil:
      lines = [
        "Enough jobs can complete, and the budget can be kept, but no plan does both: the nearest within the budget, "
          + "\(closest.option.label), completes \(Words.percent(closest.pInTime)), not \(Words.percent(q.pDeadline))."
      ]
    case .neither where q.deadline == nil:
      lines = [
        "No plan completes enough jobs, and none meets the budget: \(closest.option.label) completes "
          + "\(Words.percent(closest.pInTime)), with \(Words.percent(closest.pOverBudget ?? 0)) odds of passing the budget."
      ]
    case .both:
      lines = [
        "Deadline and budget can each be met, but no plan meets both: the nearest within the budget, "
          + "\(closest.option.label), has \(Words.percent(closest.pInTime)) of the jobs done in time, not "
          + "\(Words.percent(q.pDeadline))."
      ]
    case .neither:
      lines = [
        "No plan meets the deadline, and none the budget: of \(closest.option.label) \(Words.percent(closest.pInTime)) of the "
          + "jobs are done in time, with \(Words.percent(closest.pOverBudget ?? 0)) odds of passing the budget."
      ]
    }
    for way in s.waysOut {
      let choice = plan.choices[way.choice]
      lines.append("With \(what(way)): \(choice.option.label), \(Words.dollars(choice.cost)) expected.")
    }
    if s.waysOut.isEmpty {
      lines.append("No time is enough: at most \(Words.percent(s.mostCompleted)) of the jobs complete under any plan.")
    }
    return lines
  }

  private static func what(_ way: Plan.Shortfall.WayOut) -> String {
    let deadline = way.deadline.map { "a deadline of \(Words.duration(($0 / 60).rounded(.up) * 60))" }
    let budget = way.budget.map { "a budget of \(Words.dollars(($0 * 100).rounded(.up) / 100))" }
    return [deadline, budget].compactMap { $0 }.joined(separator: " and ")
  }

  private static func table(_ plan: Plan) -> String {
    let budget = plan.question.budget != nil
    let odds = plan.choices.contains { $0.pBest != nil }
    var header = [
      "plan", "", "cost", "more than chosen", "in time", "\(Words.percent(plan.question.pDeadline)) done within",
    ]
    if budget { header.append("over budget") }
    if odds { header.append("cheapest") }
    var table = Table(header: header)
    table.left = [0, 1]
    for c in plan.choices.prefix(shown) {
      var row = [
        c.option.label, words(c.verdict), Words.dollars(c.cost),
        plan.chosen == nil || c.verdict == .chosen
          ? "" : "\(Words.dollars(c.extra)) ± \(Words.dollars(c.extraHalfWidth))",
        Words.percent(c.pInTime), c.doneWithin < .infinity ? Words.duration(c.doneWithin) : "never",
      ]
      if budget { row.append(c.pOverBudget.map { Words.percent($0) } ?? "") }
      if odds { row.append(c.pBest.map { Words.percent($0) } ?? "–") }
      table.rows.append(row)
    }
    return table.text
  }

  private static func frontier(_ plan: Plan) -> String {
    var table = Table(header: ["\(Words.percent(plan.question.pDeadline)) done within", "cost", "plan"])
    table.left = [0, 2]
    for i in plan.frontier {
      let c = plan.choices[i]
      table.rows.append([Words.duration(c.doneWithin), Words.dollars(c.cost), c.option.label])
    }
    return "What time costs (nothing else is both faster and cheaper):\n" + table.text
  }

  private static func checkpoints(_ plan: Plan) -> [String] {
    plan.advice.enumerated().compactMap { i, advice in
      guard let a = advice else { return nil }
      let kind = plan.advice.count > 1 ? " of kind \(i + 1)" : ""
      return "\nCheckpoints on spot\(kind), interrupted every \(Words.duration(a.mtbf)): least bill with one every "
        + "\(a.exact) steps (Daly \(Int(a.daly.rounded())), Young \(Int(a.young.rounded())))."
    }
  }

  private static func words(_ verdict: Plan.Verdict) -> String {
    switch verdict {
    case .chosen: "recommended"
    case .tie: "tie"
    case .dearer: "dearer"
    case .dismissed: "dearer, not looked into"
    case .tooLate: "too late"
    case .overBudget: "over budget"
    case .tooLateAndOverBudget: "late, over budget"
    }
  }
}
