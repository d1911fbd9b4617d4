import DiscreteEvent

/// A holding of a pod: from the grant until its absence is observed.
@frozen
public struct Lease: Hashable, Sendable, BitwiseCopyable {
  /// 1 for a job's first lease.
  public var number: UInt16 = 0
  public var isOpen = false
  public var pricing: Pricing = .spot
  /// Nanodollars an hour.
  public var hourlyRate: Int64 = 0
  public var granted: Instant = .zero
  /// The bill is posted to accounts up to here.
  public var settled: Instant = .zero
  /// What is posted of it, in nanodollars: the cost from the grant to ``settled``.
  public var posted: Int64 = 0
  /// The bill is counted into the budget's period up to here (nanodollars since the grant).
  public var attributed: Int64 = 0
  /// When it was last counted into the budget.
  public var attributedAt: Instant = .zero
  /// When the worker was told to stop training; `distantPast` before. What is not saved by the pod's end is lost work.
  public var trainedUntil: Instant = .distantPast
  /// When training ended on this lease; `distantFuture` before.
  public var trainingEnded: Instant = .distantFuture
  /// The durable step when the lease began: a recovery that does not pass it has failed.
  public var firstStep: Int32 = 0

  @inlinable public init() {}
}

/// One request to fine-tune one model on one file with one configuration: the engine's view of it.
@frozen
public struct Job: Hashable, Sendable, BitwiseCopyable {
  public var spec: JobSpec
  public var phase: Phase
  /// What the next pod is asked for as; starts as the spec's and may be switched.
  public var pricing: Pricing
  public var outcome: Phase = .completed
  public var failure: Failure = .none
  public var refusal: Refusal = .none
  public var question: Question = .interruptions
  public var answer: Fallback = .ask
  /// A person let it pass the budget gate.
  public var overridden = false
  public var preprocessed = false
  /// Pods taken back, host failures and silences: the preemption counter, apart from ``failures``.
  public var interruptions: Int32 = 0
  public var failures: Int32 = 0
  /// Recoveries in a row that brought no durable step.
  public var failedRecoveries: Int32 = 0
  public var durableStep: Int32 = 0
  /// The slot it holds; -1: none.
  public var slot: Int32 = -1
  public var attempts: Int32 = 0
  /// Pods asked for under the current lease number, never set back while it lasts: keys the luck of a request.
  public var requests: UInt16 = 0
  /// What the budget sets aside for the job while it is paused.
  public internal(set) var setAside: Int64 = 0
  public var submitted: Instant
  public var admitted: Instant = .distantFuture
  public var ended: Instant = .distantFuture
  public var firstAttempt: Instant = .zero
  /// When silence or time itself will have to be answered: the only timer a job has.
  public var deadline: Instant = .distantFuture
  public var lease = Lease()
  public var costs = AccountTotals()
  /// Time on the bill.
  public var billed: Span = .zero
  public var next: JobIndex = .none
  public var previous: JobIndex = .none

  @inline(__always)
  init(spec: JobSpec, phase: Phase, at: Instant) {
    self.spec = spec
    self.phase = phase
    pricing = spec.pricing
    submitted = at
  }

  /// What of the open lease's cost is not yet counted into the budget, in nanodollars.
  func unattributed(at instant: Instant) -> Int64 {
    lease.isOpen ? lease.cost(at: instant) - lease.attributed : 0
  }

  /// What the job has cost at `instant`, the open lease included, in nanodollars.
  public func cost(at instant: Instant) -> Int64 {
    lease.isOpen ? costs.total + lease.cost(at: instant) - lease.posted : costs.total
  }
}

extension Lease {
  /// What it has cost from the grant to `instant`, in nanodollars.
  func cost(at instant: Instant) -> Int64 {
    instant == settled ? posted : Ledger.cost(hourlyRate: hourlyRate, time: instant - granted)
  }
}
