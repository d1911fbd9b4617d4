import DiscreteEvent
import Engine
import Journal

/// What people see of live mode at one moment: a value that nothing changes any more.
public struct LiveView: Sendable {
  public var at: Instant
  public var fleet: Fleet
  public var policies: Policies
  /// By ordinal.
  public var descriptions: [JobDescription]
  public var approvals: ApprovalBook
  public var store: String
  public var epoch: UInt32
  /// False where the store is a copy that nobody has confirmed: then it only looks.
  public var isConfirmed: Bool
  /// Whether the provider has answered lately.
  public var providerAnswers: Bool

  /// The job that people call by this id, or by its number from 1.
  public func job(_ id: String) -> JobIndex? {
    let number = id.hasPrefix("job-") ? id.dropFirst(4) : id[...]
    guard let number = Int(number), number >= 1, number <= fleet.jobs.count else { return nil }
    return JobIndex(number - 1)
  }
}

extension JobIndex {
  /// What people and programs call it: `job-7` is the seventh of its store. ``LiveView/job(_:)`` is the way back.
  public var id: String { "job-\(rawValue + 1)" }
}

/// What a person should hear of, at once: live mode's own diary, beside the journal.
public enum LiveNews: Sendable {
  case order(LiveOrder)
  case notice(JobIndex, Notice, at: Instant)
  /// A call to the provider that did not do what it should.
  case trouble(String)
}
