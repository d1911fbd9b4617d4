// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent

/// One thing that people are told.
public struct NoticeRecord: Codable, Hashable, Sendable {
  public var id: Int64
  /// Microseconds since 1970, in the store's own time.
  public var at: Int64
  public var kind: NoticeKind
  /// Not held back at night.
  public var urgent: Bool
  public var facts: NoticeFacts

  public init(id: Int64, at: Int64, kind: NoticeKind, urgent: Bool, facts: NoticeFacts) {
    (self.id, self.at, self.kind, self.urgent, self.facts) = (id, at, kind, urgent, facts)
  }
}

/// A notice before it is written down, and who is to hear of it.
public struct NewNotice: Hashable, Sendable {
  /// Where one copy of a notice goes.
  public struct Target: Hashable, Sendable {
    public var recipient: String
    public var channel: NoticeChannel
    public var address: String
    public var state: NoticeDelivery.State
    /// This machine's time.
    public var due: Instant

    public init(
      recipient: String, channel: NoticeChannel, address: String, state: NoticeDelivery.State = .waiting, due: Instant
    ) {
      (self.recipient, self.channel, self.address, self.state, self.due) = (recipient, channel, address, state, due)
    }
  }

  /// What it is about: two with the same key are one.
  public var key: String
  /// Where the same may be told again once this much of the store's time has passed; nil: never.
  public var repeatsAfter: Span?
  /// The store's own time.
  public var at: Instant
  public var kind: NoticeKind
  public var urgent: Bool
  public var facts: NoticeFacts
  public var targets: [Target] = []

  public init(
    key: String, repeatsAfter: Span? = nil, at: Instant, kind: NoticeKind, urgent: Bool = false, facts: NoticeFacts
  ) {
    (self.key, self.repeatsAfter, self.at, self.kind, self.urgent) = (key, repeatsAfter, at, kind, urgent)
    self.facts = facts
  }
}

/// One notice on its way to one recipient over one channel.
public struct NoticeDelivery: Codable, Hashable, Sendable {
  /// What became of a copy.
  public enum State: String, Codable, Sendable, CaseIterable {
    case waiting, digest, delivered, dead, shown, seen
  }

  public var id: Int64
  public var notice: NoticeRecord
  public var recipient: String
  public var channel: NoticeChannel
  /// A mail address, a member id of Slack, or the configured name of a Slack channel or webhook: never a secret.
  public var address: String
  public var state: State
  /// This machine's time, in microseconds since 1970.
  public var due_at: Int64
  public var attempts: Int
  public var delivered_at: Int64?
  /// What kept the last attempt from arriving.
  public var error: String?
}
