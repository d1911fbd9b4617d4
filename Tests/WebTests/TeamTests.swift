import Calibration
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Who may do what, and what is written down of it.
@Suite struct TeamTests {
  @Test func nobodyComesInWithoutAToken() async throws {
    let office = try Office()
    for token in [nil, "", "wrong", Office.ownToken + "x"] {
      for path in [
        "/api/v1/jobs", "/api/v1/budget", "/api/v1/people", "/api/v1/audit", "/api/v1/files", "/api/v1/templates",
        "/api/v1/approvals",
      ] {
        #expect(try await office.ask("GET", path, token: token).status == 401, "\(path)")
      }
    }
    #expect(try await office.ask("GET", "/health", token: nil).status == 200)
  }

  @Test func rolesHold() async throws {
    let office = try Office()
    let viewer = try await office.token("vera", .viewer)
    let engineer = try await office.token("emil", .engineer)
    #expect(try await office.ask("GET", "/api/v1/jobs", token: viewer).status == 200)
    let job = Office.job("a first job")
    #expect(try await office.ask("POST", "/api/v1/jobs", job, token: viewer).status == 403)
    let made = try await office.ask("POST", "/api/v1/jobs", job, token: engineer)
    #expect(made.status == 201)
    #expect(try made.value(JobDocument.self).creator == "emil")
    let why = Reason(justification: "it has to be")
    for (path, method) in [
      ("/api/v1/jobs/job-1/promote", "POST"), ("/api/v1/jobs/job-1/override", "POST"), ("/api/v1/people", "POST"),
      ("/api/v1/store/confirm", "POST"), ("/api/v1/people/vera", "DELETE"),
    ] {
      #expect(try await office.ask(method, path, why, token: engineer).status == 403, "\(path)")
    }
    #expect(
      try await office.ask("PUT", "/api/v1/budget", NewLimit(limit_usd: 9, justification: "x"), token: engineer).status
        == 403)
    // A manager may, and says why.
    #expect(try await office.ask("PUT", "/api/v1/budget", NewLimit(limit_usd: 9, justification: " ")).status == 400)
    #expect(try await office.ask("PUT", "/api/v1/budget", NewLimit(limit_usd: 9, justification: "less")).status == 200)
    let log = try await office.ask("GET", "/api/v1/audit?action=budget.").value(AuditLog.self)
    #expect(log.lines.map(\.change) == ["$100.00 → $9.00"] && log.lines.map(\.justification) == ["less"])
  }

  @Test func aTokenThatIsTakenAwayHoldsNoMore() async throws {
    let office = try Office()
    let first = try await office.token("emil", .engineer)
    let second = try await office.ask("POST", "/api/v1/people/emil/tokens").value(NewToken.self)
    #expect(try await office.ask("DELETE", "/api/v1/tokens/\(second.id)").status == 200)
    #expect(try await office.ask("GET", "/api/v1/jobs", token: second.token).status == 401)
    #expect(try await office.ask("GET", "/api/v1/jobs", token: first).status == 200)
    #expect(try await office.ask("DELETE", "/api/v1/people/emil").status == 200)
    #expect(try await office.ask("GET", "/api/v1/jobs", token: first).status == 401)
    // Neither the tokens nor anything that could be made into one is in the store.
    let store = try Data(contentsOf: office.folder.appendingPathComponent("store"))
    let wal = (try? Data(contentsOf: office.folder.appendingPathComponent("store-wal"))) ?? Data()
    for secret in [first, second.token, Office.ownToken] {
      #expect(store.range(of: Data(secret.utf8)) == nil && wal.range(of: Data(secret.utf8)) == nil)
    }
  }

  @Test func aHigherLimitIsAskedForAndApproved() async throws {
    let office = try Office()
    let engineer = try await office.token("emil", .engineer)
    let asked = try await office.ask(
      "POST", "/api/v1/approvals", NewApproval(limit_usd: 750, justification: "two runs"), token: engineer)
    #expect(asked.status == 201)
    #expect(try await office.ask("POST", "/api/v1/approvals/1/approve", token: engineer).status == 403)
    let approved = try await office.ask("POST", "/api/v1/approvals/1/approve").value(ApprovalDocument.self)
    #expect(approved.status == "approved" && approved.decided_by == "owner")
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 750)
    #expect(try await office.ask("POST", "/api/v1/approvals/1/reject").status == 409)
    #expect(try await office.ask("POST", "/api/v1/approvals/9/approve").status == 404)
  }

  @Test func aTemplateIsItsCreators() async throws {
    let office = try Office()
    let emil = try await office.token("emil", .engineer)
    let edda = try await office.token("edda", .engineer)
    let template = NewTemplate(
      name: "Quick test", purpose: nil, isShared: false, tags: ["poc"], configuration: Office.job("x y z").configuration
    )
    #expect(try await office.ask("POST", "/api/v1/templates", template, token: emil).status == 201)
    #expect(try await office.ask("POST", "/api/v1/templates", template, token: edda).status == 409)
    #expect(
      try await office.ask("GET", "/api/v1/templates", token: edda).value(TemplateList.self).templates
        .allSatisfy(\.is_default))
    var job = Office.job("from a template")
    job.template = "Quick test"
    #expect(try await office.ask("POST", "/api/v1/jobs", job, token: edda).status == 404)
    let made = try await office.ask("POST", "/api/v1/jobs", job, token: emil).value(JobDocument.self)
    #expect(made.notes == "Started from template: Quick test")
    #expect(
      try await office.ask("GET", "/api/v1/templates", token: emil).value(TemplateList.self).templates.last?.uses == 1)
    #expect(try await office.ask("DELETE", "/api/v1/templates/Quick%20test", token: emil).status == 200)
  }
}
