import Calibration
import DiscreteEvent
import Foundation
import Testing

@testable import Simulator

@Suite struct HazardSamplerTests {
  /// Rates by age and hour of the day, with breaks that are no whole hours and one that is beyond a day.
  private static let factors: [Double] = (0..<24).map { (hour: Int) -> Double in
    hour % 7 == 3 ? 0 : 0.5 + Double(hour) / 12
  }
  private static let hazard = Hazard.byAgeAndHour(
    breaksHours: [0.25, 0.5, 1, 3.7, 12, 31], ratesPerHour: [0.4, 0, 0.09, 0.03, 0.05, 0.01, 0.2],
    hourFactors: factors, utcOffset: -5 * 3600)

  /// A new pod is drawn by tables, one that is alive already by whole cumulated hours: at an age of next to nothing they agree.
  @Test func aNewPodIsDrawnLikeAnyOther() {
    let sampler = HazardSampler(Self.hazard)
    var stream = RandomStream(seed: 11, replication: 0, entity: 0, purpose: 1)
    for _ in 0..<20_000 {
      let granted = Instant(microseconds: Int64(1.8e15 + stream.uniform() * 3e12))
      let u = stream.uniform()
      let new = sampler.age(granted: granted, alive: 0, start: .zero, u)
      let other = sampler.age(granted: granted, alive: 1e-9, start: .zero, u)
      #expect(abs(new - other) <= 1e-4 * max(1, other), "granted \(granted.microseconds), u \(u)")
    }
  }

  /// What comes after the horizon need not be known; what comes before it is the same.
  @Test func theHorizonHidesOnlyWhatIsBeyondIt() {
    let sampler = HazardSampler(Self.hazard)
    var stream = RandomStream(seed: 12, replication: 0, entity: 0, purpose: 1)
    var hidden = 0
    for _ in 0..<20_000 {
      let granted = Instant(microseconds: Int64(1.8e15 + stream.uniform() * 3e12))
      let (horizon, u) = (stream.uniform() * 40 * 3600, stream.uniform())
      let whole = sampler.age(granted: granted, alive: 0, start: .zero, u)
      let near = sampler.age(granted: granted, alive: 0, start: .zero, before: horizon, u)
      if near == .infinity { hidden += 1 }
      #expect(near == whole || near == .infinity && whole > horizon)
    }
    #expect(hidden > 1_000)
  }

  /// The ages' survival is the law's own, by the integral of its rate.
  @Test func survivalIsTheIntegralOfTheRate() {
    let factors = [Double](repeating: 0.5, count: 12) + [Double](repeating: 1.5, count: 12)
    let sampler = HazardSampler(
      .byAgeAndHour(breaksHours: [1, 6], ratesPerHour: [0.3, 0.05, 0.1], hourFactors: factors, utcOffset: 0))
    // Granted at 10 o'clock: an hour at .3 × .5, one at .05 × .5, then four at .05 × 1.5.
    let granted = Instant(microseconds: 36_000_000_000)
    for (hours, expected) in [(1.0, 0.15), (2.0, 0.175), (6.0, 0.475), (16.0, 0.475 + 0.1 * (8 * 1.5 + 2 * 0.5))] {
      let u = exp(-expected)
      let age = sampler.age(granted: granted, alive: 0, start: .zero, u)
      #expect(abs(age - hours * 3600) < 1e-3, "\(hours) h: \(age)")
    }
  }
}
