import Hummingbird
import Journal
import Live

/// The channels by which people are told: what is configured, who is always told, whether what is sent arrives.
struct ChannelsPage: Page {
  static let name = "channels"
  let title = "Channels"
  let section = Section.settings
  let tabs = SettingsTab.links(.channels)

  struct Row: Sendable {
    var channel, name, about, waiting, dead: String
    var isDead: Bool
    var delivered: Moment?
  }
  struct Step: Sendable { var percent, tells: String }

  let rows: [Row]
  let hasRows: Bool
  let steps: [Step]
  let recipients, owner, unreachable: String?
  /// Right after a test was asked for.
  let sentTo: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk, _ notices: NoticeRoutes) {
    router.get("settings/channels") { request, context in
      _ = try context.require(.viewer)
      return await desk.answer(ChannelsPage(try notices.channels()), request, context)
    }
    router.post("settings/channels/test") { request, context in
      let person = try context.require(.manager)
      let form = try await FormFields(request)
      guard let channel = form["channel"].flatMap(NoticeChannel.init), channel != .banner else {
        throw Problem(.badRequest, "choose a channel")
      }
      let places = try await notices.test(channel, form["name"], person)
      return await desk.answer(
        ChannelsPage(try notices.channels(), sentTo: places.joined(separator: ", ")), request, context)
    }
  }

  init(_ list: ChannelList, sentTo: String? = nil) {
    rows = list.channels.map {
      Row(
        channel: $0.channel.rawValue, name: $0.name, about: $0.about, waiting: Wording.group($0.waiting),
        dead: Wording.group($0.dead), isDead: $0.dead > 0, delivered: Moment($0.delivered_at))
    }
    hasRows = !rows.isEmpty
    steps = list.escalation.map {
      Step(
        percent: $0.percent == 100 ? "100 % and over" : "\($0.percent) %",
        tells: $0.tells.isEmpty
          ? "nobody: no channel for it is configured" : $0.tells.joined(separator: "; "))
    }
    recipients = list.budget_recipients.isEmpty ? nil : list.budget_recipients.joined(separator: ", ")
    owner = list.owner_address
    unreachable =
      list.unreachable_managers.isEmpty ? nil : list.unreachable_managers.joined(separator: ", ")
    self.sentTo = sentTo
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{>settings-tabs}}
    {{#sentTo}}<div class="notice good" role="status"><p>A test is on its way: {{sentTo}}. What becomes of it stands below within a minute.</p></div>{{/sentTo}}
    <section class="card" aria-labelledby="channels-h"><h2 id="channels-h">What is configured</h2>
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of channels"><table><caption>From notifications in lora-train.yaml and the environment; addresses behind names, passwords and secrets are shown nowhere</caption><thead><tr><th scope="col">Channel</th><th scope="col">What it is</th><th scope="col">Last arrived</th><th scope="col" class="number">On the way</th><th scope="col" class="number">Never arrived</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{channel}}: {{name}}</th><td class="wide-name">{{about}}</td><td class="nowrap">{{#delivered}}{{>time}}{{/delivered}}{{^delivered}}<span class="soft">nothing yet</span>{{/delivered}}</td><td class="number">{{waiting}}</td><td class="number">{{#isDead}}<a href="/dashboard/notifications#dead">{{dead}}</a>{{/isDead}}{{^isDead}}{{dead}}{{/isDead}}</td>{{#frame.isManager}}<td><form method="post" action="/dashboard/settings/channels/test">{{>csrf}}<input type="hidden" name="channel" value="{{channel}}"><input type="hidden" name="name" value="{{name}}"><button type="submit">Send a test<span class="hidden"> over {{channel}} {{name}}</span></button></form></td>{{/frame.isManager}}</tr>
    {{/rows}}</tbody></table></div>
    <p class="soft small">A test of mail, or of Slack's direct messages, goes to whoever asks for it. One test a minute for each person.</p>{{/hasRows}}
    {{^hasRows}}<div class="empty"><h2>The dashboard alone tells people</h2><p>Mail, Slack and webhooks are configured under <code>notifications</code> in lora-train.yaml: <code>email</code>, <code>slack</code>, <code>webhooks</code>. Then start <code>serve</code> again.</p></div>{{/hasRows}}</section>
    <section class="card" aria-labelledby="who-h"><h2 id="who-h">Who is told of the budget</h2>
    <dl class="pairs">{{#steps}}<dt>At {{percent}} of the limit</dt><dd>{{tells}}</dd>{{/steps}}
    <dt>Recipients beside the managers</dt><dd>{{#recipients}}{{recipients}}{{/recipients}}{{^recipients}}<span class="soft">none: notifications.budget_recipients</span>{{/recipients}}</dd>
    <dt>The store's owner</dt><dd>{{#owner}}{{owner}}{{/owner}}{{^owner}}<span class="soft">no address: notifications.owner</span>{{/owner}}</dd></dl>
    {{#unreachable}}<p class="error">No mail reaches these managers, who have no address: {{unreachable}}.</p>{{/unreachable}}
    <p class="small">Jobs are told to whoever made them, as they wish: <a href="/dashboard/notifications">your own notifications</a>.</p></section>
    """#
}
