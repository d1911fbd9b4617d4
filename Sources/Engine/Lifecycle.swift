/// The transition table: the whole lifecycle of a job in one place. ``Fleet/evolve(_:at:)`` accepts exactly these edges,
/// a test walks every one of them, and the diagram in the documentation is generated from it.
public enum Lifecycle {
  /// One row: in this phase, this event leads to one of these phases.
  public struct Transition: Hashable, Sendable {
    /// nil: the job does not exist yet.
    public var from: Phase?
    public var event: EventKind
    public var to: [Phase]
  }

  /// Every edge there is, in the order of a job's life.
  public static let transitions: [Transition] = {
    var rows: [Transition] = []
    func row(_ from: Phase?, _ event: EventKind, _ to: Phase...) {
      rows.append(Transition(from: from, event: event, to: to))
    }
    row(nil, .jobDrafted, .pendingConfiguration)
    row(nil, .jobSubmitted, .queued)
    row(.pendingConfiguration, .jobConfirmed, .queued)
    row(.pendingConfiguration, .cancelRequested, .cancelled)
    row(.queued, .jobAdmitted, .admitted)
    row(.queued, .jobBlocked, .blocked)
    row(.queued, .jobPromoted, .queued)
    row(.queued, .pauseRequested, .paused)
    row(.queued, .cancelRequested, .cancelled)
    row(.blocked, .budgetOverridden, .queued)
    row(.blocked, .cancelRequested, .cancelled)
    row(.admitted, .podRequested, .provisioning)
    row(.admitted, .cancelRequested, .cancelled)
    row(.provisioning, .podGranted, .booting)
    row(.provisioning, .podUnavailable, .waitingForGPU)
    row(.provisioning, .cancelRequested, .stopping)
    row(.provisioning, .pauseRequested, .stopping)
    row(.waitingForGPU, .retryScheduled, .waitingForGPU)
    row(.waitingForGPU, .deadlinePassed, .admitted)
    row(.waitingForGPU, .switchedToOnDemand, .admitted)
    row(.waitingForGPU, .decisionRequested, .awaitingDecision)
    row(.waitingForGPU, .jobFailed, .failed)
    row(.waitingForGPU, .pauseRequested, .paused)
    row(.waitingForGPU, .cancelRequested, .cancelled)
    for (phase, next) in [
      (Phase.booting, [Phase.preprocessing, .loadingModel]), (.preprocessing, [.loadingModel]),
      (.loadingModel, [.restoring, .training]), (.restoring, [.training]), (.training, [.finalizing]),
      (.finalizing, [.stopping]),
    ] {
      rows.append(Transition(from: phase, event: .stageFinished, to: next))
      // An upload may end after training has.
      if phase == .training || phase == .finalizing { row(phase, .checkpointsSaved, phase) }
      row(phase, .podInterrupted, .interrupted)
      row(phase, .workerFailed, .stopping)
      row(phase, .pauseRequested, .stopping)
      row(phase, .cancelRequested, .stopping)
      row(phase, .deadlinePassed, phase)
      row(phase, .stopOrdered, .stopping)
    }
    row(.interrupted, .podRequested, .provisioning)
    row(.interrupted, .switchedToOnDemand, .admitted)
    row(.interrupted, .decisionRequested, .awaitingDecision)
    row(.interrupted, .jobFailed, .failed)
    row(.interrupted, .cancelRequested, .cancelled)
    row(.awaitingDecision, .decisionAnswered, .admitted, .awaitingDecision)
    row(.awaitingDecision, .deadlinePassed, .awaitingDecision)
    row(.awaitingDecision, .decisionRequested, .awaitingDecision)
    row(.awaitingDecision, .switchedToOnDemand, .admitted)
    row(.awaitingDecision, .jobFailed, .failed)
    row(.awaitingDecision, .pauseRequested, .paused)
    row(.awaitingDecision, .cancelRequested, .cancelled)
    row(.stopping, .podGranted, .stopping)
    row(.stopping, .podUnavailable, .cancelled, .paused)
    row(.stopping, .checkpointsSaved, .stopping)
    row(.stopping, .podInterrupted, .completed, .failed, .cancelled, .paused)
    row(.stopping, .podGone, .completed, .failed, .cancelled, .paused)
    row(.stopping, .cancelRequested, .stopping)
    row(.paused, .resumeRequested, .queued)
    row(.paused, .pausedJobRepriced, .paused)
    row(.paused, .cancelRequested, .cancelled)
    for phase in Phase.allCases where phase != .pendingConfiguration && phase != .blocked {
      row(phase, .billAdjusted, phase)
      row(phase, .storageCharged, phase)
    }
    return rows
  }()

  /// By event, the phases in which it may happen, as a bit set of their raw values.
  static let allowed: ContiguousArray<UInt32> = {
    var table = ContiguousArray<UInt32>(repeating: 0, count: EventKind.allCases.count)
    for t in transitions {
      if let from = t.from { table[Int(t.event.rawValue)] |= 1 << UInt32(from.rawValue) }
    }
    return table
  }()

  /// The phases that `event` may lead to from `phase`; empty where there is no edge. O(edges).
  public static func next(_ phase: Phase, _ event: EventKind) -> [Phase] {
    let to = transitions.filter { $0.from == phase && $0.event == event }.flatMap(\.to)
    return Phase.allCases.filter(to.contains)
  }
}

/// An event that the state cannot take. Never skipped silently.
public struct TransitionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var phase: Phase?
  public var event: EventKind
  public var ordinal: UInt32
  public var description: String {
    "job \(ordinal) cannot take '\(event)' while \(phase.map { "\($0)" } ?? "unknown")"
  }
}
