import Foundation
import Journal
import Testing
import Validation

@testable import Web

/// What holds a model back, who may let it go, and what is written down of it.
@Suite struct ValidationRoutesTests {
  func document(
    _ verdict: DeliveryGate.Verdict, _ name: String = "financial-knowledge"
  ) throws -> ValidationDocument {
    let text = """
      {"format": "lora-train-validation", "version": 1, "part": "questions", "items": 100, "items_expected": 100,
       "suite": {"name": "\(name)", "title": "t", "year": 2026, "digest": "00"}, "scales": [], "levels": [],
       "retention": [],
       "by": {}, "matrix": {}, "regressions": [], "best": [], "worst": [], "root_causes": [], "recommendations": [],
       "warnings": [], "gate": {"verdict": "\(verdict.rawValue)", "reasons": ["retention 80.0 %"]}, "method": "m", "table": []}
      """
    return try JSONDecoder().decode(ValidationDocument.self, from: Data(text.utf8))
  }

  @Test func aBlockedModelTakesAManager() async throws {
    let office = try Office()
    let (vera, emil) = (try await office.token("vera", .viewer), try await office.token("emil", .engineer))
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a job"), token: emil)
    let path = "/api/v1/jobs/job-1"
    let none = try await office.ask("GET", "\(path)/validation", token: vera).value(JobValidationDocument.self)
    #expect(none.gate == nil && none.may_be_delivered)
    #expect(try await office.ask("POST", "\(path)/delivery", Reason(justification: "x")).status == 409)

    #expect(try await office.ask("POST", "\(path)/validation", try document(.block), token: vera).status == 403)
    let put = try await office.ask("POST", "\(path)/validation", try document(.block), token: emil)
    #expect(put.status == 201)
    #expect(try put.value(JobValidationDocument.self).may_be_delivered == false)
    let job = try #require(await office.runner.view.job("job-1"))
    let problem = #expect(throws: Problem.self) {
      try ValidationRoutes.requireDelivery(job, orders: [], office.runner.catalogue)
    }
    #expect(problem?.status == .conflict && problem?.document.detail == "delivery is blocked: retention 80.0 %")

    let why = Reason(justification: "the client agreed in writing")
    #expect(try await office.ask("POST", "\(path)/delivery", why, token: emil).status == 403)
    #expect(try await office.ask("POST", "\(path)/delivery", Reason(justification: " ")).status == 400)
    let released = try await office.ask("POST", "\(path)/delivery", why).value(JobValidationDocument.self)
    #expect(released.may_be_delivered && released.decision?.by == "owner" && released.gate?.verdict == .block)
    try ValidationRoutes.requireDelivery(job, orders: [], office.runner.catalogue)
    let log = try await office.ask("GET", "/api/v1/audit?action=delivery.").value(AuditLog.self)
    #expect(log.lines.map(\.justification) == ["the client agreed in writing"])
    #expect(log.lines.map(\.change) == ["retention 80.0 %"])

    // What was ordered and is not scored has not passed; what is scored is no longer awaited.
    let open = try DeliveryGate.all(
      ValidationRoutes.gates(["nobody-asked", "financial-knowledge"], [document(.allow)]))
    #expect(open.verdict == .review && open.reasons.first == "ordered, and not scored yet: nobody-asked")
    // What comes in later makes that word void.
    let other = try document(.review, "emotional-intelligence")
    _ = try await office.ask("POST", "\(path)/validation", other, token: emil)
    #expect(throws: Problem.self) { try ValidationRoutes.requireDelivery(job, orders: [], office.runner.catalogue) }
    // A better result takes the place of the one before it; what is left wants a review, which an engineer may do.
    _ = try await office.ask("POST", "\(path)/validation", try document(.allow), token: emil)
    let read = Reason(justification: "read all of it")
    let reviewed = try await office.ask("POST", "\(path)/delivery", read, token: emil)
    #expect(reviewed.status == 201)
    try ValidationRoutes.requireDelivery(job, orders: [], office.runner.catalogue)
    let puts = try await office.ask("GET", "/api/v1/audit?action=validation.").value(AuditLog.self)
    let changes = [
      "financial-knowledge: block", "emotional-intelligence: review", "financial-knowledge: block → allow",
    ]
    #expect(Set(puts.lines.compactMap(\.change)) == Set(changes))
    #expect(try await office.ask("POST", "/api/v1/jobs/job-9/validation", try document(.allow)).status == 404)
  }
}
