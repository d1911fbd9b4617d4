import Calibration
import DiscreteEvent
import Engine
import Planning
import Testing

@testable import Simulator

extension OracleTests {
  /// The engine in a sampled world against closed forms: |z| ≤ 4 each, and all of them together of the right size.
  @Suite struct SimulatedOracleTests {
    static let jobs = Oracle.full ? 40_000 : 6_000

    @Test func queue() async throws {
      for oracle in try Oracle.family("queue") {
        guard let queue = try QueueOracle(oracle) else { continue }
        try await check(queue, queue.experiment(), keys: oracle.expected.keys.filter { !$0.hasPrefix("erlangB") })
        guard let blocking = oracle.expects("erlangB_block_if_no_queue") else { continue }
        let losses = try await means(queue, queue.experiment(maxQueued: 0)).map { $0["P_block"] ?? .nan }
        report(oracle.id, "erlangB_block_if_no_queue", Sample(values: losses).z(blocking))
      }
    }

    private func means(_ queue: QueueOracle, _ experiment: Experiment) async throws -> [[String: Double]] {
      try await experiment.run(threads: 2, into: [[String: Double]]()) { all, r in
        all.append(queue.means(r))
      } merge: { all, part in
        all.append(contentsOf: part)
      }
    }

    private func check(_ queue: QueueOracle, _ experiment: Experiment, keys: some Sequence<String>) async throws {
      let replications = try await means(queue, experiment)
      for key in keys.sorted() {
        let name = queue.suffix.isEmpty ? key : key.replacing(queue.suffix, with: "")
        guard let expected = queue.expectation(key), replications[0][key] != nil || replications[0][name] != nil else {
          continue
        }
        let sample = Sample(values: replications.map { $0[key] ?? $0[name] ?? .nan })
        // Nobody waits where nobody may: an exact zero.
        if expected == 0 { #expect(sample.mean == 0, "\(queue.oracle.id) \(key)") }
        report(queue.oracle.id, key, sample.z(expected))
      }
    }

    @Test(arguments: ["checkpoint", "checkpoint-general", "policy"]) func runs(_ family: String) async throws {
      for oracle in try Oracle.family(family) where oracle.expected["E_T_s"] != nil {
        let model = try CheckpointOracle(oracle)
        let jobs = try await CheckpointOracle.jobs(model.experiment(replications: Self.jobs, seed: oracle.seed))
        check(oracle, model, jobs)
      }
    }

    private func check(_ oracle: Oracle, _ model: CheckpointOracle, _ jobs: [JobOutcome]) {
      let id = oracle.id
      let times = Sample(values: jobs.map { model.time($0) })
      func test(_ key: String, sd: Double? = nil, _ value: (JobOutcome) -> Double) {
        guard let expected = oracle.expects(key) else { return }
        report(id, key, Sample(values: jobs.map(value)).z(expected, sd: sd))
      }
      test("E_T_s", sd: oracle.expects("sd_T_s")) { model.time($0) }
      test("E_failures") { Double($0.interruptions) }
      test("E_billed_s") { $0.billed.seconds }
      test("E_cost_usd") { Double($0.costs.total) / 1e9 }
      test("E_lost_plus_restart_s") {
        Double($0.costs[.lostWork] + $0.costs[.recovery]) / 1e9 / model.price * 3600
      }
      if let sd = oracle.expects("sd_T_s") { report(id, "sd_T_s", times.zOfVariance(sd * sd)) }
      if let p = oracle.expects("P_no_failure") {
        report(id, "P_no_failure", hits: jobs.count { $0.interruptions == 0 }, of: jobs.count, p)
      }
      if let p = oracle.expects("P_switch") {
        report(id, "P_switch", hits: jobs.count { $0.pricing == .onDemand }, of: jobs.count, p)
      }
      let least = model.run.leastTime
      if let expected = oracle.expects("T_min_s") {
        #expect(abs(least - expected) < 1e-9)
        let untouched = jobs.filter { $0.interruptions == 0 }
        #expect(untouched.allSatisfy { abs(model.time($0) - expected) < 1e-6 }, "\(id): without interruption")
        #expect(times.values.allSatisfy { $0 > expected - 1e-6 }, "\(id): faster than without interruption")
      }
      for (key, value) in oracle.expected.sorted(by: { $0.key < $1.key }) {
        guard let x = value.number else { continue }
        if key.hasPrefix("P_T_le_"), let hours = Double(key.dropFirst(7).dropLast()) {
          report(id, key, hits: times.values.count { $0 <= hours * 3600 }, of: jobs.count, x)
        } else if let percent = Self.percentile(key) {
          percentile(id, key, times.values, x, percent, atom: least, other: key.hasSuffix("_MC") ? 400_000 : nil)
        }
      }
    }

    /// A percentile `x`: so many do not exceed it. In the atom at the least time at least so many.
    private func percentile(
      _ id: String, _ key: String, _ values: [Double], _ x: Double, _ p: Double, atom: Double, other: Int?
    ) {
      let hits = values.count { $0 <= max(x, atom) + 1e-6 }
      guard x <= atom + 1e-6 else { return report(id, key, hits: hits, of: values.count, p, other: other) }
      OracleReport.shared.analytic(id, key)
      #expect(abs(x - atom) < 1e-6, "\(id) \(key)")
      let least = p - 4 * (p * (1 - p) / Double(values.count)).squareRoot()
      #expect(Double(hits) / Double(values.count) > least, "\(id) \(key)")
    }

    /// "P90_s" → 0.9
    static func percentile(_ key: String) -> Double? {
      guard key.hasPrefix("P"), key.dropFirst().first?.isNumber == true else { return nil }
      return Double(key.dropFirst().prefix { $0.isNumber }).map { $0 / 100 }
    }

    @Test func nhpp() async throws {
      for oracle in try Oracle.family("nhpp") {
        let start = Instant.zero + Span(seconds: try oracle.input("start_h") * 3600)
        let rates = try #require(oracle.inputs["hazard_per_h_by_hour"]?.numbers)
        let hours = oracle.inputs["duration_h"]?.number
        let run = CheckpointedRun(
          steps: hours.map { Int(($0 * 60).rounded()) } ?? 2000, secondsPerStep: hours == nil ? 22.5 : 60,
          every: hours == nil ? 100 : .max, checkpoint: 30, restart: 795, downtime: hours == nil ? 180 : 0)
        let model = CheckpointOracle(run: run, lifetime: .constant(0))
        var e = model.experiment(replications: Self.jobs, seed: oracle.seed)
        e.worlds[0].interruptions.spot = .byHour(ratesPerHour: rates, utcOffset: 0)
        // The clock of the records starts at the first grant.
        e.start = start - Span(seconds: run.downtime)
        e.submissions[0].at = e.start
        if hours != nil { (e.policies.maxInterruptions, e.policies.afterInterruptions) = (1, .fail) }
        let jobs = try await CheckpointOracle.jobs(e)
        let n = jobs.count
        if let p = oracle.expects("P_no_interruption") {
          report(oracle.id, "P_no_interruption", hits: jobs.count { $0.interruptions == 0 }, of: n, p)
        }
        let times = Sample(values: jobs.map { model.time($0) / 3600 })
        if let mean = oracle.expects("E_T_h"), let se = oracle.expects("se_E_T_h"), let sd = oracle.expects("sd_T_h") {
          let both = (sd * sd / Double(n) + se * se).squareRoot()
          report(oracle.id, "E_T_h", (times.mean - mean) / both)
          report(oracle.id, "sd_T_h", times.zOfVariance(sd * sd))
          let failures = Sample(values: jobs.map { Double($0.interruptions) })
          report(oracle.id, "E_failures", failures.z(try #require(oracle.expects("E_failures"))))
          let billed = Sample(values: jobs.map { $0.billed.hours })
          report(oracle.id, "E_billed_h", billed.z(try #require(oracle.expects("E_billed_h"))))
          for key in ["P10_h", "P50_h", "P90_h"] {
            guard let x = oracle.expects(key), let p = Self.percentile(key) else { continue }
            percentile(oracle.id, key, times.values, x, p, atom: run.leastTime / 3600, other: 2_000_000)
          }
        }
      }
    }

    @Test func integration() async throws {
      for oracle in try Oracle.family("integration") {
        let inputs = oracle.inputs
        var model = try CheckpointOracle(oracle)
        // The downtime before each later pod as time unnoticed and not billed: the first pod has none.
        let downtime = model.run.downtime
        model.run.downtime = 0
        var world = model.world()
        world.detection = .constant(downtime)
        world.arrivals = .poisson(perDay: try #require(inputs["jobs_per_720h"]?.number) / 30)
        var policies = Policies()
        policies.maxConcurrent = 1
        policies.maxInterruptions = .max
        let counted = Oracle.full ? 20_000 : 1500
        let e = Experiment(
          worlds: [world], policies: policies, start: .zero, horizon: .jobs(counted + 500, warmUp: 500),
          seed: oracle.seed,
          replications: 60)
        let all = try await e.run(threads: 2, into: [(Double, Double, Double)]()) { all, r in
          all.append((r.tallies[0].mean, r.tallies[1].mean, r.meanBusy))
        } merge: { all, part in
          all.append(contentsOf: part)
        }
        let (wq, service, busy) = (
          Sample(values: all.map(\.0)), Sample(values: all.map(\.1)), Sample(values: all.map(\.2))
        )
        report(oracle.id, "Wq_s", wq.z(try #require(oracle.expects("Wq_s"))))
        report(oracle.id, "Wq_h", wq.z(try #require(oracle.expects("Wq_s"))))
        report(oracle.id, "E_S_s", service.z(try #require(oracle.expects("E_S_s"))))
        report(oracle.id, "rho", busy.z(try #require(oracle.expects("rho"))))
      }
    }

    @Test func budget() async throws {
      for oracle in try Oracle.family("budget") where oracle.inputs["Lambda"] != nil {
        // A month of jobs that take seconds at a rate at which a second costs what a job costs: nothing is cut by its end.
        let rate = 1e5
        var world = WorldParameters()
        world.hourlyRate.spot = rate
        let seconds = 3600 / rate
        world.preprocessing = .gamma(
          shape: try oracle.input("gamma_shape"), scale: try oracle.input("gamma_scale") * seconds)
        world.arrivals = .poisson(perDay: try oracle.input("Lambda") / 30)
        var configuration = JobConfiguration(preset: .custom, pricing: .spot)
        configuration.statedSteps = 0
        world.mix = [JobKind(weight: 1, configuration: configuration)]
        var policies = Policies()
        policies.maxConcurrent = 1000
        let e = Experiment(
          worlds: [world], policies: policies, start: .zero, horizon: .until(.zero + .days(30)), seed: oracle.seed,
          replications: Self.jobs)
        let spend = Sample(
          values: try await e.run(threads: 2, into: [Double]()) { all, r in
            all.append(Double(r.accrued) / 1e9)
          } merge: { all, part in
            all.append(contentsOf: part)
          })
        for (key, value) in oracle.expected.sorted(by: { $0.key < $1.key }) {
          guard let x = value.number else { continue }
          if key == "mean" { report(oracle.id, key, spend.z(x, sd: oracle.expects("sd"))) }
          if key == "sd" { report(oracle.id, key, spend.zOfVariance(x * x)) }
          if key.hasPrefix("P_spend_gt_"), let limit = Double(key.dropFirst(11)) {
            report(oracle.id, key, hits: spend.values.count { $0 > limit }, of: spend.count, x)
          } else if let p = Self.percentile(key) {
            report(oracle.id, key, hits: spend.values.count { $0 <= x }, of: spend.count, p)
          }
        }
      }
    }

    @Test func provisioning() async throws {
      for oracle in try Oracle.family("provisioning") where oracle.inputs["interval_min"] != nil {
        var world = WorldParameters()
        world.availability.spot = Availability(success: try oracle.input("p"))
        var configuration = JobConfiguration(preset: .custom, pricing: .spot)
        configuration.statedSteps = 0
        world.mix = [JobKind(weight: 1, configuration: configuration)]
        var policies = Policies()
        policies.provisioningRetryEvery = .minutes(Int64(try oracle.input("interval_min")))
        policies.provisioningGiveUpAfter = .minutes(Int64(try oracle.input("max_min")))
        policies.afterProvisioning = .fail
        var e = Experiment(
          worlds: [world], policies: policies, start: .zero, horizon: .drained, seed: oracle.seed,
          replications: Self.jobs * 3)
        e.submissions = [.init(at: .zero, kind: 0)]
        e.keepsJobs = true
        let jobs = try await CheckpointOracle.jobs(e)
        let found = jobs.filter { $0.phase == .completed }
        #expect(found.count + jobs.count { $0.failure == .provisioning } == jobs.count)
        report(oracle.id, "P_success", hits: found.count, of: jobs.count, try #require(oracle.expects("P_success")))
        report(
          oracle.id, "P_timeout", hits: jobs.count - found.count, of: jobs.count,
          try #require(oracle.expects("P_timeout")))
        let waits = Sample(values: found.map { $0.duration.seconds / 60 })
        report(oracle.id, "E_wait_given_success_min", waits.z(try #require(oracle.expects("E_wait_given_success_min"))))
        let elapsed = Sample(values: jobs.map { $0.duration.seconds / 60 })
        report(oracle.id, "E_elapsed_min", elapsed.z(try #require(oracle.expects("E_elapsed_min"))))
      }
    }
  }
}
