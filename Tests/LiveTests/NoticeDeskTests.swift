import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Journal
@testable import Live

/// Where letters end in tests: kept, and answered as the test says.
final class PaperPost: Notifier, @unchecked Sendable {
  private let lock = NSLock()
  private var kept: [NoticeDelivery] = []
  private var answers: [NoticeAnswer] = []

  var letters: [NoticeDelivery] { lock.withLock { kept } }
  func answer(_ next: NoticeAnswer...) { lock.withLock { answers += next } }
  func send(_ delivery: NoticeDelivery) async -> NoticeAnswer {
    lock.withLock {
      kept.append(delivery)
      return answers.isEmpty ? .delivered : answers.removeFirst()
    }
  }
}

/// A clock that a test sets.
final class PaperClock: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Instant
  init(_ now: Instant) { value = now }
  var now: Instant {
    get { lock.withLock { value } }
    set { lock.withLock { value = newValue } }
  }
}

/// A desk of live mode, and one that tells people of it.
struct NoticeStation {
  var desk: Desk
  let clock: PaperClock
  let post = PaperPost()
  var settings = NoticeSettings()
  private(set) var notices: NoticeDesk
  var outbox: NoticeOutbox { NoticeOutbox(desk.coordinator.catalogue) }

  init(playing: Span? = nil, _ change: (inout NoticeSettings) -> Void = { _ in }) throws {
    desk = try Desk(playing: playing)
    clock = PaperClock(desk.wall)
    settings.hasMail = true
    settings.slackChannels = ["training", "training-budget"]
    (settings.slackChannel, settings.slackBudgetChannel) = ("training", "training-budget")
    change(&settings)
    notices = NoticeStation.desk(desk, settings, post, clock)
    let catalogue = desk.coordinator.catalogue
    try catalogue.put(.init(name: "dana", email: "dana@example.com", role: .engineer), at: desk.wall)
    try catalogue.put(.init(name: "max", email: "max@example.com", role: .manager), at: desk.wall)
  }

  private static func desk(_ desk: Desk, _ settings: NoticeSettings, _ post: PaperPost, _ clock: PaperClock)
    -> NoticeDesk
  {
    NoticeDesk(
      desk.coordinator.catalogue, settings: settings, notifier: post, machine: { clock.now }, own: { clock.now },
      outlook: { BudgetOutlook(remaining: .init(low: 42, high: 58), monthEnd: .init(low: 529, high: 545)) },
      suggest: { _, failure in failure == .outOfMemory ? ["a smaller batch"] : [] })
  }

  /// What a new process begins with.
  mutating func restart() { notices = NoticeStation.desk(desk, settings, post, clock) }

  /// Follows and delivers at the desk's time.
  func turn() async throws {
    clock.now = max(clock.now, desk.wall)
    try await notices.follow()
    try await notices.deliver()
  }

  /// A job of dana's that was quoted ten dollars, on a pod for 2.49 dollars an hour.
  mutating func grant(quote: Int64 = 10_000_000_000) throws {
    var description = Desk.description
    (description.creator, description.name) = ("dana", "first <b>")
    description.quote = .init(cost: (quote / 2, quote, quote * 2), seconds: (1e4, 2e4, 3e4))
    let orders = try desk.tell(.asked(.submit(Desk.spec, description), ticket: 0))
    guard let request = orders.creations.first else { throw Desk.Missing() }
    try desk.tell(.creationAnswered(request: 1, .created(desk.pod("a", request.name))))
  }

  func told(_ channel: NoticeChannel, _ recipient: String? = nil) throws -> [NoticeRecord] {
    try outbox.deliveries(recipient: recipient).reversed().filter { $0.channel == channel }.map(\.notice)
  }
  func kinds(_ channel: NoticeChannel, _ recipient: String? = nil) throws -> [NoticeKind] {
    try told(channel, recipient).map(\.kind)
  }
}

@Suite struct NoticeDeskTests {
  /// A sandbox's first mails were 84 letters about the month that it begins with.
  @Test(arguments: [nil, .minutes(30)] as [Span?]) func nobodyGetsMailAboutAMonthThatWasPlayed(_ playing: Span?)
    async throws
  {
    var s = try NoticeStation(playing: playing)
    try s.grant()
    try await s.turn()
    #expect(try s.kinds(.banner, "dana") == [.jobQueued, .started])
    #expect(try s.kinds(.email) == (playing == nil ? [.started] : []))
    #expect(try s.kinds(.slack) == (playing == nil ? [.started] : []))
    // What comes after it is told as ever.
    try s.desk.pass(.hours(1))
    try s.desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try s.desk.tell(.terminationAnswered(pod: "a", .absent))
    try await s.turn()
    #expect(try s.kinds(.email, "dana").last == .cancelled)
  }

  @Test func aJobsLifeIsToldInTheStoriesWords() async throws {
    var s = try NoticeStation()
    try s.grant()
    try s.desk.report(1, .stageFinished(.boot))
    try s.desk.report(2, .stageFinished(.preprocessing))
    try s.desk.report(3, .stageFinished(.modelLoading))
    try s.desk.pass(.hours(1))
    try s.desk.report(4, .checkpointSaved(step: 42, age: .zero, blocked: .zero))
    // The pod is taken back, and another one goes on.
    var pod = s.desk.pod("a", PodName(store: "desk", epoch: 1, request: 1))
    pod.status = .exited(.interrupted)
    let orders = try s.desk.list([pod])
    let next = try #require(orders.creations.first)
    try s.desk.tell(.creationAnswered(request: 2, .created(s.desk.pod("b", next.name))))
    try s.desk.report(1, .stageFinished(.boot), request: 2)
    try s.desk.report(2, .stageFinished(.modelLoading), request: 2)
    try s.desk.report(3, .stageFinished(.restore), request: 2)
    try s.desk.pass(.hours(1))
    try s.desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try s.desk.tell(.terminationAnswered(pod: "b", .absent))
    #expect(s.desk.job(0).phase == .cancelled)
    try await s.turn()
    #expect(try s.kinds(.banner, "dana") == [.jobQueued, .started, .interrupted, .resumed, .cancelled])
    // Mails come of what the stories want mailed; the rest stands on the dashboard.
    #expect(s.post.letters.filter { $0.channel == .email }.map(\.notice.kind) == [.started, .cancelled])
    #expect(s.post.letters.filter { $0.channel == .slack }.map(\.notice.kind) == [.started, .cancelled])
    let lines = try s.told(.banner, "dana").map(NoticeSummary.line)
    #expect(lines[2] == "Training interrupted at 42% complete. Auto-recovery in progress...")
    // 58 of 100 steps, of 20,000 seconds that were quoted.
    #expect(lines[3] == "Training resumed from checkpoint (Step 42). Estimated completion: 3h 13m remaining.")
    let cost = NoticeSummary.dollars(Double(s.desk.job(0).costs.total) / 1e9)
    #expect(lines[4] == "Job cancelled. Final cost: \(cost). GPU instance terminated.")
    // Nobody else hears of it, and nothing is told twice.
    #expect(try s.kinds(.banner, "max").isEmpty)
    s.restart()
    try await s.turn()
    #expect(s.post.letters.count == 4)
  }

  /// An examination trains nothing, and nobody is told that it did.
  @Test func anExaminationIsToldInWordsOfItsOwn() async throws {
    var s = try NoticeStation()
    try s.grant()
    var description = Desk.description
    (description.creator, description.name) = ("dana", "Examination of first <b>")
    (description.examines, description.suites) = ("job-1", [.init(name: "voice", digest: "d")])
    let request = try s.desk.submit(Desk.spec, description)
    try s.desk.tell(.creationAnswered(request: 2, .created(s.desk.pod("b", request.name))))
    try s.desk.pass(.hours(1))
    try s.desk.report(1, .failed(.outOfMemory), request: 2)
    try s.desk.tell(.terminationAnswered(pod: "b", .absent))
    #expect(s.desk.job(1).phase == .failed)
    try await s.turn()
    let told = try s.told(.banner, "dana").filter { $0.facts.job == "job-2" }
    #expect(told.map(\.kind) == [.jobQueued, .started, .failed])
    let lines = told.map(NoticeSummary.line)
    #expect(lines[0] == "Examination of first <b> queued.")
    #expect(lines[1] == "GPU provisioned. Examination of first <b> starts (H100 spot).")
    #expect(lines[2] == "Examination of first <b> failed (out of memory).")
    let facts = try #require(told.last).facts
    #expect(facts.examines == "job-1" && facts.examined_name == "first <b>")
    #expect(facts.configuration == "llama-3-70b with the adapters of job-1, asked voice, spot")
    // A smaller batch helps a training.
    #expect(facts.fixes == nil)
    #expect(s.post.letters.contains { $0.channel == .email && $0.notice.facts.examines == "job-1" })
  }

  @Test func theHourWithoutAGPUAsksAndIsUrgent() async throws {
    var s = try NoticeStation()
    var wishes = NoticeWishes()
    wishes.quiet_hours = .init(from: "00:00", to: "23:59")
    try s.outbox.put(wishes, of: "dana", at: s.desk.wall)
    var description = Desk.description
    description.creator = "dana"
    try s.desk.tell(.asked(.submit(Desk.spec, description), ticket: 0))
    for request in 1...13 as ClosedRange<UInt32> {
      try s.desk.tell(.creationAnswered(request: request, .refused(.noCapacity)))
      try s.desk.pass(.minutes(5))
    }
    #expect(s.desk.job(0).phase == .awaitingDecision)
    try await s.turn()
    #expect(try s.kinds(.banner, "dana") == [.jobQueued, .waitingForGPU, .decisionNeeded])
    let mail = try #require(s.post.letters.first { $0.channel == .email })
    #expect(NoticeSummary.line(mail.notice) == "Still no spot GPU available. Switch to on-demand or cancel?")
  }

  @Test func budgetAlertsEscalateAndComeOnceForEachLimit() async throws {
    var s = try NoticeStation { $0.budgetRecipients = ["finance@example.com"] }
    try s.desk.tell(.asked(.setLimit(10_000_000_000), ticket: 9))
    try s.grant(quote: 1_000_000_000_000)
    try await s.turn()
    func alerts(_ channel: NoticeChannel) throws -> [Int?] {
      try s.told(channel).filter { $0.kind == .budgetAlert }.map(\.facts.threshold)
    }
    // Banners are the manager's and the owner's. 7.97, 8.03, 9.55 and 10.01 of 10 dollars; a quarter of an hour later nothing is new.
    for (hours, mails, posts, banners) in [
      (3.2, [], [], []), (3.225, [80, 80], [], []), (3.835, [80, 80, 95, 95], [95], []),
      (4.02, [80, 80, 95, 95, 100, 100], [95, 100], [100, 100]),
      (4.27, [80, 80, 95, 95, 100, 100], [95, 100], [100, 100]),
    ] as [(Double, [Int?], [Int?], [Int?])] {
      let granted = s.desk.job(0).lease.granted
      try s.desk.pass(granted + Span(seconds: hours * 3_600) - s.desk.wall)
      try await s.turn()
      #expect(try alerts(.email) == mails, "after \(hours) h")
      #expect(try alerts(.slack) == posts, "after \(hours) h")
      #expect(try alerts(.banner) == banners, "after \(hours) h")
    }
    let last = try #require(try s.told(.email).last { $0.kind == .budgetAlert })
    #expect(NoticeSummary.line(last).hasPrefix("Monthly training budget exceeded ($10.0"))
    #expect(last.facts.active_jobs == 1 && last.facts.month_end_usd?.high == 545)
    // Another process says none of it again; another limit has alerts of its own.
    s.restart()
    try await s.turn()
    #expect(try alerts(.slack) == [95, 100])
    try s.desk.tell(.asked(.setLimit(13_000_000_000), ticket: 9))
    try await s.turn()
    #expect(try alerts(.email).suffix(2) == [80, 80])
    let change = try #require(
      try s.told(.email, "max").first { $0.kind == .limitChanged && $0.facts.old_limit_usd == 10 })
    #expect(NoticeSummary.line(change) == "Budget limit increased from $10 to $13")
  }

  @Test func theHighestOfSeveralThresholdsIsToldAlone() async throws {
    var s = try NoticeStation()
    try s.grant(quote: 2_000_000_000)
    try s.desk.pass(.hours(1))
    try await s.turn()
    let alerts = try s.told(.banner, "dana").filter { $0.kind == .estimateAlert }
    #expect(alerts.map(\.facts.threshold) == [120])
    #expect(
      alerts.map(NoticeSummary.line) == ["Job significantly over budget ($2.49 of $2). Review immediately."])
  }

  /// A server that asks for thirty years does not silence its channel for good.
  @Test func nobodyAsksForAPauseOfMoreThanADay() async throws {
    var s = try NoticeStation()
    try s.grant()
    s.post.answer(.failed("429", after: .days(10_000)))
    try await s.turn()
    let first = Set(s.post.letters.map(\.id))
    try s.desk.pass(.days(1))
    try await s.turn()
    let letters = try s.outbox.deliveries().filter { first.contains($0.id) }
    #expect(!letters.isEmpty && letters.allSatisfy { $0.state == .delivered })
  }

  @Test func aLetterIsTriedAgainUntilItArrivesOrIsGivenUp() async throws {
    var s = try NoticeStation()
    try s.grant()
    s.post.answer(.failed("no"), .failed("429", after: .minutes(10)))
    try await s.turn()
    #expect(s.post.letters.count == 2)
    // The one in thirty seconds, the other when it may: back-off, and Retry-After.
    try s.desk.pass(.seconds(29))
    try await s.turn()
    #expect(s.post.letters.count == 2)
    try s.desk.pass(.seconds(1))
    try await s.turn()
    #expect(s.post.letters.count == 3)
    try s.desk.pass(.minutes(9))
    try await s.turn()
    #expect(s.post.letters.count == 3)
    try s.desk.pass(.minutes(1))
    try await s.turn()
    #expect(s.post.letters.count == 4)
    #expect(try s.outbox.due(at: .distantFuture, limit: 9).isEmpty)
    // What is refused is not asked again by itself, but can be brought back.
    try s.desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try s.desk.tell(.terminationAnswered(pod: "a", .absent))
    s.post.answer(.refused("550"), .delivered)
    try await s.turn()
    let dead = try s.outbox.deliveries(state: .dead)
    #expect(dead.map(\.error) == ["550"] && s.post.letters.count == 6)
    try s.desk.pass(.days(2))
    try await s.turn()
    #expect(s.post.letters.count == 6)
    #expect(try s.outbox.retry(nil, at: s.clock.now) == 1)
    try await s.turn()
    #expect(s.post.letters.count == 7)
    #expect(try s.outbox.deliveries(state: .dead).isEmpty)
  }

  @Test func attemptsGrowApartAndEnd() {
    let now = Instant(microseconds: 0)
    var sum = Span.zero
    for attempts in 1..<NoticeBackoff.mostAttempts {
      let next = NoticeBackoff.next(attempts: attempts, after: nil, now: now)
      #expect(next != nil && (next ?? now) - now >= .seconds(30) && (next ?? now) - now <= .hours(1))
      sum += (next ?? now) - now
    }
    #expect(sum > .hours(8) && sum < .hours(24))
    #expect(NoticeBackoff.next(attempts: NoticeBackoff.mostAttempts, after: nil, now: now) == nil)
    #expect(NoticeBackoff.next(attempts: 1, after: .hours(3), now: now) == now + .hours(3))
  }

  @Test func quietHoursHoldBackAndADigestGathers() async throws {
    var s = try NoticeStation { $0.slackChannels = [] }
    // The desk begins on 1 December 2025 at midnight UTC: 01:00 in Berlin.
    var wishes = NoticeWishes()
    (wishes.time_zone, wishes.quiet_hours) = ("Europe/Berlin", .init(from: "22:00", to: "07:00"))
    try s.outbox.put(wishes, of: "dana", at: s.desk.wall)
    try s.grant(quote: 1_000_000_000_000)
    try await s.turn()
    #expect(s.post.letters.isEmpty)
    try s.desk.pass(.minutes(359))
    try await s.turn()
    #expect(s.post.letters.isEmpty)
    try s.desk.pass(.minutes(1))
    try await s.turn()
    #expect(s.post.letters.map(\.notice.kind) == [.started])
    // From now on once a day, at eight in Berlin.
    wishes.email.digest = true
    try s.outbox.put(wishes, of: "dana", at: s.desk.wall)
    try s.desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try s.desk.tell(.terminationAnswered(pod: "a", .absent))
    try await s.turn()
    #expect(s.post.letters.filter { $0.notice.kind == .cancelled }.isEmpty)
    try s.desk.pass(.minutes(59))
    try await s.turn()
    #expect(s.post.letters.filter { $0.notice.kind == .digest }.isEmpty)
    try s.desk.pass(.minutes(1))
    try await s.turn()
    try await s.turn()
    let digests = s.post.letters.filter { $0.notice.kind == .digest }
    #expect(digests.count == 1 && digests[0].notice.facts.items?.contains { $0.contains("Job cancelled.") } == true)
  }

  @Test func aCopyTellsNobodyUntilItIsConfirmed() async throws {
    var s = try NoticeStation()
    try s.grant()
    try s.desk.restart(home: "elsewhere")
    s.restart()
    try await s.turn()
    #expect(s.post.letters.isEmpty)
    try s.desk.tell(.asked(.confirmEpoch, ticket: 1))
    try s.desk.tell(.asked(.setLimit(5_000_000_000), ticket: 2))
    try await s.turn()
    #expect(!s.post.letters.isEmpty)
  }

  @Test func approvalsGoToManagersAndBack() async throws {
    var s = try NoticeStation { $0.slackChannels = [] }
    func act(_ person: String) -> PersonAct { PersonAct(person: person, role: "engineer", action: "approval") }
    try s.desk.tell(
      .asked(.requestLimit(750_000_000_000, justification: "two runs", within: .days(7)), ticket: 1, act: act("dana")))
    try s.desk.tell(.asked(.decide(approval: 1, approved: true, remark: "fine"), ticket: 2, act: act("max")))
    try await s.turn()
    let mails = s.post.letters.map { "\($0.recipient): \(NoticeSummary.line($0.notice))" }
    #expect(mails.contains("max: dana asks for a budget limit of $750: pending approval"))
    #expect(mails.contains("dana: Your request for a budget limit of $750 was approved by max"))
  }
}
