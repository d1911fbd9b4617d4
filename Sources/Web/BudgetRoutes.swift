import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live

/// The limit: what stands against it, who may change it, and who asked for more.
struct BudgetRoutes {
  let runner: LiveRunner
  let advice: WebServer.Advice

  func add(to router: RouterGroup<LiveContext>) {
    router.get("budget") { _, _ in try Reply.json(try await document()) }
    router.get("forecast") { _, _ in try Reply.json(try await advice.forecast(runner.view)) }
    router.get("budget/limit") { _, _ in try Reply.json(LimitDocument(await runner.view)) }
    router.put("budget") { request, context in
      try await checkVersion(request)
      let person = try context.require(.manager, hint: "lora-train approval request")
      let new: NewLimit = try await Reply.read(request)
      if let dollars = new.limit_usd, !(dollars >= 0 && dollars < 1e9) {
        throw Problem(.badRequest, "limit_usd must be at least 0", hint: "null takes the limit away")
      }
      let justification = try BudgetRoutes.reason(new.justification)
      let old = await runner.view.fleet.budget.limit
      let limit = new.limit_usd.map { Int64(($0 * 1e9).rounded()) }
      let change = "\(old.map(Wording.money) ?? "no limit") → \(limit.map(Wording.money) ?? "no limit")"
      try await ask(.setLimit(limit), person.act("budget.set", why: justification, change: change))
      return try Reply.json(try await document())
    }
    router.get("approvals") { _, _ in
      let view = await runner.view
      return try Reply.json(ApprovalList(approvals: view.approvals.approvals.map { ApprovalDocument($0, at: view.at) }))
    }
    router.post("approvals") { request, context in
      let person = try context.require(.engineer)
      let new: NewApproval = try await Reply.read(request)
      guard new.limit_usd > 0, new.limit_usd < 1e9 else { throw Problem(.badRequest, "limit_usd must be above 0") }
      let justification = try BudgetRoutes.reason(new.justification)
      let limit = Int64((new.limit_usd * 1e9).rounded())
      try await ask(
        .requestLimit(limit, justification: justification, within: .days(7)),
        person.act("approval.request", why: justification, change: "a limit of \(Wording.money(limit))"))
      let view = await runner.view
      guard let made = view.approvals.approvals.last(where: { $0.request.applicant == person.name }) else {
        throw Problem(.internalServerError, "the request was not taken")
      }
      return try Reply.json(ApprovalDocument(made, at: view.at), .created)
    }
    for (word, isApproved) in [("approve", true), ("reject", false)] {
      router.post("approvals/:number/\(word)") { request, context in
        let person = try context.require(.manager)
        let remark: Reason? = try await Reply.readOrNothing(request)
        guard let number = context.parameters.get("number").flatMap({ UInt32($0) }),
          let approval = await runner.view.approvals[number]
        else { throw Problem(.notFound, "there is no such approval", hint: "lora-train approval list") }
        try await ask(
          .decide(approval: number, approved: isApproved, remark: remark?.justification),
          person.act(
            "approval.\(word)", "approval-\(number)", why: remark?.justification,
            change: isApproved ? "limit → \(Wording.money(approval.request.limit))" : nil))
        let view = await runner.view
        guard let decided = view.approvals[number] else { throw Problem(.notFound, "there is no such approval") }
        return try Reply.json(ApprovalDocument(decided, at: view.at))
      }
    }
  }

  /// Whoever says which limit is to be changed changes no other: two managers at once do not undo each other unawares.
  private func checkVersion(_ request: Request) async throws {
    guard let expected = request.headers[.ifMatch] else { return }
    let limit = LimitDocument(await runner.view)
    guard Conditional.names(expected, Conditional.tag(of: try Reply.bytes(limit))) else {
      throw Problem(
        .preconditionFailed, "the limit is another by now: \(limit.limit_usd.map { Wording.money($0) } ?? "none")",
        hint: "look again: GET /api/v1/budget/limit", place: "If-Match")
    }
  }

  private func document() async throws -> BudgetDocument {
    let view = await runner.view
    var budget = BudgetDocument(view)
    budget.projected_month_usd = try? await advice.forecast(view).month
    return budget
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(request, as: act) })
  }

  private static func reason(_ text: String?) throws -> String {
    guard let text, !text.allSatisfy(\.isWhitespace), text.unicodeScalars.count <= 2_000 else {
      throw Problem(
        .badRequest, "this goes to the audit log and needs a justification of at most 2,000 characters",
        hint: "--justification \"why it has to be\"")
    }
    return text
  }
}
