import DiscreteEvent
import Engine
import Journal

/// What the coordinator knows beside the fleet and follows from the journal.
struct CoordinatorMemory: JournalFollower, Hashable {
  static let version = 2

  var book = RentalBook()
  var approvals = ApprovalBook()

  mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) {
    if case .noted(let note) = entry { approvals.take(note) }
    book.take(entry, at: at, fleet: fleet)
  }

  mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription]) {
    book.code(&coder, descriptions)
    approvals.code(&coder)
  }
}

extension RentalBook {
  fileprivate mutating func code(_ coder: inout StateCoder, _ known: [UInt32: JobDescription]) {
    coder.code(&rentals, blank: Rental(epoch: 0, job: .none, lease: 0, asked: .zero)) { $0.code(&$1) }
    coder.code(&open, blank: 0) { $1.code(&$0) }
    coder.code(&byPod, blank: ("", 0)) { pod, request, coder in
      coder.code(&pod)
      coder.code(&request)
    }
    // Written down once: by their ordinals.
    var ordinals = descriptions.map(\.ordinal)
    coder.code(&ordinals, blank: 0) { $1.code(&$0) }
    descriptions = ordinals.compactMap { known[$0] }
    if descriptions.count < ordinals.count { coder.fail() }
    coder.code(&epoch)
    coder.code(&home)
    coder.code(&isConfirmed)
    coder.code(&lastTurn)
    coder.code(&copied)
    coder.code(&adjusting, blank: 0) { $1.code(&$0) }
  }
}

extension RentalBook.Rental {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&epoch)
    coder.code(&job)
    coder.code(&lease)
    coder.code(&asked)
    coder.code(&isHeld)
    coder.code(&isOver)
    coder.code(&pods, blank: "") { $1.code(&$0) }
    coder.code(&pod)
    coder.code(&nextReport)
    coder.code(&posted)
    coder.code(&billed, blank: ("", 0)) { pod, amount, coder in
      coder.code(&pod)
      coder.code(&amount)
    }
    coder.code(&ended)
  }
}

extension ApprovalBook {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    let blank = ApprovalRequest(number: 0, applicant: "", limit: 0, justification: "", expires: 0)
    coder.code(&approvals, blank: Approval(request: blank)) { approval, coder in
      approval.request.code(&coder)
      coder.code(&approval.decision, blank: ApprovalDecision(number: 0, isApproved: false, person: "")) { $0.code(&$1) }
    }
  }
}

extension ApprovalRequest {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&number)
    coder.code(&applicant)
    coder.code(&limit)
    coder.code(&justification)
    coder.code(&expires)
  }
}

extension ApprovalDecision {
  fileprivate mutating func code(_ coder: inout StateCoder) {
    coder.code(&number)
    coder.code(&isApproved)
    coder.code(&person)
    coder.code(&remark)
  }
}
