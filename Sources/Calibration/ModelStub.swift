import DiscreteEvent
import Engine
import Foundation

public struct Model: Codable, Sendable {
  public var jobs: Int
  public var warnings: [String] = []
  public var point: WorldParameters
  public static func fit(_ h: History) throws -> Model {
    var w = WorldParameters()
    w.provisioning = ByPricing(spot: .lognormal(median: 83, sigma: 0.64), onDemand: .lognormal(median: 44, sigma: 0.34))
    w.availability = ByPricing(
      spot: Availability(success: 0.86, recoveryRatePerHour: 4), onDemand: Availability(success: 1))
    w.preprocessing = .uniform(low: 120, high: 300)
    w.modelLoading = .lognormal(median: 714, sigma: 0.24)
    w.restore = .constant(45)
    w.finalization = .uniform(low: 300, high: 600)
    w.checkpoint = .lognormal(median: 23.8, sigma: 0.37)
    w.step = StepTime(
      median: .regression(intercept: 2.82, perLogToken: 0.97, perLogRank: 0.09, perLogBatch: 0), podSD: 0.0587,
      jobSD: 0.04)
    w.interruptions.spot = .byAgeAndHour(
      breaksHours: [1], ratesPerHour: [0.2, 0.057], hourFactors: (0..<24).map { $0 >= 8 && $0 < 18 ? 1.4 : 0.7 },
      utcOffset: 0)
    w.crashesPerHour = [.conservative: 0.0025, .balanced: 0.0025, .aggressive: 0.0025]
    w.cancellationsPerHour = 0.002
    w.arrivals = .poisson(perDay: 1.29)
    w.mix =
      h.jobs.isEmpty
      ? [JobKind(weight: 1, configuration: JobConfiguration(preset: .balanced, pricing: .spot))]
      : h.jobs.map { JobKind(weight: 1, configuration: $0.configuration, client: $0.client ?? "") }
    return Model(jobs: h.jobs.count, point: w)
  }
  public func draw(_ i: Int, of n: Int, seed: UInt64) -> WorldParameters { point }
}
