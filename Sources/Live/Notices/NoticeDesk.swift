import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Scenarios

/// Tells people what happens: reads the journal as it grows, writes down who is to hear of it, and sends that until it has arrived.
///
/// Nothing in the engine's step knows of it or waits for it. Two passes, each called again and again: ``follow()`` makes notices,
/// ``deliver()`` sends what is due.
public actor NoticeDesk {
  private let outbox: NoticeOutbox
  private let settings: NoticeSettings
  private let notifier: any Notifier
  private let machine: @Sendable () -> Instant
  private let own: @Sendable () -> Instant
  private let outlook: @Sendable () async -> BudgetOutlook?
  private let suggest: @Sendable (JobConfiguration, Failure) -> [String]
  private let tell: @Sendable (String) -> Void
  private var follower = NoticeFollower()

  /// So many rows of the journal are read at once; the store's one connection is free between two reads.
  private static let rowsAtOnce = 1_000
  /// So many letters are taken at once.
  private static let sendsAtOnce = 16

  /// - Parameters:
  ///   - machine: this machine's time, by which people sleep and servers count.
  ///   - own: the store's time.
  ///   - outlook: what the budget will come to; asked when there is a budget alert to write.
  ///   - suggest: what may help a job that failed so.
  ///   - tell: told what a person who looks after this machine should hear of.
  public init(
    _ catalogue: Catalogue, settings: NoticeSettings, notifier: any Notifier,
    machine: @escaping @Sendable () -> Instant = { LiveTime.machine }, own: @escaping @Sendable () -> Instant,
    outlook: @escaping @Sendable () async -> BudgetOutlook? = { nil },
    suggest: @escaping @Sendable (JobConfiguration, Failure) -> [String] = { _, _ in [] },
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    outbox = NoticeOutbox(catalogue)
    self.settings = settings
    self.notifier = notifier
    (self.machine, self.own) = (machine, own)
    (self.outlook, self.suggest, self.tell) = (outlook, suggest, tell)
  }

  /// Follows and delivers until its task is cancelled; what fails is told and tried again.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.again(every: .seconds(1)) { try await self.follow() } }
      group.addTask { await self.again(every: .seconds(1)) { try await self.deliver() } }
    }
  }

  private func again(every pause: Duration, _ pass: @Sendable () async throws -> Void) async {
    var (said, wait): (String?, Duration) = (nil, pause)
    while !Task.isCancelled {
      do {
        try await pass()
        (said, wait) = (nil, pause)
      } catch {
        // Each new attempt reads the whole journal.
        wait = min(wait * 2, .seconds(60))
        // Once for each trouble, not once a second.
        if said != "\(error)" { tell("notifications: \(error)") }
        said = "\(error)"
      }
      guard (try? await Task.sleep(for: wait)) != nil else { return }
    }
  }

  // MARK: From the journal

  /// Reads what is new in the journal, and what time has brought, and writes down what follows.
  ///
  /// - Throws: `InputError` where the store cannot be read or written; then everything is read anew.
  public func follow() async throws {
    do { try await readOn() } catch {
      follower = NoticeFollower()
      throw error
    }
  }

  private func readOn() async throws {
    let cursor = try outbox.cursor()
    var read = cursor
    while true {
      let rows = try outbox.journal(after: follower.seq, limit: Self.rowsAtOnce)
      var drafts: [NoticeFollower.Draft] = []
      for row in rows {
        let new = try follower.take(row)
        // What was read before was written down before.
        if row.seq > cursor { drafts += new }
      }
      // Rows that tell nothing are read again after a restart: not worth a write a second.
      if !drafts.isEmpty || follower.seq >= read + Int64(Self.rowsAtOnce) {
        try await write(drafts, cursor: follower.seq)
        read = max(read, follower.seq)
      }
      guard rows.count == Self.rowsAtOnce else { break }
      await Task.yield()
    }
    // Before all is read, what is passed may have been passed long ago.
    let passed = follower.passThresholds(at: own())
    if !passed.isEmpty { try await write(passed, cursor: nil) }
    if follower.isConfirmed { try writeDigests() }
  }

  private func write(_ drafts: [NoticeFollower.Draft], cursor: Int64?) async throws {
    let routing = try routing()
    var notices: [NewNotice] = []
    for draft in drafts {
      var notice = draft.notice
      try await complete(&notice, draft.job)
      // The copy that lives tells people; this one only notes that it was said.
      if follower.isConfirmed { notice.targets = routing.targets(of: draft, at: machine()) }
      // A month that was played stands on the dashboard, and nobody gets mail about it.
      if notice.at < follower.playedUntil { notice.targets.removeAll { $0.channel != .banner } }
      notices.append(notice)
    }
    try outbox.add(notices, cursor: cursor, now: machine())
  }

  private func routing() throws -> NoticeRouting {
    NoticeRouting(settings: settings, people: try outbox.people(), wishes: try outbox.wishes())
  }

  /// What does not follow from the journal: measures, suggestions, the forecast.
  private func complete(_ notice: inout NewNotice, _ job: JobIndex?) async throws {
    switch notice.kind {
    case .completed:
      guard let job else { return }
      let results = try outbox.results(of: job.rawValue)
      (notice.facts.training_loss, notice.facts.perplexity_improvement) = (results.loss, results.perplexityImprovement)
    case .failed:
      guard let job else { return }
      notice.facts.error_message = try outbox.lastError(of: job.rawValue)
      if let text = follower.description(of: job) {
        let failure = follower.fleet[job].failure
        // What is asked of an examination is the configuration of another job: only other pods may help it.
        let mayHelp = text.examines == nil || [.provisioning, .recoveryExhausted].contains(failure)
        let fixes = mayHelp ? suggest(text.configuration, failure) : []
        notice.facts.fixes = fixes.isEmpty ? nil : fixes
      }
    case .resumed:
      guard let job, let step = try outbox.secondsPerStep(of: job.rawValue) else { return }
      notice.facts.remaining_s = step * Double((notice.facts.steps ?? 0) - (notice.facts.step ?? 0))
    case .budgetAlert, .budgetAtRisk:
      guard let outlook = await outlook() else { return }
      (notice.facts.active_remaining_usd, notice.facts.month_end_usd) = (outlook.remaining, outlook.monthEnd)
    default: break
    }
  }

  // MARK: Daily summaries

  private func writeDigests() throws {
    guard settings.hasMail else { return }
    let routing = try routing()
    for person in routing.people {
      guard let (wish, since) = routing.wishes[person.name], wish.email.on, wish.email.digest,
        let address = person.email
      else { continue }
      let (now, at) = (machine(), wish.lastDigest(before: machine()))
      let key = "digest.\(person.name).\(at.microseconds)"
      guard at <= now, at > since, try !outbox.holds(key: key) else { continue }
      let waiting = try outbox.digested(for: person.name)
      // A manager's summary is of the budget; it comes though nothing happened.
      guard !waiting.isEmpty || person.role == .manager else { continue }
      var notice = NewNotice(
        key: key, at: own(), kind: .digest, facts: digestFacts(isManager: person.role == .manager, waiting))
      notice.targets = [.init(recipient: person.name, channel: .email, address: address, due: wish.quietUntil(now))]
      try outbox.add(digest: notice, of: waiting, now: now)
    }
  }

  private func digestFacts(isManager: Bool, _ waiting: [NoticeDelivery]) -> NoticeFacts {
    var facts = NoticeFacts()
    facts.items = waiting.map { NoticeSummary.named($0.notice) }
    guard isManager else { return facts }
    let (fleet, now) = (follower.fleet, own())
    facts.spent_usd = NoticeFollower.dollars(fleet.spent(at: now))
    facts.limit_usd = fleet.budget.limit.map(NoticeFollower.dollars)
    facts.active_jobs = fleet.slotsInUse
    facts.spent_today_usd = (try? outbox.spent(from: now - .days(1), to: now)).map {
      NoticeFollower.dollars($0 + fleet.accrued(at: now) - fleet.ledger.payable)
    }
    return facts
  }

  // MARK: Out

  /// How long a letter that was about to leave is taken to have left, though nobody noted it.
  private static let claim = Span.minutes(1)

  /// Sends what is due: to several places at once, to each in order.
  ///
  /// - Throws: `InputError` where the outbox cannot be read or written; then nothing leaves.
  public func deliver() async throws {
    guard follower.seq > 0, follower.isConfirmed else { return }
    while !Task.isCancelled {
      let due = try outbox.due(at: machine(), limit: Self.sendsAtOnce)
      guard !due.isEmpty else { return }
      try outbox.claim(due, until: machine() + Self.claim)
      await withTaskGroup(of: Void.self) { group in
        for letters in Dictionary(grouping: due, by: { "\($0.channel) \($0.address)" }).values {
          group.addTask { await self.send(letters) }
        }
      }
    }
  }

  private func send(_ letters: [NoticeDelivery]) async {
    for letter in letters {
      let answer = await notifier.send(letter)
      // What cannot be noted now is sent once more, in a minute: at least once, not at most.
      do { try note(answer, of: letter) } catch { tell("notifications: \(error)") }
      // Whoever asks for a pause gets it, and so do the letters behind.
      if case .failed(_, after: .some) = answer { return }
    }
  }

  private func note(_ answer: NoticeAnswer, of delivery: NoticeDelivery) throws {
    let now = machine()
    switch answer {
    case .delivered: try outbox.delivered(delivery.id, at: now)
    case .refused(let why):
      try outbox.failed(delivery.id, why, due: nil)
      tell("a notice to \(delivery.recipient) was refused (\(why)): lora-train notify outbox --state dead")
    case .failed(let why, let asked):
      // A server that asks for a year is wrong, or lies.
      let after = asked.map { min($0, .days(1)) }
      let due = NoticeBackoff.next(attempts: delivery.attempts + 1, after: after, now: now)
      try outbox.failed(delivery.id, why, due: due)
      if let after { try outbox.hold(delivery.channel, delivery.address, until: now + after) }
      if due == nil {
        tell("a notice to \(delivery.recipient) never arrived (\(why)): lora-train notify outbox --state dead")
      }
    }
  }
}
