import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// Parts of the budget: what they hold back, with the way out, and that the audit log goes first.
@Suite struct AllocationTests {
  private func limit(_ office: Office, _ dollars: Double?) async throws -> Office.Answer {
    try await office.ask(
      "PUT", office.api("budget/allocations"),
      NewAllocation(name: "Priority A", clients: ["Acme"], tags: nil, limit_usd: dollars, justification: "as agreed"))
  }

  /// A job of Acme's that is paused before its first step; what is set aside for it is 40 dollars.
  private func paused(_ office: Office) async throws {
    #expect(try await limit(office, 90).status == 200)
    var job = Office.job("of Acme")
    job.client = "Acme"
    #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    let reports = ["boot", "preprocessing", "model_loading"].map { #""event":"stage_finished","stage":"\#($0)""# }
    for (i, report) in reports.enumerated() {
      #expect(try await office.say(pod, "", #"{"sequence":\#(i + 1),\#(report)}"#).status == 200)
    }
    #expect(try await office.ask("POST", office.api("jobs/1/pause")).status == 200)
    #expect(try await office.say(pod, "", #"{"sequence":4,"event":"stopped"}"#).status == 200)
    while await office.runner.view.fleet.jobs[0].phase != .paused { await Task.yield() }
  }

  /// The month has room enough; the part that the job is charged to has not.
  @Test func aJobIsNotResumedBeyondItsPartOfTheBudget() async throws {
    let office = try Office(limit: 1_000, pods: .always)
    try await paused(office)
    #expect(try await limit(office, 30).status == 200)
    let refused = try await office.ask("POST", office.api("jobs/1/resume-on-demand"))
    #expect(refused.status == 409, "\(refused.text)")
    let problem = try refused.value(ProblemDocument.self)
    #expect(
      problem.detail.contains("Estimated cost of the rest ($40.00, 80th percentile) exceeds what is left of its part"))
    #expect(problem.hint?.contains("lora-train budget allocations") == true)
    #expect(await office.runner.view.fleet.jobs[0].phase == .paused)
    // The page says the same.
    let page = try await office.ask("POST", "/dashboard/training-jobs/job-1/do/resume-on-demand", bytes: Data())
    #expect(page.status == 409 && page.text.contains("its part of the budget"))
    // What it says helps.
    #expect(try await limit(office, 41).status == 200)
    #expect(try await office.ask("POST", office.api("jobs/1/resume-on-demand")).status == 200)
  }

  /// Nothing that holds money is changed where the audit log cannot say who did it.
  @Test func whatCannotBeLoggedIsNotDone() async throws {
    let office = try Office(limit: 100)
    #expect(try await limit(office, 50).status == 200)
    let before = try office.runner.catalogue.allocations()
    await office.runner.stop()
    var new = NewAllocation(
      name: "Priority A", clients: ["Somebody else"], tags: nil, limit_usd: 50, justification: "nobody will know")
    #expect(try await office.ask("PUT", office.api("budget/allocations"), new).status == 503)
    new.name = "Another"
    #expect(try await office.ask("PUT", office.api("budget/allocations"), new).status == 503)
    #expect(try office.runner.catalogue.allocations() == before)
    #expect(try office.runner.catalogue.audit(limit: 9).filter { $0.action == "budget.allocate" }.count == 1)
  }
}
