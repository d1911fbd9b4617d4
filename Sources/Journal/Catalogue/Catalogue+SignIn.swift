import DiscreteEvent
import GRDB
import Scenarios

/// Who comes in, and how. Instants here are the machine's; see ``SignInSchema``.
extension Catalogue {
  // MARK: Passwords

  /// Whether anybody has one; until then the first link is open.
  public func hasPasswords() throws(InputError) -> Bool {
    try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM password)") ?? false }
  }

  /// A person that may still do something, and the hash of the password; nil where there is none.
  public func password(of name: String) throws(InputError) -> (person: Person, hash: String)? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT name, email, role, hash FROM password JOIN person ON name = person
          WHERE person = ? AND retired_at IS NULL
          """, arguments: [name]
      ).map { (Catalogue.person($0), $0[3]) }
    }
  }

  /// Sets a password; whoever was signed in by the old one is not any more, but for the session that is kept.
  public func setPassword(
    _ hash: String, of person: String, keeping session: String? = nil, at: Instant
  ) throws(InputError) {
    try write { db in try Catalogue.setPassword(hash, of: person, keeping: session, at: at, db) }
  }

  private static func setPassword(
    _ hash: String, of person: String, keeping session: String?, at: Instant, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO password (person, hash, set_at) VALUES (?, ?, ?)
        ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at
        """, arguments: [person, hash, at.microseconds])
    try db.execute(sql: "DELETE FROM session WHERE person = ? AND digest IS NOT ?", arguments: [person, session])
  }

  // MARK: Links

  /// Keeps a link that is good once, until its time.
  ///
  /// - Parameter person: nil: whoever follows it is the first, and chooses a name; an earlier such link does not hold any more.
  public func addLink(digest: String, person: String?, until: Instant) throws(InputError) {
    try write { db in
      if person == nil { try db.execute(sql: "DELETE FROM sign_in_link WHERE person IS NULL") }
      try db.execute(
        sql: "INSERT INTO sign_in_link (digest, person, ends_at) VALUES (?, ?, ?)",
        arguments: [digest, person, until.microseconds])
    }
  }

  /// Whose link it is; nil where it does not hold.
  public func link(ofDigest digest: String, at: Instant) throws(InputError) -> SignInLink? {
    try read { db in try Catalogue.link(digest, at, db) }
  }

  private static func link(_ digest: String, _ at: Instant, _ db: Database) throws -> SignInLink? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT name, email, role FROM sign_in_link LEFT JOIN person ON name = person
        WHERE digest = ? AND ends_at > ? AND retired_at IS NULL
          AND (person IS NOT NULL OR NOT EXISTS (SELECT * FROM password))
        """, arguments: [digest, at.microseconds])
    return row.map { $0.hasNull(atIndex: 0) ? .first : .invited(Catalogue.person($0)) }
  }

  /// Uses a link up: its person has this password now. False: it does not hold any more.
  ///
  /// - Parameter person: who the first one is; for others, who the link was made for.
  public func use(linkOfDigest digest: String, by person: Person, hash: String, at: Instant) throws(InputError) -> Bool
  {
    try write { db in
      switch try Catalogue.link(digest, at, db) {
      case nil: return false
      case .first: try Catalogue.put(person, at: at, db)
      case .invited(let invited): guard invited.name == person.name else { return false }
      }
      try db.execute(sql: "DELETE FROM sign_in_link WHERE digest = ?", arguments: [digest])
      try Catalogue.setPassword(hash, of: person.name, keeping: nil, at: at, db)
      return true
    }
  }

  /// Whom a link lets in.
  public enum SignInLink: Sendable, Hashable {
    case first
    case invited(Person)
  }
}
