import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// What people see of the outbox, and what they wish.
extension NoticeOutbox {
  /// The newest deliveries first.
  public func deliveries(
    state: NoticeDelivery.State? = nil, recipient: String? = nil, limit: Int = 200
  ) throws(InputError) -> [NoticeDelivery] {
    try deliveries(
      "WHERE (?1 IS NULL OR d.state = ?1) AND (?2 IS NULL OR d.recipient = ?2) ORDER BY d.id DESC LIMIT ?3",
      [state?.rawValue, recipient, limit])
  }

  /// What became of what went over a channel lately.
  public struct Tally: Sendable, Hashable {
    public var channel: NoticeChannel
    /// A Slack channel's or a webhook's name; ``NoticeWishes/direct``: of messages to one person, all of them; empty: of mails, all of them.
    public var address: String
    public var waiting, dead: Int
    public var delivered: Instant?
  }

  /// Of the newest ten thousand deliveries.
  public func tallies() throws(InputError) -> [Tally] {
    try catalogue.read { db in
      try GRDB.Row.fetchAll(
        db,
        sql: """
          SELECT channel,
            CASE WHEN channel = 'email' THEN '' WHEN channel = 'slack' AND recipient <> address THEN ? ELSE address END AS place,
            count(*) FILTER (WHERE state IN ('waiting', 'digest')), count(*) FILTER (WHERE state = 'dead'),
            max(delivered_at) FILTER (WHERE state = 'delivered')
          FROM notice_delivery WHERE channel <> 'banner' AND id > (SELECT coalesce(max(id), 0) - 10000 FROM notice_delivery)
          GROUP BY channel, place
          """, arguments: [NoticeWishes.direct]
      ).compactMap { row in
        NoticeChannel(rawValue: row[0]).map {
          Tally(
            channel: $0, address: row[1], waiting: row[2], dead: row[3],
            delivered: (row[4] as Int64?).map { Instant(microseconds: $0) })
        }
      }
    }
  }

  /// What a person's dashboard shows, the newest first.
  public func banners(of person: String, unseenOnly: Bool = true, limit: Int = 50) throws(InputError)
    -> [NoticeDelivery]
  {
    // Asked for by state, the newest are found without a look at the others, of which there may be tens of thousands.
    let states: [NoticeDelivery.State] = unseenOnly ? [.shown] : [.shown, .seen]
    var newest: [NoticeDelivery] = []
    for state in states {
      newest += try deliveries(
        "WHERE d.channel = 'banner' AND d.recipient = ? AND d.state = ? ORDER BY d.id DESC LIMIT ?",
        [person, state.rawValue, limit])
    }
    return Array(newest.sorted { $0.id > $1.id }.prefix(limit))
  }

  /// False: there is no such banner of this person's.
  public func seen(_ id: Int64, by person: String, at now: Instant) throws(InputError) -> Bool {
    try catalogue.write { db in
      try db.execute(
        sql: """
          UPDATE notice_delivery SET state = 'seen', delivered_at = ? WHERE id = ? AND recipient = ? AND channel = 'banner'
          """, arguments: [now.microseconds, id, person])
      return db.changesCount > 0
    }
  }

  /// All of a person's banners up to one: what came since they looked stays new.
  public func seenAll(upTo id: Int64, by person: String, at now: Instant) throws(InputError) {
    try catalogue.write { db in
      try db.execute(
        sql: """
          UPDATE notice_delivery SET state = 'seen', delivered_at = ?
          WHERE id <= ? AND recipient = ? AND channel = 'banner' AND state = 'shown'
          """, arguments: [now.microseconds, id, person])
    }
  }

  /// Brings dead letters back, one or all. Returns how many.
  public func retry(_ id: Int64?, at now: Instant) throws(InputError) -> Int {
    try catalogue.write { db in
      try db.execute(
        sql: """
          UPDATE notice_delivery SET state = 'waiting', due_at = ?1, attempts = 0
          WHERE state = 'dead' AND (?2 IS NULL OR id = ?2)
          """, arguments: [now.microseconds, id])
      return db.changesCount
    }
  }

  /// What waits for a person's daily summary, the oldest first.
  public func digested(for person: String) throws(InputError) -> [NoticeDelivery] {
    try deliveries("WHERE d.state = 'digest' AND d.recipient = ? ORDER BY d.id", [person])
  }

  /// A summary leaves: what it holds need not be told apart from it any more.
  public func add(digest: NewNotice, of deliveries: [NoticeDelivery], now: Instant) throws(InputError) {
    try catalogue.write { db in
      try NoticeOutbox.insert([digest], now, db)
      for delivery in deliveries {
        try db.execute(
          sql: "UPDATE notice_delivery SET \(NoticeOutbox.arrived) WHERE id = ?",
          arguments: [now.microseconds, delivery.id])
      }
    }
  }

  /// Whether a notice of this key was made.
  public func holds(key: String) throws(InputError) -> Bool {
    try catalogue.read { try Bool.fetchOne($0, sql: "SELECT 1 FROM notice WHERE key = ?", arguments: [key]) ?? false }
  }

  // MARK: Wishes

  /// How each person wants to hear, and since when; who has said nothing is missing.
  public func wishes() throws(InputError) -> [String: (NoticeWishes, since: Instant)] {
    try catalogue.read { db in
      let rows = try GRDB.Row.fetchAll(db, sql: "SELECT person, wishes, changed_at FROM notice_preference")
      return try rows.reduce(into: [:]) { all, row in
        all[row[0]] = (try Catalogue.value(row[1]), since: Instant(microseconds: row[2]))
      }
    }
  }

  public func put(_ wishes: NoticeWishes, of person: String, at now: Instant) throws(InputError) {
    try catalogue.write { db in
      try db.execute(
        sql: """
          INSERT INTO notice_preference (person, wishes, changed_at) VALUES (?, ?, ?)
          ON CONFLICT (person) DO UPDATE SET wishes = excluded.wishes, changed_at = excluded.changed_at
          """, arguments: [person, try Catalogue.json(wishes), now.microseconds])
    }
  }

  // MARK: What letters say of a job

  /// The last training loss, and by how much the perplexity fell since it was first measured, in per cent.
  public func results(of job: UInt32) throws(InputError) -> (loss: Double?, perplexityImprovement: Double?) {
    try catalogue.read { db in
      func value(_ column: String, _ order: String) throws -> Double? {
        try Double.fetchOne(
          db,
          sql: "SELECT \(column) FROM metric WHERE job = ? AND \(column) IS NOT NULL ORDER BY step \(order) LIMIT 1",
          arguments: [job])
      }
      let (first, last) = (try value("perplexity", "ASC"), try value("perplexity", "DESC"))
      let better = first.flatMap { first in last.map { first > 0 ? (first - $0) / first * 100 : 0 } }
      // No JSON holds what is infinite, and nobody would be told of anything any more.
      return (try value("training_loss", "DESC"), better.flatMap { $0.isFinite ? $0 : nil })
    }
  }

  /// Seconds of training that a step has taken so far.
  public func secondsPerStep(of job: UInt32) throws(InputError) -> Double? {
    try catalogue.read { db in
      try Double.fetchOne(
        db,
        sql: """
          SELECT elapsed_s / step FROM metric WHERE job = ? AND elapsed_s IS NOT NULL AND step > 0 ORDER BY step DESC LIMIT 1
          """, arguments: [job])
    }
  }

  /// The last error that a worker reported of a job.
  public func lastError(of job: UInt32) throws(InputError) -> String? {
    try catalogue.read { db in
      try String.fetchOne(
        db, sql: "SELECT message FROM worker_message WHERE job = ? AND kind = 'error' ORDER BY at DESC LIMIT 1",
        arguments: [job])
    }
  }
}

extension NoticeOutbox {
  /// Those who may still do something.
  public func people() throws(InputError) -> [Catalogue.Person] { try catalogue.people() }

  /// What was charged between two instants of the store's time, in nanodollars; what runs is charged when a stretch of it has ended.
  public func spent(from: Instant, to: Instant) throws(InputError) -> Int64 {
    try catalogue.read { db in
      try Int64.fetchOne(
        db, sql: "SELECT coalesce(sum(amount), 0) FROM charge WHERE to_at > ? AND to_at <= ?",
        arguments: [from.microseconds, to.microseconds]) ?? 0
    }
  }
}
