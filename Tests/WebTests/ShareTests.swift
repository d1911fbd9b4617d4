import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// Links to jobs: who may follow which, what each shows, and that it ends.
@Suite struct ShareTests {
  private static let secrets = ["s3cret-client", "s3cret-note", "s3cret-tag", "s3cret-purpose", "$"]

  private func office() async throws -> Office {
    let office = try Office(limit: 500)
    var job = Office.job("for <Acme> & co")
    (job.notes, job.client, job.tags, job.purpose, job.max_cost_usd) = (
      "s3cret-note", "s3cret-client", ["s3cret-tag"], "s3cret-purpose", 77
    )
    #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    return office
  }

  private func make(_ office: Office, _ new: NewShare, token: String = Office.ownToken) async throws -> MadeShare {
    let answer = try await office.ask("POST", office.api("jobs/1/shares"), new, token: token)
    #expect(answer.status == 201, "\(answer.text)")
    #expect(answer.headers[.cacheControl] == "no-store")
    return try answer.value()
  }

  private func open(_ office: Office, _ made: MadeShare) async throws -> Office.Answer {
    try await office.ask("GET", made.path, token: nil)
  }

  @Test func aPublicLinkShowsTheTrainingAndNothingElse() async throws {
    let office = try await office()
    let made = try await make(office, NewShare(audience: .public))
    let page = try await open(office, made)
    #expect(page.status == 200 && page.text.contains("for &lt;Acme&gt; &amp; co") && !page.text.contains("<Acme>"))
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(page.text.contains("Step 0 of \(Wording.group(job.steps))") && page.text.contains("Created by owner"))
    #expect(page.text.contains("<dt>Rank (r)</dt><dd>\(job.configuration.rank)</dd>"))
    for secret in Self.secrets { #expect(!page.text.contains(secret), "\(secret)") }
    #expect(!page.text.lowercased().contains("budget") && !page.text.contains("/dashboard/"))
    // What is ticked is shown, and still nothing of the budget.
    let more = try await open(office, make(office, NewShare(audience: .public, showsCosts: true, showsNotes: true)))
    for secret in Self.secrets { #expect(more.text.contains(secret), "\(secret)") }
    let quote = try #require(job.quote)
    #expect(more.text.contains(Wording.range(quote.cost_usd.p10, quote.cost_usd.p90)))
    #expect(!more.text.lowercased().contains("budget") && !more.text.contains("$500") && !more.text.contains("$77"))
  }

  @Test func whoIsNotMeantIsNotLetIn() async throws {
    let office = try await office()
    let (team, own) = (
      try await make(office, NewShare(audience: .team)), try await make(office, NewShare(audience: .private))
    )
    for made in [team, own] {
      let answer = try await open(office, made)
      #expect([302, 303, 307].contains(answer.status))
      #expect(answer.headers[.location] == "/sign-in?next=\(made.path)" && !answer.text.contains("Acme"))
    }
    let browser = try await Browser.first(office)
    #expect(try await browser.get(own.path).status == 403)
    let page = try await browser.get(team.path)
    #expect(page.status == 200 && page.text.contains("Clone Configuration"))
    #expect(page.text.contains("href=\"/dashboard/training-jobs/job-1\"") && !page.text.contains("s3cret"))
    #expect(try await office.ask("GET", "/shared/jobs/" + String(repeating: "0", count: 48), token: nil).status == 404)
    // A digest is no token.
    let digest = Bearers.digest(of: String(team.path.split(separator: "/").last ?? ""))
    #expect(try await browser.get("/shared/jobs/\(digest)").status == 404)
  }

  @Test func aLinkEndsIsRevokedCountedAndWrittenDown() async throws {
    let office = try await office()
    let (emil, edda) = (try await office.token("emil", .engineer), try await office.token("edda", .engineer))
    let vera = try await office.token("vera", .viewer)
    #expect(
      try await office.ask("POST", office.api("jobs/1/shares"), NewShare(audience: .team), token: vera).status == 403)
    let (short, long) = (
      try await make(office, NewShare(audience: .public, days: 1), token: emil),
      try await make(office, NewShare(audience: .public, days: 9, showsCosts: true), token: emil)
    )
    for _ in 0..<3 { #expect(try await open(office, short).status == 200) }
    _ = try await office.ask("HEAD", short.path, token: nil)
    office.clock.go(.days(2))
    #expect(try await open(office, short).status == 404)
    #expect(try await open(office, long).status == 200)
    let path = office.api("jobs/1/shares/\(long.share.id)")
    #expect(try await office.ask("DELETE", path, token: edda).status == 403)
    let list = try await office.ask("DELETE", path, token: emil).value(ShareList.self).shares
    #expect(try await open(office, long).status == 404)
    #expect(list.map(\.views) == [1, 3] && list.map(\.holds) == [false, false] && list[0].revoked_at != nil)
    #expect(try await office.ask("DELETE", office.api("jobs/1/shares/99"), token: emil).status == 404)
    for days in [0, 366] {
      let new = NewShare(audience: .public, days: days)
      #expect(try await office.ask("POST", office.api("jobs/1/shares"), new).status == 400, "\(days) days")
    }
    let lines = try await office.ask("GET", office.api("audit?action=share.")).value(AuditLog.self).lines
    #expect(lines.map(\.action) == ["share.revoke", "share.create", "share.create"])
    #expect(lines.map(\.change) == ["public, by emil", "public, 9 days, with costs", "public, 1 days"])
    // Neither the store nor its log has the links.
    for file in ["store", "store-wal"] {
      let data = (try? Data(contentsOf: office.folder.appendingPathComponent(file))) ?? Data()
      #expect(data.range(of: Data(long.path.dropFirst("/shared/jobs/".count).utf8)) == nil)
    }
  }

  @Test func aLinkEndsWithWhoeverMadeIt() async throws {
    let office = try await office()
    let emil = try await office.token("emil", .engineer)
    let made = try await make(office, NewShare(audience: .public, days: 90), token: emil)
    #expect(try await open(office, made).status == 200)
    #expect(try await office.ask("DELETE", office.api("people/emil")).status == 200)
    #expect(try await open(office, made).status == 404)
    #expect(try await open(office, make(office, NewShare(audience: .public))).status == 200, "others' hold")
  }

  @Test func aLinkToAReportIsWrittenDown() async throws {
    let office = try await office()
    let wish = ReportRoutes.LinkWish(shows_costs: true)
    #expect(try await office.ask("POST", office.api("jobs/1/report-link"), wish).status == 201)
    let lines = try await office.ask("GET", office.api("audit?action=report.")).value(AuditLog.self).lines
    #expect(lines.map(\.action) == ["report.link"] && lines.map(\.subject) == ["job-1"])
    #expect(lines.first?.change?.hasSuffix(", with costs") == true)
  }

  @Test func thePageMakesLinksAndShowsThemOnce() async throws {
    let office = try await office()
    let browser = try await Browser.first(office)
    let path = "/dashboard/training-jobs/job-1/share"
    #expect(try await browser.get(path).text.contains("None was made yet."))
    let form = ["audience": "public", "days": "7", "costs": "yes", "_csrf": browser.formToken]
    #expect(try await browser.send(path, form.filter { $0.key != "_csrf" }).status == 403)
    let made = try await browser.send(path, form).text
    let url = try #require(made.firstMatch(of: #/value="(http:[^"]+\/shared\/jobs\/\w+)"/#)).1
    #expect(url.hasPrefix("http://here/") && made.contains("mailto:?subject=") && made.contains("*for &amp;lt;Acme"))
    let link = String(url.dropFirst("http://here".count))
    #expect(try await office.ask("GET", link, token: nil).status == 200)
    let again = try await browser.get(path).text
    #expect(!again.contains(link) && again.contains("1 view") && again.contains("Public: anyone with the link"))
    let number = try #require(again.firstMatch(of: #/name="share" value="(\d+)"/#)).1
    let sent = ["share": String(number), "_csrf": browser.formToken]
    #expect(try await browser.send("\(path)/revoke", sent).status == 303)
    #expect(try await browser.get(path + "?notice=revoked").text.contains("leads nowhere any more"))
    #expect(try await office.ask("GET", link, token: nil).status == 404)
    #expect(try await browser.get("/dashboard/training-jobs/job-1").text.contains("Share Job"))
  }

  @Test func aConfigurationIsCloned() async throws {
    let office = try await office()
    var job = Office.job("the original", pricing: .onDemand, pairs: 321)
    (job.tags, job.client, job.notes) = (["poc", "own one"], "Acme", "n0tes")
    job.configuration.rank = 40
    #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    let form = try await office.ask("GET", "/dashboard/training-jobs/new?from=job-2").text
    #expect(form.contains("value=\"321\"") && form.contains("value=\"40\"") && form.contains("value=\"own one\""))
    #expect(form.contains("name=\"tag\" value=\"poc\" checked") && form.contains("value=\"on_demand\" checked"))
    #expect(form.contains("value=\"Acme\"") && !form.contains("n0tes") && !form.contains("Original job"))
    #expect(try await office.ask("GET", "/dashboard/training-jobs/new?from=job-9").status == 404)
  }

  /// A channel that keeps what it is sent.
  private actor Channel {
    var texts: [String] = []
    var answer = NoticeAnswer.delivered
    func take(_ text: String) -> NoticeAnswer {
      texts.append(text)
      return answer
    }
    func answer(with answer: NoticeAnswer) { self.answer = answer }
  }

  @Test func aLinkIsPostedToSlackWhereThatIsTicked() async throws {
    let channel = Channel()
    let office = try Office(limit: nil, slack: { await channel.take($0) })
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("for <Acme> & co")).status == 201)
    #expect(try await make(office, NewShare(audience: .team)).slack == nil)
    #expect(await channel.texts.isEmpty, "only where it is asked for")
    let made = try await make(office, NewShare(audience: .team, slack: true))
    #expect(made.slack == "posted")
    let said = "*for &lt;Acme&gt; &amp; co* (0% complete): <http://here\(made.path)|View Job>"
    #expect(await channel.texts == [said])
    // What Slack refuses is said, and the link is there all the same.
    await channel.answer(with: .refused("Slack: 404 no_service"))
    let unsaid = try await make(office, NewShare(audience: .public, slack: true))
    #expect(unsaid.slack == "not posted: Slack: 404 no_service")
    #expect(try await open(office, unsaid).status == 200)
    await channel.answer(with: .delivered)
    let form = try await office.ask("GET", "/dashboard/training-jobs/job-1/share").text
    #expect(form.contains(#"<input type="checkbox" name="slack" value="yes">"#), "not ticked")
    let page = try await office.ask(
      "POST", "/dashboard/training-jobs/job-1/share", bytes: Data("audience=team&days=7&slack=yes".utf8)
    ).text
    #expect(page.contains("Slack: posted.") && page.contains("for &lt;Acme&gt;"))
    #expect(await channel.texts.count == 3)
    let refused = try await office.ask("POST", office.api("jobs/1/shares"), NewShare(audience: .private, slack: true))
    #expect(refused.status == 400 && refused.text.contains("private link"))
    let log = try await office.ask("GET", office.api("audit?action=share.create")).value(AuditLog.self).lines
    #expect(log.count { $0.change?.hasSuffix("to Slack") == true } == 3)
  }

  @Test func withoutAChannelNothingIsPosted() async throws {
    let office = try await office()
    let refused = try await office.ask("POST", office.api("jobs/1/shares"), NewShare(audience: .team, slack: true))
    #expect(refused.status == 400 && refused.text.contains("no Slack channel is configured"))
    #expect(try await office.ask("GET", office.api("jobs/1/shares")).value(ShareList.self).shares.isEmpty)
    #expect(!(try await office.ask("GET", "/dashboard/training-jobs/job-1/share").text.contains("name=\"slack\"")))
  }
}
