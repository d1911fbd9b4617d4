import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What pods have cost.
extension Catalogue {
  /// What the last pod of a kind cost.
  public struct LastRate: Sendable, Hashable {
    public var provider: String
    public var gpu: String
    public var pricing: Pricing
    /// Nanodollars an hour.
    public var rate: Int64
    public var at: Instant
    public var job: String
  }

  /// For each provider, GPU and pricing, the newest first.
  public func lastRates() throws(InputError) -> [LastRate] {
    try read { db in
      // SQLite takes the other columns from the row that has the maximum.
      try Row.fetchAll(
        db,
        sql: """
          SELECT provider, gpu_type, pricing, hourly_rate, max(granted_at), lease.job_id
          FROM lease JOIN pod_request ON pod_request.id = lease.request_id
          GROUP BY provider, gpu_type, pricing ORDER BY max(granted_at) DESC
          """
      ).map {
        LastRate(
          provider: $0[0], gpu: $0[1], pricing: ($0[2] as String) == "spot" ? .spot : .onDemand, rate: $0[3],
          at: Instant(microseconds: $0[4]), job: $0[5])
      }
    }
  }
}
