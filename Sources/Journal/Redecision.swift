import DiscreteEvent
import Engine

/// Decides again what a journal decided, from its facts, under other policies; ends at the first decision that differs.
struct Redecision {
  private var controller: Controller
  private var commands = CommandBuffer()
  /// What this policy has decided and the journal has not said yet, with the instant.
  private var pending: [(event: Event, at: Instant)] = []
  private var next = 0

  init(_ controller: Controller) {
    self.controller = controller
    self.controller.recordsEvents = true
  }

  /// Takes the journal's next row.
  mutating func take(_ event: Event, at: Instant, seq: Int64) -> JournalReplay.Divergence? {
    // An answer may be a person's or what follows from silence: where it was about to be decided, it was decided.
    if next < pending.count, pending[next].event == event {
      next += 1
      return nil
    }
    if event.isDecision {
      return divergence(seq, at, journal: event, policy: next < pending.count ? pending[next].event : nil)
    }
    if let other = finish(seq: seq) { return other }
    do throws(TransitionError) {
      try controller.receive(event, at: at, into: &commands)
    } catch {
      return divergence(seq, at, journal: event, policy: nil)
    }
    pending = controller.recorded.dropFirst().map { ($0, at) }
    next = 0
    return nil
  }

  /// Nothing more comes before `seq`: what is still pending, the journal never decided.
  func finish(seq: Int64) -> JournalReplay.Divergence? {
    guard next < pending.count else { return nil }
    return divergence(seq, pending[next].at, journal: nil, policy: pending[next].event)
  }

  private func divergence(
    _ seq: Int64, _ at: Instant, journal: Event?, policy: Event?
  ) -> JournalReplay.Divergence {
    JournalReplay.Divergence(seq: seq, at: at, job: (journal ?? policy)?.job ?? .none, journal: journal, policy: policy)
  }
}

extension Event {
  /// Whether the engine decided it, rather than learned of it.
  var isDecision: Bool {
    switch kind {
    case .jobAdmitted, .jobBlocked, .podRequested, .retryScheduled, .switchedToOnDemand, .decisionRequested,
      .stopOrdered,
      .jobFailed:
      true
    default: false
    }
  }
}
