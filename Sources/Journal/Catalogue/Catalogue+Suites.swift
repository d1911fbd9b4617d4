import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What models are examined with: the suites that people uploaded, and every version that a job was ever to answer.
extension Catalogue {
  /// One version of a suite; its text is kept as it came in, read and written anew.
  public struct SuiteRecord: Sendable, Hashable {
    public var name: String
    /// Of the suite's content; unique.
    public var digest: String
    /// From 1 for each name.
    public var version: Int
    /// JSON.
    public var document: String
    /// Who uploaded it; nil: it came with the program.
    public var person: String?
    public var at: Instant

    public init(name: String, digest: String, document: String, person: String?, at: Instant) {
      (self.name, self.digest, self.document, self.person, self.at) = (name, digest, document, person, at)
      version = 0
    }

    fileprivate init(_ row: Row) {
      (name, digest, version, document) = (row[0], row[1], row[2], row[3])
      (person, at) = (row[4], Instant(microseconds: row[5]))
    }
  }

  static let suiteSchema = """
    -- Nothing is overwritten: another text is another version.
    CREATE TABLE suite (
      name     TEXT    NOT NULL,
      digest   TEXT    NOT NULL,
      version  INTEGER NOT NULL,
      document TEXT    NOT NULL,             -- JSON
      person   TEXT,                         -- NULL: it came with the program
      at       INTEGER NOT NULL,
      PRIMARY KEY (name, digest)
    ) STRICT, WITHOUT ROWID;
    """

  private static let suiteColumns = "name, digest, version, document, person, at"

  /// Keeps a version of a suite, once.
  ///
  /// - Returns: it as it is kept.
  @discardableResult
  public func put(_ suite: SuiteRecord) throws(InputError) -> SuiteRecord {
    try write { db in
      let known = try Row.fetchOne(
        db, sql: "SELECT \(Catalogue.suiteColumns) FROM suite WHERE name = ? AND digest = ?",
        arguments: [suite.name, suite.digest])
      if let known { return SuiteRecord(known) }
      var kept = suite
      let last = try Int.fetchOne(db, sql: "SELECT max(version) FROM suite WHERE name = ?", arguments: [suite.name])
      kept.version = (last ?? 0) + 1
      try db.execute(
        sql: "INSERT INTO suite (\(Catalogue.suiteColumns)) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [kept.name, kept.digest, kept.version, kept.document, kept.person, kept.at.microseconds])
      return kept
    }
  }

  /// Every version that people uploaded, by name, the newest of each first.
  public func uploadedSuites() throws(InputError) -> [SuiteRecord] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT \(Catalogue.suiteColumns) FROM suite WHERE person IS NOT NULL ORDER BY name, version DESC"
      ).map(SuiteRecord.init)
    }
  }

  /// nil: there is no such version.
  public func suite(_ name: String, digest: String) throws(InputError) -> SuiteRecord? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(Catalogue.suiteColumns) FROM suite WHERE name = ? AND digest = ?", arguments: [name, digest]
      ).map(SuiteRecord.init)
    }
  }
}
