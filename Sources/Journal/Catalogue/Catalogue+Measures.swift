// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import GRDB
import Scenarios

/// What workers measure and say, and what people note down about a job.
extension Catalogue {
  /// One row of a job's metrics: what was true after a step. Keys as in story 4.2.1; a value that is no number is nil.
  public struct Metric: Codable, Sendable, Hashable {
    public var step: Int
    /// Microseconds since 1970, in the store's own time.
    public var at: Int64?
    public var epoch: Double?
    public var training_loss: Double?
    public var validation_loss: Double?
    public var learning_rate: Double?
    public var perplexity: Double?
    public var gradient_norm: Double?
    public var tokens_per_s: Double?
    public var gpu_utilization: Double?
    public var gpu_memory_gb: Double?
    /// Seconds of training up to here, over all pods.
    public var elapsed_s: Double?

    public init(step: Int, at: Int64? = nil) { (self.step, self.at) = (step, at) }
  }

  /// Something a worker said that moves nothing.
  public struct Message: Codable, Sendable, Hashable {
    /// How bad it is.
    public enum Kind: String, Codable, Sendable { case warning, error, log }
    public var kind: Kind
    public var code: String
    public var message: String
    public var step: Int?
    /// Microseconds since 1970, in the store's own time.
    public var at: Int64

    public init(kind: Kind, code: String, message: String, step: Int? = nil, at: Int64) {
      self.kind = kind
      self.code = code
      self.message = message
      self.step = step
      self.at = at
    }
  }

  /// What one worker sent at once: rows of metrics, or a message under the pod's own number.
  public struct Measures: Sendable {
    public var job: JobIndex
    public var metrics: [Metric]
    public var message: (number: Int64, pod: String, Message)?
    /// What stands for rows that do not say when they were measured.
    public var at: Instant

    public init(job: JobIndex, metrics: [Metric], message: (number: Int64, pod: String, Message)?, at: Instant) {
      self.job = job
      self.metrics = metrics
      self.message = message
      self.at = at
    }
  }

  /// Keeps what workers sent, all of it or none. A step that is there already is replaced: after a resume the lost steps are done again. The
  /// same number of the same pod again is the same message.
  public func record(_ measures: [Measures]) throws(InputError) {
    try write { db in
      for one in measures {
        try Catalogue.record(one.metrics, of: one.job, at: one.at, db)
        if let (number, pod, message) = one.message {
          try Catalogue.record(message, number: number, from: pod, of: one.job, db)
        }
      }
    }
  }

  private static func record(_ metrics: [Metric], of job: JobIndex, at: Instant, _ db: Database) throws {
    let row = try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (job, step, at, \(Catalogue.measured)) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for m in metrics {
      try row.execute(arguments: [
        job.rawValue, m.step, m.at ?? at.microseconds, m.epoch, m.training_loss, m.validation_loss, m.learning_rate,
        m.perplexity, m.gradient_norm, m.tokens_per_s, m.gpu_utilization, m.gpu_memory_gb, m.elapsed_s,
      ])
    }
  }

  private static func record(
    _ message: Message, number: Int64, from pod: String, of job: JobIndex, _ db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO worker_message (pod, number, job, at, kind, code, message, step)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      pod, number, job.rawValue, message.at, message.kind.rawValue, message.code, message.message, message.step,
    ])
  }

  private static let measured =
    "epoch, training_loss, validation_loss, learning_rate, perplexity, gradient_norm, tokens_per_s, gpu_utilization, "
    + "gpu_memory_gb, elapsed_s"

  /// By step, from one step to another.
  public func metrics(
    of job: JobIndex, from: Int = 0, to: Int = .max, limit: Int = .max
  ) throws(InputError) -> [Metric] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT step, at, \(Catalogue.measured) FROM metric WHERE job = ? AND step BETWEEN ? AND ? ORDER BY step "
          + "LIMIT ?",
        arguments: [job.rawValue, from, to, limit]
      ).map { row in
        var m = Metric(step: row[0], at: row[1])
        (m.epoch, m.training_loss, m.validation_loss, m.learning_rate) = (row[2], row[3], row[4], row[5])
        (m.perplexity, m.gradient_norm, m.tokens_per_s) = (row[6], row[7], row[8])
        (m.gpu_utilization, m.gpu_memory_gb, m.elapsed_s) = (row[9], row[10], row[11])
        return m
      }
    }
  }

  /// The losses alone, by step: what curves are drawn from.
  ///
  /// - Parameter limit: how many rows at most: whoever reads a million of them lets others at the store in between.
  /// - Complexity: O(rows); 0.5 s for a million.
  public func forEachLoss(
    of job: JobIndex, from: Int, limit: Int = .max,
    _ body: (_ step: Int, _ training: Double?, _ validation: Double?) -> Void
  ) throws(InputError) {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql:
          "SELECT step, training_loss, validation_loss FROM metric WHERE job = ? AND step >= ? ORDER BY step LIMIT ?",
        arguments: [job.rawValue, from, limit])
      while let row = try rows.next() { body(row[0], row[1], row[2]) }
    }
  }

  /// By time.
  ///
  /// - Parameters:
  ///   - from: only those of this time and later.
  ///   - limit: how many at most.
  public func messages(
    of job: JobIndex, from: Instant = .distantPast, limit: Int = .max
  ) throws(InputError) -> [Message] {
    try messages(
      "job = ? AND at >= ? ORDER BY at, pod, number LIMIT ?", [Int64(job.rawValue), from.microseconds, Int64(limit)])
  }

  /// The newest, by time, and how many there are in all.
  public func newestMessages(_ limit: Int, of job: JobIndex) throws(InputError) -> (messages: [Message], total: Int) {
    let newest = try messages(
      "job = ? ORDER BY at DESC, pod DESC, number DESC LIMIT ?", [Int64(job.rawValue), Int64(limit)])
    let total = try read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM worker_message WHERE job = ?", arguments: [job.rawValue]) ?? 0
    }
    return (newest.reversed(), total)
  }

  private func messages(_ which: String, _ arguments: [Int64]) throws(InputError) -> [Message] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT kind, code, message, step, at FROM worker_message WHERE " + which,
        arguments: StatementArguments(arguments)
      ).map {
        Message(kind: Message.Kind(rawValue: $0[0]) ?? .log, code: $0[1], message: $0[2], step: $0[3], at: $0[4])
      }
    }
  }

  /// How many rows the journal has.
  public func journalLength() throws(InputError) -> Int {
    try read { db in try Int.fetchOne(db, sql: "SELECT coalesce(max(seq), 0) FROM journal") ?? 0 }
  }

  /// One line of the audit log.
  public struct AuditLine: Codable, Sendable, Hashable {
    /// Counts up.
    public var id: Int64
    public var at: String
    public var person: String
    public var role: String
    public var action: String
    public var subject: String
    public var justification: String?
    public var change: String?
  }

  /// What people did, the newest first.
  ///
  /// - Parameters:
  ///   - prefix: only actions that begin so: `budget.`
  ///   - after: only those older than this line.
  public func audit(
    prefix: String = "", subject: String? = nil, after: Int64 = .max, limit: Int = 1_000
  ) throws(InputError) -> [AuditLine] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT at, person, role, action, subject, justification, change, id FROM audit
          WHERE id < ?1 AND substr(action, 1, length(?2)) = ?2 \(subject == nil ? "" : "AND subject = ?4")
          ORDER BY id DESC LIMIT ?3
          """, arguments: [after, prefix, limit] + (subject.map { [$0] } ?? [])
      ).map {
        AuditLine(
          id: $0[7], at: Catalogue.stamp(Instant(microseconds: $0[0])), person: $0[1], role: $0[2], action: $0[3],
          subject: $0[4], justification: $0[5], change: $0[6])
      }
    }
  }
}
