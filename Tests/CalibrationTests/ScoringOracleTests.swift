import Foundation
import Testing

@testable import Calibration

/// The closed forms of the oracle families calibration, scoring, forecast, gof and seed, each to its tolerance.
@Suite struct ScoringOracleTests {
  struct Oracle: Sendable, CustomTestStringConvertible {
    var id: String
    var family: String
    var inputs: [String: [Double]]
    var cases: [[Double]]
    var expected: [String: Double]
    var tolerance: Double
    var testDescription: String { id }

    func input(_ key: String) throws -> Double { try #require(inputs[key]?.first) }
    func count(_ key: String) throws -> Int { Int(try input(key)) }

    /// "exact" is 1e-9 relative; the records' own tolerances otherwise.
    init(_ json: [String: Any]) throws {
      id = try #require(json["id"] as? String)
      family = try #require(json["family"] as? String)
      // A correction stands in the record itself, with its source.
      expected = try #require(json["expected"] as? [String: Double])
        .merging(json["correction"] as? [String: Double] ?? [:]) { $1 }
      let raw = try #require(json["inputs"] as? [String: Any])
      inputs = raw.compactMapValues { ($0 as? Double).map { [$0] } ?? $0 as? [Double] }
      cases = raw["cases"] as? [[Double]] ?? []
      let text = try #require(json["tolerance"] as? String)
      tolerance = Double(text.split(separator: " ")[0]) ?? 1e-9
    }
  }

  static func all() throws -> [Oracle] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: FitFixtures.url("scoring_oracles.json")))
    return try #require(json as? [[String: Any]]).map { try Oracle($0) }
  }

  @Test func everyRecordHolds() throws {
    let oracles = try Self.all()
    #expect(oracles.count == 17)
    var values = 0
    for oracle in oracles {
      let answer = try Self.answer(oracle)
      #expect(Set(answer.keys) == Set(oracle.expected.keys), "\(oracle.id)")
      for (key, expected) in oracle.expected {
        let value = try #require(answer[key], "\(oracle.id) \(key)")
        let error = abs(value - expected)
        // Relative; 1e-12 absolute is rounding.
        #expect(error <= max(oracle.tolerance * abs(expected), 1e-12), "\(oracle.id) \(key): \(value), not \(expected)")
        values += 1
      }
    }
    print("scoring oracles: \(oracles.count) records, \(values) values")
  }

  static func answer(_ o: Oracle) throws -> [String: Double] {
    switch (o.family, o.id) {
    case ("calibration", let id) where id.hasPrefix("gp"): try gammaPoisson(o)
    case ("calibration", _): try pooling(o)
    case ("scoring", "crps_normal"):
      Dictionary(
        uniqueKeysWithValues: o.cases.enumerated().map {
          ("c\($0 + 1)", CRPS.normal(mean: $1[0], sd: $1[1], outcome: $1[2]))
        })
    case ("scoring", "crps_lognormal"):
      try Dictionary(
        uniqueKeysWithValues: #require(o.inputs["y"]).enumerated().map {
          ("c\($0 + 1)", try CRPS.lognormal(mu: o.input("mu"), sigma: o.input("sigma"), outcome: $1))
        })
    case ("scoring", _): try sample(o)
    case ("forecast", _): try coverage(o)
    case ("gof", _):
      try [
        "D_10pct": KolmogorovDistribution.criticalValue(alpha: 0.1, n: o.count("n")),
        "D_5pct": KolmogorovDistribution.criticalValue(alpha: 0.05, n: o.count("n")),
        "D_1pct": KolmogorovDistribution.criticalValue(alpha: 0.01, n: o.count("n")),
      ]
    case ("seed", let id) where id.hasPrefix("seed_rate_from_p"): try rateFromProbability(o)
    case ("seed", "seed_rate_from_count"): try rateFromCount(o)
    case ("seed", _):
      try [
        "P_success": PoissonRate.probabilityOfSurvivingAll(mean: o.input("mean"), success: o.input("q")),
        "P_success_3_tries": PoissonRate.probabilityOfSurvivingAll(
          mean: o.input("mean"), success: o.input("q"), tries: 3),
      ]
    default: [:]
    }
  }

  static func gammaPoisson(_ o: Oracle) throws -> [String: Double] {
    let prior = try GammaPoisson(shape: o.input("a"), exposure: o.input("b"))
    let (d, t) = try (o.input("d"), o.input("T"))
    let posterior = prior.posterior(events: d, exposure: t)
    let next = posterior.predictive(time: 13)
    return [
      "mle": d / t, "post_mean": posterior.mean, "post_sd": posterior.standardDeviation,
      "ci05": posterior.quantile(0.05), "ci95": posterior.quantile(0.95),
      "shrink_weight": prior.dataWeight(exposure: t), "pred_P0_13h": next.probabilityOfNone,
      "pred_mean_13h": next.mean, "pred_var_13h": next.variance,
    ]
  }

  static func pooling(_ o: Oracle) throws -> [String: Double] {
    let pooled = try NormalPooling(
      means: #require(o.inputs["group_means"]), counts: #require(o.inputs["n"]).map { Int($0) },
      sigma: o.input("sigma"), tau: o.input("tau"))
    var answer = ["mu_hat": pooled.mean]
    for i in pooled.groups.indices {
      answer["theta\(i + 1)"] = pooled.groups[i]
      answer["w\(i + 1)"] = pooled.weights[i]
    }
    return answer
  }

  static func sample(_ o: Oracle) throws -> [String: Double] {
    let sample = try #require(o.inputs["sample"])
    let y = try o.input("y")
    let pit = PIT(sorted: sample, outcome: y)
    var answer = [
      "crps_ecdf": CRPS.ensemble(sample, outcome: y), "crps_fair": CRPS.fair(sample, outcome: y), "pit_low": pit.low,
      "pit_high": pit.high,
    ]
    for level in [10, 50, 90] {
      let q = QuantileScores.quantile(sorted: sample, Double(level) / 100)
      answer["P\(level)"] = q
      answer["pin\(level)"] = QuantileScores.pinball(quantile: q, level: Double(level) / 100, outcome: y)
    }
    let (low, high) = try (#require(answer["P10"]), #require(answer["P90"]))
    answer["winkler80"] = QuantileScores.winkler(low: low, high: high, coverage: 0.8, outcome: y)
    answer["winkler80_y25"] = QuantileScores.winkler(low: low, high: high, coverage: 0.8, outcome: 25)
    return answer
  }

  static func coverage(_ o: Oracle) throws -> [String: Double] {
    let (n, nominal) = try (o.count("n"), o.input("nominal"))
    let band = Coverage.acceptanceBand(n: n, nominal: nominal)
    let conformal = SplitConformal(scores: n, coverage: nominal)
    return [
      "band_lo": band.low, "band_hi": band.high, "conformal_rank": Double(conformal.rank),
      "conformal_marginal": conformal.marginalCoverage,
      "conformal_train_cond_p05": conformal.conditionalCoverage(quantile: 0.05),
      "conformal_train_cond_p95": conformal.conditionalCoverage(quantile: 0.95),
    ]
  }

  static func rateFromProbability(_ o: Oracle) throws -> [String: Double] {
    let time = try o.input("T_h")
    let rate = PoissonRate.rate(probabilityOfAny: try o.input("p"), within: time)
    return ["rate_per_h": rate, "MTTI_h": 1 / rate, "mean_interruptions": rate * time]
  }

  static func rateFromCount(_ o: Oracle) throws -> [String: Double] {
    let (events, hours) = try (o.count("interruptions"), o.input("mean_job_h"))
    let exposure = try o.input("jobs") * hours
    let rate = Double(events) / exposure
    let interval = PoissonRate.garwood(events: events, exposure: exposure)
    return [
      "rate_per_h": rate, "MTTI_h": 1 / rate, "P_any": PoissonRate.probabilityOfAny(rate: rate, within: hours),
      "rate_lo95": interval.low, "rate_hi95": interval.high,
    ]
  }
}
