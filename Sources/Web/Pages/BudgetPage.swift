import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Reports

/// The period's budget: what is spent, set aside, still to come, and who may change it (stories 7.2.1, 7.2.2, 7.3.1).
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
  /// nil: it is of the last 30 days, whenever that is asked.
  let periodEnds: Moment?
  let isRolling: Bool
  /// `this month` or `in the last 30 days`.
  let period: String
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
    let isRolling = view.fleet.budget.period == .rolling30Days
    self.isRolling = isRolling
    period = isRolling ? "in the last 30 days" : "this month"
    let start = isRolling ? view.at - .days(30) : BudgetMonths.start(of: view)
    let posted = try catalogue.spendingByJob(after: start)
    // Of thousands of jobs only those that are shown are written out.
    var (count, done, active, sum) = (0, 0, 0, Int64(0))
    var charged: [(job: JobIndex, cost: Int64)] = []
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      if job.submitted >= start || job.ended >= start && job.ended < .distantFuture
        || !job.phase.isTerminal && job.admitted < .distantFuture
      {
        (count, done, active) = (
          count + 1, done + (job.phase == .completed ? 1 : 0), active + (job.phase.isTerminal ? 0 : 1)
        )
      }
      // What it cost in this period: a job that crosses into the next counts in both, each time with its part.
      let cost = (posted["job-\(i + 1)"] ?? 0) + BudgetPage.unposted(job, after: start, view.at)
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
        label: (isRolling ? "Spending of the last 30 days" : "Monthly Spending")
          + (used.map { " (\(Wording.per($0)) used)" } ?? ", without a limit")),
      Card(
        figure: budget.limit_usd.map { Wording.money($0 - budget.spent_usd) } ?? Wording.nothing,
        label: "Remaining Budget" + (budget.available_usd.map { "; \(Wording.money($0)) left for new jobs" } ?? "")),
      Card(
        figure: "\(count)",
        label: "\(isRolling ? "Jobs of the last 30 days" : "Jobs This Month") (\(done) completed, \(active) active)"),
      Card(
        figure: mean.map(Wording.money) ?? Wording.nothing,
        label: "Average Cost per Job \(period), of those that have cost something"),
    ]
    (self.forecast, forecastWarning) = BudgetPage.forecast(budget, forecast, view)
    // The forecast is a calendar month's: it has nothing to do with a limit of any 30 days.
    chart = forecast.flatMap {
      isRolling
        ? FanChart.svg($0.by_day, now: nil, limit: nil)
        : FanChart.svg($0.by_day, now: (view.at, budget.spent_usd), limit: budget.limit_usd)
    }
    jobs = charged.sorted { $0.cost > $1.cost }.prefix(50).map { entry in
      let job = JobDocument(view, entry.job)
      return Row(
        id: job.id, name: job.name, status: job.status, statusText: Wording.badge(job.status),
        cost: Wording.money(entry.cost),
        share: budget.limit_usd.map { $0 > 0 ? Wording.per(Wording.dollars(entry.cost) / $0) : Wording.nothing }
          ?? Wording.nothing,
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
        person: $0.person, action: AuditWords.sentence($0.action, $0.subject),
        change: $0.change ?? "",
        why: $0.justification ?? "",
        at: Moment($0.at))
    }
    hasLog = !log.isEmpty
    periodEnds = isRolling ? nil : Moment(budget.period_ends)
    months = try BudgetMonths(catalogue, view)
    savings = SpotSavings(view, rates: rates)
  }

  /// What an open lease has cost since it was last posted, as far as that is after the period's start.
  private static func unposted(_ job: Job, after start: Instant, _ now: Instant) -> Int64 {
    guard job.lease.isOpen else { return 0 }
    let (whole, since) = (job.cost(at: now) - job.costs.total, job.lease.settled)
    guard since < start, now > since else { return whole }
    return Int64((Double(whole) * ((now - start).seconds / (now - since).seconds)).rounded())
  }

  /// What is still to be spent on jobs that hold a slot, 8 times in 10; nil: nothing is known of any.
  static func outlook(_ forecast: ForecastDocument?, _ view: LiveView) -> (low: Double, high: Double)? {
    var sum: (low: Double, high: Double)?
    for job in view.fleet.slots where job != .none {
      guard let projection = forecast?.jobs[job.id] else { continue }
      let spent = Wording.dollars(view.fleet[job].cost(at: view.at))
      let (low, high) = sum ?? (0, 0)
      sum = (low + max(0, projection.cost_usd.p10 - spent), high + max(0, projection.cost_usd.p90 - spent))
    }
    return sum
  }

  private static func forecast(
    _ budget: BudgetDocument, _ forecast: ForecastDocument?, _ view: LiveView
  ) -> ([JobPage.Fact], String?) {
    let isRolling = view.fleet.budget.period == .rolling30Days
    guard let month = forecast?.month else { return ([], nil) }
    var facts = [JobPage.Fact(label: "Current spend", value: Wording.money(budget.spent_usd))]
    facts.append(
      .init(
        label: "Active jobs (in progress)",
        value: (outlook(forecast, view).map { "\(Wording.range($0.low, $0.high)) still to come, " } ?? "")
          + "\(Wording.count(budget.active_jobs, "job")), \(Wording.money(budget.reserved_usd)) set aside"))
    facts.append(
      .init(
        label: "Forecasted month-end spend" + (isRolling ? ", of the calendar month" : ""),
        value: "\(Wording.money(month.p50)), 8 in 10 between \(Wording.range(month.p10, month.p90))"))
    if !isRolling, let p = forecast?.p_over_budget {
      facts.append(.init(label: "Chance to exceed the budget", value: Wording.percent(p)))
    }
    facts.append(
      .init(
        label: "Source", value: "\(Wording.group(forecast?.futures ?? 0)) simulated futures from where the jobs stand"))
    guard !isRolling, let limit = budget.limit_usd, month.p90 > limit else { return (facts, nil) }
    let over =
      month.p10 > limit
      ? Wording.range(month.p10 - limit, month.p90 - limit) : "up to \(Wording.money(month.p90 - limit))"
    return (facts, "Projected to exceed budget by \(over)")
  }
}
