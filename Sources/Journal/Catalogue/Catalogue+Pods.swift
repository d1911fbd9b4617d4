import DiscreteEvent
import GRDB
import Scenarios

/// How it went with pods over all jobs: asked for and not had, lost and recovered from.
extension Catalogue {
  /// Attempts to get a pod in one hour of the day, UTC.
  public struct ProvisioningHour: Sendable, Hashable {
    public var hour: Int
    /// `spot` or `on_demand`.
    public var pricing: String
    /// That were answered: granted, or not.
    public var attempts: Int
    /// That brought no pod.
    public var failed: Int
    public init(hour: Int, pricing: String, attempts: Int, failed: Int) {
      (self.hour, self.pricing, self.attempts, self.failed) = (hour, pricing, attempts, failed)
    }
  }

  /// By hour and pricing; what was withdrawn before an answer came counts for nothing.
  public func provisioning() throws(InputError) -> [ProvisioningHour] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT (requested_at / 3600000000) % 24, pricing, count(*), sum(result <> 'granted') FROM pod_request
          WHERE result IN ('granted', 'unavailable', 'timeout', 'error') GROUP BY 1, 2 ORDER BY 1, 2
          """
      ).map { ProvisioningHour(hour: $0[0], pricing: $0[1], attempts: $0[2], failed: $0[3]) }
    }
  }

  /// The loss of one pod, and what came of it.
  public struct Recovery: Sendable, Hashable {
    /// From where work stopped to where training went on on the next pod; nil: it did not.
    public var downtime: Span?
    /// Nothing is to come of it any more: the next pod was lost before training went on, or the job ended without one.
    public var hasFailed: Bool
    public init(downtime: Span?, hasFailed: Bool) { (self.downtime, self.hasFailed) = (downtime, hasFailed) }
  }

  /// Of every pod that was taken back, failed or lost, in no order. One that is not decided yet has neither.
  ///
  /// - Complexity: O(leases of jobs that ever lost a pod).
  public func recoveries() throws(InputError) -> [Recovery] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT lease.job_id, lease.end_reason IN ('interrupted', 'host_failure', 'lost'), lease.ended_at,
            (SELECT max(ended_at) FROM stage_run WHERE lease_id = lease.id),
            (SELECT min(started_at) FROM stage_run WHERE lease_id = lease.id AND stage = 'training'),
            job.outcome
          FROM lease JOIN job ON job.id = lease.job_id
          WHERE lease.job_id IN (SELECT job_id FROM lease WHERE end_reason IN ('interrupted', 'host_failure', 'lost'))
          ORDER BY lease.job_id, lease.granted_at
          """)
      var found: [Recovery] = []
      for (i, row) in rows.enumerated() {
        let (job, isLost): (String, Bool) = (row[0], row[1] ?? false)
        guard isLost, let stopped: Int64 = row[3] ?? row[2] else { continue }
        let next = i + 1 < rows.count && rows[i + 1][0] == job ? rows[i + 1] : nil
        let outcome: String? = row[5]
        if let next, let trains: Int64 = next[4] {
          found.append(Recovery(downtime: Span(microseconds: trains - stopped), hasFailed: false))
        } else if outcome != "cancelled" {
          // Whoever cancels has not waited for it.
          let nextEnded: Int64? = next?[2]
          found.append(Recovery(downtime: nil, hasFailed: nextEnded != nil || outcome != nil))
        }
      }
      return found
    }
  }
}
