import Foundation
import Journal
import Live

/// What is done about parts of the budget: the same for programs and for the dashboard. It takes a manager.
struct AllocationDeeds: Sendable {
  let runner: LiveRunner

  func list() async throws -> AllocationList {
    let view = await runner.view
    return AllocationList(
      allocations: try runner.catalogue.allocations().filter { !$0.isClosed }.map { AllocationDocument($0, view) })
  }

  /// Makes one, or changes the one of that name.
  func put(_ new: NewAllocation, _ context: LiveContext) async throws {
    let person = try context.require(.manager)
    let name = new.name.trimmingCharacters(in: .whitespaces)
    guard (1...60).contains(name.unicodeScalars.count) else {
      throw Problem(.badRequest, "an allocation's name has 1 to 60 characters", place: "name")
    }
    let (clients, tags) = (new.clients ?? [], new.tags ?? [])
    guard !clients.isEmpty || !tags.isEmpty else {
      throw Problem(
        .unprocessableContent, "an allocation is of some clients, or of some tags", hint: "such as the tag priority-a",
        place: "clients")
    }
    guard clients.count + tags.count <= 100,
      (clients + tags).allSatisfy({ (1...100).contains($0.unicodeScalars.count) })
    else { throw Problem(.badRequest, "100 clients and tags at most, of 1 to 100 characters each", place: "clients") }
    if let limit = new.limit_usd, !(limit >= 0 && limit < 1e9) {
      throw Problem(
        .badRequest, "limit_usd must be at least 0 and below 1,000,000,000", hint: "null: no limit", place: "limit_usd")
    }
    let why = try BudgetDeeds.reason(new.justification)
    let all = try runner.catalogue.allocations()
    guard all.count < 500 || all.contains(where: { $0.name == name && !$0.isClosed }) else {
      throw Problem(.conflict, "there are 500 allocations already")
    }
    let limit = new.limit_usd.map { Int64(($0 * 1e9).rounded()) }
    let change =
      "\(limit.map(Wording.money) ?? "no limit") for \((clients + tags.map { "#\($0)" }).joined(separator: ", "))"
    // First the log: whose jobs it holds does not change without it.
    try await runner.record(person.act("budget.allocate", name, why: why, change: change))
    let number = try runner.catalogue.putAllocation(name, clients: clients, tags: tags)
    try JobDeed.check(
      try await Reply.orUnavailable { try await runner.ask(.setAllocation(number, limit: limit), as: nil) })
  }

  /// What was charged to it stays; no new job is.
  func close(_ text: String?, _ justification: String?, _ context: LiveContext) async throws {
    let person = try context.require(.manager)
    guard let number = text.flatMap({ UInt16($0) }),
      let allocation = try runner.catalogue.allocations().first(where: { $0.number == number && !$0.isClosed })
    else { throw Problem(.notFound, "there is no such allocation", hint: "lora-train budget allocations") }
    try await ask(
      .setAllocation(number, limit: nil),
      person.act("budget.close", allocation.name, why: justification, change: "closed"))
    _ = try runner.catalogue.closeAllocation(number)
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(request, as: act) })
  }
}
