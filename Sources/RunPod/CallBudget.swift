import DiscreteEvent

/// How many calls RunPod takes, as far as we know: 60 a minute, and none before it said so. Nothing waits here; what is not admitted is not done.
struct CallBudget: Sendable {
  enum Urgency { case command, question }

  /// A minute's quota, and what of it is kept for commands: a pod that has to go costs money.
  static let quota = 60
  static let keptForCommands = 15

  private var sent: [Span] = []
  private var heldUntil: Span?

  /// Whether a call may be sent now; counts it if so. Times are monotonic.
  mutating func admits(_ urgency: Urgency, at now: Span) -> Bool {
    if let heldUntil, now < heldUntil { return false }
    heldUntil = nil
    sent.removeAll { now - $0 >= .minutes(1) }
    guard sent.count < CallBudget.quota - (urgency == .question ? CallBudget.keptForCommands : 0) else { return false }
    sent.append(now)
    return true
  }

  /// RunPod said 429.
  mutating func hold(for time: Span, at now: Span) { heldUntil = max(heldUntil ?? now, now + time) }
}
