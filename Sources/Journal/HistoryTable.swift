import Foundation
import GRDB
import Scenarios

/// A table of the history schema: the columns that are read, in the order they are read, and which of them name a row.
struct HistoryTable: Sendable {
  let name: String
  let columns: [String]
  /// Indices into ``columns`` of the primary key.
  let key: [Int]
  let order: String

  init(_ name: String, _ columns: [String], key: [Int], order: String = "") {
    self.name = name
    self.columns = columns
    self.key = key
    self.order = order
  }

  /// - Parameter isPartial: only what hangs on the jobs of the argument `:kept`, a JSON array of their ids.
  func select(isPartial: Bool) -> String {
    let filter = isPartial ? " WHERE \(condition)" : ""
    return "SELECT \(columns.joined(separator: ", ")) FROM \(name)\(filter)"
      + (order.isEmpty ? "" : " ORDER BY \(order)")
  }

  private var condition: String {
    let kept = "SELECT value FROM json_each(:kept)"
    switch name {
    case "observation": return ":kept IS NOT NULL"
    case "job": return "id IN (\(kept))"
    case "stage_run", "progress": return "lease_id IN (SELECT id FROM lease WHERE job_id IN (\(kept)))"
    case "charge": return "job_id IN (\(kept)) OR job_id IS NULL"
    default: return "job_id IN (\(kept))"
    }
  }

  /// Some of the jobs, as JSON arrays of their ids.
  struct Part {
    let kept: String
    /// Those that go on.
    private let open: String

    init(_ ids: [String], in db: Database) throws {
      let kept = try String(decoding: JSONEncoder().encode(ids), as: UTF8.self)
      let open = try String.fetchOne(
        db,
        sql: "SELECT json_group_array(id) FROM job WHERE ended_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        arguments: [kept])
      (self.kept, self.open) = (kept, open ?? "[]")
    }

    /// Whose rows of a table are read.
    func jobs(of table: HistoryTable) -> String {
      ["pod_request", "lease", "stage_run", "checkpoint", "progress"].contains(table.name) ? open : kept
    }
  }

  /// The ids of jobs that are not over, that ended since, or that something was charged for since (microseconds).
  static func recent(since: Int64, in db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT id FROM job WHERE ended_at IS NULL OR ended_at >= :since
        UNION SELECT job_id FROM charge WHERE to_at >= :since AND job_id IS NOT NULL
        """, arguments: ["since": since])
  }

  static let observation = HistoryTable("observation", ["store_id", "origin", "from_at", "until_at"], key: [0, 2])

  static let job = HistoryTable(
    "job",
    [
      "id", "name", "creator", "client", "project", "preset", "rank", "learning_rate", "epochs", "batch_size",
      "gradient_accumulation_steps", "max_sequence_length", "checkpoint_interval_steps", "conversations",
      "training_pairs", "training_tokens", "total_steps", "pricing", "gpu_type", "submitted_at", "admitted_at",
      "ended_at", "outcome", "failure", "retry_of", "quoted_cost", "cost", "recorded_at",
    ], key: [0], order: "submitted_at, id")

  static let pause = HistoryTable("job_pause", ["job_id", "from_at", "to_at"], key: [0, 1], order: "job_id, from_at")

  static let request = HistoryTable(
    "pod_request", ["id", "job_id", "pricing", "requested_at", "resolved_at", "result"], key: [0],
    order: "requested_at, id")

  static let lease = HistoryTable(
    "lease",
    [
      "id", "request_id", "job_id", "hourly_rate", "granted_at", "observed_from", "last_seen_at", "ended_at",
      "end_reason", "recorded_at",
    ], key: [0], order: "granted_at, id")

  static let stageRun = HistoryTable(
    "stage_run",
    ["lease_id", "stage", "started_at", "ended_at", "first_step", "last_step", "last_step_at", "completed"],
    key: [0, 1, 2])

  static let checkpoint = HistoryTable(
    "checkpoint", ["lease_id", "step", "started_at", "blocked_us", "durable_at", "job_id"], key: [0, 1])

  static let progress = HistoryTable("progress", ["lease_id", "step", "at"], key: [0, 1])

  static let charge = HistoryTable(
    "charge", ["id", "job_id", "lease_id", "account", "from_at", "to_at", "amount", "recorded_at"], key: [0],
    order: "id")

  /// Of stores of ours, see ``HistorySchema/suites``.
  static let suites = HistoryTable("job_suites", ["job_id", "passes"], key: [0])

  /// The same, see ``HistorySchema/examinations``.
  static let examinations = HistoryTable("job_examination", ["job_id"], key: [0])

  static let all = [observation, job, pause, request, lease, stageRun, checkpoint, progress, charge]

  /// The schema this program reads: `PRAGMA user_version` of history.sql.
  static let version = 1

  /// Holds a database against the contract.
  static func check(_ db: Database, file: String) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let names = try Set(
      String.fetchAll(db, sql: "SELECT lower(name) FROM sqlite_master WHERE type IN ('table', 'view')"))
    let missing = all.filter { !names.contains($0.name) }
    if missing.count == all.count {
      throw InputError(
        .badData, file: file,
        names.isEmpty
          ? "this SQLite database has no tables, so it is not a history"
          : "this SQLite database is not a history: it has none of the tables job, lease, observation …",
        hint: "name a database of the history schema (history.sql, user_version \(Self.version))")
    }
    if version != Self.version {
      throw InputError(
        .badData, file: file, "the history has schema version \(version) (PRAGMA user_version), not \(Self.version)",
        hint: version > Self.version
          ? "it was written by a newer lora-train: use that one"
          : "create it from history.sql, which sets PRAGMA user_version = \(Self.version)")
    }
    if let table = missing.first {
      throw InputError(
        .badData, file: file, "the history has no table \(table.name)",
        hint: "create it from history.sql; it may be empty, but it must be there")
    }
    for table in all {
      let there = try Set(String.fetchAll(db, sql: "SELECT lower(name) FROM pragma_table_info('\(table.name)')"))
      if let column = table.columns.first(where: { !there.contains($0) }) {
        throw InputError(
          .badData, file: file, "the history's table \(table.name) has no column \(column)",
          hint: "create the table from history.sql, schema version \(Self.version)")
      }
    }
  }
}
