import DiscreteEvent
import Foundation
import Journal
import Live

/// Interruptions of spot pods by the hour of the day, kept for a while: they are counted over every lease that ever was.
actor SpotHours {
  private var kept: (hours: [AnalyticsDocument.Hour], at: ContinuousClock.Instant)?
  private let catalogue: Catalogue
  private static let holds = Duration.seconds(60)

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  func hours(_ view: LiveView) throws -> [AnalyticsDocument.Hour] {
    if let kept, kept.at.duration(to: .now) < SpotHours.holds { return kept.hours }
    let hours = SpotHours.count(try catalogue.spotLeases(), until: view.at)
    kept = (hours, .now)
    return hours
  }

  /// In UTC. A lease counts in each hour for as long as it was held in it.
  static func count(_ leases: [Catalogue.SpotLease], until now: Instant) -> [AnalyticsDocument.Hour] {
    let hour: Int64 = 3_600_000_000
    var held = [Int64](repeating: 0, count: 24)
    var lost = [Int](repeating: 0, count: 24)
    func place(_ micros: Int64) -> Int { Int(((micros / hour) % 24 + 24) % 24) }
    for lease in leases {
      let end = (lease.ended ?? now).microseconds
      if lease.isInterrupted { lost[place(end)] += 1 }
      var from = lease.granted.microseconds
      // Whole days count in all hours alike.
      let days = max(0, (end - from) / (24 * hour))
      if days > 0 {
        for i in 0..<24 { held[i] += days * hour }
        from += days * 24 * hour
      }
      while from < end {
        let next = min(end, (from / hour + 1) * hour)
        held[place(from)] += next - from
        from = next
      }
    }
    return (0..<24).map { i in
      let hours = Double(held[i]) / Double(hour)
      return .init(
        hour: i, interruptions: lost[i], spot_hours: hours, per_hour: hours > 0 ? Double(lost[i]) / hours : nil)
    }
  }
}
