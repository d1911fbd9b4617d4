import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Reports

/// The month's budget: what is spent, set aside, still to come, and who may change it (stories 7.2.1, 7.2.2, 7.3.1).
struct BudgetPage: Page {
  static let name = "budget"
  let title = "Training budget"
  let section = Section.budget
  let scripts = ["live.js"]

  struct Card: Sendable { var figure, label: String }
  struct Row: Sendable {
    var id, name, status, statusText, cost, share: String
    var at: Moment?
  }
  struct Change: Sendable {
    var person, action, change, why: String
    var at: Moment?
  }
  struct Approval: Sendable {
    var number, applicant, limit, justification, status: String
    var isPending: Bool
    var expires: Moment?
  }
  struct Saving: Sendable { var id, name, spot, onDemand, saved, interruptions: String }

  let cards: [Card]
  let percent, kind: String
  let hasLimit: Bool
  let forecast: [JobPage.Fact]
  let forecastWarning: String?
  let chart: String?
  let jobs: [Row]
  let hasJobs: Bool
  var limitValue: String
  /// What was filled in and could not be taken, and why.
  var wrong = Wrong()
  struct Wrong: Sendable {
    var problem, setWhy, askLimit, askWhy: String?
    /// The form's heading.
    var place = "ctl-h"
  }
  let blocks: Bool
  struct Part: Sendable { var number, name, takes, limit, spent, reserved, percent, kind: String }
  let parts: [Part]
  let hasParts: Bool
  let approvals: [Approval]
  let hasApprovals: Bool
  let log: [Change]
  let hasLog: Bool
  let periodEnds: Moment?
  let months: BudgetMonths
  let savings: SpotSavings

  init(
    _ view: LiveView, _ catalogue: Catalogue, _ forecast: ForecastDocument?, rates: (spot: Double, onDemand: Double)?
  ) throws {
    let budget = BudgetDocument(view)
    hasLimit = budget.limit_usd != nil
    let used = budget.limit_usd.map { $0 > 0 ? budget.spent_usd / $0 : 1 }
    percent = "\(Int(min(1, used ?? 0) * 100))"
    kind = (used ?? 0) >= 0.95 ? "bad" : (used ?? 0) >= 0.8 ? "warn" : "good"
    let month = BudgetMonths.start(of: view)
    // Of thousands of jobs only those that are shown are written out.
    var (count, done, active, sum) = (0, 0, 0, Int64(0))
    var charged: [(job: JobIndex, cost: Int64)] = []
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard
        job.submitted >= month || job.ended >= month && job.ended < .distantFuture
          || !job.phase.isTerminal && job.admitted < .distantFuture
      else { continue }
      (count, done, active) = (
        count + 1, done + (job.phase == .completed ? 1 : 0), active + (job.phase.isTerminal ? 0 : 1)
      )
      let cost = job.cost(at: view.at)
      if cost > 0 {
        sum += cost
        charged.append((JobIndex(i), cost))
      }
    }
    let mean = charged.isEmpty ? nil : Wording.dollars(sum) / Double(charged.count)
    cards = [
      Card(
        figure: budget.limit_usd.map { "\(Wording.money(budget.spent_usd)) / \(Wording.money($0))" }
          ?? Wording.money(budget.spent_usd),
        label: "Monthly Spending" + (used.map { " (\(Wording.per($0)) used)" } ?? ", without a limit")),
      Card(
        figure: budget.limit_usd.map { Wording.money($0 - budget.spent_usd) } ?? Wording.nothing,
        label: "Remaining Budget" + (budget.available_usd.map { "; \(Wording.money($0)) left for new jobs" } ?? "")),
      Card(figure: "\(count)", label: "Jobs This Month (\(done) completed, \(active) active)"),
      Card(
        figure: mean.map(Wording.money) ?? Wording.nothing,
        label: "Average Cost per Job, of those that have cost something"),
    ]
    (self.forecast, forecastWarning) = BudgetPage.forecast(budget, forecast)
    chart = forecast.flatMap { FanChart.svg($0.by_day, limit: budget.limit_usd) }
    jobs = charged.sorted { $0.cost > $1.cost }.prefix(50).map { entry in
      let job = JobDocument(view, entry.job)
      return Row(
        id: job.id, name: job.name, status: job.status, statusText: Wording.badge(job.status),
        cost: Wording.money(job.cost_usd),
        share: budget.limit_usd.map { $0 > 0 ? Wording.per(job.cost_usd / $0) : Wording.nothing } ?? Wording.nothing,
        at: Moment(job.submitted_at))
    }
    hasJobs = !jobs.isEmpty
    blocks = budget.blocks_when_exceeded
    parts = try catalogue.allocations().filter { !$0.isClosed }.map { allocation in
      let part = AllocationDocument(allocation, view)
      let used = part.limit_usd.map { $0 > 0 ? part.spent_usd / $0 : 1 } ?? 0
      return Part(
        number: "\(part.number)", name: part.name,
        takes: (part.clients + part.tags.map { "#\($0)" }).joined(separator: ", "),
        limit: part.limit_usd.map(Wording.money) ?? "no limit", spent: Wording.money(part.spent_usd),
        reserved: Wording.money(part.reserved_usd), percent: "\(Int(min(1, used) * 100))",
        kind: used >= 0.95 ? "bad" : used >= 0.8 ? "warn" : "good")
    }
    hasParts = !parts.isEmpty
    limitValue = budget.limit_usd.map(Wording.digits) ?? ""
    approvals = view.approvals.approvals.reversed().prefix(20).map {
      let one = ApprovalDocument($0, at: view.at)
      return Approval(
        number: "\(one.number)", applicant: one.applicant, limit: Wording.money(one.limit_usd),
        justification: one.justification,
        status: one.status, isPending: one.status == "pending", expires: Moment(one.expires_at))
    }
    hasApprovals = !approvals.isEmpty
    let lines =
      try catalogue.audit(prefix: "budget.") + (try catalogue.audit(prefix: "approval."))
      + (try catalogue.audit(prefix: "job.override"))
    log = lines.sorted { $0.at > $1.at }.prefix(50).map {
      Change(
        person: $0.person, action: $0.action + ($0.subject.isEmpty ? "" : " \($0.subject)"), change: $0.change ?? "",
        why: $0.justification ?? "",
        at: Moment($0.at))
    }
    hasLog = !log.isEmpty
    periodEnds = Moment(budget.period_ends)
    months = try BudgetMonths(catalogue, view)
    savings = SpotSavings(view, rates: rates)
  }

  private static func forecast(_ budget: BudgetDocument, _ forecast: ForecastDocument?) -> ([JobPage.Fact], String?) {
    guard let month = forecast?.month else { return ([], nil) }
    var facts = [JobPage.Fact(label: "Current spend", value: Wording.money(budget.spent_usd))]
    facts.append(
      .init(
        label: "Active jobs (in progress)",
        value: "\(Wording.count(budget.active_jobs, "job")), \(Wording.money(budget.reserved_usd)) set aside"))
    facts.append(
      .init(
        label: "Forecasted month-end spend",
        value: "\(Wording.money(month.p50)), 8 in 10 between \(Wording.range(month.p10, month.p90))"))
    if let p = forecast?.p_over_budget {
      facts.append(.init(label: "Chance to exceed the budget", value: Wording.percent(p)))
    }
    facts.append(
      .init(
        label: "Source", value: "\(Wording.group(forecast?.futures ?? 0)) simulated futures from where the jobs stand"))
    guard let limit = budget.limit_usd, month.p90 > limit else { return (facts, nil) }
    let over =
      month.p10 > limit
      ? Wording.range(month.p10 - limit, month.p90 - limit) : "up to \(Wording.money(month.p90 - limit))"
    return (facts, "Projected to exceed budget by \(over)")
  }
}
