import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// The settings' pages beside the team's: one's own account, channels, rates. What they do is what the API does.
@Suite struct SettingsTests {
  private let account = "/dashboard/settings/account"

  private func mail() -> NoticeSettings {
    var settings = NoticeSettings()
    settings.hasMail = true
    settings.mailServer = "smtp.example:587, STARTTLS, from lora@example"
    (settings.slackChannels, settings.slackChannel, settings.slackBudgetChannel) = (["money", "ops"], "ops", "money")
    settings.webhooks = ["pager": ["failures"]]
    settings.budgetRecipients = ["finance@example"]
    return settings
  }

  @Test func thePartsOfTheSettingsLeadToEachOther() async throws {
    let mia = try await Browser.first(try Office())
    for tab in SettingsTab.allCases {
      let page = try await mia.get(tab.path)
      #expect(page.status == 200 && page.text.contains("<a href=\"\(tab.path)\" aria-current=\"page\">"), "\(tab)")
      for other in SettingsTab.allCases { #expect(page.text.contains("href=\"\(other.path)\""), "\(tab)") }
    }
  }

  @Test func oneChangesOnesOwnPassword() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let elsewhere = Browser(office)
    #expect(try await elsewhere.signIn("mia").status == 303)
    let new = "quite another set of words"
    func send(_ fields: [String: String]) async throws -> Office.Answer {
      try await mia.send("\(account)/password", fields.merging(["_csrf": mia.formToken]) { $1 })
    }
    let page = try await mia.get(account).text
    for field in ["old", "new", "again"] {
      #expect(page.contains("<label for=\"\(field)\">") && page.contains("id=\"\(field)\""), "\(field)")
    }
    let different = try await send(["old": Browser.password, "new": new, "again": new + "."])
    #expect(different.status == 400 && different.text.contains("the two new passwords are not the same"))
    let short = try await send(["old": Browser.password, "new": "short", "again": "short"])
    #expect(short.status == 400 && short.text.contains("12 to 200 characters") && short.text.contains("id=\"old\""))
    let wrong = try await send(["old": "nothing like it at all", "new": new, "again": new])
    #expect(wrong.status == 403 && wrong.text.contains("the old password is wrong"))
    #expect(!wrong.text.contains(new), "what was typed is not sent back")
    #expect(
      try await mia.send("\(account)/password", ["old": Browser.password, "new": new, "again": new]).status == 403,
      "without the form's token")
    #expect(try await send(["old": Browser.password, "new": new, "again": new]).status == 303)
    #expect(try await mia.get(account).status == 200)
    #expect(try await elsewhere.get(account).status == 303, "the other session has ended")
    #expect(try await elsewhere.signIn("mia").status == 401)
    #expect(try await elsewhere.signIn("mia", new).status == 303)
    let log = try await office.ask("GET", "/api/v1/audit?action=password").value(AuditLog.self).lines
    #expect(log.map(\.person) == ["mia", "mia"], "the first one, and this one")
  }

  @Test func sessionsEndSinglyAndTogether() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    mia.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    var others: [Browser] = []
    for _ in 0..<3 {
      let other = Browser(office)
      other.headers["User-Agent"] = "<b>curl</b>"
      #expect(try await other.signIn("mia").status == 303)
      others.append(other)
    }
    let page = try await mia.get(account).text
    #expect(page.components(separatedBy: "&lt;b&gt;curl").count - 1 == 6 && !page.contains("<b>curl"))
    #expect(page.contains("this one") && page.contains("End all others"))
    let list = try await others[0].get("/api/v1/sessions").value(SessionList.self)
    let own = try #require(list.own)
    #expect(list.sessions.count == 4 && page.contains("value=\"\(own)\""))
    #expect(try await mia.send("\(account)/sessions/end", ["_csrf": mia.formToken, "id": own]).status == 303)
    #expect(try await others[0].get(account).status == 303)
    #expect(try await others[1].get(account).status == 200)
    #expect(try await mia.send("\(account)/sessions/end", ["_csrf": mia.formToken, "id": own]).status == 404)
    #expect(try await mia.send("\(account)/sessions/end-others", ["_csrf": mia.formToken]).status == 303)
    for other in others { #expect(try await other.get(account).status == 303) }
    let after = try await mia.get(account).text
    #expect(!after.contains("End all others") && after.contains("this one"))
    let log = try await office.ask("GET", "/api/v1/audit?action=session").value(AuditLog.self).lines
    #expect(log.map(\.change) == ["2 other sessions", nil] && log.allSatisfy { $0.person == "mia" })
    // The same for a program: another's are not touched.
    let emil = try await office.token("emil", .engineer)
    #expect(try await office.ask("DELETE", "/api/v1/sessions", token: emil).status == 200)
    #expect(try await mia.get(account).status == 200)
  }

  @Test func whoHasATokenAloneIsToldSo() async throws {
    let office = try Office()
    let token = try await office.token("emil", .engineer)
    let page = try await office.ask("GET", account, token: token).text
    #expect(
      page.contains("You have none: a token lets you in") && page.contains("Nowhere: a program asks with a token"))
  }

  @Test func browsersAreNamed() {
    for (agent, name) in [
      (
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML, like Gecko) Chrome/130 Safari/537 Edg/130",
        "Edge on Windows"
      ),
      ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605", "Safari on macOS"),
      ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130 Mobile Safari/537", "Chrome on Android"),
      ("curl/8.1", "curl/8.1"), ("", "a program that does not say its name"),
    ] { #expect(AccountPage.browser(agent) == name) }
  }

  @Test func channelsSayWhatIsConfiguredAndWhoIsToldWhen() async throws {
    let office = try Office(notices: mail())
    let mia = try await Browser.first(office)
    let list = try await mia.get("/api/v1/channels").value(ChannelList.self)
    #expect(list.channels.map(\.name) == ["email", "money", "ops", "pager"])
    #expect(list.escalation.map(\.percent) == BudgetThresholds.perCent.map { Int($0) })
    #expect(list.escalation.map { $0.tells.contains("Slack: money") } == [false, true, true])
    #expect(list.unreachable_managers == ["mia"] && list.budget_recipients == ["finance@example"])
    let page = try await mia.get("/dashboard/settings/channels").text
    for channel in list.channels { #expect(page.contains("\(channel.channel.rawValue): \(channel.name)</th>")) }
    #expect(
      page.contains("smtp.example:587") && page.contains("finance@example") && page.contains("have no address: mia"))
    #expect(page.contains("At 95 % of the limit") && page.contains("Slack: money"))
  }

  @Test func aTestGoesOverOneChannelAndIsCounted() async throws {
    let office = try Office(notices: mail())
    let (mia, outbox) = (try await Browser.first(office), NoticeOutbox(office.runner.catalogue))
    let path = "/dashboard/settings/channels/test"
    func send(_ channel: String, _ name: String) async throws -> Office.Answer {
      try await mia.send(path, ["_csrf": mia.formToken, "channel": channel, "name": name])
    }
    #expect(try await send("slack", "nowhere").status == 404)
    #expect(try await send("webhook", "ops").status == 404)
    let unaddressed = try await send("email", "email")
    #expect(unaddressed.status == 409 && unaddressed.text.contains("your account has no mail address"))
    let sent = try await send("slack", "ops")
    #expect(sent.status == 200 && sent.text.contains("A test is on its way: banner, slack ops."))
    #expect(try outbox.deliveries(state: .waiting).map(\.address) == ["ops"])
    #expect(try await send("webhook", "pager").status == 429, "once a minute")
    office.clock.go(.minutes(1))
    #expect(
      try await mia.ask(
        "POST", "/api/v1/channels/test", Data(#"{"channel":"webhook","name":"pager"}"#.utf8),
        ["X-CSRF-Token": mia.formToken]
      ).value(TestDocument.self).sent_to == ["banner", "webhook pager"])
    let letters = try outbox.deliveries(state: .waiting)
    #expect(Set(letters.map(\.address)) == ["ops", "pager"])
    try outbox.failed(letters[0].id, "refused", due: nil)
    try outbox.delivered(letters[1].id, at: LiveTime.machine)
    let channels = try await mia.get("/api/v1/channels").value(ChannelList.self).channels
    #expect(
      channels.map(\.dead) == [0, 0, 0, 1] && channels.map { $0.delivered_at != nil } == [false, false, true, false])
    let log = try await office.ask("GET", "/api/v1/audit?action=notice.test").value(AuditLog.self).lines
    #expect(log.map(\.change) == ["banner, webhook pager", "banner, slack ops"])
    // Others see what there is, and send nothing.
    let emil = try await office.token("emil", .engineer)
    let page = try await office.ask("GET", "/dashboard/settings/channels", token: emil)
    #expect(page.status == 200 && !page.text.contains("Send a test"))
    let test = ChannelTest(channel: .slack, name: "ops")
    #expect(try await office.ask("POST", "/api/v1/channels/test", test, token: emil).status == 403)
    #expect(
      try await office.ask(
        "POST", path, token: emil, bytes: Data("channel=slack&name=ops".utf8)
      ).status == 403)
  }

  /// 8.2.1: a person chooses direct messages as they choose a channel; where Slack does not know their address, they say who they are.
  @Test func directMessagesAreChosenAsAChannelIs() async throws {
    var settings = mail()
    settings.hasSlackBot = true
    let office = try Office(notices: settings)
    let (mia, path) = (try await Browser.first(office), "/dashboard/notifications")
    let page = try await mia.get(path).text
    #expect(
      page.contains("<option value=\"direct\">direct messages to you</option>") && page.contains("name=\"member\""))
    let form = [
      "_csrf": mia.formToken, "slack": "on", "email_events": "usual", "slack_events": "usual", "channel": "direct",
    ]
    let nobody = try await mia.send(path, form)
    #expect(nobody.status == 422 && nobody.text.contains("has no mail address by which Slack would find you"))
    #expect(try await mia.send(path, form.merging(["member": "mia"]) { $1 }).status == 422)
    #expect(try await mia.send(path, form.merging(["member": "U024BE7LH"]) { $1 }).status == 303)
    let after = try await mia.get(path).text
    #expect(after.contains("value=\"direct\" selected") && after.contains("value=\"U024BE7LH\""))
    let tested = try await mia.send("\(path)/test", ["_csrf": mia.formToken])
    #expect(tested.text.contains("slack U024BE7LH") && !tested.text.contains("slack ops"), "\(tested.text)")
    let outbox = NoticeOutbox(office.runner.catalogue)
    let letter = try #require(try outbox.deliveries(state: .waiting).first { $0.channel == .slack })
    #expect(letter.recipient == "mia")
    // Managers see how the bot does, in one row, and try it.
    try outbox.failed(letter.id, "Slack: missing_scope", due: nil)
    let row = try await mia.get("/api/v1/channels").value(ChannelList.self).channels.first { $0.name == "direct" }
    #expect(row?.dead == 1 && row?.channel == .slack)
    office.clock.go(.minutes(1))
    let one = try await mia.send(
      "/dashboard/settings/channels/test", ["_csrf": mia.formToken, "channel": "slack", "name": "direct"])
    #expect(one.status == 200 && one.text.contains("slack U024BE7LH"))
    // Without a bot there is nothing to choose.
    let plain = try await Browser.first(try Office(notices: mail())).get(path).text
    #expect(!plain.contains("value=\"direct\"") && !plain.contains("name=\"member\""))
  }

  @Test func withoutChannelsThePageSaysHowToHaveSome() async throws {
    let page = try await Browser.first(try Office()).get("/dashboard/settings/channels").text
    #expect(page.contains("The dashboard alone tells people") && page.contains("<code>notifications</code>"))
    #expect(page.contains("At 80 % of the limit</dt><dd>nobody: no channel for it is configured"))
    #expect(!page.contains("Send a test"))
  }

  @Test func ratesNameTheirSourceAndTheirDay() async throws {
    let office = try Office(limit: nil, pods: .always)
    let page = "/dashboard/settings/rates"
    let before = try await office.ask("GET", page).text
    #expect(before.contains("No spot pods are to be had: nobody sells it.") && before.contains("2026-11-09"))
    #expect(before.contains("$2.49/hr") && before.contains("a test") && !before.contains("Paid last"))
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("first job", pricing: .onDemand)).status == 201)
    var rates: [RateDocument] = []
    while rates.count < 2 {
      await Task.yield()
      rates = try await office.ask("GET", "/api/v1/rates").value(RateList.self).rates
    }
    let paid = try #require(rates.last)
    #expect(
      paid.use == .paid && paid.pricing == .onDemand && paid.usd_per_hour == 2.49 && paid.source.contains("job-1"))
    let after = try await office.ask("GET", page).text
    #expect(after.contains("Paid last") && after.contains(paid.source) && after.contains("nobody sells it"))
  }
}
