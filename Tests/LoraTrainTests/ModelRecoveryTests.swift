import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Calibration

@Suite("Model: recovery of known worlds")
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

  /// `MEASURE=1` runs the 200 worlds that the project promises, else 40.
  @Test("95 % intervals hold the truths of worlds drawn from the prior")
  func coverage() throws {
    let measure = ProcessInfo.processInfo.environment["MEASURE"] != nil
    let worlds = measure ? 200 : 40
    let jobs = 150
    let priors = try Priors.shipped()
    let prior = Model(priors: priors)
    var held: [String: Int] = [:]
    var told: [String: Int] = [:]
    var other: [String: Int] = [:]
    var warnings = 0
    for i in 0..<worlds {
      let world = prior.draw(i, of: worlds, seed: 20_261_123)
      let history = ModelHistoryGenerator.history(of: world, jobs: jobs, seed: UInt64(1000 + i))
      let model = Model.fit(history: history, priors: priors)
      warnings += model.warnings.count
      for w in model.warnings where measure { print(i, w) }
      for (key, value) in Self.truth(world) {
        guard let p = Self.parameter(key, model.report) else {
          other[key, default: 0] += 1
          told[key, default: 0] += 1
          continue
        }
        told[key, default: 0] += 1
        if p.low95 <= value, value <= p.high95 { held[key, default: 0] += 1 }
      }
    }
    let all = told.values.reduce(0, +)
    let pooled = Double(held.values.reduce(0, +)) / Double(all)
    if measure {
      for key in told.keys.sorted() {
        print(key, held[key] ?? 0, "of", told[key]!, other[key].map { "(\($0) of another family)" } ?? "")
      }
      print("pooled", pooled, "of", all, "warnings", warnings)
    }
    #expect(pooled > (measure ? 0.935 : 0.92) && pooled < (measure ? 0.965 : 0.98), "pooled \(pooled)")
    for key in told.keys.sorted() {
      let share = Double(held[key] ?? 0) / Double(told[key]!)
      #expect(share >= (measure ? 0.90 : 0.8), "\(key): \(share)")
      if measure { #expect(share <= 0.99, "\(key): \(share)") }
    }
  }
}
