import Foundation
import Testing

/// `simulate --journal` and `replay`: what was simulated is what live mode would have kept.
@Suite struct ReplayTests {
  private func journal(_ scenario: String, _ more: String...) throws -> String {
    let path = try Scratch.file("", "journal").path
    try FileManager.default.removeItem(atPath: path)
    let run = try CommandLineTool.run(
      ["simulate", "scenarios/\(scenario).yaml", "--replications", "1", "--journal", path] + more)
    try #require(run.code == 0, "\(run.errors)")
    return path
  }

  /// The engine, fed by one fact after the other as live mode feeds it, decides what it decided in the simulation.
  @Test(arguments: ["bad-weather", "budget-pressure", "gpu-shortage", "queue-that-fills", "three-spot-slots", "spot"])
  func theSameRulesDecideTheSame(_ scenario: String) throws {
    let path = try journal(scenario)
    let replay = try CommandLineTool.json(["replay", path, "--json", "--policy", "scenarios/\(scenario).yaml"])
    #expect(replay["divergence"] is NSNull, "\(replay)")
    #expect((replay["states_checked"] as? Int ?? 0) > 0 && replay["origin"] as? String == "synthetic")
    let accounts = try #require(replay["accounts_usd"] as? [String: Double])
    #expect(abs(accounts.values.reduce(0, +) - (replay["spent_usd"] as? Double ?? -1)) < 1e-6)
    // Twice the same: bit for bit.
    #expect(
      try CommandLineTool.json(["replay", try journal(scenario), "--json"])["digest"] as? String == replay["digest"]
        as? String)
  }

  @Test func keepingAJournalChangesNothing() throws {
    let path = try journal("queue-that-fills")
    let plain = try CommandLineTool.run(["simulate", "scenarios/queue-that-fills.yaml", "--replications", "1"])
    let again = try Scratch.file("", "journal").path
    try FileManager.default.removeItem(atPath: again)
    let kept = try CommandLineTool.run(
      ["simulate", "scenarios/queue-that-fills.yaml", "--replications", "1", "--journal", again])
    #expect(plain.output == kept.output && FileManager.default.fileExists(atPath: path))
    #expect(!FileManager.default.fileExists(atPath: again + "-wal"))
  }

  @Test func anotherPolicyPartsWhereItDecidesOtherwise() throws {
    let text = try CommandLineTool.run(["replay", try journal("spot"), "--policy", "spot_then_on_demand:1"])
    #expect(text.code == 0 && text.output.contains("switchedToOnDemand in place of podRequested"), "\(text.output)")
    let same = try CommandLineTool.run(["replay", try journal("on-demand"), "--policy", "spot_then_on_demand:1"])
    #expect(same.output.contains("every decision would have been the same"), "\(same.output)")
  }

  /// From the decision on both live in the same futures: what is different is the policy's.
  @Test func whatAnotherPolicyWouldHaveComeToIsSimulated() throws {
    let path = try journal("spot")
    let arguments = [
      "replay", path, "--policy", "spot_then_on_demand:1", "--simulate", "--replications", "400", "--json",
    ]
    let whole = try CommandLineTool.json(arguments)
    let divergence = try #require(whole["divergence"] as? [String: Any])
    #expect(divergence["policy"] as? String == "switchedToOnDemand")
    let answer = try #require(whole["continuation"] as? [String: Any])
    func mean(_ of: String, _ what: String) throws -> Double {
      let outcome = try #require(answer[of] as? [String: Any])
      let sample = try #require(outcome[what] as? [String: Double])
      #expect(sample["p10"] ?? 1 <= sample["p90"] ?? 0 && sample["mean"] ?? 0 > 0, "\(sample)")
      return try #require(sample["mean"])
    }
    let more = try #require(answer["costs_more_usd"] as? [String: Double])
    let (own, other) = (try mean("journal", "cost_usd"), try mean("policy", "cost_usd"))
    #expect(abs(other - own - (more["mean"] ?? 0)) < 1e-6 && more["half_width_95"] ?? 0 > 0)
    // On demand costs about three times as much an hour: no luck hides that.
    #expect(more["mean"] ?? 0 > more["half_width_95"] ?? 0, "\(answer)")
    let later = try #require(answer["takes_longer_s"] as? [String: Double])
    #expect(
      abs(try mean("policy", "duration_s") - mean("journal", "duration_s") - (later["mean"] ?? 0)) < 1e-6 * 1e5)
    #expect(answer["jobs"] as? Int == 1 && answer["replications"] as? Int == 400)
    // Whatever the number of threads.
    let again = try CommandLineTool.json(arguments + ["--threads", "1"])
    #expect(again as NSDictionary == whole as NSDictionary)

    let text = try CommandLineTool.run(arguments.dropLast())
    #expect(text.output.contains("futures under the same luck; the job that was there goes on"), "\(text.output)")
    #expect(text.output.contains("shipped priors"), "\(text.output)")
    let same = try CommandLineTool.run(["replay", try journal("on-demand"), "--policy", "spot", "--simulate"])
    #expect(same.code == 0 && same.output.contains("nothing to simulate"), "\(same.output) \(same.errors)")
  }

  /// Several jobs, a queue and jobs that came later: the question is of those that were there.
  @Test func aWholeFleetGoesOn() throws {
    for (scenario, policy) in [("bad-weather", "spot_then_on_demand:1"), ("three-spot-slots", "uniform_progress:12h")] {
      let whole = try CommandLineTool.json([
        "replay", try journal(scenario), "--policy", policy, "--simulate", "--replications", "50", "--json",
      ])
      let answer = try #require(whole["continuation"] as? [String: Any], "\(scenario)")
      let jobs = try #require(answer["jobs"] as? Int)
      for rules in ["journal", "policy"] {
        let completed = try #require((answer[rules] as? [String: Any])?["completed"] as? Double)
        #expect(completed > 0 && completed <= Double(jobs), "\(scenario) \(rules): \(completed) of \(jobs)")
        // The month's end, which turns the budget's period, is no end of a job.
        let time = try #require((answer[rules] as? [String: Any])?["duration_s"] as? [String: Double])
        #expect(time["p50"] ?? .infinity < 5 * 86_400, "\(scenario) \(rules): \(time)")
      }
      #expect(answer["jobs_left_out"] as? Int ?? -1 >= 0)
    }
  }

  /// The truth comes back: pods differ by 6 %, jobs by 4 %, pods last 20 hours on average.
  @Test func aSimulatedJournalCalibratesAsItIs() throws {
    let path = try journal("queue-that-fills")
    let model = try CommandLineTool.json(["calibrate", "--json", "--history", path])
    let laws = try #require(model["laws"] as? [[String: Any]])
    func value(_ law: String, _ parameter: String) throws -> [String: Any] {
      let found = try #require(laws.first { $0["name"] as? String == law }, "\(law)")
      return try #require((found["parameters"] as? [String: [String: Any]])?[parameter], "\(parameter)")
    }
    let pod = try value("step", "pod_sd")
    #expect((pod["low95"] as? Double ?? 1) < 0.06 && (pod["high95"] as? Double ?? 0) > 0.06, "\(pod)")
    let job = try value("step", "job_sd")
    #expect((job["low95"] as? Double ?? 1) < 0.04 && (job["high95"] as? Double ?? 0) > 0.04, "\(job)")
    // Jobs are called and configured as the scenario says.
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data("jobDescribed".utf8)) != nil)
    let batch = try CommandLineTool.json([
      "estimate", "--json", "--replications", "50", "--pairs", "2600", "--tokens-per-pair", "3400", "--history", path,
    ])
    #expect((batch["warnings"] as? [String])?.contains { $0.contains("outside") } != true, "\(batch["warnings"] ?? "")")
    #expect(((model["source"] as? [String: Any])?["jobs"] as? Int ?? 0) > 200)
  }

  @Test func badInputIsNamed() throws {
    let path = try journal("spot")
    for (arguments, code, word) in [
      (["replay", "nowhere"], 66, "nowhere"), (["replay", "calibration/history.sqlite"], 65, "no journal"),
      (["replay", "README.md"], 65, "README.md"), (["replay", path, "--policy", "on_demand"], 64, "--policy"),
      (["replay", path, "--policy", "what"], 64, "--policy"),
      (["replay", path, "--simulate"], 64, "--policy"), (["replay", path, "--replications", "9"], 64, "--simulate"),
      (["simulate", "scenarios/spot.yaml", "--journal", path], 73, "there already"),
      (["simulate", "scenarios/spot.yaml", "--journal", "/nowhere/at/all"], 73, "/nowhere/at/all"),
      (["simulate", "scenarios/spot.yaml", "--shard", "1/2", "--journal", "x"], 64, "--journal"),
    ] {
      let run = try CommandLineTool.run(arguments)
      #expect(run.code == code && run.errors.contains(word), "\(arguments): \(run.code) \(run.errors)")
    }
  }

  @Test func aStoreIsBackedUpAndChecked() throws {
    let path = try journal("three-spot-slots")
    let copy = path + ".backup"
    let backup = try CommandLineTool.run(["store", "backup", path, copy])
    #expect(backup.code == 0 && backup.output.contains("read back"), "\(backup.errors)")
    let check = try CommandLineTool.json(["store", "check", copy, "--json"])
    #expect((check["stale_tables"] as? [String])?.isEmpty == true)
    let original = try CommandLineTool.json(["replay", path, "--json"])
    #expect(check["digest"] as? String == original["digest"] as? String)
    #expect(try CommandLineTool.run(["store", "backup", path, copy]).code == 73)
    #expect(try CommandLineTool.run(["store", "backup", path, "/nowhere/at/all"]).code == 73)
    #expect(try CommandLineTool.run(["store", "backup", "calibration/history.sqlite", copy + "2"]).code == 65)
    #expect(!FileManager.default.fileExists(atPath: copy + "2"))
    #expect(try CommandLineTool.run(["store", "rebuild", copy]).code == 0)
    #expect(try CommandLineTool.run(["store", "check", copy]).code == 0)
    // Half a file.
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let half = path + ".half"
    try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: half))
    let cut = try CommandLineTool.run(["store", "check", half])
    #expect(cut.code == 65 && cut.errors.contains("hint: "), "\(cut.errors)")
  }
}
