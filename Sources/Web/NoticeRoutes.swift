import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live

/// A person's notifications: what the dashboard shows, how they want to hear of things, and what became of what was sent.
struct NoticeRoutes {
  let runner: LiveRunner
  let settings: NoticeSettings
  /// The machine's time.
  let clock: @Sendable () -> Instant
  private let gate = TestGate()
  var outbox: NoticeOutbox { NoticeOutbox(runner.catalogue) }

  init(runner: LiveRunner, settings: NoticeSettings, clock: @escaping @Sendable () -> Instant) {
    (self.runner, self.settings, self.clock) = (runner, settings, clock)
  }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("notifications") { request, context in
      let person = try context.require(.viewer)
      let all = request.uri.queryParameters.get("all") == "1"
      return try Reply.json(
        BannerList(notifications: try outbox.banners(of: person.name, unseenOnly: !all).map(BannerDocument.init)))
    }
    router.post("notifications/:id/seen") { _, context in
      let person = try context.require(.viewer)
      guard let id = context.parameters.get("id").flatMap({ Int64($0) }), try see(id, person) else {
        throw Problem(.notFound, "you have no such notification")
      }
      return try Reply.json(BannerList(notifications: try outbox.banners(of: person.name).map(BannerDocument.init)))
    }
    router.get("notifications/preferences") { _, context in
      let person = try context.require(.viewer)
      return try Reply.json(try wishes(of: person))
    }
    router.put("notifications/preferences") { request, context in
      let person = try context.require(.viewer)
      let wishes: NoticeWishes = try await Reply.read(request)
      try put(wishes, of: person)
      return try Reply.json(wishes)
    }
    router.post("notifications/test") { _, context in
      let person = try context.require(.viewer)
      return try Reply.json(TestDocument(sent_to: try await test(person)), .created)
    }
    addOutbox(router)
  }

  private func addOutbox(_ router: RouterGroup<LiveContext>) {
    router.get("notifications/outbox") { request, context in
      let person = try context.require(.viewer)
      var state: NoticeDelivery.State?
      if let word = request.uri.queryParameters.get("state") {
        state = NoticeDelivery.State(rawValue: word)
        guard state != nil else {
          let known = NoticeDelivery.State.allCases.map(\.rawValue).joined(separator: ", ")
          throw Problem(.badRequest, "there is no state '\(word)'", hint: "there are \(known)")
        }
      }
      // Others' mail is a manager's to look after.
      let own = person.role == .manager ? nil : person.name
      return try Reply.json(
        OutboxDocument(deliveries: try outbox.deliveries(state: state, recipient: own).map(DeliveryDocument.init)))
    }
    router.post("notifications/outbox/retry") { _, context in
      _ = try context.require(.manager)
      return try Reply.json(RetryDocument(retried: try outbox.retry(nil, at: LiveTime.machine)))
    }
    router.post("notifications/outbox/:id/retry") { _, context in
      _ = try context.require(.manager)
      guard let id = context.parameters.get("id").flatMap({ Int64($0) }),
        try outbox.retry(id, at: LiveTime.machine) > 0
      else {
        throw Problem(
          .notFound, "there is no dead letter of that number", hint: "lora-train notify outbox --state dead")
      }
      return try Reply.json(RetryDocument(retried: 1))
    }
  }

  // MARK: The same for programs and for the dashboard

  func wishes(of person: Catalogue.Person) throws -> NoticeWishes {
    try outbox.wishes()[person.name]?.0 ?? NoticeWishes()
  }

  /// - Throws: ``Problem`` where there is no such event, channel, time of day or time zone.
  func put(_ wishes: NoticeWishes, of person: Catalogue.Person) throws {
    if let trouble = wishes.trouble(channels: settings.slackChoices) { throw Problem(.unprocessableContent, trouble) }
    if wishes.slack.channel == NoticeWishes.direct, wishes.slack.member == nil, address(of: person) == nil {
      throw Problem(
        .unprocessableContent,
        "your account has no mail address by which Slack would find you: give your member ID, or have a manager add an address"
      )
    }
    try outbox.put(wishes, of: person.name, at: LiveTime.machine)
  }

  /// False: this person has no such banner.
  func see(_ id: Int64, _ person: Catalogue.Person) throws -> Bool {
    try outbox.seen(id, by: person.name, at: LiveTime.machine)
  }

  func address(of person: Catalogue.Person) -> String? {
    person.name == "owner" ? settings.ownerAddress : person.email
  }

  /// Over every channel that would reach this person now.
  ///
  /// - Throws: ``Problem`` 429 within a minute of the last: a channel is read by others, too.
  func test(_ person: Catalogue.Person) async throws -> [String] {
    try await send(reaching(person), person)
  }

  /// Over one channel, for managers.
  ///
  /// - Parameter name: a Slack channel's or a webhook's; of mails there is one server, and the letter goes to whoever asks.
  /// - Throws: ``Problem`` where there is no such channel, or nobody to write to; 429 within a minute of the last test.
  func test(_ channel: NoticeChannel, _ name: String?, _ person: Catalogue.Person) async throws -> [String] {
    switch channel {
    case .email:
      guard settings.hasMail else {
        throw Problem(.notFound, "no mail server is configured", hint: "notifications.email in lora-train.yaml")
      }
      guard let address = address(of: person) else {
        throw Problem(.conflict, "your account has no mail address", hint: "a manager adds one: Settings, Team, Edit")
      }
      return try await send([(.email, person.name, address)], person)
    case .slack:
      guard let name, settings.slackChoices.contains(name) else { throw NoticeRoutes.unknown(channel, name) }
      var wish = try wishes(of: person).slack
      wish.channel = name
      guard let place = settings.slackPlace(of: person.name, mail: address(of: person), wish) else {
        throw Problem(
          .conflict, "your account has no mail address, and no member ID of Slack",
          hint: "Settings, Notifications: your member ID")
      }
      return try await send([(.slack, place.recipient, place.address)], person)
    case .webhook:
      guard let name, settings.webhooks[name] != nil else { throw NoticeRoutes.unknown(channel, name) }
      return try await send([(.webhook, name, name)], person)
    case .banner: return try await send([], person)
    }
  }

  private static func unknown(_ channel: NoticeChannel, _ name: String?) -> Problem {
    Problem(
      .notFound, "there is no \(channel.rawValue) channel '\(name ?? "")'",
      hint: "notifications.\(channel == .slack ? "slack" : "webhooks") in lora-train.yaml")
  }

  private typealias Place = (channel: NoticeChannel, recipient: String, address: String)

  /// Every channel that would reach this person now.
  private func reaching(_ person: Catalogue.Person) throws -> [Place] {
    var places: [Place] = []
    if settings.hasMail, let address = address(of: person) { places.append((.email, person.name, address)) }
    if let place = settings.slackPlace(of: person.name, mail: address(of: person), try wishes(of: person).slack) {
      places.append((.slack, place.recipient, place.address))
    }
    if person.role == .manager { places += settings.webhooks.keys.sorted().map { (.webhook, $0, $0) } }
    return places
  }

  /// Puts a test into the outbox, and onto the dashboard of whoever asks.
  private func send(_ places: [Place], _ person: Catalogue.Person) async throws -> [String] {
    if let wait = await gate.wait(person.name, at: clock()) {
      throw Problem.tooSoon(wait, "a test was sent by you within the last minute")
    }
    let now = LiveTime.machine
    var notice = NewNotice(
      key: "test.\(person.name).\(now.microseconds)", at: now, kind: .test, urgent: true, facts: NoticeFacts())
    notice.targets =
      [.init(recipient: person.name, channel: .banner, address: "", state: .shown, due: now)]
      + places.map { .init(recipient: $0.recipient, channel: $0.channel, address: $0.address, due: now) }
    let sent = notice.targets.map {
      $0.address.isEmpty ? $0.channel.rawValue : "\($0.channel.rawValue) \($0.address)"
    }
    try await runner.record(person.act("notice.test", change: sent.joined(separator: ", ")))
    try outbox.add([notice], cursor: nil, now: now)
    return sent
  }
}

/// Lets each person send a test once a minute. Kept in memory: there are no more entries than people.
private actor TestGate {
  private static let every = Span.minutes(1)
  private var last: [String: Instant] = [:]

  /// How long to wait; nil: send, which counts from now on.
  func wait(_ name: String, at now: Instant) -> Span? {
    if let last = last[name], now - last < TestGate.every { return last + TestGate.every - now }
    last[name] = now
    return nil
  }
}
