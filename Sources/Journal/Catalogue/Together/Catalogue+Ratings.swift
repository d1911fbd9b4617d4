import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What people are asked to score of a job's model, and what they gave.
extension Catalogue {
  /// One file of answers that people score; the newest of a suite is the one that counts.
  public struct RatingRound: Sendable, Hashable {
    public var id: Int64
    /// The suite's name.
    public var suite: String
    /// The suite as JSON, as it was then.
    public var document: String
    /// JSON lines, as the pod wrote them.
    public var answers: String
    /// Who asks.
    public var person: String
    public var at: Instant
  }

  /// What one person gave one pair of answers; JSON.
  public struct Rating: Sendable, Hashable {
    public var person: String
    public var verdict: String
    public init(person: String, verdict: String) { (self.person, self.verdict) = (person, verdict) }
  }

  static let ratingSchema = """
    CREATE TABLE rating_round (
      id       INTEGER PRIMARY KEY,
      job      INTEGER NOT NULL,
      suite    TEXT    NOT NULL,
      document TEXT    NOT NULL,             -- JSON
      answers  TEXT    NOT NULL,             -- JSON lines
      person   TEXT    NOT NULL,
      at       INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX rating_round_job ON rating_round(job);
    CREATE TABLE rating (
      round   INTEGER NOT NULL REFERENCES rating_round(id),
      person  TEXT    NOT NULL,
      item    TEXT    NOT NULL,
      draw    INTEGER NOT NULL,
      verdict TEXT    NOT NULL,              -- JSON
      at      INTEGER NOT NULL,
      PRIMARY KEY (round, person, item, draw)
    ) STRICT, WITHOUT ROWID;
    """

  public func addRound(
    of job: JobIndex, suite: String, document: String, answers: String, by person: String, at: Instant
  ) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT INTO rating_round (job, suite, document, answers, person, at) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [job.rawValue, suite, document, answers, person, at.microseconds])
    }
  }

  /// The newest of each suite, by suite.
  public func rounds(of job: JobIndex) throws(InputError) -> [RatingRound] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, suite, document, answers, person, at FROM rating_round AS r
          WHERE job = ?1 AND id = (SELECT max(id) FROM rating_round WHERE job = ?1 AND suite = r.suite) ORDER BY suite
          """, arguments: [job.rawValue]
      ).map {
        RatingRound(
          id: $0[0], suite: $0[1], document: $0[2], answers: $0[3], person: $0[4], at: Instant(microseconds: $0[5]))
      }
    }
  }

  /// Keeps what somebody gave a pair, in place of what they gave it before.
  public func put(_ rating: Rating, on item: String, draw: Int, in round: Int64, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO rating (round, person, item, draw, verdict, at) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [round, rating.person, item, draw, rating.verdict, at.microseconds])
    }
  }

  /// By person, item and draw.
  public func ratings(in round: Int64) throws(InputError) -> [Rating] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT person, verdict FROM rating WHERE round = ? ORDER BY person, item, draw", arguments: [round]
      ).map { Rating(person: $0[0], verdict: $0[1]) }
    }
  }
}
