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
    router.put("budget") { request, context in
      // Who may not is told so before what is wrong with it.
      _ = try context.require(.manager, hint: "lora-train approval request")
      let new: NewLimit = try await Reply.read(request)
      try await deeds.set(new.limit_usd, new.justification, context)
      return try Reply.json(try await document())
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

  private func document() async throws -> BudgetDocument {
    let view = await runner.view
    var budget = BudgetDocument(view)
    budget.projected_month_usd = try? await advice.forecast(view).month
    return budget
  }
}
