import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Signed links that people made: what holds is in the link itself, and what was taken back stands here. Instants here are the machine's.
extension Catalogue {
  /// A link to a file or a report that needs no sign-in.
  public struct SignedLink: Sendable, Hashable {
    /// The first digits of the SHA-256 of its signature, which is kept nowhere.
    public var id: String
    public var person: String
    public var job: JobIndex
    /// An ``ArtifactKind``, or `report`.
    public var what: String
    /// What it shows beyond the training itself, in words; empty: nothing.
    public var shows: String
    /// False: it is the object store's own, and ends by itself only.
    public var isOurs: Bool
    public var made: Instant
    public var ends: Instant

    public init(
      id: String, person: String, job: JobIndex, what: String, shows: String = "", isOurs: Bool = true, made: Instant,
      ends: Instant
    ) {
      (self.id, self.person, self.job, self.what) = (id, person, job, what)
      (self.shows, self.isOurs, self.made, self.ends) = (shows, isOurs, made, ends)
    }

    fileprivate init(_ row: Row) {
      self.init(
        id: row[0], person: row[1], job: JobIndex(row[2] as UInt32), what: row[3], shows: row[4], isOurs: row[5],
        made: Instant(microseconds: row[6]), ends: Instant(microseconds: row[7]))
    }
  }

  /// Made again within the same second it is the same link, and holds again.
  public func add(_ link: SignedLink) throws(InputError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO signed_link (id, person, job, what, shows, is_ours, made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET revoked_at = NULL
          """,
        arguments: [
          link.id, link.person, link.job.rawValue, link.what, link.shows, link.isOurs, link.made.microseconds,
          link.ends.microseconds,
        ])
    }
  }

  /// Those that still lead somewhere, the newest first.
  ///
  /// - Parameter person: nil: everybody's.
  public func signedLinks(of person: String?, at now: Instant) throws(InputError) -> [SignedLink] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, person, job, what, shows, is_ours, made_at, ends_at FROM signed_link
          WHERE (?1 IS NULL OR person = ?1) AND ends_at > ?2 AND revoked_at IS NULL ORDER BY made_at DESC, id
          """, arguments: [person, now.microseconds]
      ).map(SignedLink.init)
    }
  }

  /// False: there is no such link of ours that holds.
  public func revokeSignedLink(_ id: String, at now: Instant) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE signed_link SET revoked_at = ? WHERE id = ? AND is_ours AND revoked_at IS NULL AND ends_at > ?",
        arguments: [now.microseconds, id, now.microseconds])
      return db.changesCount > 0
    }
  }

  /// Whether it was taken back. A link that nobody knows of here, made before links were written down, was not.
  public func isRevoked(signedLink id: String) throws(InputError) -> Bool {
    try read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT * FROM signed_link WHERE id = ? AND revoked_at IS NOT NULL)", arguments: [id])
        ?? false
    }
  }

  /// Revocations have to outlive every copy of the store: unlike sessions these rows are never dropped.
  static let signedLinkSchema = """
    CREATE TABLE signed_link (
      id         TEXT    PRIMARY KEY,        -- of the signature's SHA-256
      person     TEXT    NOT NULL,
      job        INTEGER NOT NULL,
      what       TEXT    NOT NULL,
      shows      TEXT    NOT NULL,
      is_ours    INTEGER NOT NULL,
      made_at    INTEGER NOT NULL,
      ends_at    INTEGER NOT NULL,
      revoked_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX signed_link_person ON signed_link(person, ends_at);
    """
}
