import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios
import Testing

@testable import Calibration
@testable import LoraTrain

/// Known worlds are simulated, their journals read as histories and calibrated on: `simulate --journal`, then `calibrate`.
@Suite("Model: recovery of known worlds from their journals")
struct ModelRecoveryTests {
  /// The truth of every reported parameter, by "law.parameter".
  static func truth(_ w: WorldParameters) -> [String: Double] {
    var t: [String: Double] = [:]
    if case .regression(let a, let k, let r, let b) = w.step.median {
      (t["step.intercept"], t["step.per_log_token"], t["step.per_log_rank"], t["step.per_log_batch"]) = (a, k, r, b)
    }
    (t["step.pod_sd"], t["step.job_sd"], t["step.within_cv"]) = (w.step.podSD, w.step.jobSD, w.step.withinCV)
    if case .lifetime(.piecewiseExponential(let breaks, let rates)) = w.interruptions.spot {
      for (i, r) in rates.enumerated() {
        let from = i == 0 ? "0" : ReportBuilder.short(breaks[i - 1] / 3600)
        t["interruptions.spot.rate_from_\(from)h"] = r * 3600
      }
    }
    if case .lifetime(.exponential(let mean)) = w.interruptions.onDemand {
      t["interruptions.on_demand.rate"] = 3600 / mean
    }
    for (name, pricing) in [("spot", Pricing.spot), ("on_demand", .onDemand)] {
      t["availability.\(name).success"] = w.availability[pricing].success
      t["availability.\(name).recovery_rate"] = w.availability[pricing].recoveryRatePerHour
    }
    for (name, law) in [
      ("provisioning.spot", w.provisioning.spot), ("provisioning.on_demand", w.provisioning.onDemand),
      ("boot", w.boot), ("preprocessing", w.preprocessing), ("model_loading", w.modelLoading),
      ("restore", w.restore), ("finalization", w.finalization), ("checkpoint", w.checkpoint),
      ("checkpoint_upload", w.checkpointUpload),
    ] {
      if case .lognormal(let median, let sigma) = law {
        (t[name + ".median"], t[name + ".sigma"]) = (median, sigma)
      }
    }
    for p in Preset.allCases {
      t["crashes.\(p.rawValue).rate"] = w.crashesPerHour[p]
      t["out_of_memory.\(p.rawValue).probability"] = w.outOfMemory[p]
    }
    t["cancellations.rate"] = w.cancellationsPerHour
    if case .poisson(let perDay) = w.arrivals { t["arrivals.rate"] = perDay }
    return t
  }

  /// The reported parameter with this "law.parameter" name.
  static func parameter(_ key: String, _ report: ModelReport) -> ModelReport.Parameter? {
    for law in report.laws where key.hasPrefix(law.name + ".") {
      if let p = law.parameters[String(key.dropFirst(law.name.count + 1))] { return p }
    }
    return nil
  }

  /// A truth drawn from the prior, with kinds of job that differ in all that the step time depends on.
  static func truth(_ index: Int, of count: Int, _ prior: Model) -> WorldParameters {
    var world = prior.draw(index, of: count, seed: 20_261_123)
    var stream = RandomStream(seed: UInt64(1000 + index), replication: 0, entity: 7, purpose: 77)
    world.mix = (0..<60).map { _ in
      var c = JobConfiguration(
        preset: Preset.allCases[Int(stream.uniform() * 4)], pricing: stream.uniform() < 0.75 ? .spot : .onDemand,
        trainingPairs: Int(1500 + 2500 * stream.uniform()), tokensPerPair: 2000 + 3000 * stream.uniform())
      c.rank = [8, 16, 32, 64][Int(stream.uniform() * 4)]
      c.batchSize = [1, 2, 4][Int(stream.uniform() * 3)]
      return JobKind(weight: 1, configuration: c)
    }
    // As the fit supposes: half of all worlds follow the regression, in the others each kind of configuration has a deviation.
    let u = stream.uniform()
    let sd = u < 0.5 ? 0 : StepFit.classSDs[min(3, 1 + Int((u - 0.5) * 6))]
    for kind in world.mix.map({ ConfigurationClass($0.configuration) }) where world.step.deviations[kind] == nil {
      world.step.deviations[kind] = sd * StandardNormal.quantile(stream.uniform())
    }
    return world
  }

  /// What a simulation of the world leaves behind: the history in its journal, watched for as long as `jobs` take to come.
  static func history(of world: WorldParameters, jobs: Int, seed: UInt64) async throws -> History {
    guard case .poisson(let perDay) = world.arrivals else { throw CancellationError() }
    var scenario = Scenario(name: "known world")
    scenario.seed = seed
    scenario.horizon = .days(Double(jobs) / perDay)
    scenario.policies.maxConcurrent = 400
    scenario.policies.afterProvisioning = .keepTrying
    let request = Simulation.Request(
      replications: 1, keepsJobs: true, traces: true, start: Instant(microseconds: 1_768_348_800_000_000))
    let source = ModelSource(worlds: [world], jobs: 0, name: "known world")
    let answer = try await Simulation.run(scenario, source: source, request: request)
    let path = try Scratch.file("", "journal").path
    try FileManager.default.removeItem(atPath: path)
    defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
    let experiment = try Simulation.experiment(scenario, source: source, request: request)
    try SimulationJournal.write(answer, of: experiment, scenario: scenario, to: path)
    return try HistoryReader.read(path: path)
  }

  /// Of each parameter of one world: whether its interval holds the truth; nil where another family was chosen.
  static func recovered(_ index: Int, of count: Int, jobs: Int, priors: Priors) async throws -> [String: Bool?] {
    let world = truth(index, of: count, Model(priors: priors))
    let history = try await history(of: world, jobs: jobs, seed: UInt64(1000 + index))
    let report = Model.fit(history: history, priors: priors).report
    var truths = truth(world)
    // The level that is reported is that of the average past job.
    let common = history.jobs.map { world.step.deviations[ConfigurationClass($0.configuration)] ?? 0 }
    truths["step.intercept", default: 0] += common.reduce(0, +) / Double(max(1, common.count))
    return truths.reduce(into: [:]) { result, truth in
      let p = parameter(truth.key, report)
      result[truth.key] = .some(p.map { $0.low95 <= truth.value && truth.value <= $0.high95 })
    }
  }

  /// `MEASURE=1` runs the 200 worlds that the project promises, else 16.
  @Test("95 % intervals hold the truths of worlds drawn from the prior")
  func coverage() async throws {
    let measure = ProcessInfo.processInfo.environment["MEASURE"] != nil
    let worlds = measure ? 200 : 16
    let priors = try Priors.shipped()
    let results = try await withThrowingTaskGroup(of: [String: Bool?].self) { group in
      for i in 0..<worlds { group.addTask { try await Self.recovered(i, of: worlds, jobs: 150, priors: priors) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let keys = Set(results.flatMap(\.keys)).sorted()
    var (held, all) = (0, 0)
    print("recovery of \(worlds) worlds from their journals, 150 jobs each, seeds 1000 …")
    for key in keys {
      let told = results.compactMap { $0[key] }
      let holds = told.count { $0 == true }
      let others = told.count { $0 == nil }
      held += holds
      all += told.count
      print("coverage \(key) \(holds) of \(told.count)", others > 0 ? "(\(others) of another family)" : "")
      let share = Double(holds) / Double(told.count)
      #expect(share >= (measure ? 0.90 : 0.68), "\(key): \(share)")
      if measure { #expect(share <= 0.99, "\(key): \(share)") }
    }
    let pooled = Double(held) / Double(all)
    print("pooled \(pooled) of \(all)")
    #expect(pooled >= (measure ? 0.935 : 0.91) && pooled <= (measure ? 0.965 : 0.985), "pooled \(pooled)")
  }
}
