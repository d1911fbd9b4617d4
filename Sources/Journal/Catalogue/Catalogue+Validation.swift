import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What validation found of jobs' models, and who let one be delivered all the same.
extension Catalogue {
  /// One part of a job's validation; the document is kept as it came.
  public struct ValidationRecord: Sendable, Hashable {
    /// `perplexity`, or a suite's name.
    public var name: String
    /// JSON.
    public var document: String
    public var person: String
    public var at: Instant

    public init(name: String, document: String, person: String, at: Instant) {
      (self.name, self.document, self.person, self.at) = (name, document, person, at)
    }
  }

  /// Somebody's word that a model may go although its gate says otherwise; it holds for what was known then.
  public struct DeliveryDecision: Sendable, Hashable {
    /// The verdict that was overridden: `block`, or `review`.
    public var verdict: String
    public var person: String
    public var justification: String
    public var at: Instant

    public init(verdict: String, person: String, justification: String, at: Instant) {
      (self.verdict, self.person, self.justification, self.at) = (verdict, person, justification, at)
    }
  }

  static let validationSchema = """
    -- The newest result of each part of a job's validation.
    CREATE TABLE validation (
      job      INTEGER NOT NULL,
      name     TEXT    NOT NULL,
      document TEXT    NOT NULL,
      person   TEXT    NOT NULL,
      at       INTEGER NOT NULL,
      PRIMARY KEY (job, name)
    ) STRICT, WITHOUT ROWID;
    -- Who let a model go; a result that comes in later makes it void.
    CREATE TABLE delivery_decision (
      job           INTEGER PRIMARY KEY,
      verdict       TEXT    NOT NULL,
      person        TEXT    NOT NULL,
      justification TEXT    NOT NULL,
      at            INTEGER NOT NULL
    ) STRICT;
    """

  /// Keeps a result in place of the one of the same name, and takes back what was decided before it.
  public func put(_ record: ValidationRecord, of job: JobIndex) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO validation (job, name, document, person, at) VALUES (?, ?, ?, ?, ?)",
        arguments: [job.rawValue, record.name, record.document, record.person, record.at.microseconds])
      try db.execute(sql: "DELETE FROM delivery_decision WHERE job = ?", arguments: [job.rawValue])
    }
  }

  /// By name.
  public func validations(of job: JobIndex) throws(InputError) -> [ValidationRecord] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT name, document, person, at FROM validation WHERE job = ? ORDER BY name",
        arguments: [job.rawValue]
      ).map { ValidationRecord(name: $0[0], document: $0[1], person: $0[2], at: Instant(microseconds: $0[3])) }
    }
  }

  /// What there is of all jobs, by job and name, without the documents.
  public func allValidations() throws(InputError) -> [(job: JobIndex, name: String, at: Instant)] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT job, name, at FROM validation ORDER BY job, name").map {
        (JobIndex($0[0] as UInt32), $0[1], Instant(microseconds: $0[2]))
      }
    }
  }

  public func put(_ decision: DeliveryDecision, of job: JobIndex) throws(InputError) {
    try write { db in
      try db.execute(
        sql:
          "INSERT OR REPLACE INTO delivery_decision (job, verdict, person, justification, at) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          job.rawValue, decision.verdict, decision.person, decision.justification, decision.at.microseconds,
        ])
    }
  }

  /// nil: nobody decided, or something has come in since.
  public func deliveryDecision(of job: JobIndex) throws(InputError) -> DeliveryDecision? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT verdict, person, justification, at FROM delivery_decision WHERE job = ?",
        arguments: [job.rawValue]
      ).map { DeliveryDecision(verdict: $0[0], person: $0[1], justification: $0[2], at: Instant(microseconds: $0[3])) }
    }
  }
}
