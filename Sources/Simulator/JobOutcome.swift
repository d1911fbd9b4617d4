import DiscreteEvent
import Engine

/// How one simulated job went: a row of `--jobs-csv`.
public struct JobOutcome: Hashable, Sendable, BitwiseCopyable {
  public var replication: UInt32
  public var ordinal: UInt32
  /// Index into ``Experiment/kinds``.
  public var kind: Int32
  public var phase: Phase
  public var failure: Failure
  public var refusal: Refusal
  /// What the last pod was paid as.
  public var pricing: Pricing
  public var submitted: Instant
  public var admitted: Instant
  public var ended: Instant
  public var billed: Span
  /// Nanodollars.
  public var costs: AccountTotals
  public var interruptions: Int32
  public var leases: Int32
  /// Time on the bill while training was kept or lost, loading and so on is in ``costs``; this is where it stood.
  public var durableStep: Int32

  /// The job's number for people: that of a submission does not show that it is counted apart.
  public var number: Int { Int(JobOutcome.number(ordinal)) }

  /// The number for people of the job with this ordinal.
  public static func number(_ ordinal: UInt32) -> UInt32 {
    ordinal == .max ? ordinal : ordinal & (Replication.firstSubmission - 1)
  }

  /// Submission → a slot.
  public var wait: Span { admitted - submitted }
  /// Slot → end, provisioning included.
  public var duration: Span { ended - admitted }
  public var turnaround: Span { ended - submitted }
}
