import Foundation
import Testing

/// `lora-train plan` as a person or a script meets it.
@Suite struct PlanCommandTests {
  static func scenario(_ plan: String) throws -> URL {
    try Scratch.file(
      """
      version: 1
      pods: {slots: 1, spot: {hourly_rate: 2.49}, on_demand: {hourly_rate: 7.99}}
      arrivals: {times: [0h]}
      jobs: [{steps: 2000, checkpoint_every: 50}]
      durations: {provisioning: 3m, step: 22.5s, checkpoint: 30s, restore: 13m}
      interruptions: {exponential: {mean: 6.9h}}
      \(plan)
      """, "yaml")
  }

  @Test func theExampleIsAnswered() throws {
    let answer = try CommandLineTool.json(["plan", "scenarios/cheapest-by-deadline.yaml", "--json"])
    let chosen = try #require(answer["chosen"] as? [String: Any])
    #expect(chosen["verdict"] as? String == "chosen")
    let plans = try #require(answer["plans"] as? [[String: Any]])
    #expect(plans.count == 16)
    for key in ["cost_usd", "extra_usd", "p_in_time", "p_over_budget", "done_within_s", "checkpoint_every", "option"] {
      #expect(plans.allSatisfy { $0[key] != nil }, "\(key)")
    }
    let frontier = try #require(answer["frontier"] as? [[String: Any]])
    let times = frontier.compactMap { $0["done_within_s"] as? Double }
    let costs = frontier.compactMap { $0["cost_usd"] as? Double }
    #expect(times == times.sorted() && costs == costs.sorted().reversed() && times.count == frontier.count)
    let text = try CommandLineTool.run(["plan", "scenarios/cheapest-by-deadline.yaml"])
    #expect(text.code == 0 && text.output.contains("Recommended: ") && text.output.contains("Daly"))
  }

  @Test func whatCannotBeMetEndsWith1AndNamesTheWayOut() throws {
    let file = try Self.scenario("plan: {deadline: 12h, pricing: [spot, on_demand]}")
    let run = try CommandLineTool.run(["plan", file.path])
    #expect(run.code == 1 && run.output.contains("No plan meets the deadline"), "\(run.output) \(run.errors)")
    #expect(run.output.contains("With a deadline of 12 h 53 min: on demand"), "\(run.output)")
    #expect(run.output.contains("No plan is feasible, with 99 % confidence") && !run.output.contains("Chosen"))
    let json = try CommandLineTool.run(["plan", file.path, "--json"])
    #expect(json.code == 1 && json.output.contains("\"binding\": \"deadline\""))
    let answer = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(answer["possible"] as? Bool == false && answer["chosen"] is NSNull)
    let sentences = try #require(answer["answer"] as? [String])
    #expect(sentences.first?.hasPrefix("No plan meets the deadline: the nearest, ") == true, "\(sentences)")
  }

  /// Without a deadline it is no deadline that is missed, and where each constraint alone can be met the nearest is named all the same.
  @Test func whatBindsIsCalledByItsName() throws {
    let lost = try Self.scenario(
      "policies: {max_interruptions: 1, then: fail}\nplan: {pricing: spot, checkpoint_every: [50]}")
    let run = try CommandLineTool.run(["plan", lost.path])
    #expect(run.code == 1 && run.output.contains("No plan completes enough jobs: the nearest, "), "\(run.output)")
    #expect(!run.output.contains("No plan meets the deadline"))
    let torn = try Self.scenario("plan: {deadline: 14h, budget: 100, pricing: [spot, on_demand]}")
    let both = try CommandLineTool.run(["plan", torn.path])
    #expect(
      both.code == 1 && both.output.contains("no plan meets both: the nearest within the budget, spot"),
      "\(both.output)")
  }

  @Test func whatNeitherTimeNorMoneyAloneCouldMendIsSaid() throws {
    let file = try Self.scenario("plan: {deadline: 12h, budget: 30, pricing: [spot, on_demand]}")
    let run = try CommandLineTool.run(["plan", file.path])
    #expect(run.code == 1 && run.output.contains("No plan meets the deadline, and none the budget"), "\(run.output)")
    #expect(run.output.contains("With a deadline of ") && run.output.contains(" and a budget of "), "\(run.output)")
    #expect(!run.output.contains("No time is enough"))
    let json = try CommandLineTool.run(["plan", file.path, "--json"])
    #expect(json.code == 1 && json.output.contains("\"binding\": \"neither\""))
    #expect(json.output.contains("\"constraint\": \"both\""))
    // A full disk is not mistaken for the answer "no".
    let full = try CommandLineTool.run(["plan", file.path], to: "/dev/full")
    #expect(full.code == 73, "\(full.errors)")
  }

  @Test func aCapThatIsTooSmallIsSaid() throws {
    let file = try Self.scenario("plan: {deadline: 24h, checkpoint_every: [47, 60]}")
    let run = try CommandLineTool.run(["plan", file.path, "--exact", "--tie", "0.01%", "--replications", "2000"])
    #expect(run.code == 0 && run.errors.contains("--replications"), "\(run.errors)")
    #expect(run.output.contains("Chosen by the estimate, without 99 % confidence"), "\(run.output)")
  }

  @Test(arguments: [
    ("", "no plan section"), ("plan: {dedline: 12h}", "did you mean deadline?"),
    ("plan: {policy: spott}", "did you mean spot?"), ("plan: {deadline: 18}", ":7:18"),
    ("plan: {slots: [1, 1]}", "twice"), ("plan: {preset: balanced}", "training_pairs"),
    ("plan: {p_over_budget: 0.1}", "goes with plan.budget"),
    ("plan: {pricing: spot, spot_share: 0.5}", "keep one of them"),
    ("plan: {pricing: spot, policy: on_demand}", "on_demand in one of them"),
    (
      "plan: {slots: [1,2,3,4,5,6,7,8,9,10], checkpoint_every: [1,2,3,4,5,6,7,8,9,10], start: [0h,1h,2h,3h,4h,5h]}",
      "512"
    ),
  ]) func badPlansSayWhereAndWhat(_ plan: String, _ words: String) throws {
    let file = try Self.scenario(plan)
    let run = try CommandLineTool.run(["plan", file.path])
    #expect(run.code == 65 && run.errors.contains(file.path) && run.errors.contains(words), "\(plan): \(run.errors)")
  }
}
