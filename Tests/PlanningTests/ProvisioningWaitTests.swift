import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Testing

@Suite struct ProvisioningWaitTests {
  private static func world(_ success: Double, recovery: Double? = nil) -> WorldParameters {
    var world = WorldParameters()
    world.availability.spot = Availability(success: success, recoveryRatePerHour: recovery)
    return world
  }

  /// In one truth it is the geometric law.
  @Test func oneTruthIsTheGeometricLaw() {
    let wait = ProvisioningWait(worlds: [Self.world(0.2)], pricing: .spot, every: .minutes(5))
    // 1 − 0.8³ = 0.488, 1 − 0.8⁴ = 0.590; 1 − 0.8⁷ = 0.790, 1 − 0.8⁸ = 0.832.
    #expect(wait.quantile(0.5) == 20 * 60 && wait.quantile(0.8) == 40 * 60)
  }

  /// A stock-out that lasts half an hour in the mean: an attempt after five minutes finds it over with 1 − e^(−1/6).
  @Test func aStockOutLastsAsLongAsItsRateSays() {
    let wait = ProvisioningWait(worlds: [Self.world(1, recovery: 2)], pricing: .spot, every: .minutes(5))
    let attempts = (log(0.5) / -(1.0 / 6)).rounded(.up)
    #expect(wait.quantile(0.5) == attempts * 300)
  }

  @Test func twoTruthsAreMixedAndWhatNeverComesIsNotPromised() {
    let worlds = [Self.world(1), Self.world(0)]
    let wait = ProvisioningWait(worlds: worlds, pricing: .spot, every: .minutes(5))
    #expect(wait.quantile(0.5) == 300 && wait.quantile(0.6) == nil)
    #expect(ProvisioningWait(worlds: [], pricing: .spot, every: .minutes(5)).quantile(0.5) == nil)
  }
}
