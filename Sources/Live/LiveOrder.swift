import DiscreteEvent
import Engine
import Journal

/// What the ``Coordinator`` wants done. It is handed out after what led to it is on the disk, and never twice: what gets lost is seen to be
/// missing later.
public enum LiveOrder: Hashable, Sendable {
  case create(PodRequest)
  case terminate(pod: String)
  /// All pods of the account, to the last page.
  case list(number: UInt64)
  /// The final bills of pods that were made at `since` or later.
  case fetchBills(since: Instant)
  case notify(JobIndex, Notice)
  case acknowledge(ticket: UInt64, Acknowledgement)
  case answer(ticket: UInt64, UserAnswer)
}

/// One attempt to get one pod.
public struct PodRequest: Hashable, Sendable {
  public var name: PodName
  public var job: JobIndex
  public var lease: UInt16
  public var pricing: Pricing
  /// Optimizer steps in all.
  public var steps: Int32
  /// What the worker begins with.
  public var durableStep: Int32
  public var isPreprocessed: Bool
}

/// What a worker is told.
public struct Acknowledgement: Hashable, Sendable {
  /// What a worker is to do next.
  public enum Directive: Hashable, Sendable {
    case proceed
    /// The same, and leave undone what need not be done: the job comes close to its cap, and is trained.
    case wrapUp
    /// Save a checkpoint if there is training to save, report it, and stop.
    case stop
    /// This worker has been replaced, or its job is over: write nothing more.
    case leave
    /// We do not know yet that the pod is ours: say it again.
    case wait
  }
  public var directive: Directive
  /// The number of the report that is expected next; all before it are on the disk.
  public var next: Int64

  public init(directive: Directive, next: Int64) { (self.directive, self.next) = (directive, next) }
}

/// What became of what was asked for.
public enum UserAnswer: Hashable, Sendable {
  case submitted(JobIndex)
  case done
  case approvalRequested(UInt32)
  /// It may not be done, and why.
  case refused(String)
  /// What was asked for cannot happen to a job in this phase.
  case impossible(Phase?)
  /// The budget's limit is no more the one that was expected, but this one, in nanodollars; nil: there is none.
  case limitIsAnother(Int64?)
  /// The store is a copy, and nobody has confirmed it yet.
  case unconfirmedCopy

  /// What was asked for was done.
  var isGranted: Bool {
    switch self {
    case .submitted, .done, .approvalRequested: true
    case .refused, .impossible, .limitIsAnother, .unconfirmedCopy: false
    }
  }
}
