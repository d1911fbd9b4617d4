import DiscreteEvent
import GRDB
import Scenarios

/// Holdings of spot pods over all jobs.
extension Catalogue {
  /// One holding of a spot pod: from when to when, and whether it was taken back.
  public struct SpotLease: Sendable, Hashable {
    public var granted: Instant
    /// nil: it is held still.
    public var ended: Instant?
    /// Taken back by the provider, or its host failed.
    public var isInterrupted: Bool

    public init(granted: Instant, ended: Instant?, isInterrupted: Bool) {
      (self.granted, self.ended, self.isInterrupted) = (granted, ended, isInterrupted)
    }
  }

  public func spotLeases() throws(InputError) -> [SpotLease] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT lease.granted_at, lease.ended_at, lease.end_reason IN ('interrupted', 'host_failure', 'lost')
          FROM lease JOIN pod_request ON pod_request.id = lease.request_id WHERE pod_request.pricing = 'spot'
          """
      ).map { row in
        let ended: Int64? = row[1]
        return SpotLease(
          granted: Instant(microseconds: row[0]), ended: ended.map { Instant(microseconds: $0) },
          isInterrupted: row[2] ?? false)
      }
    }
  }
}
