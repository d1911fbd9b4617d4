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

  /// What of a version a list shows: everything but its text.
  public struct SuiteHead: Sendable, Hashable {
    public var name: String
    public var digest: String
    public var version: Int
    public var title, kind: String
    /// 0: not said.
    public var year: Int
    public var items: Int
    public var scales: Int
    public var person: String
    public var at: Instant
    /// Nobody is to choose it any more.
    public var isWithdrawn: Bool
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

  /// A list reads this index alone: what is in a suite may be a megabyte.
  static let suiteHeads = """
    ALTER TABLE suite ADD COLUMN title TEXT;
    ALTER TABLE suite ADD COLUMN kind TEXT;
    ALTER TABLE suite ADD COLUMN year INTEGER;
    ALTER TABLE suite ADD COLUMN items INTEGER;
    ALTER TABLE suite ADD COLUMN scales INTEGER;
    ALTER TABLE suite ADD COLUMN withdrawn_at INTEGER;
    UPDATE suite SET title = json_extract(document, '$.title'), kind = json_extract(document, '$.kind'), year = json_extract(document, '$.year'),
      items = json_array_length(document, '$.items'), scales = coalesce(json_array_length(document, '$.rubric'), 0);
    CREATE INDEX suite_head ON suite(name, version, digest, title, kind, year, items, scales, person, at, withdrawn_at);
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
      if let known {
        // Whoever uploads it again wants it to be chosen again.
        if suite.person != nil {
          try db.execute(
            sql: "UPDATE suite SET withdrawn_at = NULL WHERE name = ? AND digest = ?",
            arguments: [suite.name, suite.digest])
        }
        return SuiteRecord(known)
      }
      var kept = suite
      let last = try Int.fetchOne(db, sql: "SELECT max(version) FROM suite WHERE name = ?", arguments: [suite.name])
      kept.version = (last ?? 0) + 1
      try db.execute(
        sql: """
          INSERT INTO suite (\(Catalogue.suiteColumns), title, kind, year, items, scales)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, json_extract(?4, '$.title'), json_extract(?4, '$.kind'), json_extract(?4, '$.year'),
            json_array_length(?4, '$.items'), coalesce(json_array_length(?4, '$.rubric'), 0))
          """,
        arguments: [kept.name, kept.digest, kept.version, kept.document, kept.person, kept.at.microseconds])
      return kept
    }
  }

  /// Every version that people uploaded, by name, the newest of each first.
  ///
  /// - Parameter name: of this suite alone.
  public func suiteHeads(of name: String? = nil) throws(InputError) -> [SuiteHead] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT name, digest, version, title, kind, year, items, scales, person, at, withdrawn_at IS NOT NULL
          FROM suite INDEXED BY suite_head WHERE person IS NOT NULL\(name == nil ? "" : " AND name = ?")
          ORDER BY name, version DESC
          """, arguments: name.map { [$0] } ?? []
      ).map { row in
        SuiteHead(
          name: row[0], digest: row[1], version: row[2], title: row[3] ?? "", kind: row[4] ?? "", year: row[5] ?? 0,
          items: row[6] ?? 0, scales: row[7] ?? 0, person: row[8], at: Instant(microseconds: row[9]),
          isWithdrawn: row[10])
      }
    }
  }

  /// The newest version that people uploaded and may be chosen; nil: there is none.
  public func newestSuite(_ name: String) throws(InputError) -> SuiteRecord? {
    guard let head = try suiteHeads(of: name).first(where: { !$0.isWithdrawn }) else { return nil }
    return try suite(name, digest: head.digest)
  }

  /// Whoever chooses sees none of its versions any more; jobs that were made with one keep it. False: there is none of that name.
  public func withdrawSuite(_ name: String, at: Instant) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE suite SET withdrawn_at = ? WHERE name = ? AND person IS NOT NULL AND withdrawn_at IS NULL",
        arguments: [at.microseconds, name])
      return db.changesCount > 0
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
