import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// Training drawn as two sums and, where it is cut short, a Brownian bridge: in law the same as chunk after chunk.
@Suite struct TrainingPathTests {
  private static let steps: Int32 = 1230
  private static let every: Int32 = 100
  private static let pace = 10.0
  private static let cv = 0.8

  private static func world() -> CompiledWorld {
    var world = WorldParameters()
    world.step = StepTime(median: .law(.normal(mean: pace, sd: pace * cv)))
    return CompiledWorld(world, kinds: [])
  }

  /// Where training stands at `stop`: the bridge's answer, and that of a chunk-by-chunk walk with other random numbers.
  private static func durable(_ stop: Span, _ n: UInt32, _ world: CompiledWorld) -> (LeasePlan, LeasePlan, Instant) {
    var plan = LeasePlan()
    plan.stop = .zero + stop
    plan.end = .interrupted
    plan.checkpoint = .seconds(30)
    plan.upload = .seconds(20)
    var walk = plan
    let stream = RandomStream(seed: 4, replication: 0, entity: n, purpose: 1)
    let path = TrainingPath(from: 30, steps: steps, every: every, start: .zero, pace: pace, stream: stream)
    let luck = RandomStream(seed: 4, replication: 0, entity: n, purpose: 2).pair()
    let end = path.train(&plan, world, path.course(plan.checkpoint, world, luck))
    var own = RandomStream(seed: 5, replication: 0, entity: n, purpose: 3)
    var (step, clock) = (Int32(30), 0.0)
    while step < steps {
      let next = min(steps, (step / every + 1) * every)
      let count = Double(next - step)
      clock += pace * count + pace * cv * count.squareRoot() * StandardNormal.quantile(own.uniform())
      step = next
      guard step < steps else { break }
      clock += 30
      if clock + 20 <= stop.seconds {
        walk.facts.durableStep = step
        walk.facts.keptThrough = .zero + Span(seconds: clock)
      }
    }
    return (plan, walk, end)
  }

  @Test func aBridgeIsAWalk() {
    let world = Self.world()
    for stop in [Span.seconds(1_500), .seconds(6_010), .seconds(12_300)] {
      var (bridged, walked) = ([Int32: Int](), [Int32: Int]())
      var (kept, walkedKept) = (Tally(), Tally())
      for n in 0..<UInt32(20_000) {
        let (plan, walk, _) = Self.durable(stop, n, world)
        bridged[plan.facts.durableStep, default: 0] += 1
        walked[walk.facts.durableStep, default: 0] += 1
        kept.add((plan.facts.keptThrough - .zero).seconds)
        walkedKept.add((walk.facts.keptThrough - .zero).seconds)
      }
      for step in Set(bridged.keys).union(walked.keys) {
        let (a, b) = (Double(bridged[step] ?? 0), Double(walked[step] ?? 0))
        #expect(abs(a - b) <= 4 * (a + b).squareRoot() + 3, "stop \(stop.seconds), step \(step): \(a) against \(b)")
      }
      let se =
        (kept.standardError * kept.standardError + walkedKept.standardError * walkedKept.standardError).squareRoot()
      #expect(abs(kept.mean - walkedKept.mean) <= 4 * se, "stop \(stop.seconds)")
    }
  }

  /// The same luck cut later keeps at least as much, and what both keep they keep at the same time.
  @Test func whatIsKeptGrowsWithTheStop() {
    let world = Self.world()
    for n in 0..<UInt32(200) {
      var before = LeasePlan()
      for stop in stride(from: Int64(0), through: 14_000, by: 70) {
        let (plan, _, end) = Self.durable(.seconds(stop), n, world)
        #expect(plan.facts.durableStep >= before.facts.durableStep)
        if plan.facts.durableStep == before.facts.durableStep {
          #expect(plan.facts.keptThrough == before.facts.keptThrough)
        }
        #expect(plan.facts.durableAt <= plan.stop && end > plan.facts.keptThrough)
        before = plan
      }
    }
  }

  /// How long so many steps of a law take, one chunk of them, in seconds; ascending.
  private static func chunks(_ law: Law, steps: Int32, count: UInt32) -> [Double] {
    var world = WorldParameters()
    world.step = StepTime(median: .law(law))
    let compiled = CompiledWorld(world, kinds: [])
    return (0..<count).map { n in
      var plan = LeasePlan()
      plan.stop = .distantFuture
      let path = TrainingPath(
        from: 0, steps: steps, every: steps, start: .zero, pace: law.mean,
        stream: RandomStream(seed: 9, replication: 0, entity: n, purpose: Purpose.chunk))
      return (path.train(&plan, compiled, path.course(.zero, compiled, (0.5, 0.5))) - .zero).seconds
    }.sorted()
  }

  /// The sum was taken as normal above 20 steps: of 25 exponential ones its 99th percentile came out a quarter of a deviation low.
  @Test(arguments: [
    (Law.exponential(mean: 10), Law.erlang(k: 25, mean: 250), Int32(25)),
    (.exponential(mean: 10), .erlang(k: 400, mean: 4000), 400),
    (.gamma(shape: 0.02, scale: 500), .gamma(shape: 0.6, scale: 500), 30),
    (.erlang(k: 2, mean: 10), .erlang(k: 60, mean: 300), 30),
  ]) func gammaStepsAreSummedExactly(_ law: Law, _ sum: Law, _ steps: Int32) {
    let n = 20_000
    let times = Self.chunks(law, steps: steps, count: UInt32(n))
    var largest = 0.0
    for (i, x) in times.enumerated() {
      let p = sum.cdf(x)
      largest = max(largest, p - Double(i) / Double(n), Double(i + 1) / Double(n) - p)
    }
    // Kolmogorov–Smirnov: 1.95 has probability 1e-3; seed 9.
    #expect(largest * Double(n).squareRoot() < 1.95, "\(law) × \(steps): \(largest * Double(n).squareRoot())")
    let p99 = times[Int(0.99 * Double(n))]
    let share = 1 - sum.cdf(p99)
    #expect(abs(share - 0.01) < 4 * (0.0099 / Double(n)).squareRoot(), "99 % lie below \(p99)")
  }

  @Test func skewedStepsAreDrawnOneByOneUpToAKnownLimit() {
    let law = Law.lognormal(median: 10, sigma: 0.5)
    let n = 20_000
    let p99 = Self.chunks(law, steps: 25, count: UInt32(n))[Int(0.99 * Double(n))]
    var above = 0
    for r in 0..<UInt32(n) {
      var stream = RandomStream(seed: 10, replication: 0, entity: r, purpose: Purpose.chunk)
      if (0..<25).reduce(0.0, { sum, _ in sum + law.quantile(stream.uniform()) }) > p99 { above += 1 }
    }
    // Two samples: each share is 1 % ± its own error. The normal law would leave nearly 2 % above its 99th percentile.
    #expect(abs(Double(above) / Double(n) - 0.01) < 4 * (2 * 0.0099 / Double(n)).squareRoot(), "\(above) of \(n)")
    // Where the limit is passed the first left-out term is below 1 % of a deviation; a law without skewness needs no more than 20.
    var world = WorldParameters()
    world.step = StepTime(median: .law(law))
    #expect((5_000...10_000).contains(CompiledWorld(world, kinds: []).stepLimit))
    world.step = StepTime(median: .law(.uniform(low: 5, high: 15)))
    #expect(CompiledWorld(world, kinds: []).stepLimit == 20)
  }

  @Test func aCappedJobSavesWhatItHasTrained() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(10))
    world.checkpoint = .constant(30)
    world.checkpointUpload = .constant(20)
    world.hourlyRate = ByPricing(3.6)
    var e = Experiment(worlds: [world], policies: Policies(), start: .zero, horizon: .drained)
    e.kinds = [Worlds.kind(weight: 1, .spot, steps: 1000, every: 100)]
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    // A dollar is a thousand seconds: at 2.5 dollars, two checkpoints and 440 s past the second.
    e.maxCosts = [2_500_000_000]
    let job = try #require(try e.replication(0).jobs.first)
    #expect(job.phase == .failed && job.failure == .costCap)
    #expect(job.durableStep == 244)
    // What it takes to save: half a minute of training standing still, and the upload.
    #expect(job.costs.total == 2_550_000_000 && job.costs[.lostWork] == 0)
  }

  /// Steps that take next to no time: how many would fit before the stop is more than 32 bits hold.
  @Test func aCapInAFirstCheckpointThatBlocksCountsNoStepsThatThereAreNot() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(1e-7))
    world.checkpoint = .constant(3_600)
    world.hourlyRate = ByPricing(3.6)
    var e = Experiment(worlds: [world], policies: Policies(), start: .zero, horizon: .drained)
    e.kinds = [Worlds.kind(weight: 1, .spot, steps: 4_000, every: 1_000)]
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    e.maxCosts = [1_800_000_000]
    let job = try #require(try e.replication(0).jobs.first)
    #expect(job.failure == .costCap && job.durableStep < 4_000)
  }
}
