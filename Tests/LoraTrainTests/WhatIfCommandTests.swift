import Foundation
import Testing

/// `forecast` with changes, and `--explain`.
@Suite struct WhatIfCommandTests {
  static let december = ["forecast", "--month", "2026-12", "--replications", "1000"] + history

  @Test func eachChangeIsHeldAgainstToday() throws {
    let jobs = try Scratch.file("job,preset,pricing,training_pairs,tokens_per_pair\na,balanced,spot,2600,3400\n", "csv")
    let changes = ["--add", jobs.path, "--slots", "2", "--policy", "spot_then_on_demand:1", "--hourly-rate", "2.99"]
    let answer = try CommandLineTool.json(Self.december + changes + ["--budget", "2000", "--json"])
    let whatIf = try #require(answer["what_if"] as? [[String: Any]])
    #expect(whatIf.count == 5 && whatIf.last?["change"] as? String == "all of it together")
    for change in whatIf {
      let more = try #require(change["more_a_month_usd"] as? [String: Double])
      #expect(more["mean"] != nil && more["half_width_95"] != nil)
      #expect(change["p_over_budget"] != nil)
    }
    let today = try CommandLineTool.json(Self.december + ["--json"])
    #expect(today["what_if"] == nil)
    let mean = try #require((today["month_end_usd"] as? [String: Double])?["mean"])
    let month = try #require((whatIf[0]["months"] as? [[String: Any]])?.first)
    #expect(abs((month["today_usd"] as? Double ?? 0) - mean) < 1e-6)
  }

  @Test func aPersonReadsOneSentence() throws {
    let run = try CommandLineTool.run(Self.december + ["--hourly-rate", "on_demand=9.99"])
    #expect(run.code == 0 && run.output.contains("On demand at $9.99 an hour: this change costs $"), "\(run.output)")
    #expect(run.output.contains(" more this month ("))
  }

  @Test func explainGivesAShareToEachInput() throws {
    let answer = try CommandLineTool.json(
      ["forecast", "--month", "2026-12", "--replications", "256", "--explain", "--json"] + history)
    let explain = try #require(answer["explain"] as? [String: Any])
    let inputs = try #require(explain["inputs"] as? [[String: Any]])
    #expect(
      inputs.compactMap { $0["input"] as? String } == ["rate", "step_time", "hazard", "arrivals", "stages", "luck"])
    #expect((explain["sentence"] as? String)?.contains("luck") == true)
    let text = try CommandLineTool.run(
      ["forecast", "--month", "2026-12", "--replications", "256", "--explain"] + history)
    #expect(text.output.contains("how many jobs come, and which"))
  }

  @Test func badChangesAreUsageErrors() throws {
    for (option, words) in [
      (["--policy", "sometimes"], "spot_then_on_demand:3"), (["--hourly-rate", "cheap"], "--hourly-rate takes"),
      (["--hourly-rate", "reserved=2"], "--hourly-rate"), (["--slots", "0"], "--slots"),
    ] {
      let run = try CommandLineTool.run(["forecast"] + option)
      #expect(run.code == 64 && run.errors.contains(words), "\(option): \(run.errors)")
    }
  }
}
