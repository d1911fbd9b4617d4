import DiscreteEvent
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// Signed links to files and reports: made by forms, listed, taken back one by one.
@Suite struct LinkTests {
  private let page = "/dashboard/links"

  /// The link that stands on the page that comes.
  private func link(_ answer: Office.Answer) throws -> String {
    let text = try #require(
      answer.text.components(separatedBy: "id=\"link\" class=\"mono\" value=\"").dropFirst().first)
    let url = text.prefix { $0 != "\"" }.replacing("&amp;", with: "&")
    return String(url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" })
  }

  @Test func linksAreMadeByFormsAndHoldAsLongAsEver() async throws {
    let office = try Office(pods: .always)
    let zip = try await ArtifactTests().finished(office)
    let mia = try await Browser.first(office)
    #expect(try await mia.get(page).text.contains("No link holds"))
    let job = try await mia.get("/dashboard/training-jobs/job-1").text
    for offer in [
      "Adapters: a link valid for 24 hours", "Deployment Package: a link valid for 48 hours",
      "Report: a link valid for 30 days",
    ] { #expect(job.contains(offer), "\(offer)") }
    #expect(job.contains("name=\"job\" value=\"job-1\"><input type=\"hidden\" name=\"what\" value=\"adapters\">"))
    let form = ["_csrf": mia.formToken, "job": "job-1"]
    let file = try link(try await mia.send(page, form.merging(["what": "adapters"]) { $1 }))
    #expect(try await office.ask("GET", file, token: nil).body == zip)
    let report = try link(try await mia.send(page, form.merging(["what": "report", "costs": "yes"]) { $1 }))
    #expect(try await office.ask("GET", report, token: nil).status == 200 && report.contains("&costs=1"))
    let links = try await mia.get("/api/v1/links").value(SignedLinkList.self).links
    #expect(
      Set(links.map(\.what)) == ["adapters", "report"] && links.allSatisfy { $0.person == "mia" && $0.is_revocable })
    for link in links {
      let (made, ends) = (try Date(link.made_at, strategy: .iso8601), try Date(link.ends_at, strategy: .iso8601))
      let hours = (ends.timeIntervalSince(made) / 3600).rounded()
      #expect(hours == (link.what == "report" ? 720 : 24), "\(link.what)")
    }
    let list = try await mia.get(page).text
    #expect(list.contains("with costs") && list.components(separatedBy: ">Revoke<").count - 1 == 2)
    #expect(try await mia.send(page, ["job": "job-1", "what": "adapters"]).status == 403, "without the form's token")
    #expect(try await mia.send(page, form.merging(["what": "no such"]) { $1 }).status == 404)
    #expect(try await mia.send(page, ["_csrf": mia.formToken]).status == 400)
    // Neither the link nor its signature is kept.
    let signature = try #require(file.components(separatedBy: "signature=").last)
    for suffix in ["", "-wal"] {
      let store = (try? Data(contentsOf: office.folder.appendingPathComponent("store" + suffix))) ?? Data()
      #expect(store.range(of: Data(signature.utf8)) == nil)
    }
  }

  @Test func aLinkIsTakenBackAlone() async throws {
    let office = try Office(pods: .always)
    _ = try await ArtifactTests().finished(office)
    let ada = try await office.token("ada", .engineer)
    let eve = try await office.token("eve", .engineer)
    let first = try await office.ask("POST", "/api/v1/jobs/1/artifacts/adapters/link", token: ada).value(
      ArtifactLink.self)
    let other = try await office.ask("POST", "/api/v1/jobs/1/artifacts/metrics_csv/link", token: ada).value(
      ArtifactLink.self)
    struct Made: Decodable { var path: String }
    let report = try await office.ask("POST", "/api/v1/jobs/job-1/report-link", token: ada).value(Made.self).path
    func path(_ link: ArtifactLink) -> String { String(link.url.dropFirst("http://127.0.0.1:1".count)) }
    func status(_ path: String) async throws -> Int { try await office.ask("GET", path, token: nil).status }
    let links = try await office.ask("GET", "/api/v1/links", token: ada).value(SignedLinkList.self).links
    #expect(links.count == 3)
    #expect(try await office.ask("GET", "/api/v1/links", token: eve).value(SignedLinkList.self).links.isEmpty)
    let adapters = try #require(links.first { $0.what == "adapters" })
    #expect(try await office.ask("DELETE", "/api/v1/links/\(adapters.id)", token: eve).status == 404, "another's")
    let left = try await office.ask("DELETE", "/api/v1/links/\(adapters.id)", token: ada)
    #expect(try left.value(SignedLinkList.self).links.count == 2)
    #expect(try await office.ask("DELETE", "/api/v1/links/\(adapters.id)", token: ada).status == 404)
    #expect(try await status(path(first)) == 404)
    // Another spelling of the same signature is the same link.
    let parts = path(first).components(separatedBy: "signature=")
    #expect(try await status(parts[0] + "signature=" + parts[1].uppercased()) == 404)
    #expect(try await status(path(other)) == 200)
    #expect(try await status(report) == 200)
    // A manager ends anybody's.
    let own = try #require(links.first { $0.what == "report" })
    #expect(try await office.ask("DELETE", "/api/v1/links/\(own.id)").status == 200)
    #expect(try await status(report) == 404)
    let log = try await office.ask("GET", "/api/v1/audit?action=link.").value(AuditLog.self).lines
    #expect(log.map(\.change) == ["report, by ada", "adapters, by ada"] && log.map(\.person) == ["owner", "ada"])
    let viewer = try await office.token("vera", .viewer)
    #expect(try await office.ask("DELETE", "/api/v1/links/\(own.id)", token: viewer).status == 403)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1", token: viewer).text
    #expect(!page.contains("Links for others"))
  }

  /// What was signed before links were written down holds until its own end, though nothing is known of it.
  @Test func anOlderLinkHoldsAsItDid() async throws {
    let office = try Office(pods: .always)
    _ = try await ArtifactTests().finished(office)
    let sha = try await office.ask("GET", "/api/v1/artifacts").value(ArtifactList.self).artifacts[0].sha256
    let until = Int(Date().timeIntervalSince1970) + 3_600
    let signature = Office.keys.linkSignature(of: "artifact 0 adapters \(sha) owner", until: until)
    let path = "/v1/artifacts/job-1/adapters?for=owner&until=\(until)&signature=\(signature)"
    #expect(try await office.ask("GET", path, token: nil).status == 200)
    #expect(try await office.ask("GET", "/api/v1/links").value(SignedLinkList.self).links.isEmpty)
  }

  /// The object store's own links end by themselves: nobody is told that they were taken back.
  @Test func whatIsTheObjectStoresOwnIsNotRevoked() async throws {
    let office = try Office(pods: .always)
    _ = try await ArtifactTests().finished(office)
    let now = LiveTime.machine
    try office.runner.catalogue.add(
      Catalogue.SignedLink(
        id: "0123456789abcdef", person: "owner", job: .init(0), what: "adapters", isOurs: false, made: now,
        ends: now + .hours(1)))
    let page = try await office.ask("GET", page).text
    #expect(page.contains("it ends by itself") && !page.contains(">Revoke<"))
    let answer = try await office.ask("DELETE", "/api/v1/links/0123456789abcdef")
    #expect(answer.status == 409 && answer.text.contains("ends by itself"))
  }
}
