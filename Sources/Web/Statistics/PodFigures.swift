import DiscreteEvent
import Foundation
import Journal

/// How it went with pods, kept for a while: counted over every request and lease that ever was.
actor PodShelf {
  private var kept: (figures: PodFigures, at: ContinuousClock.Instant)?
  private let catalogue: Catalogue
  private static let holds = Duration.seconds(120)

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  func figures() throws -> PodFigures {
    if let kept, kept.at.duration(to: .now) < PodShelf.holds { return kept.figures }
    let figures = PodFigures(try catalogue.provisioning(), try catalogue.recoveries())
    kept = (figures, .now)
    return figures
  }
}

/// What pages and programs are told of it.
struct PodFigures: Sendable {
  let provisioning: [AnalyticsDocument.ProvisioningHour]
  let recoveries: AnalyticsDocument.Recoveries

  init(_ hours: [Catalogue.ProvisioningHour], _ recoveries: [Catalogue.Recovery]) {
    provisioning = (0..<24).map { hour in
      let own = hours.filter { $0.hour == hour }
      let attempts = own.reduce(0) { $0 + $1.attempts }
      let failed = own.reduce(0) { $0 + $1.failed }
      let (low, high) = Analytics.wilson(failed, of: attempts)
      return .init(
        hour: hour, attempts: attempts, failed: failed,
        failure_rate: attempts > 0 ? Double(failed) / Double(attempts) : nil, failure_rate_low95: low,
        failure_rate_high95: high)
    }
    let times = recoveries.compactMap { $0.downtime?.seconds }.sorted()
    let failed = recoveries.count { $0.hasFailed }
    let decided = times.count + failed
    self.recoveries = .init(
      recovered: times.count, failed: failed,
      success_rate: decided > 0 ? Double(times.count) / Double(decided) : nil,
      median_downtime_s: times.isEmpty ? nil : times[(times.count - 1) / 2],
      within_10_minutes: times.count { $0 <= 600 })
  }
}
