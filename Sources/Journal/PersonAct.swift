/// Who did what, to what, and why: one line of the audit log.
public struct PersonAct: Hashable, Sendable, Codable {
  public var person: String
  public var role: String
  /// What was done, as the interface calls it: `job.cancel`, `budget.set` …
  public var action: String
  /// What it was done to: `job-7`, `approval-2`; empty where there is only one of its kind.
  public var subject: String
  public var justification: String?
  /// What changed, from → to, in words.
  public var change: String?

  public init(
    person: String, role: String, action: String, subject: String = "", justification: String? = nil,
    change: String? = nil
  ) {
    self.person = person
    self.role = role
    self.action = action
    self.subject = subject
    self.justification = justification
    self.change = change
  }
}

/// A request to raise the limit, which a manager other than the applicant approves or rejects.
public struct ApprovalRequest: Hashable, Sendable, Codable {
  /// From 1.
  public var number: UInt32
  public var applicant: String
  /// The limit that is asked for, in nanodollars.
  public var limit: Int64
  public var justification: String
  /// Microseconds since 1970; undecided until then, it has expired.
  public var expires: Int64

  public init(number: UInt32, applicant: String, limit: Int64, justification: String, expires: Int64) {
    self.number = number
    self.applicant = applicant
    self.limit = limit
    self.justification = justification
    self.expires = expires
  }
}

/// A manager's answer to a request for a higher limit.
public struct ApprovalDecision: Hashable, Sendable, Codable {
  public var number: UInt32
  public var isApproved: Bool
  public var person: String
  public var remark: String?

  public init(number: UInt32, isApproved: Bool, person: String, remark: String? = nil) {
    self.number = number
    self.isApproved = isApproved
    self.person = person
    self.remark = remark
  }
}
