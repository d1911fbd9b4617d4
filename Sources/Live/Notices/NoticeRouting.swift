import DiscreteEvent
import Journal

/// Who hears of a notice, and how: people's wishes, the escalation of budget alerts, quiet hours.
struct NoticeRouting {
  let settings: NoticeSettings
  /// Those who may still do something, the owner among them.
  let people: [Catalogue.Person]
  let wishes: [String: (NoticeWishes, since: Instant)]

  init(settings: NoticeSettings, people: [Catalogue.Person], wishes: [String: (NoticeWishes, since: Instant)]) {
    self.settings = settings
    self.people = people + [Catalogue.Person(name: "owner", email: settings.ownerAddress, role: .manager)]
    self.wishes = wishes
  }

  /// - Parameter now: this machine's time.
  func targets(of draft: NoticeFollower.Draft, at now: Instant) -> [NewNotice.Target] {
    let notice = draft.notice
    let heard: [Catalogue.Person]
    switch draft.audience {
    case .nobody: return []
    case .person(let name): heard = people.filter { $0.name == name }
    case .creator(let name):
      let creators = people.filter { $0.name == name }
      // The owner is a token: without an address nobody reads what they are told.
      let isHeard = creators.contains { $0.name != "owner" || $0.email != nil }
      let isManagers =
        notice.kind == .decisionNeeded || (notice.kind == .jobBlocked && notice.facts.refusal != "queue full")
      heard = people.filter { $0.name == name || ((isManagers || !isHeard) && $0.role == .manager) }
    case .managers: heard = people.filter { $0.role == .manager }
    }
    // 80: by mail; 95: in Slack, too; 100: on the dashboard, too.
    let level = notice.kind == .budgetAlert ? notice.facts.threshold ?? 0 : 100
    var targets: [NewNotice.Target] = []
    for person in heard {
      let wish = wishes[person.name]?.0 ?? NoticeWishes()
      let due = notice.urgent ? now : wish.quietUntil(now)
      if level >= 100 {
        targets.append(.init(recipient: person.name, channel: .banner, address: "", state: .shown, due: now))
      }
      if let mail = mail(to: person, wish, notice, due: due) { targets.append(mail) }
      if !notice.kind.concernsBudget, wish.slack.on, NoticeWishes.includes(notice.kind, wish.slack.events),
        let place = settings.slackPlace(of: person.name, mail: person.email, wish.slack)
      {
        add(.init(recipient: place.recipient, channel: .slack, address: place.address, due: due), to: &targets)
      }
    }
    if notice.kind.concernsBudget, draft.audience == .managers {
      if settings.hasMail, notice.kind != .approvalRequested {
        for address in settings.budgetRecipients {
          add(.init(recipient: address, channel: .email, address: address, due: now), to: &targets)
        }
      }
      if level >= 95, let name = settings.slackBudgetChannel ?? settings.slackChannel {
        add(.init(recipient: name, channel: .slack, address: name, due: now), to: &targets)
      }
    }
    for (name, words) in settings.webhooks.sorted(by: { $0.key < $1.key })
    where NoticeWishes.includes(notice.kind, words) {
      targets.append(.init(recipient: name, channel: .webhook, address: name, due: now))
    }
    return targets
  }

  private func mail(to person: Catalogue.Person, _ wish: NoticeWishes, _ notice: NewNotice, due: Instant)
    -> NewNotice.Target?
  {
    guard settings.hasMail, let address = person.email, wish.email.on,
      NoticeWishes.includes(notice.kind, wish.email.events)
    else { return nil }
    let waits = wish.email.digest && !notice.urgent
    return .init(
      recipient: person.name, channel: .email, address: address, state: waits ? .digest : .waiting, due: due)
  }

  /// One post for one place, however many people look there; the first of their quiet hours to end is its time.
  private func add(_ target: NewNotice.Target, to targets: inout [NewNotice.Target]) {
    let same = targets.firstIndex { $0.channel == target.channel && $0.address == target.address }
    guard let same else { return targets.append(target) }
    targets[same].due = min(targets[same].due, target.due)
  }
}
