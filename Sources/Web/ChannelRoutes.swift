import Hummingbird
import Journal
import Live

/// The channels that are configured, for programs.
struct ChannelRoutes {
  let notices: NoticeRoutes

  func add(to router: RouterGroup<LiveContext>) {
    router.get("channels") { _, _ in try Reply.json(try notices.channels()) }
    router.post("channels/test") { request, context in
      let person = try context.require(.manager)
      let test: ChannelTest = try await Reply.read(request)
      return try Reply.json(
        TestDocument(sent_to: try await notices.test(test.channel, test.name, person)), .created)
    }
  }
}

extension NoticeRoutes {
  /// What there is, who is always told, and how what was sent has fared.
  func channels() throws -> ChannelList {
    let tallies = try outbox.tallies()
    func document(_ channel: NoticeChannel, _ name: String, _ about: String) -> ChannelDocument {
      let tally = tallies.first { $0.channel == channel && $0.address == (channel == .email ? "" : name) }
      return ChannelDocument(
        channel: channel, name: name, about: about, waiting: tally?.waiting ?? 0, dead: tally?.dead ?? 0,
        delivered_at: tally?.delivered.flatMap(Wording.stamp))
    }
    var channels: [ChannelDocument] = []
    if settings.hasMail { channels.append(document(.email, "email", settings.mailServer ?? "a mail server")) }
    channels += settings.slackChannels.map { name in
      let uses = [
        name == settings.slackChannel ? "the usual one" : nil,
        name == settings.slackBudgetChannel ? "hears of the budget" : nil,
      ].compactMap { $0 }
      return document(
        .slack, name, uses.isEmpty ? "for whoever chooses it" : Wording.capital(uses.joined(separator: ", ")))
    }
    if settings.hasSlackBot {
      channels.append(document(.slack, NoticeWishes.direct, "A bot's messages to whoever chooses to get their own"))
    }
    channels += settings.webhooks.sorted { $0.key < $1.key }.map {
      document(.webhook, $0.key, "Told of: \($0.value.joined(separator: ", "))")
    }
    return ChannelList(
      channels: channels, escalation: escalation, budget_recipients: settings.budgetRecipients,
      owner_address: settings.ownerAddress,
      unreachable_managers: try runner.catalogue.people().filter { $0.role == .manager && $0.email == nil }.map(\.name))
  }

  /// As ``Live``'s routing has it: mails from 80 % on, Slack from 95 %, everybody's dashboard over the limit.
  private var escalation: [EscalationDocument] {
    let slack = settings.slackBudgetChannel ?? settings.slackChannel
    let mail = "managers\(settings.budgetRecipients.isEmpty ? "" : " and budget recipients") by mail"
    let steps = [
      settings.hasMail ? mail : nil, slack.map { "Slack: \($0)" }, "the dashboards of all managers",
    ]
    return [80, 95, 100].enumerated().map { i, percent in
      EscalationDocument(percent: percent, tells: steps.prefix(i + 1).compactMap { $0 })
    }
  }
}
