import Live
import Scenarios

extension NoticeSettings {
  /// What the desk has to know of the configured channels: their names, and none of their secrets.
  public init(_ channels: ServiceConfiguration.Notifications) {
    self.init()
    hasMail = channels.mail != nil
    ownerAddress = channels.owner
    slackChannels = channels.slackChannels.keys.sorted()
    (slackChannel, slackBudgetChannel) = (channels.slackChannel, channels.slackBudgetChannel)
    for hook in channels.webhooks { webhooks[hook.name] = hook.events }
    budgetRecipients = channels.budgetRecipients
  }
}
