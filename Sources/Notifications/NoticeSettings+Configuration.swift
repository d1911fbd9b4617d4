import Live
import Scenarios

extension NoticeSettings {
  /// What the desk has to know of the configured channels: their names, and none of their secrets.
  public init(_ channels: ServiceConfiguration.Notifications) {
    self.init()
    hasMail = channels.mail != nil
    mailServer = channels.mail.map { mail in
      let security =
        switch mail.security {
        case .startTLS: "STARTTLS"
        case .tls: "TLS"
        case .plain: "not encrypted"
        }
      return "\(mail.host):\(mail.port), \(security), from \(mail.from)"
    }
    ownerAddress = channels.owner
    slackChannels = channels.slackChannels.keys.sorted()
    (slackChannel, slackBudgetChannel) = (channels.slackChannel, channels.slackBudgetChannel)
    hasSlackBot = channels.slackToken != nil
    for hook in channels.webhooks { webhooks[hook.name] = hook.events }
    budgetRecipients = channels.budgetRecipients
  }
}
