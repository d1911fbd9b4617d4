// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import GRDB
import Scenarios

/// Who is signed in. Instants here are the machine's.
extension Catalogue {
  /// Where somebody is signed in.
  public struct Session: Codable, Sendable, Hashable {
    /// The first digits of its digest: enough to name it.
    public var id: String
    public var person: String
    public var created_at: String
    public var seen_at: String
    public var ends_at: String
    /// What the browser calls itself.
    public var agent: String
  }

  /// - Parameter digest: SHA-256 of what the cookie holds, in hexadecimal digits.
  public func addSession(
    digest: String, person: String, agent: String, at: Instant, until: Instant
  ) throws(InputError) {
    try write { db in
      try db.execute(sql: "DELETE FROM session WHERE ends_at <= ?", arguments: [at.microseconds])
      try db.execute(sql: "DELETE FROM sign_in_link WHERE ends_at <= ?", arguments: [at.microseconds])
      try db.execute(
        sql:
          "INSERT INTO session (digest, person, created_at, seen_at, ends_at, agent) VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
        arguments: [digest, person, at.microseconds, until.microseconds, agent])
    }
  }

  /// Whose session it is and when it was last seen; nil where it is over, or was idle for too long.
  public func session(
    ofDigest digest: String, at: Instant, idle: Span
  ) throws(InputError) -> (person: Person, seen: Instant)? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT name, email, role, seen_at FROM session JOIN person ON name = person
          WHERE digest = ? AND ends_at > ? AND seen_at > ? AND retired_at IS NULL
          """, arguments: [digest, at.microseconds, (at - idle).microseconds]
      ).map { (Catalogue.person($0), Instant(microseconds: $0[3])) }
    }
  }

  public func saw(sessionOfDigest digest: String, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "UPDATE session SET seen_at = ? WHERE digest = ?", arguments: [at.microseconds, digest])
    }
  }

  /// Those that hold, the newest first.
  ///
  /// - Parameter person: nil: everybody's.
  public func sessions(of person: String?, at: Instant, idle: Span) throws(InputError) -> [Session] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT substr(digest, 1, 8), session.person, created_at, seen_at, ends_at, agent FROM session
          WHERE (?1 IS NULL OR person = ?1) AND ends_at > ?2 AND seen_at > ?3 ORDER BY created_at DESC, digest
          """, arguments: [person, at.microseconds, (at - idle).microseconds]
      ).map { row in
        func stamp(_ i: Int) -> String { Catalogue.stamp(Instant(microseconds: row[i])) }
        return Session(
          id: row[0], person: row[1], created_at: stamp(2), seen_at: stamp(3), ends_at: stamp(4), agent: row[5])
      }
    }
  }

  /// Ends a session. False: there is none that begins so.
  ///
  /// - Parameters:
  ///   - id: at least the first eight digits of its digest.
  ///   - person: only where it is this person's; nil: anybody's.
  public func endSession(_ id: String, of person: String? = nil) throws(InputError) -> Bool {
    guard id.count >= 8, id.allSatisfy(\.isHexDigit) else { return false }
    return try write { db in
      try db.execute(
        sql: "DELETE FROM session WHERE substr(digest, 1, ?1) = ?2 AND (?3 IS NULL OR person = ?3)",
        arguments: [id.count, id, person])
      return db.changesCount > 0
    }
  }

  /// Ends all of a person's but one. Returns how many.
  ///
  /// - Parameter digest: of the one that stays; nil: none does.
  public func endSessions(of person: String, keeping digest: String?) throws(InputError) -> Int {
    try write { db in
      try db.execute(
        sql: "DELETE FROM session WHERE person = ? AND digest IS NOT ?", arguments: [person, digest])
      return db.changesCount
    }
  }

  /// Nobody is signed in any more, and no link gives a password: what was good in another life of the store is not in this one.
  public func endAllSessions() throws(InputError) {
    try write { db in
      for table in SignInSchema.entrances { try db.execute(sql: "DELETE FROM \(table)") }
    }
  }
}
