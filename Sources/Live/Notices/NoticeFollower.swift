import DiscreteEvent
import Engine
import Journal

/// Reads the journal as it grows, with a fleet of its own, and says what people should hear of.
///
/// It only evolves, as a replay does: what was decided stands in the journal. A key says what a notice is about, so that a row that is read
/// twice tells nothing twice.
struct NoticeFollower {
  /// Whom a notice concerns.
  enum Audience: Hashable {
    case creator(String)
    case managers
    case person(String)
    /// Nobody: a lower threshold that was passed together with a higher one.
    case nobody
  }

  struct Draft {
    var notice: NewNotice
    var audience: Audience
    var job: JobIndex?
  }

  private(set) var fleet = Fleet()
  private(set) var descriptions: [JobDescription] = []
  private(set) var seq: Int64 = 0
  private(set) var latest = Instant.distantPast
  /// False where the store is a copy that nobody has confirmed: the one that lives tells people.
  private(set) var isConfirmed = true
  /// What lies before was played for a look at a store that has a past: it happened to nobody.
  private(set) var playedUntil = Instant.distantPast
  private var home: String?
  private var approvals: [UInt32: ApprovalRequest] = [:]
  /// Budget periods that have ended, and when the running one does.
  private var turns = 0
  private(set) var periodEnd = Instant.distantFuture
  /// Thresholds of the budget that were passed: each is told once.
  private var told: Set<String> = []
  /// The highest threshold of its estimate that a job has passed, in per cent.
  private var passed: [JobIndex: Int] = [:]

  /// Takes the journal's next row.
  ///
  /// - Throws: `TransitionError` where the row cannot have happened.
  mutating func take(_ row: NoticeOutbox.Row) throws(TransitionError) -> [Draft] {
    (seq, latest) = (row.seq, row.at)
    switch row.entry {
    case .opening(let opening):
      fleet = opening.controller().fleet
      playedUntil = opening.simulatedUntil.map { Instant(microseconds: $0) } ?? .distantPast
      periodEnd = fleet.budget.boundaries.first { $0 > row.at } ?? .distantFuture
      return []
    case .described(let description):
      descriptions.append(description)
      return []
    case .noted(let note): return take(note)
    case .event(let event): return try take(event)
    }
  }

  func description(of job: JobIndex) -> JobDescription? {
    let i = Int(job.rawValue)
    return i < descriptions.count ? descriptions[i] : nil
  }

  func creator(of job: JobIndex) -> String { description(of: job)?.creator ?? "owner" }

  // MARK: Events

  private mutating func take(_ event: Event) throws(TransitionError) -> [Draft] {
    // What was passed before this came, in the period that it may end.
    var drafts = passThresholds(at: latest)
    let before = event.job.map { fleet[$0] }
    let oldLimit = fleet.budget.limit
    try fleet.evolve(event, at: latest)
    switch event {
    case .periodTurned:
      turns += 1
      periodEnd = fleet.budget.boundaries.first { $0 > latest } ?? .distantFuture
    case .budgetLimitChanged(let limit):
      var facts = NoticeFacts()
      (facts.old_limit_usd, facts.limit_usd) = (oldLimit.map(Self.dollars), limit.map(Self.dollars))
      facts.spent_usd = Self.dollars(fleet.spent(at: latest))
      if oldLimit != limit { drafts.append(draft(.limitChanged, facts, .managers)) }
    case .jobSubmitted: drafts += about(fleet.subject, event, before: nil)
    default:
      if let job = event.job { drafts += about(job, event, before: before) }
    }
    return drafts + passThresholds(at: latest)
  }

  private func about(_ j: JobIndex, _ event: Event, before: Job?) -> [Draft] {
    let job = fleet[j]
    var facts = self.facts(of: j, at: latest)
    let kind: NoticeKind
    switch event {
    case .jobSubmitted, .jobConfirmed: kind = .jobQueued
    case .jobBlocked(_, let refusal):
      facts.refusal = Self.word(refusal)
      kind = .jobBlocked
    case .podGranted where before?.phase == .provisioning && job.lease.number == 1:
      facts.wait_s = (latest - job.firstAttempt).seconds
      kind = .started
    case .podUnavailable where job.phase == .waitingForGPU && job.attempts == 1: kind = .waitingForGPU
    case .podInterrupted where before?.phase.isWorking == true: kind = .interrupted
    case .stageFinished(_, .restore): kind = .resumed
    case .switchedToOnDemand: kind = .switchedToOnDemand
    case .stopOrdered: kind = .capReached
    case .decisionRequested(_, let question, let until):
      facts.question = Self.word(question)
      facts.deadline = Self.stamp(until)
      kind = .decisionNeeded
    case _ where job.phase.isTerminal && before?.phase.isTerminal == false:
      facts.failure = job.phase == .failed ? Self.word(job.failure) : nil
      kind = job.phase == .completed ? .completed : job.phase == .failed ? .failed : .cancelled
    default: return []
    }
    return [draft(kind, facts, .creator(creator(of: j)), j, urgent: kind == .decisionNeeded)]
  }

  // MARK: People

  private mutating func take(_ note: StoreNote) -> [Draft] {
    var facts = NoticeFacts()
    switch note {
    case .epochBegan(let mark):
      isConfirmed = home == nil
      home = mark.home
    case .epochConfirmed: isConfirmed = true
    case .approvalRequested(let request):
      approvals[request.number] = request
      (facts.approval, facts.person) = (Int(request.number), request.applicant)
      (facts.limit_usd, facts.justification) = (Self.dollars(request.limit), request.justification)
      facts.old_limit_usd = fleet.budget.limit.map(Self.dollars)
      facts.deadline = Self.stamp(Instant(microseconds: request.expires))
      return [draft(.approvalRequested, facts, .managers)]
    case .approvalDecided(let decision):
      guard let request = approvals[decision.number] else { return [] }
      (facts.approval, facts.person, facts.remark) = (Int(decision.number), decision.person, decision.remark)
      (facts.is_approved, facts.limit_usd) = (decision.isApproved, Self.dollars(request.limit))
      return [draft(.approvalDecided, facts, .person(request.applicant))]
    case .personActed(let act) where act.action == "artifact.download":
      facts.job = act.subject
      return [draft(.downloaded, facts, .person(act.person))]
    case .personActed, .podNamed, .reportHeard, .billReceived: break
    }
    return []
  }

  // MARK: Thresholds

  /// Thresholds of the ledger that are passed by now and were not before.
  mutating func passThresholds(at now: Instant) -> [Draft] {
    passBudget(at: min(max(now, latest), periodEnd)) + passEstimates(at: max(now, latest))
  }

  private mutating func passBudget(at now: Instant) -> [Draft] {
    guard let limit = fleet.budget.limit, limit > 0, seq > 0 else { return [] }
    let spent = fleet.spent(at: now)
    let isRolling = fleet.budget.period == .rolling30Days
    let period = "budget.\(turns).\(limit)"
    var drafts: [Draft] = []
    func facts(_ threshold: Int?) -> NoticeFacts {
      var facts = NoticeFacts()
      (facts.threshold, facts.spent_usd, facts.limit_usd) = (threshold, Self.dollars(spent), Self.dollars(limit))
      facts.active_jobs = fleet.slotsInUse
      return facts
    }
    var isHighest = true
    for threshold in BudgetThresholds.perCent.reversed() {
      let key = "\(isRolling ? "budget.rolling.\(limit)" : period).\(threshold)"
      guard BudgetThresholds.isPassed(threshold, spent: spent, limit: limit) else {
        // A window that moves on may pass it again.
        if isRolling { told.remove(key) }
        continue
      }
      if told.insert(key).inserted {
        var notice = NewNotice(
          key: key, at: now, kind: .budgetAlert, urgent: threshold >= 100, facts: facts(threshold))
        if isRolling { notice.repeatsAfter = .days(30) }
        drafts.append(Draft(notice: notice, audience: isHighest ? .managers : .nobody, job: nil))
      }
      isHighest = false
    }
    if fleet.slotsInUse > 0, spent < limit, spent + fleet.reserved(at: now) > limit,
      told.insert("\(period).risk").inserted
    {
      drafts.append(
        Draft(
          notice: NewNotice(key: "\(period).risk", at: now, kind: .budgetAtRisk, urgent: true, facts: facts(nil)),
          audience: .managers, job: nil))
    }
    return drafts.reversed()
  }

  private mutating func passEstimates(at now: Instant) -> [Draft] {
    var drafts: [Draft] = []
    for j in fleet.slots where j != .none {
      guard let estimate = description(of: j)?.quote?.cost50, estimate > 0 else { continue }
      let (cost, before) = (fleet[j].cost(at: now), passed[j] ?? 0)
      let new = [120, 100, 80].filter {
        $0 > before && BudgetThresholds.isPassed($0, spent: cost, limit: estimate)
      }
      guard let highest = new.first else { continue }
      passed[j] = highest
      for threshold in new {
        var facts = self.facts(of: j, at: now)
        facts.threshold = threshold
        let notice = NewNotice(
          key: "estimate.\(j.rawValue).\(threshold)", at: now, kind: .estimateAlert, urgent: threshold >= 120,
          facts: facts)
        drafts.append(
          Draft(notice: notice, audience: threshold == highest ? .creator(creator(of: j)) : .nobody, job: j))
      }
    }
    return drafts
  }

  // MARK: Drafts

  private func draft(
    _ kind: NoticeKind, _ facts: NoticeFacts, _ audience: Audience, _ job: JobIndex? = nil, urgent: Bool = false
  ) -> Draft {
    Draft(
      notice: NewNotice(key: "\(seq).\(kind.rawValue)", at: latest, kind: kind, urgent: urgent, facts: facts),
      audience: audience, job: job)
  }

  private func facts(of j: JobIndex, at now: Instant) -> NoticeFacts {
    let job = fleet[j]
    var facts = NoticeFacts()
    facts.job = j.id
    facts.cost_usd = Self.dollars(job.cost(at: now))
    (facts.step, facts.steps) = (Int(job.durableStep), Int(job.spec.steps))
    facts.interruptions = Int(job.interruptions)
    facts.pricing = job.pricing == .spot ? "spot" : "on demand"
    facts.had_pod = job.billed > .zero || job.costs.total > 0 || job.lease.isOpen
    if job.admitted < .distantFuture { facts.duration_s = (min(job.ended, now) - job.admitted).seconds }
    guard let text = description(of: j) else { return facts }
    (facts.job_name, facts.client, facts.gpu) = (text.name, text.client, text.gpuType)
    // A job that goes on from another's checkpoint counts on.
    let before = Int(text.resumedFrom?.step ?? 0)
    (facts.step, facts.steps) = (Int(job.durableStep) + before, Int(job.spec.steps) + before)
    facts.estimate_usd = text.quote.map { Self.dollars($0.cost50) }
    let (c, pricing) = (text.configuration, facts.pricing ?? "spot")
    if let examined = text.examines {
      (facts.examines, facts.examined_name) = (examined, descriptions.first { $0.id == examined }?.name ?? examined)
      let suites = (text.suites ?? []).map(\.name).joined(separator: ", ")
      facts.configuration = "\(text.baseModel) with the adapters of \(examined), asked \(suites), \(pricing)"
    } else {
      facts.configuration =
        "\(text.baseModel), \(c.preset.rawValue): rank \(c.rank), \(c.epochs) epochs, \(c.trainingPairs) pairs, \(pricing)"
    }
    if let quote = text.quote, job.spec.steps > 0 {
      facts.remaining_s = quote.seconds50 * Double(job.spec.steps - job.durableStep) / Double(job.spec.steps)
    }
    return facts
  }

  static func dollars(_ nanodollars: Int64) -> Double { Double(nanodollars) / 1e9 }
}
