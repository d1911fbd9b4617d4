import Calibration
import DiscreteEvent
import GRDB
import Scenarios

/// What hangs on leases: stages, checkpoints, progress, charges.
extension HistoryLoader {
  /// Runs `body` for each row of a table whose first column names a lease; rows of one lease mostly stand together.
  private mutating func forEachOfLease(
    _ table: HistoryTable, _ body: (HistoryRow, inout History.Lease) throws -> Void
  ) throws {
    var (id, lease) = ("", -1)
    try Self.forEach(table, of: db, file: file, part: part) { row in
      let next = try row.text(0)
      if lease < 0 || next != id { (id, lease) = (next, try row.reference(0, to: "lease", in: leases)) }
      try body(row, &history.leases[lease])
    }
  }

  mutating func loadStageRuns() throws {
    let names = ["boot", "preprocessing", "model_loading", "restore", "training", "finalization"]
    try forEachOfLease(.stageRun) { row, lease in
      var run = History.StageRun(
        stage: try row.oneOf(1, History.StageName.self, names), started: try row.instant(2),
        ended: try row.instantOrNil(3), completed: try row.count(7) != 0)
      (run.firstStep, run.lastStep) = (try row.countOrNil(4), try row.countOrNil(5))
      run.lastStepAt = try row.instantOrNil(6)
      if let first = run.firstStep, let last = run.lastStep, last < first {
        throw row.error("last_step (\(last)) is before first_step (\(first))")
      }
      try row.ordered(2, run.started, 3, run.ended)
      try row.ordered(2, run.started, 6, run.lastStepAt)
      lease.stages.append(run)
    }
    for i in history.leases.indices { history.leases[i].stages.sort { $0.started < $1.started } }
  }

  mutating func loadCheckpoints() throws {
    let (jobs, index) = (history.jobs, jobs)
    try forEachOfLease(.checkpoint) { row, lease in
      if try row.text(5) != jobs[lease.job].id {
        _ = try row.reference(5, to: "job", in: index)
        throw row.error("its lease \(lease.id) belongs to another job")
      }
      let blocked = try row.integerOrNil(3)
      if let blocked, blocked < 0 || blocked > HistoryRow.latest {
        throw row.error("blocked_us is \(blocked), not a duration")
      }
      let checkpoint = History.Checkpoint(
        step: try row.count(1), started: try row.instant(2), blocked: blocked.map(Span.init(microseconds:)),
        durable: try row.instant(4))
      try row.ordered(2, checkpoint.started, 4, checkpoint.durable)
      lease.checkpoints.append(checkpoint)
    }
    for i in history.leases.indices { history.leases[i].checkpoints.sort { $0.step < $1.step } }
  }

  mutating func loadProgress() throws {
    try forEachOfLease(.progress) { row, lease in
      lease.progress.append((try row.count(1), try row.instant(2)))
    }
    for i in history.leases.indices {
      history.leases[i].progress.sort { $0.step < $1.step }
      let progress = history.leases[i].progress
      for (a, b) in zip(progress, progress.dropFirst()) where b.at < a.at {
        throw InputError(
          .badData, file: file,
          "table progress, row \(history.leases[i].id)/\(b.step): its time is before that of step \(a.step)")
      }
    }
  }

  mutating func loadCharges() throws {
    var (found, total) = ([History.Charge](), Int64(0))
    var (jobID, job, leaseID, lease): (String?, Int?, String?, Int?) = (nil, nil, nil, nil)
    try Self.forEach(.charge, of: db, file: file, part: part) { row in
      let (from, to) = (try row.instant(4), try row.instant(5))
      try row.ordered(4, from, 5, to)
      let (thisJob, thisLease) = (try row.textOrNil(1), try row.textOrNil(2))
      if thisJob != jobID {
        (jobID, job) = (thisJob, try thisJob.map { _ in try row.reference(1, to: "job", in: jobs) })
      }
      if thisLease != leaseID {
        // Of a part of the jobs, those that are over have no leases here.
        (leaseID, lease) = (
          thisLease,
          try thisLease.flatMap { part == nil ? try row.reference(2, to: "lease", in: leases) : leases[$0] }
        )
      }
      if let lease, let job, history.leases[lease].job != job { throw row.error("its lease belongs to another job") }
      let amount = try row.integer(6)
      let (sum, overflow) = total.addingReportingOverflow(amount == .min ? .max : abs(amount))
      if overflow { throw row.error("the charges up to here add up to more than nine billion dollars") }
      total = sum
      found.append(
        History.Charge(
          job: job, lease: lease, account: try row.oneOf(3, Self.accounts), from: from, to: to, amount: amount))
      found[found.count - 1].recorded = try row.instantOrNil(7)
    }
    history.charges = found
  }

  private static let accounts = [
    "work", "setup", "checkpoints", "lost_work", "recovery", "idle", "storage", "adjustment",
  ]
}
