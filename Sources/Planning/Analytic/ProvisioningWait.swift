import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// How long somebody waits for a pod who was refused one: over all possible truths, in each of which every further attempt succeeds with
/// the same probability, as the simulated world has it (see ``Availability``).
public struct ProvisioningWait: Sendable {
  private let chances: [Double]
  private let every: Double
  /// Nobody is told of more than a day.
  private static let longest = 86_400.0

  /// - Parameter every: the time between two attempts.
  public init(worlds: [WorldParameters], pricing: Pricing, every: Span) {
    self.every = every.seconds
    chances = worlds.map { world in
      let availability = world.availability[pricing]
      let recovered = availability.recoveryRatePerHour.map { 1 - exp(-$0 * every.hours) } ?? 1
      return availability.success * recovered
    }
  }

  /// Seconds from the refusal within which a pod is had with probability `p`; nil: more than a day, or never. O(attempts of a day × truths).
  public func quantile(_ p: Double) -> Double? {
    guard every > 0, !chances.isEmpty else { return nil }
    var missing = chances.map { _ in 1.0 }
    for attempt in 1...max(1, Int(ProvisioningWait.longest / every)) {
      for i in missing.indices { missing[i] *= 1 - chances[i] }
      if 1 - missing.reduce(0, +) / Double(missing.count) >= p { return Double(attempt) * every }
    }
    return nil
  }
}
