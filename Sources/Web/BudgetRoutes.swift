import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live

/// The limit: what stands against it, who may change it, and who asked for more.
struct BudgetRoutes {
  let runner: LiveRunner
  let advice: WebServer.Advice
  private var deeds: BudgetDeeds { BudgetDeeds(runner: runner) }

  init(runner: LiveRunner, advice: WebServer.Advice) { (self.runner, self.advice) = (runner, advice) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("budget") { _, _ in try Reply.json(try await document()) }
    router.get("forecast") { _, _ in try Reply.json(try await advice.forecast(runner.view)) }
    router.get("budget/limit") { _, _ in try Reply.json(LimitDocument(await runner.view)) }
    router.put("budget") { request, context in
      // Who may not is told so before what is wrong with it.
      _ = try context.require(.manager, hint: "lora-train approval request")
      let new: NewLimit = try await Reply.read(request)
      let expected = try await limit(expectedBy: request)
      try await deeds.set(
        new.limit_usd, blocks: new.blocks_when_exceeded, expected: expected, new.justification, context)
      return try Reply.json(try await document())
    }
    let parts = AllocationDeeds(runner: runner)
    router.get("budget/allocations") { _, _ in try Reply.json(try await parts.list()) }
    router.put("budget/allocations") { request, context in
      _ = try context.require(.manager)
      try await parts.put(Reply.read(request), context)
      return try Reply.json(try await parts.list())
    }
    router.delete("budget/allocations/:number") { _, context in
      try await parts.close(context.parameters.get("number"), nil, context)
      return try Reply.json(try await parts.list())
    }
    router.get("approvals") { _, _ in
      let view = await runner.view
      return try Reply.json(ApprovalList(approvals: view.approvals.approvals.map { ApprovalDocument($0, at: view.at) }))
    }
    router.post("approvals") { request, context in
      _ = try context.require(.engineer)
      let new: NewApproval = try await Reply.read(request)
      return try Reply.json(try await deeds.ask(new.limit_usd, new.justification, context), .created)
    }
    for (word, isApproved) in [("approve", true), ("reject", false)] {
      router.post("approvals/:number/\(word)") { request, context in
        _ = try context.require(.manager)
        let remark: Reason? = try await Reply.readOrNothing(request)
        let number = context.parameters.get("number")
        return try Reply.json(try await deeds.decide(number, isApproved, remark?.justification, context))
      }
    }
  }

  /// Whoever says which limit is to be changed changes no other: two managers at once do not undo each other unawares. What an ETag named is
  /// compared again in the step that changes it.
  private func limit(expectedBy request: Request) async throws -> SeenLimit? {
    guard let expected = request.headers[.ifMatch], expected != "*" else { return nil }
    let view = await runner.view
    let limit = view.fleet.budget.limit
    guard Conditional.names(expected, Conditional.tag(of: try Reply.bytes(LimitDocument(view)))) else {
      try JobDeed.check(.limitIsAnother(limit))
      return nil
    }
    return SeenLimit(limit)
  }

  private func document() async throws -> BudgetDocument {
    let view = await runner.view
    var budget = BudgetDocument(view)
    budget.projected_month_usd = try? await advice.forecast(view).month
    return budget
  }
}
