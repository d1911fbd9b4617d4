import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// A job that runs already is sampled given its age: in law the same as a fresh start that got there.
@Suite struct ResumptionTests {
  private static let steps = 400

  private static func world(_ lifetime: Law) -> WorldParameters {
    var world = WorldParameters()
    world.preprocessing = .lognormal(median: 1200, sigma: 0.6)
    world.modelLoading = .erlang(k: 2, mean: 900)
    world.step = StepTime(median: .seconds(30))
    world.checkpoint = .constant(20)
    world.restore = .constant(40)
    world.finalization = .exponential(mean: 300)
    world.provisioning = ByPricing(.exponential(mean: 120))
    world.interruptions.spot = .lifetime(lifetime)
    world.mix = [Worlds.kind(weight: 1, .spot, steps: steps, every: 50)]
    return world
  }

  private static func fresh(_ lifetime: Law, seed: UInt64) -> Experiment {
    var policies = Policies()
    policies.maxInterruptions = .max
    var e = Experiment(
      worlds: [world(lifetime)], policies: policies, start: .zero, horizon: .drained, seed: seed, replications: 6000)
    e.submissions = [.init(at: .zero, kind: 0)]
    e.keepsJobs = true
    return e
  }

  /// A fleet with one job that works in its first lease, granted `age` before the start.
  private static func resumed(_ lifetime: Law, phase: Phase, age: Span, since: Span, step: Int32) throws -> Experiment {
    let now = Instant.zero + .days(100)
    let granted = now - age
    var fleet = Fleet()
    let j = JobIndex(0)
    try fleet.evolve(.jobSubmitted(JobSpec(ordinal: 0, pricing: .spot, steps: Int32(steps))), at: granted)
    try fleet.evolve(.jobAdmitted(j), at: granted)
    try fleet.evolve(.podRequested(j), at: granted)
    try fleet.evolve(.podGranted(j, hourlyRate: 2_490_000_000), at: granted)
    while fleet[j].phase != phase, let stage = fleet[j].phase.stage {
      try fleet.evolve(.stageFinished(j, stage), at: now - since)
    }
    if step > 0 {
      try fleet.evolve(.checkpointsSaved(j, step: step, keptThrough: now, blocked: .zero), at: now)
    }
    var e = fresh(lifetime, seed: 9)
    e.submissions = []
    e.start = now
    e.fleet = fleet
    e.firstOrdinal = 0
    e.resumptions = [
      .init(index: j, kind: 0, stageStarted: now - since, step: step, stepAt: now, secondsPerStep: nil)
    ]
    return e
  }

  /// Two-sample Kolmogorov–Smirnov distance in units of its standard scale; 1.95 has probability 1e-3.
  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    let a = a.sorted()
    let b = b.sorted()
    var (i, j) = (0, 0)
    var largest = 0.0
    while i < a.count, j < b.count {
      let x = min(a[i], b[j])
      while i < a.count, a[i] <= x { i += 1 }
      while j < b.count, b[j] <= x { j += 1 }
      largest = max(largest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    let n = Double(a.count * b.count) / Double(a.count + b.count)
    return largest * n.squareRoot()
  }

  /// An examination that answers has left what is left of its suites; one that takes longer than they do goes on all the same.
  @Test(arguments: [(Phase.training, 0, 400.0), (.finalizing, 100, 300), (.finalizing, 399, 1)])
  func anExaminationUnderWayGoesOn(_ phase: Phase, _ since: Int, _ left: Double) throws {
    var e = try Self.resumed(
      .exponential(mean: 1e9), phase: phase, age: .seconds(Int64(since + 600)), since: .seconds(Int64(since)), step: 0)
    e.kinds[0].configuration.statedSteps = 0
    e.kinds[0].configuration.suitePasses = 800
    e.worlds[0].suitePass = 0.5
    e.worlds[0].interruptions.spot = .never
    let job = try #require(try e.replication(0).jobs.first)
    #expect(job.phase == .completed && abs((job.ended - e.start).seconds - left) < 1e-3, "\(job)")
    e.worlds[0].suitePass = 0.01
    guard since > 8 else { return }
    let late = try #require(try e.replication(0).jobs.first)
    #expect(late.phase == .completed && late.ended > e.start)
  }

  @Test(arguments: [
    Law.exponential(mean: 9000), .weibull(shape: 0.6, scale: 9000), .weibull(shape: 2.5, scale: 9000),
  ])
  func preprocessingUnderWayAgreesWithAFreshStartThatGotThere(_ lifetime: Law) async throws {
    // Of the fresh ones, those whose first pod lived at least 15 min and was still preprocessing.
    let age = 900.0
    var e = Self.fresh(lifetime, seed: 5)
    e.worlds[0].provisioning = ByPricing(.constant(0))
    e.traces = true
    var fresh: [Double] = []
    for n in 0..<12_000 {
      var one = e
      one.seed = UInt64(n)
      let result = try one.replication(0)
      // The first pod's preprocessing or its end came later than the age.
      let first = result.trace.first { entry in
        switch entry.1 {
        case .stageFinished(_, .preprocessing), .podInterrupted: true
        default: false
        }
      }
      guard let first else { continue }
      var at = first.0
      if case .podInterrupted(_, _, let stopped, _) = first.1 { at = stopped }
      if (at - .zero).seconds > age { fresh.append((result.jobs[0].ended - .zero).seconds - age) }
    }
    var r = try Self.resumed(
      lifetime, phase: .preprocessing, age: Span(seconds: age), since: Span(seconds: age), step: 0)
    r.worlds[0].provisioning = ByPricing(.constant(0))
    let jobs = try await CheckpointOracle.jobs(r)
    let resumed = jobs.map { ($0.ended - r.start).seconds }
    #expect(fresh.count > 2000)
    let d = distance(fresh, resumed)
    #expect(d < 1.95, "\(lifetime): Kolmogorov–Smirnov \(d) over \(fresh.count) and \(resumed.count)")
  }

  /// Of a finalization that is under way, what is certain to be spent on suites is over, or is not: the rest has no memory here.
  @Test func suitesThatAreUnderWayAreNotBegunAnew() async throws {
    var means: [Double] = []
    for since in [Span.seconds(100), .seconds(500)] {
      var e = try Self.resumed(.exponential(mean: 1e9), phase: .finalizing, age: .hours(2), since: since, step: 400)
      e.worlds[0].suitePass = 1
      e.kinds[0].configuration.suitePasses = 400
      let jobs = try await CheckpointOracle.jobs(e)
      #expect(jobs.allSatisfy { $0.phase == .completed })
      means.append(Sample(values: jobs.map { ($0.ended - e.start).seconds }).mean)
    }
    // 300 s of the suites are left, or none; and an exponential law of mean 300 s.
    #expect(abs(means[0] - 600) < 15 && abs(means[1] - 300) < 15, "\(means)")
  }

  @Test func withoutMemoryTheAgeOfThePodDoesNotMatter() async throws {
    var times: [[Double]] = []
    for age in [Span.hours(1), .hours(30)] {
      var e = try Self.resumed(.exponential(mean: 9000), phase: .training, age: age, since: .minutes(30), step: 100)
      e.seed = UInt64(age.microseconds)
      times.append(try await CheckpointOracle.jobs(e).map { ($0.ended - e.start).seconds })
    }
    let d = distance(times[0], times[1])
    #expect(d < 1.95, "Kolmogorov–Smirnov \(d)")
  }

  @Test func withMemoryItDoes() async throws {
    var times: [[Double]] = []
    for age in [Span.hours(1), .hours(30)] {
      let e = try Self.resumed(
        .weibull(shape: 0.5, scale: 9000), phase: .training, age: age, since: .minutes(30), step: 100)
      times.append(try await CheckpointOracle.jobs(e).map { ($0.ended - e.start).seconds })
    }
    // The same numbers in both: an old pod of a falling hazard lives longer, draw by draw.
    let (young, old) = (Sample(values: times[0]), Sample(values: times[1]))
    #expect(old.mean < young.mean - 4 * (young.standardError + old.standardError))
  }

  @Test func whoTrainsCannotRunOutOfMemoryAnyMore() async throws {
    var e = try Self.resumed(.exponential(mean: 1e9), phase: .training, age: .hours(2), since: .hours(1), step: 50)
    e.worlds[0].outOfMemory = [.custom: 1]
    e.replications = 50
    let jobs = try await CheckpointOracle.jobs(e)
    #expect(jobs.allSatisfy { $0.phase == .completed })
    // 350 steps, seven intervals less the last one's checkpoint.
    #expect(jobs.allSatisfy { $0.ended > e.start + .seconds(350 * 30 + 6 * 20) })
  }

  @Test func aForkRecordsNobodyTwice() throws {
    // The last thing that happened to the live fleet was that a job ended.
    var fleet = Fleet()
    for (n, event) in [
      Event.jobSubmitted(JobSpec(ordinal: 0, pricing: .spot, steps: 10)), .jobAdmitted(JobIndex(0)),
      .podRequested(JobIndex(0)), .cancelRequested(JobIndex(0)), .podUnavailable(JobIndex(0), .noCapacity),
    ].enumerated() {
      try fleet.evolve(event, at: .zero + .minutes(Int64(n)))
    }
    #expect(fleet[JobIndex(0)].phase == .cancelled)
    var e = Self.fresh(.exponential(mean: 9000), seed: 1)
    e.start = .zero + .hours(1)
    e.fleet = fleet
    e.firstOrdinal = 1
    e.submissions = [.init(at: e.start, kind: 0)]
    let result = try e.replication(0)
    #expect(result.cancelled == 0)
    #expect(result.jobs.map(\.number) == [1])
  }
}
