import DiscreteEvent
import Journal
import Live
import Testing

@testable import Web

@Suite struct NotificationsPageTests {
  @Test func itSaysWhatAPersonWantsAndTakesWhatTheyWant() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let path = "/dashboard/notifications"
    let page = try await mia.get(path)
    #expect(
      page.status == 200 && page.text.contains("Nothing yet.") && page.text.contains("No mail server is configured"))
    #expect(page.text.contains("name=\"email\" value=\"on\" checked") && page.text.contains("value=\"usual\" selected"))
    #expect(try await mia.get("/dashboard/settings").text.contains("href=\"\(path)\""))
    var form = [
      "_csrf": mia.formToken, "digest": "on", "email_events": "failures", "slack_events": "all", "digest_at": "07:30",
      "quiet_from": "22:00", "quiet_to": "06:00", "time_zone": "Europe/Berlin",
    ]
    #expect(try await mia.send(path, form).status == 303)
    let wishes = try await mia.get("/api/v1/notifications/preferences").value(NoticeWishes.self)
    #expect(!wishes.email.on && wishes.email.digest && wishes.email.events == ["failures"])
    #expect(!wishes.slack.on && wishes.slack.events == ["all"] && wishes.digest_at == "07:30")
    #expect(wishes.quiet_hours == .init(from: "22:00", to: "06:00") && wishes.time_zone == "Europe/Berlin")
    let after = try await mia.get(path).text
    #expect(after.contains("value=\"failures\" selected") && after.contains("name=\"email\" value=\"on\">"))
    #expect(after.contains("value=\"22:00\"") && after.contains("value=\"Europe/Berlin\""))
    for (field, wrong) in [("quiet_to", ""), ("time_zone", "Nowhere"), ("email_events", "<b>"), ("channel", "none")] {
      let answer = try await mia.send(path, form.merging([field: wrong]) { $1 })
      #expect([400, 422].contains(answer.status) && !answer.text.contains("'<b>'"), "\(field): \(answer.status)")
    }
    // A list that a program wrote is shown, and stays unless another is chosen.
    var own = wishes
    own.email.events = ["failed", "started"]
    try NoticeOutbox(office.runner.catalogue).put(own, of: "mia", at: .zero)
    #expect(try await mia.get(path).text.contains("value=\"own\" selected>failed, started<"))
    (form["email_events"], form["quiet_from"], form["quiet_to"]) = ("own", "", "")
    _ = try await mia.send(path, form)
    let last = try await mia.get("/api/v1/notifications/preferences").value(NoticeWishes.self)
    #expect(last.quiet_hours == nil && last.email.events == ["failed", "started"])
    #expect(try await mia.send(path, form.merging(["_csrf": "another"]) { $1 }).status == 403)
  }

  @Test func whatWasToldIsSeenOnce() async throws {
    let office = try Office()
    let (mia, outbox) = (try await Browser.first(office), NoticeOutbox(office.runner.catalogue))
    var facts = NoticeFacts()
    (facts.job, facts.job_name, facts.gpu, facts.pricing) = ("job-1", "<i>first</i>", "h100-pcie-80gb", "spot")
    var notice = NewNotice(key: "k", at: .zero, kind: .started, facts: facts)
    notice.targets = ["mia", "emil"].map {
      .init(recipient: $0, channel: .banner, address: "", state: .shown, due: .zero)
    }
    try outbox.add([notice], cursor: nil, now: .zero)
    let (own, others) = (
      try #require(try outbox.banners(of: "mia").first), try #require(try outbox.banners(of: "emil").first)
    )
    let path = "/dashboard/notifications"
    // Above every page until it is seen, and only once on its own.
    let jobs = "/dashboard/training-jobs"
    #expect(NotificationsPage.tone(of: own.notice) == "good")
    let alert = NoticeRecord(id: 1, at: 0, kind: .estimateAlert, urgent: false, facts: facts)
    #expect(NotificationsPage.tone(of: alert) == "warn", "a cost that runs away is no success")
    let banner = "&lt;i&gt;first&lt;/i&gt; (H100 spot). <a href=\"/dashboard/training-jobs/job-1\">Show</a>"
    #expect(try await mia.get(jobs).text.contains(banner))
    let page = try await mia.get(path).text
    #expect(
      !page.contains(banner) && page.contains("&lt;i&gt;first") && !page.contains("<i>first")
        && page.contains("value=\"\(own.id)\""))
    let token = mia.formToken
    #expect(try await mia.send("\(path)/seen", ["_csrf": token, "id": "\(others.id)"]).status == 404)
    #expect(try await mia.send("\(path)/seen", ["_csrf": token, "id": "\(own.id)"]).status == 303)
    #expect(try outbox.banners(of: "mia").isEmpty && outbox.banners(of: "emil").count == 1)
    #expect(try await !mia.get(jobs).text.contains(banner))
    let tested = try await mia.send("\(path)/test", ["_csrf": token])
    #expect(tested.status == 200 && tested.text.contains("A test is on its way: banner."))
    #expect(try outbox.banners(of: "mia").map(\.notice.kind) == [.test])
  }
}
