import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// The outbox: a cursor over the journal, and one row for each notice, recipient and channel. May be used from any thread.
///
/// Notices are written together with the cursor, so what the journal holds is told at least once, whenever the process ends; nothing of it
/// stands in the engine's own transaction.
public struct NoticeOutbox: Sendable {
  let catalogue: Catalogue

  public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  /// A row of the journal.
  public struct Row: Sendable {
    public var seq: Int64
    public var at: Instant
    public var entry: JournalEntry
  }

  /// Rows of the journal after one of them, in order, at most `limit`.
  public func journal(after seq: Int64, limit: Int) throws(InputError) -> [Row] {
    try catalogue.read { db in
      let reader = JournalReader(db: db, file: "journal")
      return try GRDB.Row.fetchAll(
        db, sql: "SELECT seq, at, format, kind, job, payload FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        arguments: [seq, limit]
      ).map { columns in
        let row = reader.row(columns)
        return Row(seq: row.seq, at: Instant(microseconds: row.at), entry: try reader.entry(row))
      }
    }
  }

  /// How far the journal has been read.
  public func cursor() throws(InputError) -> Int64 {
    try catalogue.read { try Int64.fetchOne($0, sql: "SELECT seq FROM notice_cursor") ?? 0 }
  }

  /// Writes notices down, those that are there already left as they are, and how far the journal was read; all of it or none.
  ///
  /// - Parameter now: this machine's time.
  public func add(_ notices: [NewNotice], cursor: Int64?, now: Instant) throws(InputError) {
    try catalogue.write { db in
      try NoticeOutbox.insert(notices, now, db)
      if let cursor { try db.execute(sql: "UPDATE notice_cursor SET seq = max(seq, ?)", arguments: [cursor]) }
    }
  }

  static func insert(_ notices: [NewNotice], _ now: Instant, _ db: Database) throws {
    for notice in notices {
      guard let key = try NoticeOutbox.key(notice, db) else { continue }
      try db.execute(
        sql: """
          INSERT INTO notice (key, at, made_at, kind, urgent, facts) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO NOTHING
          """,
        arguments: [
          key, notice.at.microseconds, now.microseconds, notice.kind.rawValue, notice.urgent,
          try Catalogue.json(notice.facts),
        ])
      guard db.changesCount > 0 else { continue }
      let id = db.lastInsertedRowID
      for target in notice.targets {
        try db.execute(
          sql: """
            INSERT INTO notice_delivery (notice, recipient, channel, address, state, due_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (notice, channel, recipient) DO NOTHING
            """,
          arguments: [
            id, target.recipient, target.channel.rawValue, target.address, target.state.rawValue,
            target.due.microseconds,
          ])
      }
    }
  }

  /// The key that a notice is kept under; nil: it was told too short a while ago.
  private static func key(_ notice: NewNotice, _ db: Database) throws -> String? {
    guard let pause = notice.repeatsAfter else { return notice.key }
    // 'A' is the sign behind '@': a range, which the index on the keys has.
    let last = try Int64.fetchOne(
      db, sql: "SELECT max(at) FROM notice WHERE key > ?1 || '@' AND key < ?1 || 'A'", arguments: [notice.key])
    if let last, Instant(microseconds: last) + pause > notice.at { return nil }
    return "\(notice.key)@\(notice.at.microseconds)"
  }

  // MARK: Deliveries

  static let columns =
    "d.id, n.id, n.at, n.kind, n.urgent, n.facts, d.recipient, d.channel, d.address, d.state, d.due_at, d.attempts, "
    + "d.delivered_at, d.error"

  static func delivery(_ row: GRDB.Row) throws -> NoticeDelivery {
    NoticeDelivery(
      id: row[0],
      notice: NoticeRecord(
        id: row[1], at: row[2], kind: NoticeKind(rawValue: row[3]) ?? .test, urgent: row[4],
        facts: try Catalogue.value(row[5])),
      recipient: row[6], channel: NoticeChannel(rawValue: row[7]) ?? .banner, address: row[8],
      state: NoticeDelivery.State(rawValue: row[9]) ?? .dead, due_at: row[10], attempts: row[11],
      delivered_at: row[12], error: row[13])
  }

  func deliveries(_ condition: String, _ arguments: StatementArguments) throws(InputError) -> [NoticeDelivery] {
    try catalogue.read { db in
      try GRDB.Row.fetchAll(
        db, sql: "SELECT \(NoticeOutbox.columns) FROM notice_delivery d JOIN notice n ON n.id = d.notice \(condition)",
        arguments: arguments
      ).map(NoticeOutbox.delivery)
    }
  }

  /// What is to leave now, the first first.
  public func due(at now: Instant, limit: Int) throws(InputError) -> [NoticeDelivery] {
    try deliveries(
      """
      LEFT JOIN notice_pause p ON p.channel = d.channel AND p.address = d.address
      WHERE d.state = 'waiting' AND d.due_at <= ?1 AND coalesce(p.until_at, ?1) <= ?1 ORDER BY d.due_at, d.id LIMIT ?2
      """, [now.microseconds, limit])
  }

  /// These are about to be sent: they are not due again before `until`, whatever becomes of this process. Written before anything leaves, so
  /// that a disk that is full stops letters instead of sending the same one for ever.
  public func claim(_ letters: [NoticeDelivery], until: Instant) throws(InputError) {
    try catalogue.write { db in
      for letter in letters {
        try db.execute(
          sql: "UPDATE notice_delivery SET due_at = ? WHERE id = ?", arguments: [until.microseconds, letter.id])
      }
    }
  }

  /// It has arrived.
  public func delivered(_ id: Int64, at now: Instant) throws(InputError) {
    try change(NoticeOutbox.arrived, "id = ?", [now.microseconds, id])
  }

  static let arrived = "state = 'delivered', attempts = attempts + 1, delivered_at = ?, error = NULL"

  /// It has not arrived, and is tried again at `due`; nil: not by itself.
  public func failed(_ id: Int64, _ error: String, due: Instant?) throws(InputError) {
    try change(
      "state = ?, due_at = coalesce(?, due_at), attempts = attempts + 1, error = ?", "id = ?",
      [due == nil ? "dead" : "waiting", due?.microseconds, error, id])
  }

  /// Whoever is behind an address asks for a pause: nothing goes there before its end.
  public func hold(_ channel: NoticeChannel, _ address: String, until due: Instant) throws(InputError) {
    try catalogue.write { db in
      try db.execute(
        sql: """
          INSERT INTO notice_pause (channel, address, until_at) VALUES (?, ?, ?)
          ON CONFLICT (channel, address) DO UPDATE SET until_at = max(until_at, excluded.until_at)
          """, arguments: [channel.rawValue, address, due.microseconds])
    }
  }

  func change(_ what: String, _ condition: String, _ arguments: StatementArguments) throws(InputError) {
    try catalogue.write {
      try $0.execute(sql: "UPDATE notice_delivery SET \(what) WHERE \(condition)", arguments: arguments)
    }
  }
}
