import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Testing

/// Importance sampling against what is known exactly, and against counting.
@Suite struct RareOverrunTests {
  /// A month that costs a Poisson number of gamma costs, as in the `budget` oracles.
  private static func month(lambda: Double, shape: Double, scale: Double, uncertain: Double = 0) throws
    -> (Forecast.Request, ModelSource, CalendarMonths)
  {
    let rate = 1e5
    var world = WorldParameters()
    world.hourlyRate.spot = rate
    world.preprocessing = .gamma(shape: shape, scale: scale * 3600 / rate)
    var configuration = JobConfiguration(preset: .custom, pricing: .spot)
    configuration.statedSteps = 0
    world.mix = [JobKind(weight: 1, configuration: configuration)]
    let worlds = (-2...2).map { i in
      var world = world
      world.arrivals = .poisson(perDay: lambda / 30 * (1 + uncertain * Double(i)))
      return world
    }
    let calendar = try #require(CalendarMonths())
    let november = Forecast.Request(
      first: .init(year: 2026, month: 11), asOf: calendar.start(of: .init(year: 2026, month: 11)),
      policies: Demonstration.policies.unlimited, threads: 2)
    return (november, ModelSource(worlds: worlds, jobs: 0, name: ""), calendar)
  }

  /// A Poisson number of gamma costs, a budget, its exact odds, and the relative error that 5,000 futures are to have. The more
  /// single costs vary, the more of an overrun is their luck, which stays as it is.
  struct Case: Sendable {
    var lambda: Double
    var shape: Double
    var scale: Double
    var budget: Double
    var truth: Double
    var error: Double
  }

  @Test(arguments: [
    Case(lambda: 12, shape: 16, scale: 3.1225, budget: 1226.2099561759605, truth: 0.001, error: 0.05),
    Case(
      lambda: 10, shape: 11.11111111111111, scale: 4.5, budget: 1_000, truth: 0.0036696300329025207, error: 0.05),
    Case(
      lambda: 12, shape: 8.163265306122451, scale: 4.9747249999999985, budget: 1_000, truth: 0.0013094603297039511,
      error: 0.065),
  ]) func oneInAThousandToFivePerCent(_ c: Case) async throws {
    let (lambda, shape, scale, budget, truth) = (c.lambda, c.shape, c.scale, c.budget, c.truth)
    let (request, source, calendar) = try Self.month(lambda: lambda, shape: shape, scale: scale)
    let odds = try #require(
      try await RareOverrun.run(
        request, budget: budget, history: History(source: ""), source: source, calendar: calendar))
    let error = odds.halfWidth / 1.96
    print("rare overrun: \(odds.probability) ± \(odds.halfWidth), exactly \(truth), relative error \(error / truth)")
    #expect(odds.replications <= 5_000)
    #expect(error / truth < c.error)
    #expect(abs(odds.probability - truth) < 4 * error)
  }

  /// Unbiased: the mean over many seeds is the truth, with truths that differ as well.
  @Test func itIsUnbiased() async throws {
    let (request, source, calendar) = try Self.month(
      lambda: 12, shape: 8.163265306122451, scale: 4.9747249999999985, uncertain: 0.08)
    // The exact value: the mean over the five rates of P(S > B) = Σ Pois(n) Q(nk, B/θ).
    var truth = 0.0
    for i in -2...2 {
      let lambda = 12 * (1 + 0.08 * Double(i))
      var weight = exp(-lambda)
      for n in 1...200 {
        weight *= lambda / Double(n)
        let tail = Law.gamma(shape: 8.163265306122451 * Double(n), scale: 4.9747249999999985).survival(900)
        truth += weight * tail / 5
      }
    }
    var mean = Tally()
    for seed in 1...24 {
      var request = request
      request.seed = UInt64(seed)
      let odds = try await RareOverrun.run(
        request, budget: 900, history: History(source: ""), source: source, calendar: calendar, replications: 2_000)
      mean.add(try #require(odds).probability)
    }
    #expect(abs(mean.mean - truth) < 4 * mean.standardError, "\(mean.mean) ± \(mean.standardError), exactly \(truth)")
  }

  /// On the demonstration history it agrees with counting, and is many times as sure.
  @Test func itAgreesWithCounting() async throws {
    let history = try Demonstration.history()
    let source = ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: "")
    let calendar = try #require(CalendarMonths())
    let n = Demonstration.measures ? 100_000 : 20_000
    var request = Forecast.Request(
      first: .init(year: 2026, month: 11), asOf: history.until, policies: Demonstration.policies.unlimited,
      replications: n, threads: 2)
    let month = try #require(
      try await Forecast.run(request, history: history, source: source, calendar: calendar).months.first)
    let budget = month.total.quantile(0.997)
    let counted = month.total.probability(above: budget)
    request.seed = 2
    let odds = try #require(
      try await RareOverrun.run(request, budget: budget, history: history, source: source, calendar: calendar))
    let error = (counted * (1 - counted) / Double(n)).squareRoot()
    let own = odds.halfWidth / 1.96
    print(
      "rare overrun of the demonstration: \(odds.probability), relative error \(own / odds.probability); counted \(counted)"
    )
    #expect(abs(odds.probability - counted) < 4 * (error * error + own * own).squareRoot())
    // As many futures, counted, would have this error.
    #expect(own < 0.5 * (counted / 5_000).squareRoot())
  }

  @Test func whatIsNotRareIsLeftToCounting() async throws {
    let (request, source, calendar) = try Self.month(lambda: 12, shape: 8, scale: 5)
    #expect(
      try await RareOverrun.run(
        request, budget: 300, history: History(source: ""), source: source, calendar: calendar) == nil)
  }
}

extension Policies {
  fileprivate var unlimited: Policies {
    var policies = self
    policies.maxConcurrent = .max
    return policies
  }
}
