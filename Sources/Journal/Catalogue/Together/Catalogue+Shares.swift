// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Links that show one job to others. Instants here are the machine's.
extension Catalogue {
  /// Who may follow a link.
  public enum Audience: String, Codable, Sendable, CaseIterable {
    /// Whoever made it, and whoever made the job.
    case `private`
    /// Whoever is signed in.
    case team
    /// Whoever has it.
    case `public`
  }

  /// A link to a job.
  public struct Share: Codable, Sendable, Hashable {
    public var id: Int64
    public var audience: Audience
    /// What it shows beyond the training itself.
    public var shows_costs: Bool
    public var shows_notes: Bool
    public var person: String
    public var created_at: String
    public var ends_at: String
    public var revoked_at: String?
    /// How often the page was shown, and when the last time was.
    public var views: Int
    public var viewed_at: String?
    /// Whether it still leads anywhere.
    public var holds: Bool

    fileprivate init(_ row: Row, now: Instant) {
      id = row[0]
      audience = Audience(rawValue: row[1]) ?? .private
      (shows_costs, shows_notes, person) = (row[2], row[3], row[4])
      created_at = Catalogue.stamp(Instant(microseconds: row[5]))
      ends_at = Catalogue.stamp(Instant(microseconds: row[6]))
      revoked_at = (row[7] as Int64?).map { Catalogue.stamp(Instant(microseconds: $0)) }
      views = row[8]
      viewed_at = (row[9] as Int64?).map { Catalogue.stamp(Instant(microseconds: $0)) }
      holds = revoked_at == nil && (row[6] as Int64) > now.microseconds
    }
  }

  private static let shareColumns =
    "id, audience, shows_costs, shows_notes, person, created_at, ends_at, revoked_at, views, viewed_at"

  /// - Parameter digest: of what the link bears, SHA-256 in hexadecimal digits.
  public func addShare(
    digest: String, of job: JobIndex, for audience: Audience, showsCosts: Bool, showsNotes: Bool, by person: String,
    at: Instant, until: Instant
  ) throws(InputError) -> Share {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO job_share (digest, job, audience, shows_costs, shows_notes, person, created_at, ends_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          digest, job.rawValue, audience.rawValue, showsCosts, showsNotes, person, at.microseconds, until.microseconds,
        ])
      let made = try Row.fetchOne(
        db, sql: "SELECT \(Catalogue.shareColumns) FROM job_share WHERE id = ?", arguments: [db.lastInsertedRowID])
      guard let made else { throw DatabaseError(message: "the link was not kept") }
      return Share(made, now: at)
    }
  }

  /// The newest first; those that hold no more, too.
  public func shares(of job: JobIndex, at now: Instant) throws(InputError) -> [Share] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Catalogue.shareColumns) FROM job_share WHERE job = ? ORDER BY id DESC",
        arguments: [job.rawValue]
      ).map { Share($0, now: now) }
    }
  }

  /// What a link shows; nil where it holds no more, or never did.
  public func share(ofDigest digest: String, at now: Instant) throws(InputError) -> (job: JobIndex, share: Share)? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT \(Catalogue.shareColumns), job FROM job_share
          WHERE digest = ? AND revoked_at IS NULL AND ends_at > ?
          """, arguments: [digest, now.microseconds]
      ).map { (JobIndex($0[10] as UInt32), Share($0, now: now)) }
    }
  }

  public func countView(ofShare id: Int64, at now: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "UPDATE job_share SET views = views + 1, viewed_at = ? WHERE id = ?", arguments: [now.microseconds, id])
    }
  }

  /// False: there is no such link, or it was revoked before.
  public func revokeShare(_ id: Int64, of job: JobIndex, at now: Instant) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE job_share SET revoked_at = ? WHERE id = ? AND job = ? AND revoked_at IS NULL",
        arguments: [now.microseconds, id, job.rawValue])
      return db.changesCount > 0
    }
  }
}
