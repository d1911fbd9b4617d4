import Calibration
import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore
import Scenarios
import Testing

@testable import Web

/// What people fill in: kept where it cannot be taken, asked once more where it cannot be undone, and offered to those alone who may.
@Suite struct FormPageTests {
  private func send(
    _ office: Office, _ path: String, _ text: String, token: String? = Office.ownToken
  ) async throws -> Office.Answer {
    try await office.ask("POST", "/dashboard/\(path)", token: token, bytes: Data(text.utf8))
  }

  @Test func somebodyIsEditedWithoutLosingTheirAddress() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    func send(_ path: String, _ fields: [String: String]) async throws -> Office.Answer {
      try await mia.send("/dashboard/settings/\(path)", fields.merging(["_csrf": mia.formToken]) { $1 })
    }
    func people() async throws -> [Catalogue.Person] {
      try await office.ask("GET", office.api("people")).value(Team.self).people
    }
    let added = try await send("people", ["name": "emil", "role": "engineer", "email": "emil@example.com"])
    #expect(added.status == 200 && added.text.contains("/sign-in/first?code="))
    // What stood there is in the form, and adding is no way to change somebody.
    let again = try await send("people", ["name": "emil", "role": "viewer"])
    #expect(again.status == 409)
    #expect(try await people().first { $0.name == "emil" }?.email == "emil@example.com")
    let page = try await mia.get("/dashboard/settings/person?name=emil").text
    #expect(page.contains("value=\"emil@example.com\"") && page.contains("<option selected>engineer</option>"))
    let links = try await office.ask("GET", office.api("audit?action=person.invite")).value(AuditLog.self).lines.count
    let changed = try await send("person", ["name": "emil", "role": "viewer", "email": "emil@example.com"])
    #expect(changed.status == 303)
    #expect(try await people().first { $0.name == "emil" }?.role == .viewer)
    let after = try await office.ask("GET", office.api("audit?action=person.invite")).value(AuditLog.self).lines.count
    #expect(after == links, "a link only where one is asked for")
    #expect(try await send("person/link", ["name": "emil"]).text.contains("/sign-in/first?code="))
    // Removing asks, and the last manager stays.
    #expect(try await send("person/remove", ["name": "emil"]).status == 400)
    #expect(try await people().contains { $0.name == "emil" })
    #expect(try await send("person/remove", ["name": "mia", "sure": "yes"]).status == 409)
    #expect(try await send("person", ["name": "mia", "role": "engineer"]).status == 409)
    #expect(try await send("person/remove", ["name": "emil", "sure": "yes"]).status == 303)
    #expect(try await people().map(\.name) == ["mia"])
    let log = try await mia.get("/dashboard/settings/audit.csv")
    #expect(log.status == 200 && log.text.hasPrefix("at,person,role,action"))
    #expect(log.text.contains("person.retire,emil") && mia.office === office)
    // The page says it in words; programs go by the names.
    let settings = try await mia.get("/dashboard/settings").text
    #expect(settings.contains("<td>Removed somebody from the team (emil)</td>") && !settings.contains("person.retire"))
    #expect(try await mia.get("/dashboard/settings/person?name=emil").status == 404)
  }

  @Test func filtersKeepWhatTheListGoesBy() async throws {
    let office = try Office(limit: nil)
    for client in ["Acme", "Bolt"] {
      var job = Office.job("for \(client)")
      (job.client, job.project) = (client, "pilot")
      #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    }
    let page = try await office.ask("GET", "/dashboard/training-jobs?sort=cost&order=ascending&client=Acme").text
    #expect(page.contains("name=\"sort\" value=\"cost\"") && page.contains("name=\"order\" value=\"ascending\""))
    #expect(page.contains("<option value=\"Acme\" selected>Acme</option>") && page.contains("name=\"project\""))
    #expect(page.contains(">for Acme<") && !page.contains(">for Bolt<"))
  }

  @Test func theLastDayOfAFilterCounts() async throws {
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("of today")).status == 201)
    let made = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).submitted_at
    let day = String(made.prefix(10))
    let page = try await office.ask("GET", "/dashboard/training-jobs?from=\(day)&until=\(day)").text
    #expect(page.contains("of today") && page.contains("name=\"until\" type=\"date\" value=\"\(day)\""))
    let csv = try await office.ask("GET", "/dashboard/training-jobs.csv?from=\(day)&until=\(day)").text
    #expect(csv.contains("of today"))
    #expect(JobFilter.throughDay("2026-12-31") == "2027-01-01T00:00:00Z")
    // Programs name an instant that comes after.
    let list = try await office.ask("GET", office.api("jobs?from=\(day)&until=\(day)")).value(JobList.self)
    #expect(list.jobs.isEmpty)
  }

  @Test func aDearDraftIsAskedAboutAsOnTheReview() async throws {
    let office = try Office(limit: 1_000)
    var draft = Office.job("a dear draft", pricing: .onDemand, pairs: 60_000)
    draft.draft = true
    #expect(try await office.ask("POST", office.api("jobs"), draft).status == 201)
    let path = "training-jobs/job-1/do/confirm"
    let page = try await office.ask("GET", "/dashboard/\(path)").text
    for box in ["reviewed", "understood", "approved", "expensive"] {
      #expect(page.contains("name=\"\(box)\" value=\"yes\" required"), "\(box)")
    }
    #expect(page.contains("more than $150.00: are you sure?"))
    let checks = "reviewed=yes&understood=yes&approved=yes"
    for text in ["", checks] { #expect(try await send(office, path, text).status == 400, "\(text)") }
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(job.status == "pending_configuration", "\(job.status)")
    #expect(try await send(office, path, checks + "&expensive=yes").status == 303)
  }

  @Test func nobodyIsShownAFormThatFailsForThem() async throws {
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("a job")).status == 201)
    let (vera, emil) = (try await office.token("vera", .viewer), try await office.token("emil", .engineer))
    for (path, viewer, engineer) in [("cancel", 403, 200), ("do/pause", 403, 200), ("do/override", 403, 403)] {
      let address = "/dashboard/training-jobs/job-1/\(path)"
      #expect(try await office.ask("GET", address, token: vera).status == viewer, "\(path)")
      #expect(try await office.ask("GET", address, token: emil).status == engineer, "\(path)")
      #expect(try await office.ask("GET", address).status == 200, "\(path)")
    }
  }

  @Test func whatWasWrittenStandsInTheFormAgain() async throws {
    let office = try Office()
    let why = "a long justification <b>"
    let words = "justification=\(why.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
    let asked = try await send(office, "training-budget/ask", "limit=plenty&\(words)")
    #expect(asked.status == 400 && asked.text.contains("a long justification &lt;b&gt;</textarea>"))
    #expect(asked.text.contains("value=\"plenty\" required"))
    let set = try await send(office, "training-budget", "limit=plenty&\(words)")
    #expect(set.status == 400 && set.text.contains("a long justification &lt;b&gt;</textarea>"))
    #expect(set.text.contains("name=\"limit\" inputmode=\"decimal\" value=\"plenty\""))
    let plain = try await office.ask("GET", "/dashboard/training-budget").text
    #expect(!plain.contains("Nothing was changed") && plain.contains("value=\"100\""))
    let zone = try await send(
      office, "notifications", "digest=on&quiet_from=22%3A00&quiet_to=06%3A00&time_zone=Berlin&email_events=failures")
    #expect(zone.status == 422 && zone.text.contains("value=\"Berlin\"") && zone.text.contains("value=\"22:00\""))
    #expect(zone.text.contains("name=\"digest\" value=\"on\" checked") && zone.text.contains("Berlin"))
    let half = try await send(office, "notifications", "quiet_from=22%3A00&digest_at=09%3A30")
    #expect(half.status == 400 && half.text.contains("value=\"22:00\"") && half.text.contains("value=\"09:30\""))
  }

  @Test func aProblemLeadsBackToItsForm() async throws {
    let office = try Office()
    func page(_ referer: String) async throws -> String {
      try await office.ask(
        "POST", "/dashboard/settings/person/remove", bytes: Data("name=emil".utf8), headers: ["Referer": referer]
      ).text
    }
    #expect(
      try await page("http://here/dashboard/settings/person?name=emil").contains(
        "href=\"/dashboard/settings/person\">Go back to the form"))
    for other in ["https://evil.example/", "javascript:alert(1)"] {
      #expect(!(try await page(other).contains("Go back to the form")), "\(other)")
    }
  }

  @Test func noticesAreSeenTogetherNameTheirJobsAndGiveWay() async throws {
    let office = try Office()
    let (mia, outbox) = (try await Browser.first(office), NoticeOutbox(office.runner.catalogue))
    func tell(_ kind: NoticeKind, _ job: String, _ name: String, as state: NoticeDelivery.State = .shown) throws {
      var facts = NoticeFacts()
      (facts.job, facts.job_name, facts.step, facts.cost_usd) = (job, name, 900, 20.88)
      var notice = NewNotice(key: "\(kind) \(job) \(state)", at: .zero, kind: kind, facts: facts)
      let channel: NoticeChannel = state == .shown ? .banner : .email
      notice.targets = [.init(recipient: "mia", channel: channel, address: "mia@example.com", state: state, due: .zero)]
      try outbox.add([notice], cursor: nil, now: .zero)
    }
    try tell(.started, "job-1", "the first")
    try tell(.resumed, "job-1", "the first")
    try tell(.estimateAlert, "job-2", "the second")
    let page = try await mia.get("/dashboard/training-jobs").text
    #expect(page.contains("the first: Training resumed from checkpoint (Step 900)."))
    #expect(page.contains("href=\"/dashboard/training-jobs/job-1\">Show"))
    #expect(page.contains("the second: Job approaching cost estimate"))
    #expect(!page.contains("training starts: the first"), "it stands elsewhere by now")
    let path = "/dashboard/notifications"
    let list = try await mia.get(path).text
    #expect(list.contains("training starts: the first") && list.contains("Mark all as seen"))
    let newest = try #require(try outbox.banners(of: "mia").first).id
    try tell(.failed, "job-3", "the third")
    let sent = try await mia.send("\(path)/seen-all", ["_csrf": mia.formToken, "id": "\(newest)"])
    #expect(sent.status == 303)
    #expect(try outbox.banners(of: "mia").map(\.notice.kind) == [.failed], "what came since is new")
    // What never arrived.
    try tell(.completed, "job-4", "the fourth", as: .dead)
    let dead = try await mia.get(path).text
    #expect(dead.contains("What never arrived") && dead.contains("mia, by email"))
    #expect(try await mia.send("\(path)/retry", ["_csrf": mia.formToken]).status == 303)
    #expect(try outbox.deliveries(state: .dead).isEmpty && outbox.deliveries(state: .waiting).count == 1)
    #expect(try await mia.send("\(path)/retry", ["_csrf": mia.formToken]).status == 404)
  }

  @Test func whoWaitsForASpotGPUMaySwitch() async throws {
    let office = try Office(limit: 1_000)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("Waiting job")).status == 201)
    func job() async throws -> JobDocument { try await office.ask("GET", office.api("jobs/1")).value() }
    #expect(try await job().status == "waiting_for_gpu")
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1").text
    let path = "training-jobs/job-1/do/switch-on-demand"
    #expect(page.contains("href=\"/dashboard/\(path)\"") && page.contains("Cancel, and retry later"))
    let asked = try await office.ask("GET", "/dashboard/\(path)").text
    #expect(asked.contains("The rest of it on-demand") && asked.contains("$30.00, 8 in 10 between"))
    #expect(try await send(office, path, "").status == 303)
    let after = try await job()
    #expect(after.pricing == "on_demand" && after.status != "paused", "\(after.status)")
    #expect(try await send(office, path, "").status == 409, "once")
    // Nothing is done where the budget does not hold it.
    let poor = try Office(limit: 45)
    #expect(try await poor.ask("POST", poor.api("jobs"), Office.job("Waiting job")).status == 201)
    #expect(
      try await poor.ask("PUT", poor.api("budget"), NewLimit(limit_usd: 30, justification: "less")).status == 200)
    #expect(try await send(poor, path, "").status == 409)
    let still = try await poor.ask("GET", poor.api("jobs/1")).value(JobDocument.self)
    #expect(still.status == "waiting_for_gpu" && still.pricing == "spot")
  }

  @Test func timesAreInTheViewersZone() async throws {
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("a job")).status == 201)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1").text
    let made = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).submitted_at
    #expect(page.contains("<dt>Created on</dt><dd><time datetime=\"\(made)\">"))
    #expect(page.contains("The next try: <time datetime="))
  }

  @Test func everyDayOfTheCalendarCanBeNamed() async throws {
    let pattern = try Regex("^\(Endpoint.Parameter.day)$")
    for day in ["2026-11-30", "2026-12-31", "2028-02-29", "2026-02-28", "2026-01-29"] {
      #expect(try pattern.wholeMatch(in: day) != nil, "\(day)")
    }
    for day in ["2026-11-31", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-04-31"] {
      #expect(try pattern.wholeMatch(in: day) == nil, "\(day)")
    }
    for text in ["2026-11-30T09:00", "2026-12-31"] { #expect(InstantText.instant(text) != nil, "\(text)") }
  }

  @Test func theTemplatesThatRemainAreAnswered() async throws {
    let office = try Office()
    for name in ["first", "second"] {
      let new = NewTemplate(
        name: name, purpose: nil, isShared: true, tags: [],
        configuration: JobConfiguration(preset: .balanced, pricing: .spot))
      #expect(try await office.ask("POST", office.api("templates"), new).status == 201)
    }
    let before = try await office.ask("GET", office.api("templates")).value(TemplateList.self).templates.map(
      \.template.name)
    let answer = try await office.ask("DELETE", office.api("templates/first"))
    #expect(try answer.value(TemplateList.self).templates.map(\.template.name) == before.filter { $0 != "first" })
  }

  @Test func aLongNameIsKeptAsADigest() async throws {
    let gate = SignInGate()
    let name = String(repeating: "x", count: 1 << 20)
    #expect(SignInGate.key(name).utf8.count == 64 && SignInGate.key("mia") == "mia")
    for i in 0..<5 { #expect(await gate.wait(name: name, address: "10.0.0.\(i)", at: .zero) == nil) }
    #expect(await gate.wait(name: name, address: "10.0.0.9", at: .zero) != nil, "it counts all the same")
    #expect(await gate.wait(name: name + "y", address: "10.0.0.9", at: .zero) == nil)
  }

  @Test func onlyWhatIsTakenFromTheStartCounts() async throws {
    func request(_ method: HTTPRequest.Method, _ range: String? = nil) -> Request {
      var head = HTTPRequest(method: method, scheme: "http", authority: "here", path: "/")
      if let range { head.headerFields[.range] = range }
      return Request(head: head, body: .init(buffer: ByteBuffer()))
    }
    #expect(request(.get).takesFromTheStart && request(.get, "bytes=0-99").takesFromTheStart)
    #expect(!request(.head).takesFromTheStart && !request(.get, "bytes=100-").takesFromTheStart)
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("a job")).status == 201)
    for method in ["HEAD", "GET", "HEAD"] {
      #expect(try await office.ask(method, office.api("jobs/1/metrics.csv")).status == 200, "\(method)")
    }
    let lines = try await office.ask("GET", office.api("audit?action=metrics.export")).value(AuditLog.self).lines
    #expect(lines.map(\.change) == ["csv, export 1"])
  }
}
