import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What the history's tables say of one job, and of a stretch of days: what pages show beside the engine's own state.
extension Catalogue {
  /// One job's leases with their stages, its checkpoints, and what was paid for what.
  public struct JobRecord: Sendable, Hashable {
    /// One stage of a lease.
    public struct Stage: Sendable, Hashable {
      /// `boot`, `preprocessing`, `model_loading`, `restore`, `training`, `finalization`.
      public var name: String
      public var started: Instant
      public var ended: Instant?
      public var lastStep: Int?
      public var isComplete: Bool
    }

    /// One holding of a pod, with its stages.
    public struct Lease: Sendable, Hashable {
      public var pod: String
      /// Nanodollars an hour.
      public var hourlyRate: Int64
      public var granted: Instant
      public var ended: Instant?
      /// `interrupted`, `host_failure`, `lost`, `released`, `failed`, `cancelled`, `paused`.
      public var reason: String?
      public var stages: [Stage]
    }

    /// A state of training that was saved.
    public struct Checkpoint: Sendable, Hashable {
      public var step: Int
      public var durable: Instant
      /// How long training stood still for it; nil where that is not known.
      public var blocked: Span?
    }
    /// In the order in which they were granted.
    public var leases: [Lease]
    /// By the time at which they became durable.
    public var checkpoints: [Checkpoint]
    /// Nanodollars by account, as posted: a lease that goes on is posted up to its last event.
    public var charges: [String: Int64]
  }

  public func record(of job: String) throws(InputError) -> JobRecord {
    try read { db in
      var leases: [(id: String, lease: JobRecord.Lease)] = try Row.fetchAll(
        db,
        sql:
          "SELECT id, pod_id, hourly_rate, granted_at, ended_at, end_reason FROM lease WHERE job_id = ? ORDER BY granted_at",
        arguments: [job]
      ).map { row in
        let ended: Int64? = row[4]
        return (
          row[0],
          JobRecord.Lease(
            pod: row[1], hourlyRate: row[2], granted: Instant(microseconds: row[3]),
            ended: ended.map { Instant(microseconds: $0) }, reason: row[5], stages: [])
        )
      }
      for i in leases.indices {
        leases[i].lease.stages = try Row.fetchAll(
          db,
          sql:
            "SELECT stage, started_at, ended_at, last_step, completed FROM stage_run WHERE lease_id = ? ORDER BY started_at",
          arguments: [leases[i].id]
        ).map { row in
          let ended: Int64? = row[2]
          return JobRecord.Stage(
            name: row[0], started: Instant(microseconds: row[1]), ended: ended.map { Instant(microseconds: $0) },
            lastStep: row[3], isComplete: row[4])
        }
      }
      let checkpoints = try Row.fetchAll(
        db, sql: "SELECT step, durable_at, blocked_us FROM checkpoint WHERE job_id = ? ORDER BY durable_at",
        arguments: [job]
      ).map { row in
        let blocked: Int64? = row[2]
        return JobRecord.Checkpoint(
          step: row[0], durable: Instant(microseconds: row[1]), blocked: blocked.map { Span(microseconds: $0) })
      }
      let charges = try Row.fetchAll(
        db, sql: "SELECT account, sum(amount) FROM charge WHERE job_id = ? GROUP BY account", arguments: [job])
      return JobRecord(
        leases: leases.map(\.lease), checkpoints: checkpoints,
        charges: Dictionary(charges.map { ($0[0], $0[1]) }, uniquingKeysWith: { $0 + $1 }))
    }
  }

  /// How long a job was paused since it was admitted; a pause that goes on lasts until `now`.
  public func paused(_ job: String, since admitted: Instant, until now: Instant) throws(InputError) -> Span {
    try read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT from_at, to_at FROM job_pause WHERE job_id = ?", arguments: [job])
      return Span(
        microseconds: rows.reduce(0) { sum, row in
          let (from, to): (Int64, Int64?) = (row[0], row[1])
          return sum + max(0, min(to ?? .max, now.microseconds) - max(from, admitted.microseconds))
        })
    }
  }

  /// When jobs were paused, by their ids; a pause that goes on has no end. Few jobs ever are.
  public func pauses() throws(InputError) -> [String: [(from: Instant, to: Instant?)]] {
    try read { db in
      var pauses: [String: [(from: Instant, to: Instant?)]] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT job_id, from_at, to_at FROM job_pause ORDER BY job_id, from_at") {
        let to: Int64? = row[2]
        pauses[row[0], default: []].append((Instant(microseconds: row[1]), to.map(Instant.init(microseconds:))))
      }
      return pauses
    }
  }

  /// Rows nearest below some steps, each once: enough to tell how training went, however many rows there are.
  public func metrics(of job: JobIndex, at steps: [Int]) throws(InputError) -> [Metric] {
    let found = try read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT step FROM metric WHERE job = ? AND step <= ? ORDER BY step DESC LIMIT 1")
      return try steps.compactMap { try Int.fetchOne(statement, arguments: [job.rawValue, $0]) }
    }
    var last = -1
    var rows: [Metric] = []
    for step in found where step > last {
      last = step
      rows += try metrics(of: job, from: step, limit: 1)
    }
    return rows
  }

  /// What was posted in each period, in nanodollars; a charge counts where it ends. Each charge is read once.
  ///
  /// - Parameter starts: where each begins and the one before it ends, ascending; the last has no end.
  public func spending(inPeriodsFrom starts: [Instant]) throws(InputError) -> [Int64] {
    try read { db in try postedByPeriod.read(from: starts, in: db).inPeriods }
  }

  /// What was posted for each job after an instant, in nanodollars, by the job's id. A charge that began before counts by its share of the
  /// time, as the budget splits a lease at the end of a period. Each charge is read once, as long as the instant is the same.
  public func spendingByJob(after edge: Instant) throws(InputError) -> [String: Int64] {
    try read { db in try postedByJob.read(from: [edge], in: db).byJob }
  }

  /// The last rows that were measured, the newest first.
  public func lastMetrics(of job: JobIndex, count: Int) throws(InputError) -> [Metric] {
    guard
      let last = try read({ db in
        try Int.fetchAll(
          db, sql: "SELECT step FROM metric WHERE job = ? ORDER BY step DESC LIMIT ?", arguments: [job.rawValue, count])
      }).last
    else { return [] }
    return try metrics(of: job, from: last).reversed()
  }
}
