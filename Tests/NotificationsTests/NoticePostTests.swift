import DiscreteEvent
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import Notifications
@testable import Transport

@Suite struct NoticePostTests {
  /// What left, and what it was answered.
  private final class Wire: @unchecked Sendable {
    private let lock = NSLock()
    private var sent: [HTTPClient.Call] = []
    var calls: [HTTPClient.Call] { lock.withLock { sent } }
    let answer: HTTPClient.Answer
    init(_ status: Int, _ body: String = "ok", headers: [String: String] = [:]) {
      answer = HTTPClient.Answer(status: status, headers: headers, body: Data(body.utf8))
    }
    func call(_ call: HTTPClient.Call) -> HTTPClient.Answer {
      lock.withLock { sent.append(call) }
      return answer
    }
  }

  private static func post(
    _ wire: Wire, mail: @escaping @Sendable (SMTPClient.Mail) async throws -> Void = { _ in }
  ) -> NoticePost {
    post(mail: mail) { wire.call($0) }
  }

  private static func post(
    token: String? = nil, mail: @escaping @Sendable (SMTPClient.Mail) async throws -> Void = { _ in },
    call: @escaping @Sendable (HTTPClient.Call) -> HTTPClient.Answer
  ) -> NoticePost {
    var channels = ServiceConfiguration.Notifications()
    channels.mail = .init(host: "mail.example.com", port: 587, from: "lora-train <train@example.com>")
    channels.slackChannels = ["training": "https://hooks.slack.example/services/SECRET"]
    channels.slackToken = token
    channels.webhooks = [.init(name: "ops", url: "https://ops.example/hook", secret: "sixteen-characters")]
    return NoticePost(
      channels, store: "abc", keys: WorkerKeys(master: Data(repeating: 1, count: 32)),
      address: { "https://train.example.com" },
      wires: .init(call: { call($0) }, mail: mail), now: { Date(timeIntervalSince1970: 1_000) })
  }

  private static func delivery(_ channel: NoticeChannel, _ recipient: String, _ address: String? = nil)
    throws -> NoticeDelivery
  {
    let notice = try JSONEncoder().encode(LetterTests.notice(.completed))
    let json = """
      {"id": 7, "notice": \(String(decoding: notice, as: UTF8.self)), "recipient": "\(recipient)", "channel": \
      "\(channel.rawValue)", "address": "\(address ?? recipient)", "state": "waiting", "due_at": 0, "attempts": 0}
      """
    return try JSONDecoder().decode(NoticeDelivery.self, from: Data(json.utf8))
  }

  @Test func slackIsSentTextAndItsAnswersAreUnderstood() async throws {
    let ok = Wire(200)
    #expect(await Self.post(ok).send(try Self.delivery(.slack, "training")) == .delivered)
    let body = try JSONDecoder().decode([String: String].self, from: ok.calls.first?.body ?? Data())
    #expect(body["text"]?.hasPrefix("✓ Training completed: *Elena") == true)
    let bad = await Self.post(Wire(400, "invalid_payload")).send(try Self.delivery(.slack, "training"))
    #expect(bad == .refused("Slack: 400 invalid_payload"))
    let busy = await Self.post(Wire(429, "rate_limited", headers: ["retry-after": "30"])).send(
      try Self.delivery(.slack, "training"))
    #expect(busy == .failed("Slack: 429 rate_limited", after: .seconds(30)))
    #expect(await Self.post(Wire(503, "")).send(try Self.delivery(.slack, "training")) == .failed("Slack: 503 "))
    let gone = await Self.post(ok).send(try Self.delivery(.slack, "old"))
    #expect(gone == .refused("there is no Slack channel 'old' in the configuration"))
  }

  /// Slack's methods answer by their names.
  private final class Workspace: @unchecked Sendable {
    private let lock = NSLock()
    private var sent: [HTTPClient.Call] = []
    var calls: [HTTPClient.Call] { lock.withLock { sent } }
    let lookup, message: Wire
    init(lookup: Wire, message: Wire) { (self.lookup, self.message) = (lookup, message) }
    func call(_ call: HTTPClient.Call) -> HTTPClient.Answer {
      lock.withLock { sent.append(call) }
      return call.url.contains("lookupByEmail") ? lookup.answer : message.answer
    }
  }
  private static let found = Wire(200, #"{"ok":true,"user":{"id":"U024BE7LH","deleted":false,"name":"dana"}}"#)
  private static let taken = Wire(200, #"{"ok":true,"channel":"D024BE7LH","ts":"1417671948.000006"}"#)

  @Test func aBotFindsAPersonByTheirAddressAndWritesToThemAlone() async throws {
    let slack = Workspace(lookup: Self.found, message: Self.taken)
    let post = Self.post(token: "xoxb-secret") { slack.call($0) }
    #expect(await post.send(try Self.delivery(.slack, "dana", "dana+slack@example.com")) == .delivered)
    #expect(
      slack.calls.map(\.url) == [
        "https://slack.com/api/users.lookupByEmail?email=dana%2Bslack%40example%2Ecom",
        "https://slack.com/api/chat.postMessage",
      ])
    #expect(slack.calls.map(\.method) == ["GET", "POST"])
    for call in slack.calls {
      #expect(call.headers.contains { $0.0 == "Authorization" && $0.1 == "Bearer xoxb-secret" })
      #expect(!call.url.contains("secret"), "an address may be logged on its way")
    }
    let body = try JSONDecoder().decode([String: String].self, from: slack.calls.last?.body ?? Data())
    #expect(body["channel"] == "U024BE7LH" && body["text"]?.hasPrefix("✓ Training completed: *Elena") == true)
    #expect(body.count == 2, "the token stands in no body")
    // Who says their member ID need not be looked for.
    #expect(await post.send(try Self.delivery(.slack, "dana", "U024BE7LH")) == .delivered)
    #expect(slack.calls.count == 3)
    // A configured channel is one still, and without a bot nobody is written to.
    #expect(await post.send(try Self.delivery(.slack, "training")) == .delivered)
    #expect(slack.calls.last?.url == "https://hooks.slack.example/services/SECRET")
    let without = await Self.post { slack.call($0) }.send(try Self.delivery(.slack, "dana", "dana@example.com"))
    guard case .refused(let why) = without else { throw Surprise(answer: without) }
    #expect(why.contains("notifications.slack.bot_token") && slack.calls.count == 4)
  }
  private struct Surprise: Error { let answer: NoticeAnswer }

  /// Slack's word, and what people read beside it.
  @Test(arguments: [
    ("users_not_found", "member ID"), ("missing_scope", "users:read.email"), ("token_revoked", "bot_token"),
    ("invalid_auth", "bot_token"), ("account_inactive", "bot_token"),
  ])
  func whoCannotBeFoundIsADeadLetterThatSaysTheWayOut(_ error: String, _ way: String) async throws {
    let body = #"{"ok":false,"error":"\#(error)","needed":"users:read.email","provided":"chat:write"}"#
    let slack = Workspace(lookup: Wire(200, body), message: Self.taken)
    let answer = await Self.post(token: "xoxb-secret") { slack.call($0) }.send(
      try Self.delivery(.slack, "dana", "dana@example.com"))
    guard case .refused(let why) = answer else { throw Surprise(answer: answer) }
    #expect(why.hasPrefix("Slack: \(error): ") && why.contains(way), "\(why)")
    #expect(!why.contains("xoxb") && slack.calls.count == 1, "nothing is written to nobody")
  }

  @Test func slacksNoMayBeForGoodOrForNow() async throws {
    func said(_ status: Int, _ body: String, headers: [String: String] = [:]) async throws -> NoticeAnswer {
      let slack = Workspace(lookup: Self.found, message: Wire(status, body, headers: headers))
      return await Self.post(token: "xoxb-secret") { slack.call($0) }.send(
        try Self.delivery(.slack, "dana", "U024BE7LH"))
    }
    guard case .refused(let gone) = try await said(200, #"{"ok":false,"error":"channel_not_found"}"#) else {
      throw Surprise(answer: .delivered)
    }
    #expect(gone.hasPrefix("Slack: channel_not_found: nobody in this Slack has this member ID"))
    #expect(try await said(200, #"{"ok":false,"error":"is_archived\n"}"#) == .refused("Slack: is_archived "))
    #expect(try await said(200, #"{"ok":false,"error":"internal_error"}"#) == .failed("Slack: internal_error"))
    #expect(try await said(200, "<html>") == .failed("Slack: an answer that is none of its own"))
    #expect(
      try await said(429, #"{"ok":false,"error":"ratelimited"}"#, headers: ["retry-after": "30"])
        == .failed("Slack: 429", after: .seconds(30)))
    #expect(try await said(503, "") == .failed("Slack: 503"))
    let left = Workspace(
      lookup: Wire(200, #"{"ok":true,"user":{"id":"U024BE7LH","deleted":true}}"#), message: Self.taken)
    let answer = await Self.post(token: "xoxb-secret") { left.call($0) }.send(
      try Self.delivery(.slack, "dana", "dana@example.com"))
    guard case .refused(let why) = answer else { throw Surprise(answer: answer) }
    #expect(why.contains("deactivated") && left.calls.count == 1)
  }

  @Test func whatAPersonSharesIsPostedOnce() async throws {
    let wire = Wire(200)
    #expect(await Self.post(wire).post("*job* <https://x|View>", toSlack: "training") == .delivered)
    let body = try JSONDecoder().decode([String: String].self, from: wire.calls.first?.body ?? Data())
    #expect(body == ["text": "*job* <https://x|View>"] && wire.calls.count == 1)
    #expect(wire.calls.first?.url == "https://hooks.slack.example/services/SECRET")
    let busy = await Self.post(Wire(429, "rate_limited", headers: ["retry-after": "30"])).post("a", toSlack: "training")
    #expect(busy == .failed("Slack: 429 rate_limited", after: .seconds(30)))
    #expect(
      await Self.post(wire).post("a", toSlack: "old")
        == .refused("there is no Slack channel 'old' in the configuration"))
  }

  @Test func aWebhookCanCheckWhoCalls() async throws {
    let wire = Wire(204)
    #expect(await Self.post(wire).send(try Self.delivery(.webhook, "ops")) == .delivered)
    let call = try #require(wire.calls.first)
    let headers = Dictionary(uniqueKeysWithValues: call.headers)
    let body = try #require(call.body)
    #expect(headers["X-Lora-Timestamp"] == "1000" && headers["X-Lora-Event-Id"] == "abc-7")
    #expect(
      headers["X-Lora-Signature"] == "sha256=" + WebhookSignature.of(body, at: 1_000, secret: "sixteen-characters"))
    // printf '1000.{}' | openssl dgst -sha256 -hmac key
    #expect(
      WebhookSignature.of(Data("{}".utf8), at: 1_000, secret: "key")
        == "c32de42341dece79a1511c9e7f74a2734112edcfcf48943c976faf07047065db")
    let sent = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    #expect(sent["event"] as? String == "completed" && sent["id"] as? String == "abc-7")
  }

  @Test func aMailKeepsItsIdAndFailuresAreSorted() async throws {
    let (mails, continuation) = AsyncStream<SMTPClient.Mail>.makeStream()
    let post = Self.post(Wire(200)) { continuation.yield($0) }
    let delivery = try Self.delivery(.email, "dana", "dana@example.com")
    for _ in 1...2 { #expect(await post.send(delivery) == .delivered) }
    continuation.finish()
    var ids: Set<String> = []
    for await mail in mails {
      #expect(mail.from == "train@example.com" && mail.to == "dana@example.com")
      let text = String(decoding: mail.message, as: UTF8.self)
      ids.insert(text.components(separatedBy: "\r\n").first { $0.hasPrefix("Message-ID") } ?? "")
      #expect(text.contains("List-Unsubscribe: <https://train.example.com/n/mute/-?person=dana&"))
    }
    #expect(ids == ["Message-ID: <lora-train.abc.7@example.com>"])
    let refusing = Self.post(Wire(200)) { _ in throw SMTPClient.Failure(isPermanent: true, description: "550") }
    #expect(await refusing.send(delivery) == .refused("550"))
    let busy = Self.post(Wire(200)) { _ in throw SMTPClient.Failure(isPermanent: false, description: "421") }
    #expect(await busy.send(delivery) == .failed("421"))
    let nobody = await post.send(try Self.delivery(.email, "dana", "dana"))
    #expect(nobody == .refused("'dana' is no mail address"))
  }

  @Test func retryAfterIsSecondsOrADate() {
    let now = Date(timeIntervalSince1970: 0)
    #expect(RetryAfter.span("30", now: now) == .seconds(30))
    #expect(RetryAfter.span("Thu, 01 Jan 1970 00:01:00 GMT", now: now) == .seconds(60))
    #expect(RetryAfter.span("soon", now: now) == nil && RetryAfter.span(nil, now: now) == nil)
  }
}
