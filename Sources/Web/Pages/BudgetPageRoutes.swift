import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

extension BudgetPage {
  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = BudgetDeeds(runner: desk.runner)
    let page = { @Sendable (request: Request, context: LiveContext, problem: Problem?, wrong: Wrong, limit: String?) in
      let view = await desk.runner.view
      let forecast = try? await desk.advice.forecast(view)
      var page = try BudgetPage(view, desk.catalogue, forecast, rates: desk.advice.rates)
      page.wrong = wrong
      page.wrong.problem = problem?.document.detail
      if let limit { page.limitValue = limit }
      return await desk.answer(page, request, context, status: problem?.status ?? .ok)
    }
    router.get("training-budget") { request, context in try await page(request, context, nil, Wrong(), nil) }
    router.post("training-budget") { request, context in
      let form = try await FormFields(request)
      do {
        try await deeds.set(
          try form.number("limit"), blocks: form.has("gate") ? form.has("blocks") : nil, form["justification"], context)
      } catch let problem as Problem where problem.status == .badRequest {
        let wrong = Wrong(setWhy: form["justification"])
        return try await page(request, context, problem, wrong, form["limit"])
      }
      return Reply.see("/dashboard/training-budget?notice=limit")
    }
    router.post("training-budget/ask") { request, context in
      let form = try await FormFields(request)
      do {
        guard let limit = try form.number("limit") else { throw Problem(.badRequest, "the new limit is missing") }
        _ = try await deeds.ask(limit, form["justification"], context)
      } catch let problem as Problem where problem.status == .badRequest {
        let wrong = Wrong(askLimit: form["limit"], askWhy: form["justification"], place: "ask")
        return try await page(request, context, problem, wrong, nil)
      }
      return Reply.see("/dashboard/training-budget?notice=asked#ask")
    }
    router.post("training-budget/approvals/:number") { request, context in
      let form = try await FormFields(request)
      let isApproved = form["decision"] == "approve"
      _ = try await deeds.decide(context.parameters.get("number"), isApproved, form["justification"], context)
      return Reply.see("/dashboard/training-budget?notice=\(isApproved ? "approved" : "rejected")#ask")
    }
    let parts = AllocationDeeds(runner: desk.runner)
    router.post("training-budget/allocations") { request, context in
      let form = try await FormFields(request)
      func list(_ key: String) -> [String] {
        (form[key] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      }
      try await parts.put(
        NewAllocation(
          name: form["name"] ?? "", clients: list("clients"), tags: list("tags"), limit_usd: try form.number("limit"),
          justification: form["justification"] ?? ""), context)
      return Reply.see("/dashboard/training-budget?notice=saved#allocations")
    }
    router.post("training-budget/allocations/:number/close") { request, context in
      let form = try await FormFields(request)
      try await parts.close(context.parameters.get("number"), form["justification"], context)
      return Reply.see("/dashboard/training-budget?notice=removed#allocations")
    }
    router.get("training-budget/log.csv") { _, _ in
      let lines = try ["budget.", "approval.", "job.override"].flatMap {
        try desk.catalogue.audit(prefix: $0, limit: .max)
      }
      let rows = lines.sorted { $0.at > $1.at }.map {
        [$0.at, $0.person, $0.role, $0.action, $0.subject, $0.change ?? "", $0.justification ?? ""]
      }
      return Reply.download(
        CSVText.table(["at", "person", "role", "action", "subject", "change", "justification"], rows),
        "text/csv; charset=utf-8", as: "budget-override-log.csv")
    }
  }
}

/// What is done about the limit: the same for programs and for the dashboard.
struct BudgetDeeds: Sendable {
  let runner: LiveRunner

  /// - Parameters:
  ///   - dollars: the new limit; nil takes it away.
  ///   - blocks: whether what exceeds it is blocked; nil: as before.
  ///   - expected: only where it is this one that is changed.
  func set(
    _ dollars: Double?, blocks: Bool? = nil, expected: SeenLimit? = nil, _ justification: String?,
    _ context: LiveContext
  ) async throws {
    let person = try context.require(.manager, hint: "lora-train approval request")
    if let dollars, !(dollars >= 0 && dollars < 1e9) {
      throw Problem(
        .badRequest, "limit_usd must be at least 0 and below 1,000,000,000", hint: "null takes the limit away")
    }
    let justification = try BudgetDeeds.reason(justification)
    let old = await runner.view.fleet.budget.limit
    let limit = dollars.map { Int64(($0 * 1e9).rounded()) }
    let change = "\(old.map(Wording.money) ?? "no limit") → \(limit.map(Wording.money) ?? "no limit")"
    // The limit as it was, where only the gate was meant.
    if old != limit || blocks == nil || expected != nil {
      try await ask(.setLimit(limit, expected: expected), person.act("budget.set", why: justification, change: change))
    }
    guard let blocks, await runner.view.fleet.budget.blocks != blocks else { return }
    let gate = blocks ? "blocks what exceeds it" : "warns of what exceeds it, and lets it pass"
    try await ask(.setGate(blocks: blocks), person.act("budget.gate", why: justification, change: gate))
  }

  /// Asks a manager for a higher limit.
  func ask(_ dollars: Double, _ justification: String?, _ context: LiveContext) async throws -> ApprovalDocument {
    let person = try context.require(.engineer)
    guard dollars > 0, dollars < 1e9 else {
      throw Problem(.badRequest, "limit_usd must be above 0 and below 1,000,000,000")
    }
    let justification = try BudgetDeeds.reason(justification)
    let limit = Int64((dollars * 1e9).rounded())
    try await ask(
      .requestLimit(limit, justification: justification, within: .days(7)),
      person.act("approval.request", why: justification, change: "a limit of \(Wording.money(limit))"))
    let view = await runner.view
    guard let made = view.approvals.approvals.last(where: { $0.request.applicant == person.name }) else {
      throw Problem(.internalServerError, "the request was not taken")
    }
    return ApprovalDocument(made, at: view.at)
  }

  func decide(_ number: String?, _ isApproved: Bool, _ remark: String?, _ context: LiveContext) async throws
    -> ApprovalDocument
  {
    let person = try context.require(.manager)
    guard let number = number.flatMap({ UInt32($0) }), let approval = await runner.view.approvals[number] else {
      throw Problem(.notFound, "there is no such approval", hint: "lora-train approval list")
    }
    if let remark, remark.count > 2_000 { throw Problem(.badRequest, "a remark has 2,000 characters at most") }
    try await ask(
      .decide(approval: number, approved: isApproved, remark: remark),
      person.act(
        "approval.\(isApproved ? "approve" : "reject")", "approval-\(number)", why: remark,
        change: isApproved ? "limit → \(Wording.money(approval.request.limit))" : nil))
    let view = await runner.view
    guard let decided = view.approvals[number] else { throw Problem(.notFound, "there is no such approval") }
    return ApprovalDocument(decided, at: view.at)
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(request, as: act) })
  }

  static func reason(_ text: String?) throws -> String {
    guard let text, !text.allSatisfy(\.isWhitespace), text.count <= 2_000 else {
      throw Problem(
        .badRequest, "this goes to the audit log and needs a justification of at most 2,000 characters",
        hint: "--justification \"why it has to be\"")
    }
    return text
  }
}
