import Calibration
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// A job that is not configured yet has its id, and its configuration page has that in its address (story 1.1.1).
@Suite struct DraftStoryTests {
  private static let checks = "&reviewed=yes&understood=yes&approved=yes"

  private func send(_ office: Office, _ text: String, to path: String = "") async throws -> Office.Answer {
    try await office.ask("POST", "/dashboard/training-jobs\(path)", bytes: Data(text.utf8))
  }

  /// What the review of a page's form would send.
  private func fields(_ page: String) -> String {
    let hidden = page.matches(of: #/<input type="hidden" name="([^"]+)" value="([^"]*)">/#).map {
      "\($0.output.1)=\($0.output.2.replacing(" ", with: "+").replacing("&amp;", with: "%26"))"
    }
    return hidden.joined(separator: "&")
  }

  private static let typed =
    "preset=balanced&pricing=spot&pairs=100&tokens_per_pair=1000&name=not+yet&epochs=5&tag=poc&own_tags=mine&client=A%26B"
    + "&notes=a+guess&purpose=to+see&max_cost=60"

  @Test func itsConfigurationPageHasItsId() async throws {
    let office = try Office(limit: nil)
    let kept = try await send(office, Self.typed + "&draft=yes")
    #expect(kept.status == 303 && kept.headers[.location] == "/dashboard/training-jobs/new?draft=job-1&notice=drafted")
    #expect(try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).status == "pending_configuration")
    let page = try await office.page("training-jobs/new?draft=job-1&notice=drafted")
    for part in [
      "<h1>Configure job-1</h1>", "Kept as a draft.", "name=\"draft_of\" value=\"job-1\"", "value=\"not yet\"",
      "name=\"epochs\" inputmode=\"decimal\" value=\"5\"", "value=\"poc\" checked", "name=\"own_tags\" value=\"mine\"",
      "name=\"client\" value=\"A&amp;B\"", ">a guess</textarea>", "name=\"purpose\" value=\"to see\"",
      "name=\"max_cost\" inputmode=\"decimal\" value=\"60\"",
    ] { #expect(page.contains(part), "\(part)") }
    let job = try await office.page("training-jobs/job-1")
    #expect(job.contains("href=\"/dashboard/training-jobs/new?draft=job-1\">Edit Configuration</a>"))
    #expect(try await office.ask("GET", "/dashboard/training-jobs/new?draft=job-9").status == 404)
  }

  @Test func whatIsNotChangedStartsAsThatJob() async throws {
    let office = try Office(limit: nil)
    #expect(try await send(office, Self.typed + "&draft=yes").status == 303)
    let review = try await send(office, Self.typed + "&draft_of=job-1", to: "/review").text
    #expect(fields(review).contains("draft_of=job-1"))
    #expect(try await send(office, fields(review)).status == 400, "the checklist")
    let started = try await send(office, fields(review) + Self.checks)
    #expect(started.status == 303 && started.headers[.location] == "/dashboard/training-jobs/job-1?notice=added")
    let jobs = try await office.ask("GET", office.api("jobs")).value(JobList.self)
    #expect(jobs.total == 1 && jobs.jobs[0].status != "pending_configuration")
    // Once more makes no second one, and there is nothing to configure any more.
    let again = try await send(office, fields(review) + Self.checks)
    #expect(again.status == 303 && again.headers[.location] == "/dashboard/training-jobs/job-1")
    let late = try await office.ask("GET", "/dashboard/training-jobs/new?draft=job-1")
    #expect(late.status == 303 && late.headers[.location] == "/dashboard/training-jobs/job-1")
    #expect(try await office.ask("GET", office.api("jobs")).value(JobList.self).total == 1)
  }

  @Test func whatIsChangedTakesItsPlace() async throws {
    let office = try Office(limit: nil)
    #expect(try await send(office, Self.typed + "&draft=yes").status == 303)
    // Kept once more as it is: nothing happens to it.
    let same = try await send(office, Self.typed + "&draft_of=job-1&draft=yes")
    #expect(same.headers[.location] == "/dashboard/training-jobs/new?draft=job-1&notice=drafted")
    let changed = Self.typed.replacing("epochs=5", with: "epochs=2") + "&draft_of=job-1"
    let other = try await send(office, changed + "&draft=yes")
    #expect(other.headers[.location] == "/dashboard/training-jobs/new?draft=job-2&notice=drafted")
    let jobs = try await office.ask("GET", office.api("jobs?sort=created&order=ascending")).value(JobList.self).jobs
    #expect(jobs.map(\.status) == ["cancelled", "pending_configuration"] && jobs[1].configuration.epochs == 2)
    let line = try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines.first
    #expect(line?.action == "job.cancel" && line?.justification == "job-2 has taken its place")
    // Another's is another's: who may only look changes none.
    let viewer = try await office.token("vera", .viewer)
    let refused = try await office.ask("GET", "/dashboard/training-jobs/new?draft=job-2", token: viewer)
    #expect(refused.status == 403)
  }
}
