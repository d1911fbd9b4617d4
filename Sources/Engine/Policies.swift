import DiscreteEvent

/// What is done when something has gone wrong once too often.
public enum Fallback: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  /// Wait for a person's answer, `Policies.answerDeadline` at most.
  case ask
  /// Give up: the job fails. Where all its steps are durable and a pod was lost, it goes on as before: the rest is any pod's work.
  case fail
  /// Go on with an on-demand pod, if the budget gate lets it pass.
  case onDemand
  /// Go on as before.
  case keepTrying
}

/// Over which stretch of time spending is held against the limit.
public enum BudgetPeriod: UInt8, Hashable, Sendable, BitwiseCopyable, Codable {
  /// Calendar months in the configured time zone; their boundaries are given to the ``Fleet`` as instants.
  case calendar
  /// The last 30 days, at every instant.
  case rolling30Days
}

/// Every rule by which the engine decides, as one plain value of parameters. Its name and version are journalled.
public struct Policies: Hashable, Sendable, BitwiseCopyable, Codable {
  /// How many jobs may hold a slot at once.
  public var maxConcurrent: Int32 = 3
  /// How many jobs may wait; one more is refused. `Int32.max`: unlimited.
  public var maxQueued: Int32 = .max
  /// How long after a failed attempt to get a pod the next one is made.
  public var provisioningRetryEvery: Span = .minutes(5)
  /// How long attempts go on: at 0, 5 … 60 min, 13 in all.
  public var provisioningGiveUpAfter: Span = .hours(1)
  public var afterProvisioning: Fallback = .ask
  /// Interruptions after which ``afterInterruptions`` applies. `Int32.max`: never.
  public var maxInterruptions: Int32 = 3
  public var afterInterruptions: Fallback = .onDemand
  /// Recoveries that failed in a row (a lease that ended before it made progress) after which ``afterRecoveries`` applies.
  public var maxFailedRecoveries: Int32 = .max
  public var afterRecoveries: Fallback = .ask
  /// How long a question may stay unanswered, and what is done then (never ``Fallback/ask``).
  public var answerDeadline: Span = .hours(24)
  public var afterSilence: Fallback = .fail
  /// The limit of a budget period in nanodollars; nil: no gate.
  public var budgetLimit: Int64? = nil
  public var budgetPeriod: BudgetPeriod = .calendar
  /// How long after its submission a job is to be done: one that lost its spot pod, or finds none, and lags behind uniform
  /// progress goes on on demand. nil: no such rule.
  public var progressDeadline: Span? = nil

  /// After so many leases a job is given up, whatever the other rules say: a run that is cut short ten thousand times will not get
  /// there, and neither a simulation nor a budget should wait for it. No parameter: it only bounds what would have no end.
  public static let mostLeases: UInt16 = 10_000

  public init() {}
}
