import DiscreteEvent
import Journal

/// How notices leave this machine. One attempt each, never repeated by the adapter itself: the ``NoticeDesk`` decides what follows.
public protocol Notifier: Sendable {
  func send(_ delivery: NoticeDelivery) async -> NoticeAnswer
}

/// What became of one attempt. The texts are shown to people: no secret is in them.
public enum NoticeAnswer: Hashable, Sendable {
  case delivered
  /// It would be refused again.
  case refused(String)
  /// It may work later; `after` where the other side says when.
  case failed(String, after: Span? = nil)
}

/// Which channels there are, and who is always told.
public struct NoticeSettings: Hashable, Sendable {
  public var hasMail = false
  /// Which server takes mails, and who they are from; in words, without its user and password.
  public var mailServer: String?
  /// The store's owner, who is no person of the team.
  public var ownerAddress: String?
  /// Configured names; the addresses behind them are secrets.
  public var slackChannels: [String] = []
  public var slackChannel: String?
  public var slackBudgetChannel: String?
  /// Whether people can be written to themselves.
  public var hasSlackBot = false
  /// Names, and the kinds that each wants, in the words of ``NoticeWishes``.
  public var webhooks: [String: [String]] = [:]
  /// Addresses that hear of the budget beside the managers.
  public var budgetRecipients: [String] = []

  public init() {}

  /// What a person can choose in Slack.
  public var slackChoices: [String] { slackChannels + (hasSlackBot ? [NoticeWishes.direct] : []) }

  /// Where a person's posts go: to themselves, or into a channel that others read, too. nil: nowhere.
  ///
  /// - Parameter mail: their mail address, by which Slack's bot finds them unless they say their member id.
  public func slackPlace(of person: String, mail: String?, _ wish: NoticeWishes.Slack)
    -> (recipient: String, address: String)?
  {
    guard let name = wish.channel ?? slackChannel, slackChoices.contains(name) else { return nil }
    guard name == NoticeWishes.direct else { return (name, name) }
    return (wish.member ?? mail).map { address in
      // One letter goes to each recipient: whoever is called like a channel goes by their address.
      (slackChannels.contains(person) ? address : person, address)
    }
  }
}

/// What the budget will come to, where that can be said.
public struct BudgetOutlook: Hashable, Sendable {
  /// US dollars that active jobs are still likely to cost, and the month's total.
  public var remaining: NoticeFacts.Range?
  public var monthEnd: NoticeFacts.Range
  public init(remaining: NoticeFacts.Range?, monthEnd: NoticeFacts.Range) {
    (self.remaining, self.monthEnd) = (remaining, monthEnd)
  }
}
