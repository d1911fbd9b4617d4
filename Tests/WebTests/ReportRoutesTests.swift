// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Journal
import Testing

@testable import Web

@Suite struct ReportRoutesTests {
  private struct Link: Decodable {
    var path: String
  }

  @Test func aReportIsDownloadedByThoseWhoMay() async throws {
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("first ü")).status == 201)
    let answer = try await office.ask("GET", "/api/v1/jobs/job-1/report.pdf")
    #expect(answer.status == 200)
    #expect(answer.body.starts(with: Data("%PDF-".utf8)))
    #expect(try await office.ask("GET", "/api/v1/jobs/job-1/report.pdf", token: nil).status == 401)
    #expect(try await office.ask("GET", "/api/v1/jobs/job-9/report.pdf").status == 404)
  }

  /// Story 4.2.2: the same paper, shown in the browser before it is downloaded.
  @Test func aReportIsPreviewed() async throws {
    let office = try Office(limit: nil, pods: .always)
    try await office.complete(1, Office.job("to be shown"))
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("href=\"/api/v1/jobs/job-1/report.pdf?preview=1\">Preview Report</a>"))
    #expect(page.contains("href=\"/api/v1/jobs/job-1/report.pdf\">Generate Report</a>"))
    for (query, way) in [("?preview=1", "inline"), ("", "attachment")] {
      let paper = try await office.ask("GET", "/api/v1/jobs/job-1/report.pdf\(query)")
      let name = try #require(paper.headers[.contentDisposition])
      #expect(name.hasPrefix("\(way); filename=\"to-be-shown-training-report-"), "\(name)")
      #expect(paper.headers[.contentType] == "application/pdf" && paper.body.starts(with: Data("%PDF-".utf8)))
    }
  }

  @Test func aSignedLinkNeedsNoTokenAndCannotBeWidened() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("first"))
    let viewer = try await office.token("vera", .viewer)
    #expect(try await office.ask("POST", "/api/v1/jobs/job-1/report-link", token: viewer).status == 403)
    let link = try await office.ask("POST", "/api/v1/jobs/job-1/report-link").value(Link.self).path
    let shown = try await office.ask("GET", link, token: nil)
    #expect(shown.status == 200)
    #expect(shown.body.starts(with: Data("%PDF-".utf8)))
    #expect(try await office.ask("GET", link + "&costs=1", token: nil).status == 404)
    #expect(try await office.ask("GET", link.replacing("job-1", with: "job-2"), token: nil).status == 404)
    #expect(try await office.ask("GET", link.replacing("until=", with: "until=9"), token: nil).status == 404)
    #expect(try await office.ask("GET", "/shared/reports/job-1", token: nil).status == 404)
    struct Wish: Encodable { var shows_costs = true }
    let wide = try await office.ask("POST", "/api/v1/jobs/job-1/report-link", Wish()).value(Link.self).path
    #expect(try await office.ask("GET", wide, token: nil).status == 200)
    #expect(try await office.ask("GET", wide.replacing("&costs=1", with: ""), token: nil).status == 404)
  }

  @Test func aLinkHoldsNoLongerThanWhoeverMadeItIsThere() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("first"))
    let ada = try await office.token("ada", .engineer)
    let link = try await office.ask("POST", "/api/v1/jobs/job-1/report-link", token: ada).value(Link.self).path
    #expect(try await office.ask("GET", link, token: nil).status == 200)
    #expect(try await office.ask("GET", link.replacing("for=ada", with: "for=owner"), token: nil).status == 404)
    #expect(try await office.ask("DELETE", "/api/v1/people/ada").status == 200)
    #expect(try await office.ask("GET", link, token: nil).status == 404)
  }

  @Test func comparisonsAndCostsSayWhatIsWrong() async throws {
    let office = try Office(limit: nil)
    for name in ["first", "second"] { _ = try await office.ask("POST", "/api/v1/jobs", Office.job(name)) }
    let both = try await office.ask("GET", "/api/v1/reports/comparison.pdf?jobs=job-1,job-2")
    #expect(both.status == 200)
    #expect(both.body.starts(with: Data("%PDF-".utf8)))
    #expect(try await office.ask("GET", "/api/v1/reports/comparison.pdf?jobs=job-1").status == 422)
    #expect(try await office.ask("GET", "/api/v1/reports/comparison.pdf?jobs=job-1,job-1").status == 422)
    #expect(try await office.ask("GET", "/api/v1/reports/comparison.pdf?jobs=job-1,job-7").status == 404)
    #expect(try await office.ask("GET", "/api/v1/reports/cost.pdf?from=2026-11-02&until=2026-11-01").status == 422)
    #expect(try await office.ask("GET", "/api/v1/reports/cost.pdf?from=yesterday").status == 400)
    // Nobody said what on demand costs.
    #expect(try await office.ask("GET", "/api/v1/reports/cost.pdf").status == 409)
  }
}
