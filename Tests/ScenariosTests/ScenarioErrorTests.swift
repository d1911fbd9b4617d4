import Foundation
import Scenarios
import Testing

@Suite struct ScenarioErrorTests {
  /// Text under `version: 1`, problem, line, column, hint.
  @Test(
    arguments: [
      ("polices: {max_interruptions: 3}", "unknown key polices", 2, 1, "did you mean policies?"),
      ("pods: {slots: 3, gpus: h100}", "unknown key pods.gpus", 2, 18, "did you mean gpu?"),
      ("durations:\n  stp: 22.5s", "unknown key durations.stp", 3, 3, "did you mean step?"),
      ("durations: {step: -5m}", "a duration cannot be negative", 2, 19, ""),
      ("durations: {step: 22.5}", "without a unit", 2, 19, "write 22.5s"),
      ("durations: {step: 5y}", "no unit “y”", 2, 19, "ms, s, m, h, d, w"),
      ("durations: {step: soon}", "“soon”, not a duration", 2, 19, "90s 5m 2h 1d"),
      ("durations: {step: nan}", "not a duration", 2, 19, ""),
      ("durations: {step: [1s]}", "is a list, not a duration or a law", 2, 19, "lognormal"),
      ("durations: {boot: exponential}", "the law exponential lacks its parameters", 2, 19, "{mean: 5m}"),
      ("durations: {boot: {exponential: {}}}", "durations.boot.exponential lacks mean", 2, 33, "{mean: 5m}"),
      ("durations: {boot: {lognormal: {median: 2m}}}", "durations.boot.lognormal lacks sigma", 2, 31, "sigma: 0.5"),
      ("durations: {boot: {lognormal: 2m}}", "not a mapping with median and sigma", 2, 31, "sigma: 0.5"),
      (
        "durations: {boot: {lognormal: {mean: 2m, sigma: 1}}}", "unknown key durations.boot.lognormal.mean", 2, 32,
        "median"
      ),
      ("durations: {boot: {lognormal: {median: 2m, sigma: -1}}}", "not a number in 0…10", 2, 51, ""),
      (
        "durations: {boot: {lognormall: {median: 2m, sigma: 1}}}", "unknown key durations.boot.lognormall", 2, 20,
        "lognormal?"
      ),
      ("durations: {boot: {exponential: {mean: 0}}}", "must be longer than 0", 2, 40, ""),
      (
        "durations: {boot: {exponential: {mean: 1s}, constant: 2s}}", "exponential and constant, of which only one", 2,
        19, ""
      ),
      ("durations: {boot: {uniform: {low: 5m, high: 1m}}}", "is less than", 2, 45, ""),
      ("durations: {boot: {erlang: {k: 1.5, mean: 1m}}}", "not a whole number", 2, 32, ""),
      ("durations: {boot: {empirical: []}}", "is empty", 2, 31, ""),
      ("durations: {boot: {mixture: [{weight: 0, law: 1m}]}}", "“0”, not a weight above 0", 2, 39, ""),
      ("durations: {boot: {mixture: [{weight: 1}]}}", "durations.boot.mixture[0] lacks law", 2, 30, ""),
      ("interruptions: {piecewise_by_age: {breaks: [1h], rates_per_hour: [1]}}", "1 rates for 1 breaks", 2, 66, ""),
      ("interruptions: {piecewise_by_age: {breaks: [2h, 1h], rates_per_hour: [1, 1, 1]}}", "must ascend", 2, 49, ""),
      ("interruptions: {by_hour: {rates_per_hour: [1, 2]}}", "has 2 rates, not 24", 2, 43, ""),
      ("interruptions: often", "“often”, not never", 2, 16, ""),
      ("provisioning: {success: 1.5}", "not a probability between 0 and 1", 2, 25, ""),
      ("provisioning: {then: shrug}", "one of ask, fail, on_demand, keep_trying", 2, 22, ""),
      ("provisioning: {retry_every: 0.0000001s}", "shorter than a microsecond", 2, 29, ""),
      ("arrivals: {every: 0.0000001s}", "shorter than a microsecond", 2, 19, ""),
      ("pods: {spot: {hourly_rate: 9000000000}}", "more than a million US dollars an hour", 2, 28, ""),
      (
        "jobs: [{training_pairs: 1000000000, epochs: 1000000000}]",
        "training_pairs 1,000,000,000 and epochs 1,000,000,000", 2, 8, "gradient_accumulation_steps"
      ),
      ("pods: {slots: 0}", "whole number in 1…", 2, 15, ""),
      ("pods: {slots: many}", "“many”, not a whole number", 2, 15, ""),
      ("pods: {spot: {hourly_rate: -2}}", "is negative", 2, 28, ""),
      ("pods: {spot: {hourly_rate: cheap}}", "not US dollars", 2, 28, ""),
      ("pods: 3", "not a mapping with the keys slots", 2, 7, ""),
      ("horizon: {month: 2026-13}", "not a month like 2026-12", 2, 18, ""),
      ("horizon: {days: 3, jobs: 4}", "one of month, days and jobs", 2, 10, ""),
      ("horizon: {jobs: 10, warm_up_jobs: 10}", "leave none of 10", 2, 10, ""),
      ("horizon: {days: 3, warm_up_jobs: 10}", "goes with horizon.jobs", 2, 34, ""),
      ("seed: -1", "whole number from 0", 2, 7, ""),
      ("replications: 0", "whole number in 1…", 2, 15, ""),
      ("replications: 1000000000", "replications is 1000000000; 10,000,000 are the most", 2, 15, "--precision"),
      ("policies: {queue: lifo}", "“lifo”, not fifo", 2, 19, ""),
      ("policies: {max_interruptions: -1}", "or unlimited", 2, 31, ""),
      ("policies: {unanswered: ask}", "one of fail, on_demand, keep_trying", 2, 24, ""),
      ("budget: {period: calendar}", "budget lacks monthly", 2, 9, "monthly: 500"),
      ("budget: {monthly: 500, time_zone: Mars/Base}", "not a time zone", 2, 35, "Europe/Berlin"),
      ("budget: {monthly: 1e30}", "not US dollars", 2, 19, ""),
      ("arrivals: {poisson: {}}", "one of per_day, per_hour and mean", 2, 21, ""),
      ("arrivals: {poisson: {per_day: 0}}", "not a number of jobs above 0", 2, 31, ""),
      ("arrivals: {every: 1h, times: [1h]}", "one of poisson, times", 2, 11, ""),
      ("arrivals: {hourly_weights: [1]}", "has 1 weights, not 168", 2, 28, ""),
      ("arrivals: {trace: nowhere.csv}", "no such file", nil, nil, ""),
      ("jobs: []", "jobs is empty", 2, 7, ""),
      ("jobs:\n  - {preset: balancd}", "“balancd”", 3, 14, "did you mean balanced?"),
      ("jobs:\n  - {weight: -1}", "weight above 0", 3, 14, ""),
      ("jobs:\n  - {trainingpairs: 5}", "unknown key jobs[0].trainingpairs", 3, 6, "training_pairs"),
      ("durations: {service: 1h, step: 1s}", "durations.service stands alone", 2, 32, ""),
      ("durations: {service: 1h}\ninterruptions: {exponential: {mean: 1h}}", "a plain queue", 3, 16, "never"),
      ("name: a\nname: b", "the key name is there twice", nil, nil, ""),
      ("name:", "name is nothing, not text", nil, nil, ""),
      ("pods: {slots: 3", "is not YAML", nil, nil, ""),
      ("a: b: c", "is not YAML", 2, nil, ""),
      ("? [a]\n: b", "a key must be a word", 2, 3, ""),
      // They took all of a machine's memory.
      (
        "horizon: {days: 10}\narrivals: {poisson: {per_day: 1e12}}", "more than 10,000,000 jobs", 3, 11,
        "shorten the horizon"
      ),
      (
        "arrivals: {every: 1ms}\nhorizon: {month: 2026-12}", "more than 10,000,000 jobs", 2, 11, "shorten the horizon"
      ),
      ("name: *nobody", "is not YAML: found undefined alias", 2, nil, ""),
    ] as [(String, String, Int?, Int?, String)])
  func saysWhereAndWhat(text: String, problem: String, line: Int?, column: Int?, hint: String) {
    let kind: InputError.Kind = problem == "no such file" ? .noInput : .badData
    expectError(problem, line: line, column: column, hint: hint.isEmpty ? nil : hint, kind: kind) {
      try ScenarioReader.decode(text: "version: 1\n" + text, file: "scenario.yaml")
    }
  }

  @Test func theVersionIsRequired() {
    expectError("the file lacks version", line: 1, column: 1, hint: "version: 1") {
      try ScenarioReader.decode(text: "name: x")
    }
    expectError("version is “2”, not 1", line: 1, column: 10) { try ScenarioReader.decode(text: "version: 2") }
    expectError("empty") { try ScenarioReader.decode(text: "") }
    expectError("the file is a list, not a mapping") { try ScenarioReader.decode(text: "- 1") }
    expectError("no such file", kind: .noInput) { try ScenarioReader.read(path: "/nowhere/x.yaml") }
  }

  @Test func theMessageIsTheInterfaces() {
    do {
      _ = try ScenarioReader.decode(text: "version: 1\npolices: {}", file: "worlds/x.yaml")
      Issue.record("nothing was thrown")
    } catch {
      #expect(
        error.description == "error: worlds/x.yaml:2:1: unknown key polices\nhint: did you mean policies?")
    }
  }

  @Test func deepNestingAndBombsAreErrorsNotCrashes() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
      "version: 1\nname: " + String(repeating: "- ", count: 100_000),
      "version: 1\ndurations: {boot: " + String(repeating: "{mixture: [{weight: 1, law: ", count: 20) + "1s"
        + String(repeating: "}]}", count: 20) + "}",
    ] {
      expectError("") { try ScenarioReader.decode(text: text) }
    }
  }

  @Test func textThatIsNotUTF8SaysWhere() throws {
    let file = try TestFile("")
    try Data([0x61, 0x0A, 0x62, 0xFF]).write(to: URL(fileURLWithPath: file.path))
    expectError("not UTF-8", line: 2, column: 2) { try ScenarioReader.read(path: file.path) }
  }

  /// Sums of money have 64 bits: what cannot be reckoned with is refused where it is written, with the most that can.
  @Test(arguments: [
    (
      """
      pods: {spot: {hourly_rate: 1000000}}
      arrivals: {times: [0h]}
      jobs: [{steps: 1000000000}]
      durations: {step: 22.5s}
      """, "pods.spot.hourly_rate makes more than $4,611,686,018", 2, 28, "at most $737.86 an hour"
    ),
    (
      """
      pods: {spot: {hourly_rate: 500}, on_demand: {hourly_rate: 900}}
      arrivals: {times: [0h]}
      jobs: [{steps: 1000000000}]
      durations: {step: 22.5s}
      """, "jobs[0].steps makes more than", 4, 16, "at most 819,855,292 steps at $900.00 an hour"
    ),
    (
      """
      horizon: {jobs: 1000000000}
      arrivals: {every: 1h}
      jobs: [{steps: 2000}]
      durations: {step: 22.5s}
      """, "horizon.jobs makes more than", 2, 17, "at most 46,174,578 such jobs at $7.99 an hour"
    ),
    (
      """
      horizon: {days: 300}
      budget: {monthly: 500}
      arrivals: {poisson: {per_day: 30000}}
      jobs: [{training_pairs: 100000}]
      durations: {step: 60s}
      """, "arrivals makes more than", 4, 11, "such jobs at $7.99"
    ),
  ]) func amountsThatMoneyHasNoRoomForAreRefused(
    _ text: String, _ problem: String, _ line: Int, _ column: Int, _ hint: String
  ) {
    expectError(problem, line: line, column: column, hint: hint) {
      try ScenarioReader.decode(text: "version: 1\n" + text, file: "scenario.yaml")
    }
  }

  /// Few slots lease no more than they are, however long the jobs: only what is run to its end is held against its length.
  @Test func slotsThatEndWithTheHorizonBoundWhatIsSpent() throws {
    let text = """
      version: 1
      horizon: {days: 30}
      pods: {slots: 1, spot: {hourly_rate: 1000000}}
      arrivals: {times: [0h]}
      jobs: [{steps: 1000000000}]
      durations: {step: 22.5s}

      """
    _ = try ScenarioReader.decode(text: text)
    expectError("pods.spot.hourly_rate makes more than") {
      try ScenarioReader.decode(text: text + "budget: {monthly: 500}\n")
    }
    expectError("pods.spot.hourly_rate makes more than") {
      try ScenarioReader.decode(text: text + "plan: {deadline: 18h}\n")
    }
  }

  /// What comes is counted and not what a horizon would let come; of a mix, each kind by its weight.
  @Test(arguments: [
    "horizon: {jobs: 1000000000}\narrivals: {times: [0h, 5h]}\njobs: [{steps: 3000}]\ndurations: {step: 22.5s}\n",
    "horizon: {jobs: 10000000}\narrivals: {poisson: {per_day: 9}}\npods: {spot: {hourly_rate: 2}, on_demand: {hourly_rate: 8}}\n"
      + "jobs: [{weight: 1, steps: 100}, {weight: 0.001, steps: 3000000}]\ndurations: {step: 22.5s}\n",
  ]) func whatIsExpectedIsHeldAgainstMoney(_ text: String) throws {
    _ = try ScenarioReader.decode(text: "version: 1\n" + text)
  }

  /// 30⁶ laws in a kilobyte.
  @Test func aliasesThatMultiplyAreRefused() throws {
    var text = "version: 1\ndurations:\n"
    let stages = ["preprocessing", "model_loading", "step", "checkpoint", "restore", "finalization"]
    for (n, stage) in stages.enumerated() {
      let part = "{weight: 1, law: \(n == 0 ? "1m" : "*a\(n)")}"
      let parts = Array(repeating: part, count: 30).joined(separator: ", ")
      text += "  \(stage): {mixture: [{weight: 1, law: &a\(n + 1) {mixture: [\(parts)]}}]}\n"
    }
    let error = #expect(throws: InputError.self) { try ScenarioReader.decode(text: text, file: "bomb.yaml") }
    #expect(error?.kind == .badData && error?.problem.contains("aliases") == true, "\(String(describing: error))")
    // A few are what aliases are for.
    let scenario = try ScenarioReader.decode(
      text: "version: 1\ndurations: {boot: &short {lognormal: {median: 2m, sigma: 0.5}}, restore: *short}\n")
    #expect(scenario.world.restore.spot == .lognormal(median: 120, sigma: 0.5))
  }
}
