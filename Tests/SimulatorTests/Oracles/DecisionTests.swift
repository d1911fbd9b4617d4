import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios
import Testing

/// `plan` against the `decision` records: the recommended plan is the exactly cheapest that meets the deadline, every time.
@Suite struct DecisionTests {
  /// The seeds each record is asked with; all of the hundred with MEASURE=1.
  static let seeds = Oracle.full ? 100 : 6

  static func scenario(mtbf: Double, deadline: Double, onDemand: Double, spot: Double) throws -> Scenario {
    // The records leave the first provisioning out, so the deadline is put off by it.
    try ScenarioReader.decode(
      text: """
        version: 1
        pods: {slots: 1, spot: {hourly_rate: \(spot)}, on_demand: {hourly_rate: \(onDemand)}}
        arrivals: {times: [0h]}
        jobs: [{preset: custom, pricing: spot, steps: 2000}]
        durations: {provisioning: 180s, step: 22.5s, checkpoint: 30s, restore: 795s}
        interruptions: {exponential: {mean: \(mtbf)h}}
        policies: {max_interruptions: unlimited}
        plan:
          deadline: \(deadline * 3600 + 180)s
          p_deadline: 0.95
          pricing: [spot, on_demand]
          checkpoint_every: [25, 50, 100, 200, 500, 2000]
        """)
  }

  static func name(_ choice: Plan.Choice) -> String {
    choice.option.payment == .alike(.onDemand)
      ? choice.checkpointEvery == [2000] ? "on_demand_nockpt" : "on_demand_k\(choice.checkpointEvery[0])"
      : "spot_k\(choice.checkpointEvery[0])"
  }

  @Test func theCheapestFeasiblePlanIsChosen() async throws {
    var asked = 0
    var replications = 0
    for oracle in try Oracle.family("decision") {
      let best = try #require(oracle.expected["best_plan"]?.text)
      let scenario = try Self.scenario(
        mtbf: try oracle.input("M_h"), deadline: try oracle.input("deadline_h"), onDemand: try oracle.input("p_od"),
        spot: try oracle.input("p_spot"))
      for seed in 1...Self.seeds {
        var request = Plan.Request(seed: UInt64(seed), threads: 2)
        request.isExact = true
        let source = ModelSource(worlds: [WorldParameters()], jobs: 0, name: "")
        let plan = try await Plan.run(scenario, source: source, request: request)
        let chosen = try #require(plan.chosen)
        #expect(plan.isDecided)
        asked += 1
        replications += plan.choices.reduce(0) { $0 + $1.replications }
        #expect(Self.name(chosen) == best, "\(oracle.id), seed \(seed): \(Self.name(chosen))")
        let cost = try #require(oracle.expects("best_cost"))
        #expect(abs(chosen.cost - cost) < 6 * chosen.costHalfWidth + 0.06, "\(oracle.id): \(chosen.cost)")
      }
    }
    print("decisions: \(asked) asked, \(replications / max(1, asked)) replications each")
    #expect(asked == 10 * Self.seeds)
  }

  /// The interval at which a plan takes its checkpoints is the exact optimum of the bill.
  @Test func theCheckpointIntervalIsTheExactOptimum() throws {
    var checked = 0
    for oracle in try Oracle.family("checkpoint") where oracle.expected["k_opt_cost"] != nil {
      let run = CheckpointedRun(
        steps: Int(try oracle.input("steps")), secondsPerStep: try oracle.input("s_per_step"), every: 1,
        checkpoint: try oracle.input("delta_s"), restart: try oracle.input("R_s"), downtime: try oracle.input("D_s"))
      let mtbf = try oracle.input("M_s")
      let advice = CheckpointAdvice(run: run, mtbf: mtbf)
      let expected = Int(try #require(oracle.expects("k_opt_cost")))
      func bill(_ every: Int) -> Double {
        var run = run
        run.every = every
        return run.moments(mtbf: mtbf).billed
      }
      #expect(
        advice.exact == expected || abs(bill(advice.exact) / bill(expected) - 1) < 1e-9,
        "\(oracle.id): \(advice.exact), not \(expected)")
      #expect(abs(advice.young - (try #require(oracle.expects("k_young")))) < 1e-6, "\(oracle.id)")
      #expect(abs(advice.continuous - (try #require(oracle.expects("k_exact_continuous")))) < 1e-6, "\(oracle.id)")
      checked += 1
    }
    #expect(checked >= 5)
  }

  /// The engine, told to search, finds what the closed form says is best.
  @Test func autoFindsTheOptimumInSimulation() async throws {
    var scenario = try Self.scenario(mtbf: 6.9, deadline: 40, onDemand: 7.99, spot: 2.49)
    scenario.plan?.checkpointEvery = .auto
    var request = Plan.Request(seed: 1, threads: 2)
    request.isExact = true
    let source = ModelSource(worlds: [WorldParameters()], jobs: 0, name: "")
    let plan = try await Plan.run(scenario, source: source, request: request)
    let advice = try #require(plan.advice[0])
    #expect(plan.chosen?.checkpointEvery == [advice.exact])
    #expect(plan.choices.count == 8)
  }
}
