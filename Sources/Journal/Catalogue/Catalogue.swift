import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// What a store keeps beside its journal, in the same file: people and their tokens, training files, templates, notes, and what workers
/// measure. Shares the store's one connection, so its writes and the journal's never meet; may be used from any thread.
public final class Catalogue: Sendable {
  let queue: DatabaseQueue
  private let file: String
  let postedByPeriod = PostedCharges()
  let postedByJob = PostedCharges()

  init(_ queue: DatabaseQueue, file: String) {
    self.queue = queue
    self.file = file
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(InputError) -> Value {
    do { return try queue.read(body) } catch { throw explained(error) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(InputError) -> Value {
    do { return try queue.write(body) } catch { throw explained(error) }
  }

  private func explained(_ error: any Error) -> InputError {
    if let error = error as? InputError { return error }
    let said = (error as? DatabaseError)?.message ?? "\(error)"
    return InputError(
      .cannotCreate, file: file, "cannot be read or written (\(said))",
      hint: "has the disk room? lora-train store check")
  }

  // MARK: People

  /// What a person may do.
  public enum Role: String, Codable, Sendable, CaseIterable, Comparable {
    case viewer, engineer, manager
    public static func < (a: Role, b: Role) -> Bool {
      (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
  }

  /// Somebody who works here.
  public struct Person: Codable, Sendable, Hashable {
    public var name: String
    public var email: String?
    public var role: Role
    public init(name: String, email: String? = nil, role: Role) {
      (self.name, self.email, self.role) = (name, email, role)
    }
  }

  /// Adds a person, or gives one that is there another role or address.
  public func put(_ person: Person, at: Instant) throws(InputError) {
    try write { db in try Catalogue.put(person, at: at, db) }
  }

  static func put(_ person: Person, at: Instant, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO person (name, email, role, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET email = excluded.email, role = excluded.role, retired_at = NULL
        """, arguments: [person.name, person.email, person.role.rawValue, at.microseconds])
  }

  /// All that may still do something, by name.
  public func people() throws(InputError) -> [Person] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT name, email, role FROM person WHERE retired_at IS NULL ORDER BY name")
        .map(Catalogue.person)
    }
  }

  /// nil: there is none of that name any more.
  public func person(named name: String) throws(InputError) -> Person? {
    try read { db in
      try Row.fetchOne(
        db, sql: "SELECT name, email, role FROM person WHERE name = ? AND retired_at IS NULL", arguments: [name]
      ).map(Catalogue.person)
    }
  }

  static func person(_ row: Row) -> Person {
    Person(name: row[0], email: row[1], role: Role(rawValue: row[2]) ?? .viewer)
  }

  /// Takes all tokens, the password and the sessions from a person, and the right to do anything. False: there is none of that name.
  public func retire(_ name: String, at: Instant) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE person SET retired_at = ? WHERE name = ? AND retired_at IS NULL",
        arguments: [at.microseconds, name])
      let isDone = db.changesCount > 0
      try db.execute(
        sql: "UPDATE api_token SET revoked_at = ? WHERE person = ? AND revoked_at IS NULL",
        arguments: [at.microseconds, name])
      // Whoever is added again under that name begins anew.
      for table in ["password", "session", "sign_in_link"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE person = ?", arguments: [name])
      }
      return isDone
    }
  }

  /// What stands for a person's token in lists: never the token itself.
  public struct Token: Codable, Sendable, Hashable {
    /// The first digits of its digest: enough to name it.
    public var id: String
    public var person: String
    public var label: String
    public var created: Int64
    public var revoked: Int64?
  }

  /// - Parameter digest: the token's SHA-256 in hexadecimal digits.
  public func addToken(digest: String, person: String, label: String, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT INTO api_token (digest, person, label, created_at) VALUES (?, ?, ?, ?)",
        arguments: [digest, person, label, at.microseconds])
    }
  }

  public func tokens() throws(InputError) -> [Token] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT substr(digest, 1, 8), person, label, created_at, revoked_at FROM api_token ORDER BY created_at"
      )
      .map { Token(id: $0[0], person: $0[1], label: $0[2], created: $0[3], revoked: $0[4]) }
    }
  }

  /// Ends every token whose digest begins so, with 8 digits or more. False: there is none.
  public func revokeToken(_ id: String, at: Instant) throws(InputError) -> Bool {
    guard id.count >= 8, id.allSatisfy(\.isHexDigit) else { return false }
    return try write { db in
      try db.execute(
        sql: "UPDATE api_token SET revoked_at = ? WHERE substr(digest, 1, ?) = ? AND revoked_at IS NULL",
        arguments: [at.microseconds, id.count, id])
      return db.changesCount > 0
    }
  }

  /// Whose token it is; nil where it is nobody's any more.
  public func bearer(ofDigest digest: String) throws(InputError) -> Person? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT name, email, role FROM api_token JOIN person ON name = person
          WHERE digest = ? AND revoked_at IS NULL AND retired_at IS NULL
          """, arguments: [digest]
      ).map(Catalogue.person)
    }
  }
}
