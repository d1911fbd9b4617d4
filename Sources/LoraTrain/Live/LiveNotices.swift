import Engine
import Foundation
import Journal
import Live
import Notifications
import Scenarios
import Web

/// The composition of a served store's notices: the desk that follows its journal, and the channels of the configuration.
enum LiveNotices {
  static func desk(
    _ runner: LiveRunner, _ live: LiveStore, _ channels: ServiceConfiguration.Notifications,
    address: @escaping @Sendable () async -> String, knowledge: LiveKnowledge, _ diary: Diary
  ) -> NoticeDesk {
    let (time, post) = (live.time, NoticePost(channels, store: live.name, keys: live.keys, address: address))
    return NoticeDesk(
      runner.catalogue, settings: NoticeSettings(channels), notifier: post, own: { time.reading.wall },
      outlook: {
        guard let forecast = try? await knowledge.forecaster.forecast(await runner.view) else { return nil }
        return outlook(forecast, await runner.view)
      },
      suggest: { knowledge.quoter.fixes($0, $1).map(\.text) }, tell: { diary.say($0) })
  }

  /// Posts what people share into the configured channel; nil: there is none.
  static func slack(
    _ live: LiveStore, _ channels: ServiceConfiguration.Notifications, address: @escaping @Sendable () async -> String
  ) -> SlackPost? {
    guard let channel = channels.slackChannel else { return nil }
    let post = NoticePost(channels, store: live.name, keys: live.keys, address: address)
    return { await post.post($0, toSlack: channel) }
  }

  /// What is still to be spent on active jobs, and what the month comes to: 8 times in 10.
  private static func outlook(_ forecast: ForecastDocument, _ view: LiveView) -> BudgetOutlook {
    var (low, high, isKnown) = (0.0, 0.0, false)
    for job in view.fleet.slots where job != .none {
      guard let projection = forecast.jobs[job.id] else { continue }
      let spent = Double(view.fleet[job].cost(at: view.at)) / 1e9
      low += max(0, projection.cost_usd.p10 - spent)
      high += max(0, projection.cost_usd.p90 - spent)
      isKnown = true
    }
    return BudgetOutlook(
      remaining: isKnown ? .init(low: low, high: high) : nil,
      monthEnd: .init(low: forecast.month.p10, high: forecast.month.p90))
  }
}

extension ServiceConfiguration.Notifications {
  /// With what the environment says, which goes before the file.
  ///
  /// - Throws: `InputError` where an address is none.
  func completed(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Self {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    var own = self
    if let password = variable("LORA_TRAIN_SMTP_PASSWORD") { own.mail?.password = password }
    if let webhook = variable("LORA_TRAIN_SLACK_WEBHOOK") {
      own.slackChannels["slack"] = webhook
      own.slackChannel = own.slackChannel ?? "slack"
    }
    if let token = variable("LORA_TRAIN_SLACK_TOKEN") { own.slackToken = token }
    if let trouble = own.botTrouble { throw InputError(.badConfiguration, "notifications: \(trouble)") }
    if let mail, mail.user != nil, own.mail?.password == nil {
      throw InputError(
        .badConfiguration, "there is no password for the mail server", hint: "set LORA_TRAIN_SMTP_PASSWORD")
    }
    for address in [own.owner, own.mail.map { NoticePost.address(of: $0) }].compactMap(\.self) + own.budgetRecipients
    where !NoticePost.isAddress(address) {
      throw InputError(.badConfiguration, "notifications: '\(address)' is no mail address")
    }
    return own
  }
}
