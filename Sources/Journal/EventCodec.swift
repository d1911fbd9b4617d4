import DiscreteEvent
import Engine

/// Events as rows and back. Explicit, field by field: what is stored does not change because a type does.
enum EventCodec {
  /// An event's word and what it carries.
  static func row(_ event: Event) -> (kind: String, payload: String) {
    var payload = EventPayload()
    if let job = event.job { payload.put("job", job.rawValue) }
    switch event {
    case .jobDrafted(let spec), .jobSubmitted(let spec): put(spec, &payload)
    case .podGranted(_, let rate): payload.put("hourly_rate", rate)
    case .podUnavailable(_, let why): payload.put("why", why, EventNames.unavailability)
    case .stageFinished(_, let stage): payload.put("stage", stage, EventNames.stage)
    case .checkpointsSaved(_, let step, let keptThrough, let blocked):
      payload.put("step", step)
      payload.put("kept_through", keptThrough.microseconds)
      payload.put("blocked_us", blocked.microseconds)
    case .podInterrupted(_, let kind, let stoppedAt, let billedUntil):
      payload.put("how", kind, EventNames.loss)
      payload.put("stopped_at", stoppedAt.microseconds)
      payload.put("billed_until", billedUntil.microseconds)
    case .workerFailed(_, let failure), .stopOrdered(_, let failure), .jobFailed(_, let failure):
      payload.put("failure", failure, EventNames.failure)
    case .decisionAnswered(_, let answer): payload.put("answer", answer, EventNames.fallback)
    case .budgetLimitChanged(let limit): if let limit { payload.put("limit", limit) }
    case .billAdjusted(_, let amount), .storageCharged(_, let amount): payload.put("amount", amount)
    case .jobBlocked(_, let refusal): payload.put("refusal", refusal, EventNames.refusal)
    case .retryScheduled(_, let at): payload.put("retry_at", at.microseconds)
    case .decisionRequested(_, let question, let until):
      payload.put("question", question, EventNames.question)
      payload.put("until", until.microseconds)
    case .allocationLimitChanged(let allocation, let limit):
      payload.put("allocation", allocation)
      if let limit { payload.put("limit", limit) }
    case .budgetGateChanged(let blocks): payload.put("blocks", blocks ? 1 : 0)
    case .pausedJobRepriced(_, let pricing, let reservation):
      payload.put("pricing", pricing, EventNames.pricing)
      payload.put("reservation", reservation)
    case .jobConfirmed, .cancelRequested, .pauseRequested, .resumeRequested, .jobPromoted, .budgetOverridden, .podGone,
      .deadlinePassed, .periodTurned, .jobAdmitted, .podRequested, .switchedToOnDemand:
      break
    }
    return (kinds.first { $0.value == event.kind }?.key ?? "?", payload.text)
  }

  /// - Throws: ``EventPayload/Fault`` where the row is none that this program can read.
  static func event(_ kind: String, _ text: String) throws(EventPayload.Fault) -> Event {
    guard let kind = byWord[kind] else { throw EventPayload.Fault(problem: "there is no event '\(kind)'") }
    let p = try EventPayload(text)
    func job() throws(EventPayload.Fault) -> JobIndex { JobIndex(try p.number("job", as: UInt32.self)) }
    func instant(_ key: String) throws(EventPayload.Fault) -> Instant { Instant(microseconds: try p.number(key)) }
    switch kind {
    case .jobDrafted: return .jobDrafted(try spec(p))
    case .jobConfirmed: return .jobConfirmed(try job())
    case .jobSubmitted: return .jobSubmitted(try spec(p))
    case .cancelRequested: return .cancelRequested(try job())
    case .pauseRequested: return .pauseRequested(try job())
    case .resumeRequested: return .resumeRequested(try job())
    case .jobPromoted: return .jobPromoted(try job())
    case .decisionAnswered: return .decisionAnswered(try job(), try p.word("answer", EventNames.fallback))
    case .budgetOverridden: return .budgetOverridden(try job())
    case .budgetLimitChanged: return .budgetLimitChanged(try p.optional("limit"))
    case .podGranted: return .podGranted(try job(), hourlyRate: try p.number("hourly_rate"))
    case .podUnavailable: return .podUnavailable(try job(), try p.word("why", EventNames.unavailability))
    case .stageFinished: return .stageFinished(try job(), try p.word("stage", EventNames.stage))
    case .checkpointsSaved:
      return .checkpointsSaved(
        try job(), step: try p.number("step"), keptThrough: try instant("kept_through"),
        blocked: Span(microseconds: try p.number("blocked_us")))
    case .podInterrupted:
      return .podInterrupted(
        try job(), try p.word("how", EventNames.loss), stoppedAt: try instant("stopped_at"),
        billedUntil: try instant("billed_until"))
    case .workerFailed: return .workerFailed(try job(), try p.word("failure", EventNames.failure))
    case .podGone: return .podGone(try job())
    case .deadlinePassed: return .deadlinePassed(try job())
    case .periodTurned: return .periodTurned
    case .billAdjusted: return .billAdjusted(try job(), try p.number("amount"))
    case .storageCharged: return .storageCharged(try job(), try p.number("amount"))
    case .jobAdmitted: return .jobAdmitted(try job())
    case .jobBlocked: return .jobBlocked(try job(), try p.word("refusal", EventNames.refusal))
    case .podRequested: return .podRequested(try job())
    case .retryScheduled: return .retryScheduled(try job(), at: try instant("retry_at"))
    case .switchedToOnDemand: return .switchedToOnDemand(try job())
    case .decisionRequested:
      return .decisionRequested(try job(), try p.word("question", EventNames.question), until: try instant("until"))
    case .stopOrdered: return .stopOrdered(try job(), try p.word("failure", EventNames.failure))
    case .jobFailed: return .jobFailed(try job(), try p.word("failure", EventNames.failure))
    case .allocationLimitChanged:
      return .allocationLimitChanged(try p.number("allocation"), try p.optional("limit"))
    case .budgetGateChanged: return .budgetGateChanged(blocks: try p.number("blocks", as: Int.self) != 0)
    case .pausedJobRepriced:
      return .pausedJobRepriced(
        try job(), try p.word("pricing", EventNames.pricing), reservation: try p.number("reservation"))
    }
  }

  private static func put(_ spec: JobSpec, _ payload: inout EventPayload) {
    payload.put("ordinal", spec.ordinal)
    payload.put("pricing", spec.pricing, EventNames.pricing)
    payload.put("steps", spec.steps)
    if spec.allocation != 0 { payload.put("allocation", spec.allocation) }
    payload.put("reservation", spec.reservation)
    if spec.maxCost != .max { payload.put("max_cost", spec.maxCost) }
    if spec.retryOf != .max { payload.put("retry_of", spec.retryOf) }
  }

  private static func spec(_ p: EventPayload) throws(EventPayload.Fault) -> JobSpec {
    JobSpec(
      ordinal: try p.number("ordinal"), pricing: try p.word("pricing", EventNames.pricing),
      steps: try p.number("steps"), allocation: try p.optional("allocation") ?? 0,
      reservation: try p.number("reservation"), maxCost: try p.optional("max_cost") ?? .max,
      retryOf: try p.optional("retry_of") ?? .max)
  }

  private static let byWord = Dictionary(uniqueKeysWithValues: kinds.map { ($0.key, $0.value) })

  /// The word of each kind of event.
  static let kinds: KeyValuePairs<String, EventKind> = [
    "jobDrafted": .jobDrafted, "jobConfirmed": .jobConfirmed, "jobSubmitted": .jobSubmitted,
    "cancelRequested": .cancelRequested, "pauseRequested": .pauseRequested, "resumeRequested": .resumeRequested,
    "jobPromoted": .jobPromoted, "decisionAnswered": .decisionAnswered, "budgetOverridden": .budgetOverridden,
    "budgetLimitChanged": .budgetLimitChanged, "podGranted": .podGranted, "podUnavailable": .podUnavailable,
    "stageFinished": .stageFinished, "checkpointsSaved": .checkpointsSaved, "podInterrupted": .podInterrupted,
    "workerFailed": .workerFailed, "podGone": .podGone, "deadlinePassed": .deadlinePassed,
    "periodTurned": .periodTurned, "billAdjusted": .billAdjusted, "storageCharged": .storageCharged,
    "jobAdmitted": .jobAdmitted, "jobBlocked": .jobBlocked, "podRequested": .podRequested,
    "retryScheduled": .retryScheduled, "switchedToOnDemand": .switchedToOnDemand,
    "decisionRequested": .decisionRequested, "stopOrdered": .stopOrdered, "jobFailed": .jobFailed,
    "allocationLimitChanged": .allocationLimitChanged, "budgetGateChanged": .budgetGateChanged,
    "pausedJobRepriced": .pausedJobRepriced,
  ]
}
