/// Where a job stands. The edges between phases are ``Lifecycle/transitions``.
public enum Phase: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  /// Drafted, not yet confirmed.
  case pendingConfiguration
  /// Waits for a slot.
  case queued
  /// Refused by the budget gate or a full queue; a person may override.
  case blocked
  /// Has a slot and needs a pod: a request follows at once.
  case admitted
  /// A pod has been asked for.
  case provisioning
  /// No pod was to be had; the next attempt is at the job's deadline.
  case waitingForGPU
  /// The pod is ours and billed; the worker has not spoken yet.
  case booting
  case preprocessing
  case loadingModel
  case restoring
  case training
  case finalizing
  /// The pod is gone before its work was done; a decision follows at once.
  case interrupted
  /// A question is put to a person; silence is answered at the job's deadline.
  case awaitingDecision
  /// Work is over; the pod is being let go. The lease accrues until its absence is observed.
  case stopping
  case paused
  case completed
  case failed
  case cancelled

  /// Whether the job is over.
  @inlinable public var isTerminal: Bool { rawValue >= Phase.completed.rawValue }
  /// The stage whose end leads out of this phase; nil where no worker works.
  @inlinable public var stage: Stage? {
    isWorking ? Stage(rawValue: rawValue &- Phase.booting.rawValue) : nil
  }
  /// Whether a worker may be at work on a leased pod.
  @inlinable public var isWorking: Bool { rawValue >= Phase.booting.rawValue && rawValue <= Phase.finalizing.rawValue }
}

/// Why a job failed.
public enum Failure: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  case none
  case outOfMemory
  case datasetFormat
  case timeout
  case provisioning
  case recoveryExhausted
  case workerCrash
  /// The job's own cap was reached; what was trained is published.
  case costCap
  case other
}

/// A pass of the worker through one kind of work.
public enum Stage: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  case boot, preprocessing, modelLoading, restore, training, finalization
}
