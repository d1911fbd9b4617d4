import DiscreteEvent
import GRDB

/// The audit log and the approvals as they follow from a journal: tables that are made anew like the history's.
enum AuditProjection {
  static let tables = ["audit", "approval"]

  static let sql = """
    CREATE TABLE audit (
      id            INTEGER PRIMARY KEY,
      at            INTEGER NOT NULL,
      person        TEXT    NOT NULL,
      role          TEXT    NOT NULL,
      action        TEXT    NOT NULL,
      subject       TEXT    NOT NULL,
      justification TEXT,
      change        TEXT
    ) STRICT;
    CREATE INDEX audit_subject ON audit(subject);
    CREATE TABLE approval (
      number        INTEGER PRIMARY KEY,
      requested_at  INTEGER NOT NULL,
      applicant     TEXT    NOT NULL,
      limit_wanted  INTEGER NOT NULL,
      justification TEXT    NOT NULL,
      expires_at    INTEGER NOT NULL,
      decided_at    INTEGER,
      decided_by    TEXT,
      is_approved   INTEGER,
      remark        TEXT
    ) STRICT;
    """

  static func take(_ note: StoreNote, at: Instant, into sink: Sink) throws {
    switch note {
    case .personActed(let act):
      try sink.run(
        "INSERT INTO audit (at, person, role, action, subject, justification, change) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [at.microseconds, act.person, act.role, act.action, act.subject, act.justification, act.change])
    case .approvalRequested(let request):
      try sink.run(
        """
        INSERT INTO approval (number, requested_at, applicant, limit_wanted, justification, expires_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
          request.number, at.microseconds, request.applicant, request.limit, request.justification, request.expires,
        ])
    case .approvalDecided(let decision):
      try sink.run(
        "UPDATE approval SET decided_at = ?, decided_by = ?, is_approved = ?, remark = ? WHERE number = ?",
        [at.microseconds, decision.person, decision.isApproved, decision.remark, decision.number])
    case .podNamed, .reportHeard, .billReceived, .epochBegan, .epochConfirmed: break
    }
  }
}
