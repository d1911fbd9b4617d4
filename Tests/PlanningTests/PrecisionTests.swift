import Calibration
import DiscreteEvent
import Engine
import Planning
import Simulator
import Testing

@Suite struct PrecisionTests {
  /// A spot run whose mean cost is known in closed form.
  private static let run = CheckpointedRun(
    steps: 2000, secondsPerStep: 22.5, every: 100, checkpoint: 30, restart: 795, downtime: 180)
  private static let mtbf = 24_840.0

  private static var source: ModelSource {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(run.secondsPerStep))
    world.checkpoint = .constant(run.checkpoint)
    world.restore = .constant(run.restart)
    world.provisioning = ByPricing(.constant(run.downtime))
    world.interruptions.spot = .lifetime(.exponential(mean: mtbf))
    return ModelSource(worlds: [world], jobs: 0, name: "test")
  }

  private static func estimate(
    _ precision: Precision?, seed: UInt64 = 1, threads: Int = 2, replications: Int = 1, source: ModelSource = source
  ) async throws -> Estimate {
    var configuration = JobConfiguration(preset: .custom, pricing: .spot)
    configuration.statedSteps = run.steps
    configuration.checkpointEvery = run.every
    var policies = Policies()
    policies.maxInterruptions = .max
    return try await Estimate.run(
      configuration, source: source, policies: policies, start: .zero, replications: replications, precision: precision,
      seed: seed, threads: threads)
  }

  @Test func stopsWhereTheHalfWidthIsInside() async throws {
    let estimate = try await Self.estimate(Precision(relative: 0.002))
    let reached = try #require(estimate.precision)
    #expect(reached.isMet && reached.relative <= 0.002 && reached.relative > 0.0015)
    #expect(reached.replications == estimate.replications && reached.metric == "cost_usd")
    #expect(estimate.replications < Precision.defaultCap)
  }

  @Test func neitherThreadsNorRoundsShow() async throws {
    let precise = try await Self.estimate(Precision(relative: 0.002))
    let other = try await Self.estimate(Precision(relative: 0.002), threads: 7)
    #expect(other.digest == precise.digest && other.cost.mean == precise.cost.mean)
    let plain = try await Self.estimate(nil, replications: precise.replications)
    #expect(plain.digest == precise.digest && plain.cost.sorted == precise.cost.sorted)
  }

  @Test func whatCannotBeReachedSaysHowFarItGot() async throws {
    let reached = try #require(try await Self.estimate(Precision(relative: 1e-5, cap: 3_000)).precision)
    #expect(!reached.isMet && reached.replications == 3_000 && reached.relative > 1e-5 && reached.relative < 0.01)
  }

  /// The mean is where the interval says in 95 % of the questions, although the sample decides when to stop.
  @Test func intervalsHoldAfterStopping() async throws {
    let truth = Self.run.moments(mtbf: Self.mtbf).billed / 3600 * 2.49
    let n = Demonstration.measures ? 1_000 : 300
    var held = 0
    for seed in 1...n {
      let estimate = try await Self.estimate(Precision(relative: 0.005), seed: UInt64(seed))
      let reached = try #require(estimate.precision)
      if abs(estimate.cost.mean - truth) <= reached.relative * estimate.cost.mean { held += 1 }
    }
    print("precision: the 95 % interval held \(held) of \(n)")
    // Four standard errors below 95 %.
    let error = (0.95 * 0.05 / Double(n)).squareRoot()
    #expect(Double(held) > (0.95 - 4 * error) * Double(n))
  }

  /// Sixteen possible worlds whose means differ more than single runs do: the interval still holds, and is reached with fewer.
  @Test func onlyTheSpreadWithinAWorldCounts() async throws {
    let mtbf = [18_000.0, 20_000, 23_000, 27_000]
    var source = Self.source
    source.worlds = (0..<16).map { n in
      var world = Self.source.worlds[0]
      world.step = StepTime(median: .seconds(Self.run.secondsPerStep * (0.7 + 0.04 * Double(n))))
      world.interruptions.spot = .lifetime(.exponential(mean: mtbf[n % 4]))
      return world
    }
    let truth =
      (0..<16).reduce(0.0) { sum, n in
        var run = Self.run
        run.secondsPerStep *= 0.7 + 0.04 * Double(n)
        return sum + run.moments(mtbf: mtbf[n % 4]).billed / 3600 * 2.49
      } / 16
    let n = Demonstration.measures ? 1_000 : 300
    var (held, spent, plain) = (0, Tally(), Tally())
    for seed in 1...n {
      let estimate = try await Self.estimate(Precision(relative: 0.005), seed: UInt64(seed), source: source)
      let reached = try #require(estimate.precision)
      if abs(estimate.cost.mean - truth) <= reached.relative * estimate.cost.mean { held += 1 }
      spent.add(Double(reached.replications))
      let relative = 1.96 * estimate.cost.sd / estimate.cost.mean / 0.005
      plain.add(relative * relative)
    }
    print(
      "precision over 16 worlds: held \(held) of \(n), \(Int(spent.mean)) replications instead of \(Int(plain.mean))")
    let error = (0.95 * 0.05 / Double(n)).squareRoot()
    #expect(Double(held) > (0.95 - 4 * error) * Double(n))
    #expect(spent.mean < 0.7 * plain.mean)
  }

  @Test func aMonthIsKnownAsWellAsAsked() async throws {
    let history = try Demonstration.history()
    let calendar = try #require(CalendarMonths())
    var request = Forecast.Request(
      first: .init(year: 2026, month: 12), asOf: history.until, policies: Demonstration.policies, threads: 2)
    request.precision = Precision(relative: 0.01)
    let source = ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: "")
    let forecast = try await Forecast.run(request, history: history, source: source, calendar: calendar)
    let reached = try #require(forecast.precision)
    #expect(reached.isMet && reached.metric == "month_end_usd")
    // Whole sweeps: every possible truth as often as any other.
    #expect(forecast.replications % source.worlds.count == 0)
  }
}
