import Calibration
import DiscreteEvent
import Engine
import Foundation
import Scenarios
import Testing

/// The example of the interface page, word for word.
let interfaceExample = """
  version: 1
  name: three spot slots, December
  seed: 1
  replications: 200
  horizon: {month: 2026-12}            # or {days: 30} or {jobs: 1000000, warm_up_jobs: 10000}
  model: ../calibration/history.sqlite # or a model.json, or `priors`; anything below overrides it
  pods:
    slots: 3                           # max_concurrent
    gpu: h100-pcie-80gb
    spot: {hourly_rate: 2.49}
    on_demand: {hourly_rate: 7.99}
  arrivals: {poisson: {per_day: 1.2}}  # or {times: [0h, 5h]}, {every: 6h}, {trace: jobs.csv}, {hourly_weights: […168]}
  jobs:                                # a mix
    - {weight: 3, preset: balanced, pricing: spot, training_pairs: 2600, tokens_per_pair: 3400}
    - {weight: 1, preset: aggressive, pricing: on_demand, steps: 2000, checkpoint_every: 100}
  durations:                           # each a constant or a law:
    provisioning: {lognormal: {median: 2m, sigma: 0.5}}   # exponential{mean} weibull{shape,scale} gamma{shape,scale}
    preprocessing: 3m                                     # lognormal{median,sigma} uniform{low,high} erlang{k,mean}
    model_loading: 12m                                    # normal{mean,sd} empirical{[…]} mixture{[{weight,law}…]}
    step: 22.5s
    checkpoint: 30s                                       # none is taken after the last step
    restore: 45s
    finalization: 8m
  provisioning: {success: 0.95, retry_every: 5m, give_up_after: 1h}   # attempts at 0, 5 … 60 min, 13 in all
  interruptions: {exponential: {mean: 6.9h}}  # weibull, piecewise_by_age{breaks,rates_per_hour}, by_hour{rates_per_hour:[24]}, trace, never
  policies: {queue: fifo, max_interruptions: 3, then: on_demand}   # then: ask | fail | on_demand | keep_trying
  budget: {monthly: 500, period: calendar, time_zone: UTC}   # or period: rolling_30_days

  """

@Suite struct ScenarioReaderTests {
  @Test func readsTheExampleOfTheInterface() throws {
    let scenario = try ScenarioReader.decode(text: interfaceExample, file: "/a/scenarios/x.yaml")
    #expect(scenario.name == "three spot slots, December")
    #expect(scenario.seed == 1)
    #expect(scenario.replications == 200)
    #expect(scenario.horizon == .month(Scenario.Month(year: 2026, month: 12)))
    #expect(scenario.model == .file("/a/calibration/history.sqlite"))
    #expect(scenario.gpu == "h100-pcie-80gb")
    #expect(scenario.policies.maxConcurrent == 3)
    #expect(scenario.policies.maxInterruptions == 3)
    #expect(scenario.policies.afterInterruptions == .onDemand)
    #expect(scenario.policies.provisioningRetryEvery == .minutes(5))
    #expect(scenario.policies.provisioningGiveUpAfter == .hours(1))
    #expect(scenario.policies.budgetLimit == 500_000_000_000)
    #expect(scenario.budget == Scenario.Budget(limit: 500_000_000_000))
    #expect(scenario.jobs.map(\.weight) == [3, 1])
    #expect(scenario.jobs[0].configuration.steps == 1950)
    #expect(scenario.jobs[1].configuration.steps == 2000)
    #expect(scenario.jobs[1].configuration.rank == 32)

    var base = WorldParameters()
    base.boot = .constant(7)
    let world = scenario.apply(to: base)
    #expect(world.boot == .constant(7))
    #expect(world.provisioning == ByPricing(.lognormal(median: 120, sigma: 0.5)))
    #expect(world.preprocessing == .constant(180))
    #expect(world.step == StepTime(median: .seconds(22.5)))
    #expect(world.availability.spot.success == 0.95)
    #expect(world.interruptions.spot == .lifetime(.exponential(mean: 6.9 * 3600)))
    #expect(world.interruptions.onDemand == .never)
    #expect(world.arrivals == .poisson(perDay: 1.2))
    #expect(world.hourlyRate == ByPricing(spot: 2.49, onDemand: 7.99))
    #expect(world.mix.count == 2)
  }

  @Test(arguments: [
    ("x.yaml", "m.json", "m.json"), ("scenarios/x.yaml", "../calibration/h.sqlite", "calibration/h.sqlite"),
    ("../a/x.yaml", "./h.sqlite", "../a/h.sqlite"), ("/a/x.yaml", "h.sqlite", "/a/h.sqlite"),
    ("a/x.yaml", "../../h.sqlite", "../h.sqlite"), ("a/x.yaml", "/h.sqlite", "/h.sqlite"),
  ])
  func pathsAreRelativeToTheFile(file: String, model: String, resolved: String) throws {
    let scenario = try ScenarioReader.decode(text: "version: 1\nmodel: \(model)", file: file)
    #expect(scenario.model == .file(resolved))
  }

  @Test(arguments: [
    ("90s", Law.constant(90)), ("1h30m", .constant(5400)), ("1.5d", .constant(129_600)), ("0", .constant(0)),
    ("{constant: 5m}", .constant(300)), ("{exponential: {mean: 5m}}", .exponential(mean: 300)),
    ("{weibull: {shape: 1.5, scale: 2h}}", .weibull(shape: 1.5, scale: 7200)),
    ("{gamma: {shape: 2, scale: 3m}}", .gamma(shape: 2, scale: 180)),
    ("{uniform: {low: 1m, high: 5m}}", .uniform(low: 60, high: 300)),
    ("{erlang: {k: 3, mean: 5m}}", .erlang(k: 3, mean: 300)),
    ("{normal: {mean: 5m, sd: 30s}}", .normal(mean: 300, sd: 30)),
    ("{empirical: [2m, 3m]}", .empirical([120, 180])),
    (
      "{mixture: [{weight: 3, law: 2m}, {weight: 1, law: {exponential: {mean: 1h}}}]}",
      .mixture([.init(weight: 3, law: .constant(120)), .init(weight: 1, law: .exponential(mean: 3600))])
    ),
    (
      "{piecewise_by_age: {breaks: [15m, 6h], rates_per_hour: [0.36, 0.036, 0]}}",
      .piecewiseExponential(breaks: [900, 21_600], rates: [0.36 / 3600, 0.036 / 3600, 0])
    ),
  ])
  func readsEveryLaw(text: String, law: Law) throws {
    let scenario = try ScenarioReader.decode(text: "version: 1\ndurations: {preprocessing: \(text)}")
    #expect(scenario.apply(to: WorldParameters()).preprocessing == law)
  }

  @Test func lawsMayDifferByPricing() throws {
    let scenario = try ScenarioReader.decode(
      text: """
        version: 1
        durations:
          provisioning: {spot: 5m, on_demand: {exponential: {mean: 1m}}}
          boot: {spot: 2m, on_demand: 1m}
          restore: {on_demand: 9s}
        interruptions: {spot: {exponential: {mean: 5h}}, on_demand: {exponential: {mean: 500h}}}
        """)
    let worlds = scenario.worlds(over: WorldParameters())
    #expect(worlds.spot.provisioning == ByPricing(spot: .constant(300), onDemand: .exponential(mean: 60)))
    #expect(worlds.spot.boot == .constant(120))
    #expect(worlds.onDemand.boot == .constant(60))
    #expect(worlds.spot.restore == .constant(0))
    #expect(worlds.onDemand.restore == .constant(9))
    #expect(worlds.spot.interruptions.onDemand == .lifetime(.exponential(mean: 1_800_000)))
    #expect(scenario.differsByPricing)
  }

  @Test func aServiceAloneIsAPlainQueue() throws {
    let scenario = try ScenarioReader.decode(
      text: """
        version: 1
        horizon: {jobs: 1_000_000, warm_up_jobs: 10000}
        pods: {slots: 3}
        arrivals: {poisson: {mean: 30m}}
        durations: {service: {exponential: {mean: 1h}}}
        interruptions: never
        """)
    #expect(scenario.horizon == .jobs(1_000_000, warmUp: 10_000))
    var base = WorldParameters()
    base.boot = .constant(9)
    let world = scenario.apply(to: base)
    #expect(world.preprocessing == .exponential(mean: 3600))
    #expect(world.boot == .constant(0))
    #expect(world.arrivals == .poisson(perDay: 48))
    #expect(world.mix.allSatisfy { $0.configuration.steps == 0 })
  }

  @Test func aStepsVariationKeepsItsMean() throws {
    let scenario = try ScenarioReader.decode(
      text: "version: 1\ndurations: {step: {mean: 22.5s, within_cv: 0.003, pod_cv: 0.06, job_cv: 0.04}}")
    let step = try #require(scenario.world.step.spot)
    guard case .seconds(let median) = step.median else { throw InputError(.badData, "no median") }
    #expect(abs(median * exp((step.podSD * step.podSD + step.jobSD * step.jobSD) / 2) - 22.5) < 1e-12)
    #expect(abs((exp(step.podSD * step.podSD) - 1).squareRoot() - 0.06) < 1e-12)
    #expect(step.withinCV == 0.003)
  }

  @Test func readsTheRest() throws {
    let scenario = try ScenarioReader.decode(
      text: """
        version: 1
        horizon: {days: 30}
        model: priors
        arrivals: {poisson: {per_hour: 2}, hourly_weights: [\((0..<168).map { _ in "1" }.joined(separator: ", "))]}
        durations:
          checkpoint: {blocking: 5s, upload: 2m}
          step: {normal: {mean: 20s, sd: 1s}}
          detection: {uniform: {low: 2m, high: 20m}}
        provisioning: {success: {spot: 0.7, on_demand: 0.95}, then: keep_trying, recovery_rate: 2}
        interruptions: {by_hour: {rates_per_hour: [\((0..<24).map { "0.\($0)" }.joined(separator: ", "))], utc_offset: -5}}
        policies: {max_interruptions: unlimited, max_queued: 2, max_failed_recoveries: 4, answer: {delay: 2h, choice: fail}}
        budget: {monthly: 499.99, period: rolling_30_days, time_zone: UTC}
        failures: {crashes_per_hour: 0.01, out_of_memory: {aggressive: 0.1}}
        """)
    let world = scenario.apply(to: WorldParameters())
    #expect(scenario.horizon == .days(30))
    #expect(scenario.model == .priors)
    #expect(world.arrivals == .hourly(perDay: 48, weights: Array(repeating: 1, count: 168)))
    #expect(world.checkpoint == .constant(5))
    #expect(world.checkpointUpload == .constant(120))
    #expect(world.step.median == .law(.normal(mean: 20, sd: 1)))
    #expect(world.availability.spot == Availability(success: 0.7, recoveryRatePerHour: 2))
    #expect(scenario.policies.afterProvisioning == .keepTrying)
    #expect(scenario.policies.maxInterruptions == .max)
    #expect(scenario.policies.maxQueued == 2)
    #expect(scenario.policies.budgetLimit == 499_990_000_000)
    #expect(scenario.policies.budgetPeriod == .rolling30Days)
    #expect(world.answerDelay == .constant(7200))
    #expect(world.answer == .fail)
    #expect(world.crashesPerHour[.custom] == 0.01)
    #expect(world.outOfMemory == [.aggressive: 0.1])
    guard case .byHour(let rates, let offset) = world.interruptions.spot else { throw InputError(.badData, "no hours") }
    #expect(rates.count == 24 && offset == -18_000)
  }

  @Test func arrivalsMayBeATraceOfAFile() throws {
    let csv = try TestFile(
      "job,preset,pricing,training_pairs,tokens_per_pair,submitted_at\nb,balanced,spot,100,900,2026-12-01T06:00Z\n"
        + "a,aggressive,on_demand,200,900,2026-12-01\n", name: "jobs.csv")
    let folder = URL(fileURLWithPath: csv.path).deletingLastPathComponent().path
    let scenario = try ScenarioReader.decode(
      text: "version: 1\narrivals: {trace: jobs.csv}", file: folder + "/scenario.yaml")
    #expect(scenario.trace.map(\.job) == ["a", "b"])
    #expect(scenario.apply(to: WorldParameters()).arrivals == .times([0, 21_600]))
  }

  @Test func interruptionsMayBeATraceOfAFile() throws {
    let csv = try TestFile("node,at\na,2h\nb,90\nc,1h30m\n", name: "taken.csv")
    let folder = URL(fileURLWithPath: csv.path).deletingLastPathComponent().path
    func hazard(_ text: String) throws -> Hazard? {
      try ScenarioReader.decode(text: "version: 1\ninterruptions: \(text)", file: folder + "/scenario.yaml")
        .world.interruptions.spot
    }
    #expect(try hazard("{trace: taken.csv}") == .trace([90, 5400, 7200]))
    #expect(try hazard("{trace: [2h, 90s, 1h30m]}") == .trace([90, 5400, 7200]))
    for (text, line, column) in [("at\n1h\nsoon\n", 3, 1), ("at\n-5\n", 2, 1), ("when\n1h\n", 1, 1), ("at\n", 1, 1)] {
      let bad = try TestFile(text, name: "bad.csv")
      let error = #expect(throws: InputError.self) { try hazard("{trace: \(bad.path)}") }
      #expect(error?.kind == .badData && error?.line == line && error?.column == column, "\(text)")
    }
    #expect(throws: InputError.self) { try hazard("{trace: nowhere.csv}") }
  }
}
