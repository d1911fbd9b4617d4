import Calibration
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

@Suite struct JobRoutesTests {
  @Test func jobsAreFilteredSortedAndPaged() async throws {
    let office = try Office(limit: nil)
    for (i, name) in ["alpha one", "beta two", "gamma three", "delta four"].enumerated() {
      var job = Office.job(name, pricing: i % 2 == 0 ? .spot : .onDemand)
      (job.client, job.tags, job.purpose) = (i < 2 ? "Acme" : nil, ["t\(i)"], i == 3 ? "find me" : nil)
      #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 201)
    }
    func names(_ query: String) async throws -> [String] {
      try await office.ask("GET", "/api/v1/jobs?\(query)").value(JobList.self).jobs.map(\.name)
    }
    #expect(try await names("") == ["delta four", "gamma three", "beta two", "alpha one"])
    #expect(try await names("order=ascending").first == "alpha one")
    #expect(try await names("client=Acme") == ["beta two", "alpha one"])
    #expect(try await names("pricing=on_demand&client=Acme") == ["beta two"])
    #expect(try await names("tag=t2") == ["gamma three"])
    #expect(try await names("search=FIND") == ["delta four"])
    #expect(try await names("status=active").count + names("status=queued").count == 4)
    let page = try await office.ask("GET", "/api/v1/jobs?limit=3").value(JobList.self)
    #expect(page.jobs.count == 3 && page.total == 4 && page.next_offset == 3)
    let rest = try await office.ask("GET", "/api/v1/jobs?limit=3&offset=3").value(JobList.self)
    #expect(rest.jobs.map(\.name) == ["alpha one"] && rest.next_offset == nil)
    // What was noted later is found too, and no wildcard is one.
    _ = try await office.ask("POST", "/api/v1/jobs/job-2/notes", NewNote(text: "plateau at 50 %"))
    #expect(try await names("search=plateau") == ["beta two"])
    #expect(try await names("search=50%20%25") == ["beta two"])
    #expect(try await names("search=x%25y").isEmpty)
    for query in ["sort=foo", "from=yesterday", "cost_from=-1", "statuss=x"] {
      #expect(try await office.ask("GET", "/api/v1/jobs?\(query)").status == 400, "\(query)")
    }
  }

  @Test func whatIsTooLongOrMissingIsRefused() async throws {
    let office = try Office()
    var jobs = [Office.job("ab"), Office.job(String(repeating: "x", count: 101)), Office.job("no pairs", pairs: 0)]
    var job = Office.job("long purpose")
    job.purpose = String(repeating: "x", count: 501)
    jobs.append(job)
    job = Office.job("long notes")
    job.notes = String(repeating: "x", count: 2_001)
    jobs.append(job)
    job = Office.job("no cap")
    job.max_cost_usd = -1
    jobs.append(job)
    for job in jobs { #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 400, "\(job.name)") }
    #expect(try await office.ask("POST", "/api/v1/jobs", bytes: Data("{".utf8)).status == 400)
    #expect(try await office.ask("GET", "/api/v1/jobs").value(JobList.self).total == 0)
    #expect(try await office.ask("GET", "/api/v1/jobs/job-1").status == 404)
  }

  @Test func theBudgetBlocksAndAManagerOverrides() async throws {
    let office = try Office(limit: 50)
    #expect(
      try await office.ask("POST", "/api/v1/jobs", Office.job("it fits")).value(JobDocument.self).status != "blocked")
    let second = try await office.ask("POST", "/api/v1/jobs", Office.job("too much")).value(JobDocument.self)
    #expect(second.status == "blocked" && second.refusal == "budget")
    let quote = try await office.ask("POST", "/api/v1/quotes", Office.job("another")).value(QuoteDocument.self)
    #expect(
      quote.fits_budget == false && quote.warnings.contains { $0.contains("exceeds remaining monthly budget") })
    #expect(quote.budget?.projected_month_usd?.p50 == 60)
    #expect(try await office.ask("POST", "/api/v1/jobs/job-2/override", Reason(justification: nil)).status == 400)
    let passed = try await office.ask("POST", "/api/v1/jobs/job-2/override", Reason(justification: "signed off"))
    #expect(try passed.value(JobDocument.self).status != "blocked")
    let line = try await office.ask("GET", "/api/v1/audit?subject=job-2").value(AuditLog.self).lines.first
    #expect(line?.action == "job.override" && line?.justification == "signed off" && line?.person == "owner")
  }

  @Test func aRetryIsLinkedToWhatItRetries() async throws {
    let office = try Office()
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("original")).status == 201)
    var retry = Office.job("original (Retry #1)")
    retry.retry_of = "job-1"
    #expect(try await office.ask("POST", "/api/v1/jobs", retry).status == 409, "it is not over yet")
    #expect(try await office.ask("POST", "/api/v1/jobs/job-1/cancel", Reason(justification: "Testing")).status == 200)
    let first = try await office.ask("POST", "/api/v1/jobs", retry).value(JobDocument.self)
    #expect(first.retry_of == "job-1" && first.retry == 1)
    _ = try await office.ask("POST", "/api/v1/jobs/job-2/cancel")
    retry.retry_of = "job-2"
    #expect(try await office.ask("POST", "/api/v1/jobs", retry).value(JobDocument.self).retry == 2)
    let list = try await office.ask("GET", "/api/v1/audit?subject=job-1").value(AuditLog.self).lines
    #expect(list.map(\.action) == ["job.cancel", "job.create"] && list.first?.justification == "Testing")
  }

  /// Only what is known to help is offered, and how often it did is counted.
  @Test func aFixIsSuggestedForWhatFailed() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("too large")).status == 201)
    func fixes(_ id: Int) async throws -> [FixDocument] {
      try await office.ask("GET", "/api/v1/jobs/\(id)/fixes").value(FixList.self).fixes
    }
    #expect(try await fixes(1).isEmpty, "it has not failed")
    let pod = PodName(store: "office", epoch: 1, request: 1)
    let report = WorkerReport(request: pod.request, epoch: 1, sequence: 1, body: .failed(.outOfMemory))
    while try await office.runner.hear(report).next == 1 {}
    // Its pod goes, and then it is over.
    while await office.runner.view.fleet.jobs[0].phase != .failed { await Task.yield() }
    let fix = try #require(try await fixes(1).first)
    #expect(fix.kind == "smaller" && fix.tried == 0)
    var retry = Office.job("too large (Retry #1)")
    (retry.retry_of, retry.fix, retry.configuration) = ("job-1", fix.kind, fix.configuration)
    #expect(try await office.ask("POST", "/api/v1/jobs", retry).status == 201)
    #expect(try await office.ask("POST", "/api/v1/jobs/2/cancel").status == 200)
    while await !office.runner.view.fleet.jobs[1].phase.isTerminal { await Task.yield() }
    #expect(try await fixes(1).first?.tried == 1)
    #expect(try await fixes(1).first?.worked == 0)
  }

  @Test func aTrainingFileIsCheckedAndKept() async throws {
    let office = try Office()
    let broken = try await office.ask("POST", "/api/v1/files?name=broken.json", bytes: Data("{\n  \"x\": \\ }".utf8))
    #expect(broken.status == 422 && broken.text.contains("broken.json:2:"))
    let folder = office.folder.appendingPathComponent("store.files").path
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    let pair = #"{"id":"p","turn_number":1,"system_prompt":"s","conversation_history":[],"current_user_input":"hello","#
    func conversation(_ i: Int) -> String {
      #"{"conversation_metadata":{"conversation_id":"c\#(i)"},"training_pairs":[\#(pair)"conversation_id":"c\#(i)","target_response":"welcome"}]}"#
    }
    func file(_ n: Int) -> Data {
      Data(
        #"{"training_file_metadata":{},"conversations":[\#((0..<n).map(conversation).joined(separator: ","))]}"#.utf8)
    }
    let small = try await office.ask("POST", "/api/v1/files?name=small.json", bytes: file(12))
    #expect(small.status == 201, "\(small.text)")
    let kept = try small.value(Catalogue.FileRecord.self)
    #expect(kept.conversations == 12 && kept.pairs == 12 && !kept.canCreateJob)
    var job = Office.job("of a small file")
    job.training_file = kept.id
    #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 400)
    // Said twice it is the same file.
    let large = try await office.ask("POST", "/api/v1/files?name=large.json", bytes: file(60)).value(
      Catalogue.FileRecord.self)
    _ = try await office.ask("POST", "/api/v1/files?name=again.json", bytes: file(60))
    #expect(try await office.ask("GET", "/api/v1/files").value(FileList.self).files.count == 2)
    job.training_file = large.id
    let made = try await office.ask("POST", "/api/v1/jobs", job).value(JobDocument.self)
    #expect(made.configuration.trainingPairs == large.training_pairs && made.training_file == large.id)
  }
}
