import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

@Suite struct NoticeRoutesTests {
  private static let keys = WorkerKeys(master: Data(repeating: 7, count: 32))

  private static func link(_ purpose: NoticeLink.Purpose, _ subject: String, _ person: String, seconds: Int = 60)
    -> String
  {
    let now = Int(LiveTime.machine.microseconds / 1_000_000)
    return NoticeLink(purpose, subject, of: person, until: now + seconds).path(keys)
  }

  @Test func peopleSetHowTheyHearAndSeeWhatIsTold() async throws {
    let office = try Office()
    var wishes = try await office.ask("GET", "/api/v1/notifications/preferences").value(NoticeWishes.self)
    #expect(wishes == NoticeWishes())
    wishes.quiet_hours = .init(from: "22:00", to: "07:00")
    wishes.time_zone = "Europe/Berlin"
    #expect(try await office.ask("PUT", "/api/v1/notifications/preferences", wishes).status == 200)
    #expect(try await office.ask("GET", "/api/v1/notifications/preferences").value(NoticeWishes.self) == wishes)
    wishes.time_zone = "Nowhere"
    #expect(try await office.ask("PUT", "/api/v1/notifications/preferences", wishes).status == 422)
    // A test is a banner at once, until it is seen.
    #expect(try await office.ask("POST", "/api/v1/notifications/test").status == 201)
    let banners = try await office.ask("GET", "/api/v1/notifications").value(BannerList.self).notifications
    #expect(banners.map(\.event) == [.test])
    let id = try #require(banners.first?.id)
    #expect(
      try await office.ask("POST", "/api/v1/notifications/\(id)/seen").value(BannerList.self).notifications.isEmpty)
    #expect(try await office.ask("POST", "/api/v1/notifications/999/seen").status == 404)
    #expect(try await office.ask("GET", "/api/v1/notifications?all=1").value(BannerList.self).notifications.count == 1)
    #expect(try await office.ask("GET", "/api/v1/notifications", token: nil).status == 401)
  }

  @Test func aTestIsSentOnceAMinuteToEach() async throws {
    let office = try Office()
    let vera = try await office.token("vera", .viewer)
    func test(_ token: String = Office.ownToken) async throws -> Office.Answer {
      try await office.ask("POST", "/api/v1/notifications/test", token: token)
    }
    #expect(try await test().status == 201)
    office.clock.go(Span(microseconds: 20_500_000))
    let early = try await test()
    #expect(early.status == 429 && early.headers[.retryAfter] == "40", "\(early.text)")
    #expect(try await test(vera).status == 201, "another's test is another")
    let page = try await office.ask("POST", "/dashboard/notifications/test", token: vera)
    #expect(page.status == 429, "nor over the dashboard")
    let banners = try await office.ask("GET", "/api/v1/notifications").value(BannerList.self).notifications
    #expect(banners.count == 1, "what is refused is not sent")
    office.clock.go(Span(microseconds: 39_500_000))
    #expect(try await test().status == 201)
  }

  @Test func deadLettersAreSeenAndBroughtBack() async throws {
    let office = try Office()
    let outbox = NoticeOutbox(office.runner.catalogue)
    var notice = NewNotice(key: "k", at: .zero, kind: .completed, facts: NoticeFacts())
    notice.targets = [.init(recipient: "dana", channel: .email, address: "d@example.com", due: .zero)]
    try outbox.add([notice, notice], cursor: nil, now: .zero)
    let due = try outbox.due(at: .zero, limit: 9)
    #expect(due.count == 1)
    try outbox.failed(due[0].id, "550", due: nil)
    let dead = try await office.ask("GET", "/api/v1/notifications/outbox?state=dead").value(OutboxDocument.self)
    #expect(dead.deliveries.map(\.error) == ["550"])
    #expect(try await office.ask("GET", "/api/v1/notifications/outbox?state=dread").status == 400)
    let path = "/api/v1/notifications/outbox/\(due[0].id)/retry"
    #expect(try await office.ask("POST", path).value(RetryDocument.self).retried == 1)
    #expect(try await office.ask("POST", path).status == 404)
    #expect(try outbox.due(at: LiveTime.machine, limit: 9).count == 1)
  }

  @Test func aLinkOpensAFormAndOnlyItsPostActs() async throws {
    let office = try Office(limit: 500)
    let link = Self.link(.limit, "-", "owner")
    let form = try await office.ask("GET", link, token: nil)
    #expect(form.status == 200 && form.text.contains("<form method=\"post\""))
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 500)
    let body = Data("limit=750&justification=two+more+runs&choice=set".utf8)
    #expect(try await office.ask("POST", link, token: nil, bytes: body).status == 200)
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 750)
    let log = try await office.ask("GET", "/api/v1/audit?action=budget.").value(AuditLog.self)
    #expect(log.lines.first?.justification == "two more runs" && log.lines.first?.person == "owner")
    // Without a reason nothing happens, nor with another purpose, after its time, or for somebody who is gone.
    #expect(try await office.ask("POST", link, token: nil, bytes: Data("limit=900".utf8)).status == 400)
    let other = link.replacing("/n/limit/", with: "/n/mute/")
    #expect(try await office.ask("POST", other, token: nil).status == 403)
    #expect(try await office.ask("GET", Self.link(.limit, "-", "owner", seconds: -1), token: nil).status == 403)
    #expect(try await office.ask("POST", Self.link(.mute, "-", "nobody"), token: nil).status == 403)
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 750)
  }

  @Test func aLinkHasNoMoreRightsThanWhoseItIs() async throws {
    let office = try Office(limit: 500)
    _ = try await office.ask("POST", "/api/v1/people", Catalogue.Person(name: "dana", role: .engineer))
    let body = Data("limit=750&justification=two+more+runs&choice=set".utf8)
    let asked = try await office.ask("POST", Self.link(.limit, "-", "dana"), token: nil, bytes: body)
    #expect(asked.text.contains("Pending approval"))
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 500)
    let decide = Self.link(.approval, "approval-1", "dana")
    #expect(try await office.ask("POST", decide, token: nil, bytes: Data("choice=approve".utf8)).status == 403)
    let owners = Self.link(.approval, "approval-1", "owner")
    let long = Data("choice=approve&justification=\(String(repeating: "x", count: 2_001))".utf8)
    #expect(try await office.ask("POST", owners, token: nil, bytes: long).status == 400)
    #expect(try await office.ask("GET", owners, token: nil).text.contains("two more runs"))
    #expect(try await office.ask("POST", owners, token: nil, bytes: Data("choice=approve".utf8)).status == 200)
    #expect(try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self).limit_usd == 750)
    // One click, and no more mails.
    #expect(try await office.ask("POST", Self.link(.mute, "-", "dana"), token: nil).status == 200)
    #expect(try NoticeOutbox(office.runner.catalogue).wishes()["dana"]?.0.email.on == false)
    // A job that is not there.
    #expect(try await office.ask("GET", Self.link(.decide, "job-9", "dana"), token: nil).status == 404)
  }
}
