import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

@Suite struct QuickChecks {
  @Test func mm1() throws {
    var world = WorldParameters()
    world.preprocessing = .exponential(mean: 1)
    world.arrivals = .poisson(perDay: 0.7 * 86_400)
    var c = JobConfiguration(preset: .custom, pricing: .spot)
    c.statedSteps = 0
    world.mix = [JobKind(weight: 1, configuration: c)]
    var policies = Policies()
    policies.maxConcurrent = 1
    let e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .jobs(400_000, warmUp: 1000))
    let clock = ContinuousClock()
    var r: ReplicationResult?
    let t = try clock.measure { r = try e.replication(0) }
    let tally = try #require(r).tallies
    print("MM1", tally[0].mean, 7.0 / 3, tally[1].mean, t, r!.meanBusy, r!.meanQueue)
  }
  @Test func checkpoint() throws {
    // ckpt_exp_M2.0h_k25_d30_R795_D180: E_T 56514.73, E_fail 7.6578, cost 38.13596
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(22.5))
    world.checkpoint = .constant(30)
    world.restore = .constant(795)
    world.provisioning = ByPricing(.constant(180))
    world.interruptions.spot = .lifetime(.exponential(mean: 7200))
    var c = JobConfiguration(preset: .custom, pricing: .spot)
    c.statedSteps = 2000
    c.checkpointEvery = 25
    world.mix = [JobKind(weight: 1, configuration: c)]
    var policies = Policies()
    policies.maxInterruptions = .max
    var e = Experiment(worlds: [world], policies: policies, start: .zero, horizon: .drained)
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    var duration = Tally()
    var cost = Tally()
    var interruptions = Tally()
    let clock = ContinuousClock()
    let t = try clock.measure {
      for n in 0..<20_000 {
        let r = try e.replication(n)
        #expect(r.isBalanced)
        let j = r.jobs[0]
        duration.add(j.duration.seconds)
        cost.add(Double(j.costs.total) / 1e9)
        interruptions.add(Double(j.interruptions))
      }
    }
    print(
      "CKPT", duration.mean - 180, 56514.73, (duration.variance / 20000).squareRoot(), cost.mean, 38.13596,
      interruptions.mean, 7.6578, t)
  }
}
