import DiscreteEvent
import Journal

/// All requests to raise the limit, as they follow from the journal.
public struct ApprovalBook: Hashable, Sendable {
  /// A request for a higher limit, and the answer to it.
  public struct Approval: Hashable, Sendable {
    public var request: ApprovalRequest
    public var decision: ApprovalDecision?
  }

  /// By number − 1.
  public internal(set) var approvals: [Approval] = []

  var nextNumber: UInt32 { UInt32(approvals.count + 1) }

  public subscript(number: UInt32) -> Approval? {
    number >= 1 && number <= approvals.count ? approvals[Int(number) - 1] : nil
  }

  mutating func take(_ note: StoreNote) {
    switch note {
    case .approvalRequested(let request): approvals.append(Approval(request: request))
    case .approvalDecided(let decision):
      guard decision.number >= 1, decision.number <= approvals.count else { return }
      approvals[Int(decision.number) - 1].decision = decision
    default: break
    }
  }

  /// Why a person may not decide a request now; nil: it may be done.
  func reasonAgainst(deciding number: UInt32, by person: String, at now: Instant) -> String? {
    guard let approval = self[number] else { return "there is no approval \(number)" }
    if let decision = approval.decision {
      return "approval \(number) was \(decision.isApproved ? "approved" : "rejected") by \(decision.person) already"
    }
    if approval.request.expires <= now.microseconds {
      return "approval \(number) has expired; it has to be asked for again"
    }
    if approval.request.applicant == person { return "nobody decides a request of their own" }
    return nil
  }
}
