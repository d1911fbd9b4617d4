import Calibration
import DiscreteEvent
import Planning
import Testing

@testable import Simulator

extension OracleTests {
  /// The closed forms to 1e-9, each against its record.
  @Suite struct AnalyticOracleTests {
    /// Notes and checks one value.
    private func check(
      _ oracle: Oracle, _ key: String, _ value: Double, tolerance: Double = 1e-9,
      _ source: SourceLocation = #_sourceLocation
    ) {
      guard let expected = oracle.expects(key) else { return }
      OracleReport.shared.analytic(oracle.id, key)
      let error = abs(value - expected) / max(abs(expected), 1e-300)
      let close = value == expected || error <= tolerance || abs(value - expected) < 1e-15
      #expect(close, "\(oracle.id) \(key): \(value), expected \(expected), off by \(error)", sourceLocation: source)
    }

    private func check(_ oracle: Oracle, _ values: [String: Double], tolerance: Double = 1e-9) {
      for (key, value) in values { check(oracle, key, value, tolerance: tolerance) }
    }

    private func queues(_ prefix: String) throws -> [Oracle] {
      try Oracle.family("queue").filter { $0.id.hasPrefix(prefix) }
    }

    @Test func erlang() throws {
      for oracle in try queues("mm1_") + queues("mmc_") {
        let q = ErlangQueue(
          arrivalRate: try oracle.input("arrival_rate"), serviceRate: try oracle.input("service_rate"),
          servers: Int(oracle.inputs["servers"]?.number ?? 1))
        check(
          oracle,
          [
            "util": q.utilization, "P_wait": q.waitProbability, "Wq": q.meanWait, "W": q.meanTurnaround,
            "Lq": q.meanQueue, "L": q.meanJobs, "P0": q.emptyProbability, "var_W": q.turnaroundVariance,
            "Wq_p50": q.waitQuantile(0.5), "Wq_p90": q.waitQuantile(0.9), "Wq_p99": q.waitQuantile(0.99),
            "W_p50": q.turnaroundQuantile(0.5), "W_p90": q.turnaroundQuantile(0.9),
            "asym_var_Wq_customer": q.waitAsymptoticVariance ?? .nan,
          ])
      }
      for oracle in try queues("seed_mm3") {
        let q = ErlangQueue(
          arrivalRate: try oracle.input("arrival_rate_per_h"), serviceRate: 1 / (try oracle.input("mean_service_h")),
          servers: Int(try oracle.input("servers")))
        check(
          oracle,
          [
            "util": q.utilization, "P_wait": q.waitProbability, "Wq_h": q.meanWait, "Wq_p90_h": q.waitQuantile(0.9),
            "erlangB_block_if_no_queue": q.lossProbability,
          ])
      }
    }

    @Test func birthAndDeath() throws {
      for oracle in try queues("mmck") {
        let q = BirthDeathQueue.finite(
          arrivalRate: try oracle.input("arrival_rate"), serviceRate: try oracle.input("service_rate"),
          servers: Int(try oracle.input("servers")), capacity: Int(try oracle.input("capacity")))
        check(
          oracle,
          [
            "P_block": q.blockingProbability, "L": q.meanJobs, "Lq": q.meanQueue, "W": q.meanTurnaround,
            "Wq": q.meanWait, "throughput": q.throughput, "util": q.utilization, "P0": q.emptyProbability,
          ])
      }
      for oracle in try queues("erlangA") {
        let q = BirthDeathQueue.impatient(
          arrivalRate: try oracle.input("arrival_rate"), serviceRate: try oracle.input("service_rate"),
          servers: Int(try oracle.input("servers")), abandonRate: try oracle.input("abandon_rate"))
        let lost = try oracle.input("abandon_rate") * q.meanQueue / oracle.input("arrival_rate")
        check(
          oracle,
          [
            "P_abandon": lost, "Lq": q.meanQueue, "Wq_all": q.meanWait, "util": q.utilization,
            "P_wait": q.waitProbability,
          ])
      }
    }

    @Test func oneServer() throws {
      for oracle in try queues("mg1") {
        let mean = try oracle.input("service_mean")
        let q = PollaczekKhinchine(
          arrivalRate: try oracle.input("arrival_rate"), mean: mean,
          secondMoment: mean * mean * (1 + (try oracle.input("service_cv2"))),
          thirdMoment: try oracle.input("service_m3"))
        check(
          oracle,
          [
            "Wq": q.meanWait, "W": q.meanTurnaround, "Lq": q.meanQueue, "L": q.meanJobs,
            "sd_Wq": (q.waitVariance ?? .nan).squareRoot(), "P_wait": q.utilization,
          ])
        // The same from the law itself.
        let law = try QueueOracle.service(oracle)
        let rate = try oracle.input("arrival_rate") / QueueOracle.unit
        let same = PollaczekKhinchine(arrivalRate: rate, service: law)
        check(oracle, "Wq", same.meanWait / QueueOracle.unit)
      }
      for oracle in try queues("dm1") {
        let q = ScheduledQueue(
          interval: try oracle.input("interarrival"), serviceRate: try oracle.input("service_rate"))
        check(
          oracle,
          ["sigma": q.waitProbability, "P_wait": q.waitProbability, "Wq": q.meanWait, "W": q.meanTurnaround])
      }
    }

    @Test func otherServices() throws {
      for oracle in try queues("mdc") {
        let q = DeterministicServiceQueue(
          arrivalRate: try oracle.input("arrival_rate"), service: try oracle.input("service"),
          servers: Int(try oracle.input("servers")))
        check(oracle, ["Wq": q.meanWait, "Lq": q.meanQueue, "L": q.meanJobs])
      }
      for oracle in try queues("me2c") + queues("mh2c") {
        let rate = try oracle.input("arrival_rate")
        let servers = Int(try oracle.input("servers"))
        let q =
          try oracle.inputs["p1"] == nil
          ? TwoPhaseQueue.erlang2(arrivalRate: rate, mean: 1, servers: servers)
          : TwoPhaseQueue.hyperexponential(
            arrivalRate: rate, p: oracle.input("p1"), one: oracle.input("mu1"), two: oracle.input("mu2"),
            servers: servers)
        let solved = q.solve()
        check(oracle, ["Lq": solved.meanQueue, "Wq": solved.meanQueue / rate, "P_wait": solved.waitProbability])
      }
    }

    @Test func queueETA() throws {
      for oracle in try queues("fifo_deterministic") {
        let arrivals = try #require(oracle.inputs["arrivals_h"]?.numbers)
        let durations = try #require(oracle.inputs["durations_h"]?.numbers)
        let provisioning = try oracle.input("provision_h")
        let times = QueueETA.schedule(
          free: [Double](repeating: 0, count: Int(try oracle.input("slots"))),
          jobs: zip(arrivals, durations).map { ($0, $1 + provisioning) })
        for (n, time) in times.enumerated() {
          check(oracle, ["start_\(n + 1)": time.start, "end_\(n + 1)": time.end])
        }
        let waits = zip(times, arrivals).map { $0.start - $1 }
        check(
          oracle,
          ["makespan": times.map(\.end).max() ?? 0, "mean_wait": waits.reduce(0, +) / Double(waits.count)])
      }
      for oracle in try queues("queue_eta_next") {
        let remaining = try #require(oracle.inputs["remaining_h"]?.numbers)
        let provisioning = try oracle.input("prov_h")
        let job = (submitted: 0.0, duration: try oracle.input("job_h") + provisioning)
        let times = QueueETA.schedule(free: remaining, jobs: [job, job, job, job])
        for (n, time) in times.enumerated() { check(oracle, "true_pos\(n + 1)", time.start + provisioning) }
      }
      for oracle in try queues("queue_eta_memoryless") {
        for q in 1...4 {
          let wait = QueueETA.memoryless(
            position: q, slots: Int(try oracle.input("slots")), remaining: try oracle.input("mean_h"))
          check(oracle, "wait_pos\(q)_h", wait)
        }
      }
    }

    @Test func checkpointInterval() throws {
      for oracle in try Oracle.family("checkpoint") where oracle.expected["tau_exact_s"] != nil {
        let mtbf = try oracle.input("M_s")
        let cost = try oracle.input("delta_s")
        let exact = CheckpointInterval.exact(mtbf: mtbf, checkpoint: cost)
        let young = CheckpointInterval.young(mtbf: mtbf, checkpoint: cost)
        let daly = CheckpointInterval.daly(mtbf: mtbf, checkpoint: cost)
        check(oracle, ["tau_exact_s": exact, "tau_young_s": young, "tau_daly_high_order_s": daly])
        guard let restart = oracle.inputs["R_s"]?.number, let work = oracle.inputs["Ts_s"]?.number else { continue }
        func time(_ interval: Double) -> Double {
          CheckpointInterval.expectedTime(
            work: work, interval: interval, mtbf: mtbf, checkpoint: cost, restart: restart)
        }
        check(
          oracle,
          [
            "E_T_at_exact_s": time(exact), "E_T_at_young_s": time(young), "E_T_at_daly_s": time(daly),
            "tau_daly2003_s": CheckpointInterval.dalyFirstOrder(mtbf: mtbf, checkpoint: cost, restart: restart),
          ])
        // Published in minutes, to the printed precision.
        let published = try #require(oracle.expects("tau_published_min"))
        OracleReport.shared.analytic(oracle.id, "tau_published_min")
        #expect(abs(daly / 60 - published) <= (published > 10 ? 0.5 : 0.05))
      }
    }

    @Test func checkpointedRun() throws {
      for oracle in try Oracle.family("checkpoint") where oracle.expected["E_T_s"] != nil {
        let model = try CheckpointOracle(oracle)
        let mtbf = try oracle.input("M_s")
        let m = model.run.moments(mtbf: mtbf)
        let least = model.run.leastTime
        check(
          oracle,
          [
            "E_T_s": m.mean, "sd_T_s": m.standardDeviation, "E_failures": m.interruptions, "E_billed_s": m.billed,
            "E_cost_usd": m.billed / 3600 * model.price, "T_min_s": least, "P_no_failure": expOf(-least / mtbf),
            "E_lost_plus_restart_s": m.billed - least,
            "overhead_ratio": m.mean / (Double(model.run.steps) * model.run.secondsPerStep),
          ])
        // The recursion for any lifetime arrives at the same.
        let general = RenewalRun(model.run, lifetime: .exponential(mean: mtbf)).moments()
        check(oracle, ["E_T_s": general.mean, "E_failures": general.interruptions, "E_billed_s": general.spot])
        check(oracle, "sd_T_s", general.variance.squareRoot(), tolerance: 1e-7)
      }
      for oracle in try Oracle.family("checkpoint") where oracle.expected["k_opt_time"] != nil {
        let mtbf = try oracle.input("M_s")
        let cost = try oracle.input("delta_s")
        let seconds = try oracle.input("s_per_step")
        var run = CheckpointedRun(
          steps: Int(try oracle.input("steps")), secondsPerStep: seconds, every: 100, checkpoint: cost,
          restart: try oracle.input("R_s"), downtime: try oracle.input("D_s"))
        let fastest = run.optimalEvery(mtbf: mtbf)
        let cheapest = run.optimalEvery(mtbf: mtbf) { $0.billed }
        let best = try #require(oracle.expects("k_opt_time"))
        run.every = 100
        let at100 = run.moments(mtbf: mtbf).mean
        run.every = Int(best)
        check(
          oracle,
          [
            "k_opt_time": Double(fastest.every), "k_opt_cost": Double(cheapest.every),
            "E_T_opt_s": fastest.moments.mean,
            "E_T_at_100_s": at100,
            "k_young": CheckpointInterval.young(mtbf: mtbf, checkpoint: cost) / seconds,
            "k_exact_continuous": CheckpointInterval.exact(mtbf: mtbf, checkpoint: cost) / seconds,
          ])
        let penalty = (at100 / fastest.moments.mean - 1) * 100
        OracleReport.shared.analytic(oracle.id, "penalty_at_100_pct")
        #expect(abs(penalty - (try #require(oracle.expects("penalty_at_100_pct")))) < 1e-9)
      }
    }

    @Test func anyLifetimeAndTheSwitch() throws {
      for oracle in try Oracle.family("checkpoint-general") {
        let model = try CheckpointOracle(oracle)
        let m = RenewalRun(model.run, lifetime: model.lifetime).moments()
        check(
          oracle,
          ["E_T_s": m.mean, "E_failures": m.interruptions, "E_billed_s": m.spot, "E_cost_usd": m.spot / 3600 * 2.49])
        check(oracle, "sd_T_s", m.variance.squareRoot(), tolerance: 1e-7)
      }
      for oracle in try Oracle.family("policy") {
        let model = try CheckpointOracle(oracle)
        let m = RenewalRun(
          model.run, lifetime: model.lifetime, maxInterruptions: Int(model.cap),
          onDemandDowntime: model.onDemandDowntime
        ).moments()
        let cost = (m.spot * model.price + m.onDemand * model.onDemandPrice) / 3600
        check(oracle, ["E_T_s": m.mean, "E_cost_usd": cost, "P_switch": m.switches])
      }
    }

    @Test func composition() throws {
      for oracle in try Oracle.family("integration") {
        let m = try CheckpointOracle(oracle).run.moments(mtbf: try oracle.input("M_s"))
        let q = PollaczekKhinchine(
          arrivalRate: try oracle.input("jobs_per_720h") / (720 * 3600), mean: m.mean,
          secondMoment: m.variance + m.mean * m.mean)
        check(
          oracle,
          [
            "E_S_s": m.mean, "sd_S_s": m.standardDeviation, "rho": q.utilization, "Wq_s": q.meanWait,
            "Wq_h": q.meanWait / 3600,
          ])
      }
    }

    @Test func retriesAndSpells() throws {
      for oracle in try Oracle.family("provisioning") {
        if let p = oracle.inputs["p"]?.number {
          let r = ProvisioningRetry(
            success: p, interval: try oracle.input("interval_min"), giveUpAfter: try oracle.input("max_min"))
          #expect(r.attempts == 13)
          check(
            oracle,
            [
              "P_success": 1 - r.failureProbability, "P_timeout": r.failureProbability,
              "E_wait_given_success_min": r.meanWaitGivenSuccess, "E_elapsed_min": r.meanElapsed,
            ])
        } else if let up = oracle.inputs["mean_up_h"]?.number {
          let s = SpellAvailability(meanUp: up, meanDown: try oracle.input("mean_down_h"))
          check(
            oracle,
            ["A": s.availability, "E_wait_continuous_h": s.meanWait, "P_wait_gt_1h": s.waitSurvival(1)])
        } else {
          let (mean, square) = (try oracle.input("mean_s"), try oracle.input("second_moment"))
          check(
            oracle,
            [
              "E_residual": Inspection.meanResidual(mean: mean, secondMoment: square),
              "length_biased_mean": Inspection.meanLength(mean: mean, secondMoment: square),
            ])
        }
      }
    }

    @Test func spend() throws {
      for oracle in try Oracle.family("budget") {
        if oracle.inputs["Lambda"] != nil {
          let s = CompoundPoissonGamma(
            jobs: try oracle.input("Lambda"), meanCost: try oracle.input("cost_mean"), cv: try oracle.input("cost_cv"))
          check(oracle, ["mean": s.mean, "sd": s.variance.squareRoot()])
          for key in oracle.expected.keys {
            if key.hasPrefix("P_spend_gt_"), let limit = Double(key.dropFirst(11)) {
              check(oracle, key, s.survival(limit))
            } else if let p = OracleTests.SimulatedOracleTests.percentile(key) {
              check(oracle, key, s.quantile(p))
            }
          }
        } else {
          let future = CompoundPoissonGamma(
            jobs: try oracle.input("future_lambda"), meanCost: try oracle.input("future_mean"),
            cv: try oracle.input("future_cv"))
          var mean = try oracle.input("mtd") + future.mean
          var variance = future.variance
          for range in oracle.inputs["active"]?.list ?? [] {
            let ends = try #require(range.numbers)
            let law = Law.uniform(low: ends[0], high: ends[1])
            mean += law.mean
            variance += law.variance
          }
          check(oracle, ["mean": mean, "var": variance])
        }
      }
    }

    @Test func interruptionRates() throws {
      for oracle in try Oracle.family("seed") {
        if let p = oracle.inputs["p"]?.number {
          let time = try oracle.input("T_h")
          let rate = InterruptionRate.rate(probability: p, within: time)
          check(oracle, ["rate_per_h": rate, "MTTI_h": 1 / rate, "mean_interruptions": rate * time])
        } else if let q = oracle.inputs["q"]?.number {
          let mean = try oracle.input("mean")
          check(
            oracle,
            [
              "P_success": InterruptionRate.survival(interruptions: mean, success: q),
              "P_success_3_tries": InterruptionRate.survival(interruptions: mean, success: q, tries: 3),
            ])
        } else {
          let hours = try oracle.input("mean_job_h")
          let exposure = try oracle.input("jobs") * hours
          let rate = InterruptionRate.rate(count: Int(try oracle.input("interruptions")), exposure: exposure)
          check(
            oracle,
            [
              "rate_per_h": rate.value, "MTTI_h": 1 / rate.value, "rate_lo95": rate.low, "rate_hi95": rate.high,
              "P_any": InterruptionRate.probability(rate: rate.value, within: hours),
            ])
        }
      }
    }

    @Test func hazardByHour() throws {
      for oracle in try Oracle.family("nhpp") {
        guard let hours = oracle.inputs["duration_h"]?.number, let expected = oracle.expects("cum_hazard") else {
          continue
        }
        let rates = try #require(oracle.inputs["hazard_per_h_by_hour"]?.numbers)
        let start = try oracle.input("start_h")
        var sum = 0.0
        var at = start
        while at < start + hours - 1e-12 {
          let next = min(at.rounded(.down) + 1, start + hours)
          sum += rates[Int(at) % 24] * (next - at)
          at = next
        }
        #expect(abs(sum - expected) < 1e-12)
        // The simulator's own hazard: it is used up at the end of the stretch.
        let granted = Instant.zero + Span(seconds: start * 3600)
        let age = HazardSampler(.byHour(ratesPerHour: rates, utcOffset: 0))
          .age(granted: granted, alive: 0, start: granted, expOf(-expected))
        // Its logarithms are tabulated to 1e-10.
        #expect(abs(age / 3600 / hours - 1) * expected < 1e-8, "\(oracle.id): \(age / 3600) of \(hours) h")
        check(oracle, ["cum_hazard": sum, "P_no_interruption": expOf(-sum)])
      }
    }
  }
}
