import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live

/// What a person was told, and how they want to be told: story 8.2.1's preferences. What mails lead to as “Notification settings”.
struct NotificationsPage: Page {
  static let name = "notifications"
  let title = "Notifications"
  let section = Section.settings
  let tabs = SettingsTab.links(.notifications)

  struct Line: Sendable {
    var id, text: String
    var job: String?
    var at: Moment?
    var isNew, isUrgent: Bool
  }
  struct Choice: Sendable {
    var value, label: String
    var isChosen: Bool
  }

  struct Dead: Sendable {
    var id, text, to, attempts, error: String
    var at: Moment?
  }

  let lines: [Line]
  let hasLines: Bool
  /// The newest that is new; nil: none is.
  let newest: String?
  /// What never arrived: of everybody where a manager looks, else their own.
  let dead: [Dead]
  let hasDead: Bool
  /// What is wrong with what was sent; it stands in the form again.
  let problem: String?
  let wishes: NoticeWishes
  let emailEvents, slackEvents, channels: [Choice]
  let hasSlack, hasBot: Bool
  let member: String
  let quietFrom, quietTo: String
  /// Where mails go; nil: nowhere, and why.
  let address, noMail: String?
  /// Right after a test was asked for.
  let sentTo: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk, _ notices: NoticeRoutes) {
    router.get("notifications") { request, context in
      await desk.answer(try NotificationsPage(notices, try context.require(.viewer)), request, context)
    }
    router.post("notifications") { request, context in
      let person = try context.require(.viewer)
      let form = try await FormFields(request)
      let wishes = wishes(form, from: try notices.wishes(of: person), hasBot: notices.settings.hasSlackBot)
      do {
        guard form.has("quiet_from") == form.has("quiet_to") else {
          throw Problem(.badRequest, "quiet hours have a beginning and an end: give both, or neither")
        }
        try notices.put(wishes, of: person)
      } catch let problem as Problem {
        let page = try NotificationsPage(notices, person, sent: (form, wishes, problem))
        return await desk.answer(page, request, context, status: problem.status)
      }
      return Reply.see("/dashboard/notifications?notice=saved")
    }
    router.post("notifications/seen-all") { request, context in
      let person = try context.require(.viewer)
      guard let id = try await FormFields(request).whole("id") else {
        throw Problem(.badRequest, "up to which notification is not said")
      }
      try notices.outbox.seenAll(upTo: Int64(id), by: person.name, at: LiveTime.machine)
      return Reply.see("/dashboard/notifications")
    }
    router.post("notifications/retry") { request, context in
      _ = try context.require(.manager)
      let id = try await FormFields(request).whole("id")
      guard try notices.outbox.retry(id.map(Int64.init), at: LiveTime.machine) > 0 else {
        throw Problem(.notFound, "there is no such dead letter any more")
      }
      return Reply.see("/dashboard/notifications?notice=retried#dead")
    }
    router.post("notifications/test") { request, context in
      let person = try context.require(.viewer)
      let places = try await notices.test(person).joined(separator: ", ")
      return await desk.answer(try NotificationsPage(notices, person, sentTo: places), request, context)
    }
    router.post("notifications/seen") { request, context in
      let person = try context.require(.viewer)
      guard let id = try await FormFields(request).whole("id"), try notices.see(Int64(id), person) else {
        throw Problem(.notFound, "you have no such notification")
      }
      return Reply.see("/dashboard/notifications")
    }
  }

  init(
    _ notices: NoticeRoutes, _ person: Catalogue.Person, sentTo: String? = nil,
    sent: (form: FormFields, wishes: NoticeWishes, problem: Problem)? = nil
  ) throws {
    lines = try notices.outbox.banners(of: person.name, unseenOnly: false).map { banner in
      Line(
        id: "\(banner.id)", text: NoticeSummary.named(banner.notice), job: banner.notice.facts.job,
        at: Moment(Instant(microseconds: banner.notice.at)), isNew: banner.state == .shown,
        isUrgent: banner.notice.urgent)
    }
    hasLines = !lines.isEmpty
    newest = lines.first(where: \.isNew)?.id
    let own = person.role == .manager ? nil : person.name
    dead = try notices.outbox.deliveries(state: .dead, recipient: own, limit: 50).map {
      Dead(
        id: "\($0.id)", text: NoticeSummary.named($0.notice), to: "\($0.recipient), by \($0.channel.rawValue)",
        attempts: "\($0.attempts)", error: $0.error ?? "", at: Moment(Instant(microseconds: $0.notice.at)))
    }
    hasDead = !dead.isEmpty
    problem = sent?.problem.document.detail
    wishes = try sent?.wishes ?? notices.wishes(of: person)
    (emailEvents, slackEvents) = (
      NotificationsPage.events(wishes.email.events), NotificationsPage.events(wishes.slack.events)
    )
    let chosen = wishes.slack.channel
    channels = notices.settings.slackChoices.map {
      Choice(value: $0, label: $0 == NoticeWishes.direct ? "direct messages to you" : $0, isChosen: $0 == chosen)
    }
    member = wishes.slack.member ?? ""
    (hasSlack, hasBot) = (!channels.isEmpty, notices.settings.hasSlackBot)
    (quietFrom, quietTo) = (
      sent?.form["quiet_from"] ?? wishes.quiet_hours?.from ?? "", sent?.form["quiet_to"] ?? wishes.quiet_hours?.to ?? ""
    )
    address = notices.settings.hasMail ? notices.address(of: person) : nil
    noMail =
      address != nil
      ? nil
      : notices.settings.hasMail
        ? "Your account has no mail address: a manager adds one in the settings."
        : "No mail server is configured: notifications.email in lora-train.yaml."
    self.sentTo = sentTo
  }

  /// What stands above every page until it is seen: the newest few.
  static func unseen(by person: Catalogue.Person?, _ catalogue: Catalogue) -> [Frame.Banner] {
    guard let person, let new = try? NoticeOutbox(catalogue).banners(of: person.name) else { return [] }
    var jobs: Set<String> = []
    // Where a job stood says nothing any more once it stands elsewhere.
    let news = new.filter { banner in
      guard let job = banner.notice.facts.job else { return true }
      return jobs.insert(job).inserted || !passing.contains(banner.notice.kind)
    }
    let shown = news.prefix(most).map { banner in
      let job = banner.notice.facts.job.map { "/dashboard/training-jobs/\($0)" }
      return Frame.Banner(
        kind: tone(of: banner.notice), text: NoticeSummary.named(banner.notice), path: job ?? path)
    }
    guard !news.isEmpty else { return [] }
    let more =
      news.count > most
      ? "\(Wording.count(new.count, "notification")) in all that you have not seen."
      : "They stay here until they are marked as seen."
    return shown + [Frame.Banner(kind: "plain", text: more, path: path)]
  }
  private static let passing: Set<NoticeKind> = [.jobQueued, .waitingForGPU, .started, .interrupted, .resumed]
  /// `good`, `warn` or `bad`, as its banner looks.
  static func tone(of notice: NoticeRecord) -> String {
    switch notice.kind {
    case .failed: "bad"
    case .jobBlocked, .waitingForGPU, .interrupted, .switchedToOnDemand, .capReached, .decisionNeeded, .estimateAlert,
      .budgetAlert,
      .budgetAtRisk:
      "warn"
    default: notice.urgent ? "warn" : "good"
    }
  }
  private static let most = 2
  private static let path = "/dashboard/notifications"

  /// What stands for a list that a program wrote, word for word.
  private static let own = "own"
  private static let words = [
    ("usual", "The usual: what needs you, ends, alerts"), ("all", "All events"), ("completions", "Completions only"),
    ("failures", "Failures only"),
  ]

  private static func events(_ now: [String]) -> [Choice] {
    let known = words.map { Choice(value: $0.0, label: $0.1, isChosen: now == [$0.0]) }
    return known.contains(where: \.isChosen)
      ? known : known + [Choice(value: own, label: now.joined(separator: ", "), isChosen: true)]
  }

  private static func wishes(_ form: FormFields, from old: NoticeWishes, hasBot: Bool) -> NoticeWishes {
    var wishes = old
    (wishes.email.on, wishes.email.digest, wishes.slack.on) = (form.has("email"), form.has("digest"), form.has("slack"))
    if let word = form["email_events"], word != own { wishes.email.events = [word] }
    if let word = form["slack_events"], word != own { wishes.slack.events = [word] }
    wishes.slack.channel = form["channel"]
    // Without a bot the field is not there to be left empty.
    if hasBot { wishes.slack.member = form["member"] }
    wishes.digest_at = form["digest_at"] ?? NoticeWishes().digest_at
    wishes.time_zone = form["time_zone"] ?? NoticeWishes().time_zone
    if let from = form["quiet_from"], let to = form["quiet_to"] {
      wishes.quiet_hours = .init(from: from, to: to)
    } else {
      wishes.quiet_hours = nil
    }
    return wishes
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{>settings-tabs}}
    {{#sentTo}}<div class="notice good" role="status"><p>A test is on its way: {{sentTo}}.</p></div>{{/sentTo}}
    <section class="card" aria-labelledby="told-h"><h2 id="told-h">What you were told</h2>
    {{#hasLines}}<div class="scroll" tabindex="0" role="region" aria-label="Table of notifications"><table><caption>The last 50</caption><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Job</th><th scope="col">Actions</th></tr></thead><tbody>
    {{#lines}}<tr><td class="nowrap">{{#at}}{{>time}}{{/at}}</td><td class="wide-name">{{#isUrgent}}<span class="badge interrupted">urgent</span> {{/isUrgent}}{{text}}</td><td>{{#job}}<a href="/dashboard/training-jobs/{{job}}">{{job}}</a>{{/job}}</td><td>{{#isNew}}<form method="post" action="/dashboard/notifications/seen">{{>csrf}}<input type="hidden" name="id" value="{{id}}"><button type="submit">Seen<span class="hidden">: {{text}}</span></button></form>{{/isNew}}{{^isNew}}<span class="soft">seen</span>{{/isNew}}</td></tr>{{/lines}}
    </tbody></table></div>{{/hasLines}}
    {{#newest}}<form method="post" action="/dashboard/notifications/seen-all">{{>csrf}}<input type="hidden" name="id" value="{{newest}}"><button type="submit">Mark all as seen</button></form>{{/newest}}
    {{^hasLines}}<p class="soft">Nothing yet.</p>{{/hasLines}}
    </section>
    {{#hasDead}}<section class="card" id="dead" aria-labelledby="dead-h"><h2 id="dead-h">What never arrived</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of dead letters"><table><caption>Given up after many attempts, or refused; the newest 50</caption><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">To</th><th scope="col" class="number">Attempts</th><th scope="col">Answer</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#dead}}<tr><td class="nowrap">{{#at}}{{>time}}{{/at}}</td><td class="wide-name">{{text}}</td><td>{{to}}</td><td class="number">{{attempts}}</td><td class="wide-name">{{error}}</td>{{#frame.isManager}}<td><form method="post" action="/dashboard/notifications/retry">{{>csrf}}<input type="hidden" name="id" value="{{id}}"><button type="submit">Try again<span class="hidden">: {{text}}</span></button></form></td>{{/frame.isManager}}</tr>{{/dead}}
    </tbody></table></div>
    {{#frame.isManager}}<form method="post" action="/dashboard/notifications/retry">{{>csrf}}<button type="submit">Try all of them again</button></form>{{/frame.isManager}}</section>{{/hasDead}}
    <form class="card" method="post" action="/dashboard/notifications">{{>csrf}}<h2>How you are told</h2>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}.</p></div>{{/problem}}
    <p class="soft">The dashboard always tells you. What is urgent comes at once, in quiet hours and beside a daily summary, too.</p>
    <fieldset><legend>Email{{#address}} to {{address}}{{/address}}</legend>
    {{#noMail}}<p class="soft">{{noMail}}</p>{{/noMail}}
    <label class="check"><input type="checkbox" name="email" value="on"{{#wishes.email.on}} checked{{/wishes.email.on}}> Mails</label>
    <label class="check"><input type="checkbox" name="digest" value="on"{{#wishes.email.digest}} checked{{/wishes.email.digest}}> One summary a day</label>
    <div class="fields"><div class="field"><label for="email_events">Which events</label><select id="email_events" name="email_events">{{#emailEvents}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/emailEvents}}</select></div>
    <div class="field"><label for="digest_at">Summary at</label><input id="digest_at" name="digest_at" type="time" value="{{wishes.digest_at}}"></div></div></fieldset>
    <fieldset><legend>Slack</legend>
    {{^hasSlack}}<p class="soft">No channel is configured: notifications.slack in lora-train.yaml.</p>{{/hasSlack}}
    <label class="check"><input type="checkbox" name="slack" value="on"{{#wishes.slack.on}} checked{{/wishes.slack.on}}> Posts in Slack</label>
    <div class="fields"><div class="field"><label for="slack_events">Which events</label><select id="slack_events" name="slack_events">{{#slackEvents}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/slackEvents}}</select></div>
    <div class="field"><label for="channel">Channel</label><select id="channel" name="channel"><option value="">the usual one</option>{{#channels}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/channels}}</select></div>
    {{#hasBot}}<div class="field"><label for="member">Your member ID in Slack</label><input id="member" name="member" value="{{member}}" maxlength="20" placeholder="U024BE7LH" aria-describedby="member-hint"><p class="hint" id="member-hint">For direct messages, where Slack knows you by another mail address than the team. Your profile in Slack: Copy member ID.</p></div>{{/hasBot}}</div></fieldset>
    <fieldset><legend>Quiet hours</legend><div class="fields"><div class="field"><label for="quiet_from">From</label><input id="quiet_from" name="quiet_from" type="time" value="{{quietFrom}}"></div>
    <div class="field"><label for="quiet_to">To</label><input id="quiet_to" name="quiet_to" type="time" value="{{quietTo}}"></div>
    <div class="field"><label for="time_zone">Time zone</label><input id="time_zone" name="time_zone" value="{{wishes.time_zone}}" placeholder="Europe/Berlin"></div></div></fieldset>
    <button class="primary" type="submit">Save</button></form>
    <form class="card" method="post" action="/dashboard/notifications/test">{{>csrf}}<h2>Does it reach you?</h2><button type="submit">Send a test</button></form>
    """#
}
