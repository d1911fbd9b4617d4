import DiscreteEvent
import Testing

@testable import Journal
@testable import Live

@Suite struct NoticeRoutingTests {
  /// Every notification that a story names, and the channels over which it comes to whoever has wished for nothing else. Story 8.2.1 lists what is mailed
  /// and posted: completed, failed, cancelled, and an interruption where somebody has to step in. One that recovers by itself, and its resumption (3.2.1),
  /// stands on the dashboard, as what a person has just done themselves does (2.2.1's queue, the download).
  @Test(
    arguments: [
      (.started, [.banner, .email, .slack]), (.decisionNeeded, [.banner, .email, .slack]),  // 3.1.3, 3.2.1, 8.2.1
      (.completed, [.banner, .email, .slack]), (.failed, [.banner, .email, .slack]),  // 8.2.1
      (.cancelled, [.banner, .email, .slack]),  // 2.2.1, 8.2.1
      (.estimateAlert, [.banner, .email, .slack]),  // 7.1.1
      (.interrupted, [.banner]), (.resumed, [.banner]),  // 3.2.1
      (.jobQueued, [.banner]), (.waitingForGPU, [.banner]), (.downloaded, [.banner]),
      (.jobBlocked, [.banner, .email, .slack]), (.capReached, [.banner, .email, .slack]),
    ] as [(NoticeKind, Set<NoticeChannel>)])
  func whatAStoryNamesIsSentByDefault(_ kind: NoticeKind, _ expected: Set<NoticeChannel>) {
    let targets = Self.targets(kind, audience: .creator("dana"))
    #expect(Set(targets.filter { $0.recipient != "max" }.map(\.channel)) == expected)
    // Whoever asks for all gets all.
    var wishes = NoticeWishes()
    (wishes.email.events, wishes.slack.events) = (["all"], ["all"])
    let all = Self.targets(kind, audience: .creator("dana"), wishes: wishes)
    #expect(Set(all.map(\.channel)) == [.banner, .email, .slack])
    // A person's wish turns mails and posts off, and banners never.
    (wishes.email.on, wishes.slack.on) = (false, false)
    let none = Self.targets(kind, audience: .creator("dana"), wishes: wishes)
    #expect(Set(none.filter { $0.recipient == "dana" }.map(\.channel)) == [.banner])
  }

  /// 8.2.1: posted to a channel, or as a direct message.
  @Test func whoChoosesDirectMessagesIsWrittenToAlone() {
    var settings = NoticeSettings()
    (settings.slackChannels, settings.slackChannel) = (["training"], "training")
    var wish = NoticeWishes.Slack()
    func place(_ person: String = "dana", _ mail: String? = "dana@example.com") -> [String]? {
      settings.slackPlace(of: person, mail: mail, wish).map { [$0.recipient, $0.address] }
    }
    settings.hasSlackBot = true
    #expect(place() == ["training", "training"], "whoever has not chosen it reads the channel")
    wish.channel = NoticeWishes.direct
    #expect(place() == ["dana", "dana@example.com"] && place("dana", nil) == nil)
    #expect(place("training") == ["dana@example.com", "dana@example.com"], "a channel's letter and theirs are two")
    wish.member = "U024BE7LH"
    #expect(place() == ["dana", "U024BE7LH"] && place("dana", nil) == ["dana", "U024BE7LH"])
    settings.hasSlackBot = false
    #expect(place() == nil, "as with a channel that is there no more")
    // Of two people who are told of one thing each gets their own.
    var wishes = NoticeWishes()
    wishes.slack.channel = NoticeWishes.direct
    let targets = Self.targets(.decisionNeeded, audience: .creator("dana"), wishes: wishes, hasBot: true)
    let slack = targets.filter { $0.channel == .slack }
    #expect(Set(slack.map(\.address)) == ["dana@example.com", "training"])
  }

  @Test func whatSlackDoesNotKnowIsNoWish() {
    for (text, isOne) in [
      ("U024BE7LH", true), ("W012A3CDE", true), ("C024BE7LR", false), ("U1", false), ("U024be7lh", false),
    ] {
      #expect(NoticeWishes.isMember(text) == isOne, "\(text)")
    }
    var wishes = NoticeWishes()
    wishes.slack.member = "dana"
    #expect(wishes.trouble(channels: [])?.contains("is no member id of Slack") == true)
    wishes.slack.member = nil
    wishes.slack.channel = NoticeWishes.direct
    #expect(wishes.trouble(channels: ["training"])?.contains("notifications.slack.bot_token") == true)
    #expect(wishes.trouble(channels: ["training", NoticeWishes.direct]) == nil)
  }

  /// 7.2.2 and 8.2.2: 80 by mail, 95 in Slack, too, 100 on the dashboard, too; the rest of what concerns the budget everywhere.
  @Test(
    arguments: [
      (.budgetAlert, 80, [.email]), (.budgetAlert, 95, [.email, .slack]),
      (.budgetAlert, 100, [.email, .slack, .banner]),
      (.limitChanged, nil, [.email, .slack, .banner]), (.approvalRequested, nil, [.email, .slack, .banner]),
      (.budgetAtRisk, nil, [.email, .slack, .banner]),
    ] as [(NoticeKind, Int?, Set<NoticeChannel>)])
  func whatConcernsTheBudgetEscalates(_ kind: NoticeKind, _ threshold: Int?, _ expected: Set<NoticeChannel>) {
    let targets = Self.targets(kind, threshold: threshold, audience: .managers)
    #expect(Set(targets.map(\.channel)) == expected && !targets.contains { $0.recipient == "dana" })
  }

  private static func targets(
    _ kind: NoticeKind, threshold: Int? = nil, audience: NoticeFollower.Audience, wishes: NoticeWishes? = nil,
    hasBot: Bool = false
  ) -> [NewNotice.Target] {
    var settings = NoticeSettings()
    (settings.hasMail, settings.slackChannels, settings.slackChannel) = (true, ["training"], "training")
    settings.hasSlackBot = hasBot
    var facts = NoticeFacts()
    facts.threshold = threshold
    let routing = NoticeRouting(
      settings: settings,
      people: [
        .init(name: "dana", email: "dana@example.com", role: .engineer),
        .init(name: "max", email: "max@example.com", role: .manager),
      ], wishes: wishes.map { ["dana": ($0, since: .zero)] } ?? [:])
    let notice = NewNotice(key: "k", at: .zero, kind: kind, urgent: false, facts: facts)
    return routing.targets(of: .init(notice: notice, audience: audience), at: .zero)
  }
}
