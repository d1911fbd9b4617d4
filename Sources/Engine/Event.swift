import DiscreteEvent

/// A job's place in the fleet's arrays. Not an identity: a simulation reuses it once the job is retired.
@frozen
public struct JobIndex: Hashable, Sendable, BitwiseCopyable, Codable {
  public var rawValue: UInt32
  @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
  @inlinable public init(_ index: Int) { rawValue = UInt32(truncatingIfNeeded: index) }
  @inlinable var int: Int { Int(rawValue) }
  @inlinable public static var none: JobIndex { JobIndex(UInt32.max) }
}

/// What the engine needs to know of a job; everything with a name lives at the edges.
@frozen
public struct JobSpec: Hashable, Sendable, BitwiseCopyable, Codable {
  /// Identity: keys the random numbers and breaks ties. Never reused.
  public var ordinal: UInt32
  public var pricing: Pricing
  /// Optimizer steps.
  public var steps: Int32
  /// Which ``BudgetState/allocations`` the job is charged to.
  public var allocation: UInt16
  /// What admission sets aside until the job ends, in nanodollars (the 80th percentile of its estimate, by default).
  public var reservation: Int64
  /// The job's own cap in nanodollars; `Int64.max`: none.
  public var maxCost: Int64
  /// Ordinal of the job that this one retries; `UInt32.max`: none.
  public var retryOf: UInt32

  public init(
    ordinal: UInt32, pricing: Pricing, steps: Int32, allocation: UInt16 = 0, reservation: Int64 = 0,
    maxCost: Int64 = .max, retryOf: UInt32 = .max
  ) {
    self.ordinal = ordinal
    self.pricing = pricing
    self.steps = steps
    self.allocation = allocation
    self.reservation = reservation
    self.maxCost = maxCost
    self.retryOf = retryOf
  }
}

/// Why an attempt to get a pod failed.
public enum Unavailability: UInt8, Hashable, Sendable, BitwiseCopyable, Codable {
  case noCapacity, timeout, region, error
  /// The account's credit, its limits, or its key stand against it: until a person does something, the next attempt fares no better.
  case balance, quota, key
}

/// How a pod was lost.
public enum LossKind: UInt8, Hashable, Sendable, BitwiseCopyable, Codable {
  /// Taken back by the provider: an event of the hazard.
  case interrupted
  /// The host failed.
  case hostFailure
  /// Silence, cause unknown.
  case lost
}

/// What a person is asked about.
public enum Question: UInt8, Hashable, Sendable, BitwiseCopyable, Codable {
  case interruptions, recoveries, provisioning
}

/// Why a job was refused.
public enum Refusal: UInt8, Hashable, Sendable, BitwiseCopyable, Codable { case none, budget, allocation, queueFull }

/// A fact, past tense. Decisions are events too, so that a replay only evolves and never decides again.
public enum Event: Hashable, Sendable, BitwiseCopyable {
  // What people did.
  case jobDrafted(JobSpec)
  case jobConfirmed(JobIndex)
  case jobSubmitted(JobSpec)
  case cancelRequested(JobIndex)
  case pauseRequested(JobIndex)
  case resumeRequested(JobIndex)
  case jobPromoted(JobIndex)
  case decisionAnswered(JobIndex, Fallback)
  case budgetOverridden(JobIndex)
  case budgetLimitChanged(Int64?)
  // What the world did.
  /// Rate in nanodollars an hour.
  case podGranted(JobIndex, hourlyRate: Int64)
  case podUnavailable(JobIndex, Unavailability)
  case stageFinished(JobIndex, Stage)
  /// Checkpoints are durable up to `step`: training up to `keptThrough` is kept, and `blocked` of the time since the last
  /// such event of the lease stood still. One event may stand for several checkpoints.
  case checkpointsSaved(JobIndex, step: Int32, keptThrough: Instant, blocked: Span)
  /// The pod's absence was observed; its worker had stopped at `stoppedAt`, the provider bills until `billedUntil`.
  case podInterrupted(JobIndex, LossKind, stoppedAt: Instant, billedUntil: Instant)
  case workerFailed(JobIndex, Failure)
  /// The absence of a pod that was let go has been observed; the bill stops here.
  case podGone(JobIndex)
  case deadlinePassed(JobIndex)
  case periodTurned
  /// The provider's bill differs from the ledger by this much (nanodollars).
  case billAdjusted(JobIndex, Int64)
  /// Storage was charged (nanodollars).
  case storageCharged(JobIndex, Int64)
  // What was decided.
  case jobAdmitted(JobIndex)
  case jobBlocked(JobIndex, Refusal)
  case podRequested(JobIndex)
  case retryScheduled(JobIndex, at: Instant)
  case switchedToOnDemand(JobIndex)
  case decisionRequested(JobIndex, Question, until: Instant)
  case stopOrdered(JobIndex, Failure)
  case jobFailed(JobIndex, Failure)
  // What people did, too; later in the journal's life than the others.
  /// A part of the budget (from 1) has another limit in nanodollars; nil: none.
  case allocationLimitChanged(UInt16, Int64?)
  /// Whether the gate holds jobs back, or only says that a limit is exceeded.
  case budgetGateChanged(blocks: Bool)
  /// A paused job is to go on with other pods, for which so much is set aside (nanodollars).
  case pausedJobRepriced(JobIndex, Pricing, reservation: Int64)
}

/// An event without its payload: a row's name in ``Lifecycle/transitions``.
public enum EventKind: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
  case jobDrafted, jobConfirmed, jobSubmitted, cancelRequested, pauseRequested, resumeRequested, jobPromoted
  case decisionAnswered, budgetOverridden, budgetLimitChanged, podGranted, podUnavailable, stageFinished
  case checkpointsSaved, podInterrupted, workerFailed, podGone, deadlinePassed, periodTurned, billAdjusted
  case storageCharged, jobAdmitted, jobBlocked, podRequested, retryScheduled, switchedToOnDemand
  case decisionRequested, stopOrdered, jobFailed
  case allocationLimitChanged, budgetGateChanged, pausedJobRepriced
}

extension Event {
  /// The job it is about; nil for a new job and for what concerns the whole fleet.
  public var job: JobIndex? {
    switch self {
    case .jobDrafted, .jobSubmitted, .periodTurned, .budgetLimitChanged, .allocationLimitChanged, .budgetGateChanged:
      nil
    case .jobConfirmed(let j), .cancelRequested(let j), .pauseRequested(let j), .resumeRequested(let j),
      .jobPromoted(let j), .decisionAnswered(let j, _), .budgetOverridden(let j), .podGranted(let j, _),
      .podUnavailable(let j, _), .stageFinished(let j, _), .checkpointsSaved(let j, _, _, _),
      .podInterrupted(let j, _, _, _), .workerFailed(let j, _), .podGone(let j), .deadlinePassed(let j),
      .billAdjusted(let j, _), .storageCharged(let j, _), .jobAdmitted(let j), .jobBlocked(let j, _),
      .podRequested(let j), .retryScheduled(let j, _), .switchedToOnDemand(let j), .decisionRequested(let j, _, _),
      .stopOrdered(let j, _), .jobFailed(let j, _), .pausedJobRepriced(let j, _, _):
      j
    }
  }

  /// The event without its payload.
  public var kind: EventKind {
    switch self {
    case .jobDrafted: .jobDrafted
    case .jobConfirmed: .jobConfirmed
    case .jobSubmitted: .jobSubmitted
    case .cancelRequested: .cancelRequested
    case .pauseRequested: .pauseRequested
    case .resumeRequested: .resumeRequested
    case .jobPromoted: .jobPromoted
    case .decisionAnswered: .decisionAnswered
    case .budgetOverridden: .budgetOverridden
    case .budgetLimitChanged: .budgetLimitChanged
    case .podGranted: .podGranted
    case .podUnavailable: .podUnavailable
    case .stageFinished: .stageFinished
    case .checkpointsSaved: .checkpointsSaved
    case .podInterrupted: .podInterrupted
    case .workerFailed: .workerFailed
    case .podGone: .podGone
    case .deadlinePassed: .deadlinePassed
    case .periodTurned: .periodTurned
    case .billAdjusted: .billAdjusted
    case .storageCharged: .storageCharged
    case .jobAdmitted: .jobAdmitted
    case .jobBlocked: .jobBlocked
    case .podRequested: .podRequested
    case .retryScheduled: .retryScheduled
    case .switchedToOnDemand: .switchedToOnDemand
    case .decisionRequested: .decisionRequested
    case .stopOrdered: .stopOrdered
    case .jobFailed: .jobFailed
    case .allocationLimitChanged: .allocationLimitChanged
    case .budgetGateChanged: .budgetGateChanged
    case .pausedJobRepriced: .pausedJobRepriced
    }
  }
}
