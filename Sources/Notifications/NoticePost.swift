import DiscreteEvent
import Foundation
import Journal
import Live
import Scenarios
import Transport

/// Sends notices over the channels of the configuration: mail, Slack, webhooks.
public struct NoticePost: Notifier {
  /// How calls and mails leave; in tests, where they end.
  struct Wires: Sendable {
    var call: @Sendable (HTTPClient.Call) async throws -> HTTPClient.Answer
    var mail: @Sendable (SMTPClient.Mail) async throws -> Void
  }

  private let channels: ServiceConfiguration.Notifications
  private let store: String
  private let address: @Sendable () async -> String
  private let keys: WorkerKeys
  private let wires: Wires
  private let now: @Sendable () -> Date

  /// - Parameters:
  ///   - store: its name: no two stores give a letter the same id.
  ///   - address: where the dashboard is reached, without a slash behind it.
  public init(
    _ channels: ServiceConfiguration.Notifications, store: String, keys: WorkerKeys,
    address: @escaping @Sendable () async -> String
  ) {
    let http = HTTPClient(connections: 4)
    let smtp = channels.mail.map { mail in
      SMTPClient(
        .init(
          host: mail.host, port: mail.port, security: NoticePost.security(mail.security), user: mail.user,
          password: mail.password, authority: mail.authority))
    }
    self.init(
      channels, store: store, keys: keys, address: address,
      wires: Wires(call: { try await http.send($0) }, mail: { try await smtp?.send($0) }))
  }

  init(
    _ channels: ServiceConfiguration.Notifications, store: String, keys: WorkerKeys,
    address: @escaping @Sendable () async -> String, wires: Wires, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    (self.channels, self.store, self.keys, self.address) = (channels, store, keys, address)
    (self.wires, self.now) = (wires, now)
  }

  private static func security(_ security: ServiceConfiguration.Notifications.Security) -> SMTPClient.Security {
    switch security {
    case .startTLS: .startTLS
    case .tls: .tls
    case .plain: .none
    }
  }

  public func send(_ delivery: NoticeDelivery) async -> NoticeAnswer {
    do {
      switch delivery.channel {
      case .email: return try await mail(delivery)
      case .slack: return try await slack(delivery)
      case .webhook: return try await webhook(delivery)
      case .banner: return .delivered
      }
    } catch let failure as HTTPClient.Failure {
      // Not its description: the address of a webhook is a secret.
      return .failed(failure.reason)
    } catch let failure as SMTPClient.Failure {
      return failure.isPermanent ? .refused(failure.description) : .failed(failure.description)
    } catch {
      return .failed("was interrupted")
    }
  }

  private func letter(_ delivery: NoticeDelivery, to person: String?) async -> Letter {
    let seconds = Int(now().timeIntervalSince1970)
    return LetterWriter(address: await address(), keys: keys, support: channels.support, now: { seconds })
      .letter(delivery.notice, to: person)
  }

  // MARK: Mail

  private func mail(_ delivery: NoticeDelivery) async throws -> NoticeAnswer {
    guard let mail = channels.mail else { return .refused("there is no mail server in the configuration") }
    guard MailMessage.isAddress(delivery.address) else { return .refused("'\(delivery.address)' is no mail address") }
    // Who is only an address has no right to do anything here.
    let person = delivery.recipient == delivery.address ? nil : delivery.recipient
    let letter = await letter(delivery, to: person)
    let message = MailMessage(
      from: mail.from, to: delivery.address, subject: letter.subject, text: letter.plainText, html: letter.html,
      id: "lora-train.\(store).\(delivery.id)", date: now(),
      unsubscribe: letter.footer.first { $0.title == "No more mails" }?.url)
    try await wires.mail(
      SMTPClient.Mail(from: MailMessage.address(mail.from), to: delivery.address, message: message.data))
    return .delivered
  }

  // MARK: Slack

  private struct SlackPost: Encodable { let text: String }

  /// Puts a text into a configured channel, once: for what a person sends, and sees the answer to.
  ///
  /// - Parameter text: in Slack's own markup.
  public func post(_ text: String, toSlack channel: String) async -> NoticeAnswer {
    do {
      return try await slack(text, channel)
    } catch let failure as HTTPClient.Failure {
      return .failed(failure.reason)
    } catch {
      return .failed("was interrupted")
    }
  }

  private func slack(_ delivery: NoticeDelivery) async throws -> NoticeAnswer {
    try await slack(await letter(delivery, to: nil).slackText, delivery.address)
  }

  private func direct(_ text: String, _ address: String) async throws -> NoticeAnswer {
    guard let token = channels.slackToken else {
      return .refused("there is no bot for direct messages any more: notifications.slack.bot_token in lora-train.yaml")
    }
    return try await SlackBot(token: token, api: channels.slackAPI, call: wires.call, now: now).write(text, to: address)
  }

  private func slack(_ text: String, _ channel: String) async throws -> NoticeAnswer {
    guard let url = channels.slackChannels[channel] else {
      if NoticeWishes.isMember(channel) || MailMessage.isAddress(channel) { return try await direct(text, channel) }
      return .refused("there is no Slack channel '\(channel)' in the configuration")
    }
    let body = try JSONEncoder().encode(SlackPost(text: text))
    let answer = try await wires.call(
      HTTPClient.Call(
        "POST", url, headers: [("Content-Type", "application/json")], body: body, deadline: .seconds(15)))
    let said = String(decoding: answer.body.prefix(100), as: UTF8.self)
    return NoticePost.outcome(answer, said: "Slack: \(answer.status) \(Letter.oneLine(said))", now: now())
  }

  // MARK: Webhooks

  /// What a webhook is sent.
  private struct Call: Encodable {
    let id, store, event, at, text: String
    let urgent: Bool
    let facts: NoticeFacts
  }

  private func webhook(_ delivery: NoticeDelivery) async throws -> NoticeAnswer {
    guard let hook = channels.webhooks.first(where: { $0.name == delivery.address }) else {
      return .refused("there is no webhook '\(delivery.address)' in the configuration")
    }
    let notice = delivery.notice
    let id = "\(store)-\(delivery.id)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(
      Call(
        id: id, store: store, event: notice.kind.rawValue,
        at: Date(timeIntervalSince1970: Double(notice.at) / 1e6).formatted(.iso8601), text: NoticeSummary.line(notice),
        urgent: notice.urgent, facts: notice.facts))
    let time = Int(now().timeIntervalSince1970)
    let answer = try await wires.call(
      HTTPClient.Call(
        "POST", hook.url,
        headers: [
          ("Content-Type", "application/json"), ("X-Lora-Event-Id", id), ("X-Lora-Timestamp", "\(time)"),
          ("X-Lora-Signature", "sha256=" + WebhookSignature.of(body, at: time, secret: hook.secret)),
        ], body: body, deadline: .seconds(15)))
    return NoticePost.outcome(answer, said: "answered \(answer.status)", now: now())
  }

  /// What an answer means: 2xx is taken; 408, 425, 429 and 5xx may pass; anything else would come again.
  static func outcome(_ answer: HTTPClient.Answer, said: String, now: Date) -> NoticeAnswer {
    switch answer.status {
    case 200..<300: .delivered
    case 408, 425, 429, 500...: .failed(said, after: RetryAfter.span(answer.headers["retry-after"], now: now))
    default: .refused(said)
    }
  }
}

extension NoticePost {
  /// The address that mails come from.
  public static func address(of mail: ServiceConfiguration.Notifications.Mail) -> String {
    MailMessage.address(mail.from)
  }

  /// Whether a text is a mail address that can be written to.
  public static func isAddress(_ text: String) -> Bool { MailMessage.isAddress(text) }
}
