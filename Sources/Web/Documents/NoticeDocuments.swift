// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Journal
import Live

/// What a dashboard shows a person until it is seen.
public struct BannerDocument: Codable, Sendable {
  public var id: Int64
  /// The store's own time.
  public var at: String
  public var event: NoticeKind
  public var urgent: Bool
  public var text: String
  public var job: String?
  public var is_seen: Bool

  init(_ delivery: NoticeDelivery) {
    id = delivery.id
    at = Wording.stamp(Instant(microseconds: delivery.notice.at)) ?? ""
    (event, urgent, job) = (delivery.notice.kind, delivery.notice.urgent, delivery.notice.facts.job)
    text = NoticeSummary.line(delivery.notice)
    is_seen = delivery.state == .seen
  }
}

public struct BannerList: Codable, Sendable { public var notifications: [BannerDocument] }

/// A notice on its way to somebody.
public struct DeliveryDocument: Codable, Sendable {
  public var id: Int64
  public var event: NoticeKind
  public var text: String
  public var recipient: String
  public var channel: NoticeChannel
  public var state: NoticeDelivery.State
  public var attempts: Int
  /// When it is tried, this machine's time.
  public var due_at: String?
  public var delivered_at: String?
  public var error: String?

  init(_ delivery: NoticeDelivery) {
    id = delivery.id
    event = delivery.notice.kind
    text = NoticeSummary.line(delivery.notice)
    (recipient, channel, state) = (delivery.recipient, delivery.channel, delivery.state)
    (attempts, error) = (delivery.attempts, delivery.error)
    due_at = delivery.state == .waiting ? Wording.stamp(Instant(microseconds: delivery.due_at)) : nil
    delivered_at = delivery.delivered_at.flatMap { Wording.stamp(Instant(microseconds: $0)) }
  }
}

public struct OutboxDocument: Codable, Sendable { public var deliveries: [DeliveryDocument] }
public struct RetryDocument: Codable, Sendable { public var retried: Int }
public struct TestDocument: Codable, Sendable { public var sent_to: [String] }

/// A channel that is configured, and how it does. Nothing of it is secret.
public struct ChannelDocument: Codable, Sendable {
  /// `email`, `slack` or `webhook`.
  public var channel: NoticeChannel
  /// By which it is chosen; of mails `email`, of Slack's bot `direct`.
  public var name: String
  /// What it is, in words.
  public var about: String
  /// Of the last ten thousand: on their way, given up, and when the last one arrived, this machine's time.
  public var waiting: Int
  public var dead: Int
  public var delivered_at: String?
}

/// Who hears of the budget when so much of it is spent.
public struct EscalationDocument: Codable, Sendable {
  /// Per cent of the limit, and of each allocation.
  public var percent: Int
  public var tells: [String]
}

public struct ChannelList: Codable, Sendable {
  public var channels: [ChannelDocument]
  public var escalation: [EscalationDocument]
  /// Hear of the budget beside the managers, by mail.
  public var budget_recipients: [String]
  /// Of the store's owner, who is no person of the team.
  public var owner_address: String?
  /// Managers whom no mail reaches, for they have no address.
  public var unreachable_managers: [String]
}

/// Which channel a test goes over.
public struct ChannelTest: Codable, Sendable {
  public var channel: NoticeChannel
  /// A Slack channel's or a webhook's; `direct`: Slack's bot writes to whoever asks.
  public var name: String?
}
