import DiscreteEvent
import GRDB
import Scenarios

/// Requests that are done once, however often they are sent. Instants here are the machine's.
extension Catalogue {
  /// The answer to a request that a program may send twice.
  public struct KeptAnswer: Sendable, Hashable {
    public var status: Int
    public var contentType: String
    public var body: String
    public init(status: Int, contentType: String, body: String) {
      (self.status, self.contentType, self.body) = (status, contentType, body)
    }
  }

  /// What is known of such a request.
  public enum RequestState: Sendable, Hashable {
    /// Nobody has sent it yet; it is now noted down as begun.
    case isNew
    /// It was begun, and nothing is known of how it ended.
    case begun
    /// Another request had that key.
    case differs
    case answered(KeptAnswer)
    /// It was done, and its answer held a secret that is shown once.
    case answeredOnce
  }

  /// Notes a request down before it is done.
  ///
  /// - Parameter digest: of what is asked for, in hexadecimal digits.
  public func begin(
    request key: String, by person: String, digest: String, at: Instant, forgetting before: Instant
  ) throws(InputError) -> RequestState {
    try write { db in
      try db.execute(sql: "DELETE FROM kept_request WHERE at < ?", arguments: [before.microseconds])
      try db.execute(
        sql: "INSERT OR IGNORE INTO kept_request (person, key, digest, at) VALUES (?, ?, ?, ?)",
        arguments: [person, key, digest, at.microseconds])
      if db.changesCount > 0 { return .isNew }
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT digest, status, type, body FROM kept_request WHERE person = ? AND key = ?",
          arguments: [person, key])
      else { return .begun }
      guard row[0] == digest else { return .differs }
      guard let status: Int = row[1] else { return .begun }
      guard let body: String = row[3] else { return .answeredOnce }
      return .answered(KeptAnswer(status: status, contentType: row[2], body: body))
    }
  }

  /// Keeps what a request was answered.
  ///
  /// - Parameter answer: nil: it was not done, and may be sent again.
  /// - Parameter holdsSecret: only that it was answered is kept.
  public func end(
    request key: String, by person: String, with answer: KeptAnswer?, holdsSecret: Bool = false
  ) throws(InputError) {
    try write { db in
      guard let answer else {
        return try db.execute(
          sql: "DELETE FROM kept_request WHERE person = ? AND key = ?", arguments: [person, key])
      }
      try db.execute(
        sql: "UPDATE kept_request SET status = ?, type = ?, body = ? WHERE person = ? AND key = ?",
        arguments: [answer.status, answer.contentType, holdsSecret ? nil : answer.body, person, key])
    }
  }
}
