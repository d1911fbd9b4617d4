import DiscreteEvent
import Engine
import Simulator

/// What has been simulated of one option so far.
struct PlanSample: Sendable {
  /// US dollars of each replication, in order.
  var costs: [Double] = []
  /// The share of each replication's jobs that were done in time.
  var inTime: [Double] = []
  /// Seconds from a completed job's submission to its end, with what the option puts it off.
  var turnaround = Quantiles()
  var jobs = 0
  var completed = 0
  /// What the replications took: the same on any machine, and on any number of threads.
  var events = 0
  var digest = ExperimentDigest()

  mutating func take(_ result: ReplicationResult, _ candidate: (deadline: Double, delay: Double)) {
    var done = 0
    for job in result.jobs where job.phase == .completed {
      let seconds = job.turnaround.seconds + candidate.delay
      turnaround.add(seconds)
      completed += 1
      if seconds <= candidate.deadline { done += 1 }
    }
    jobs += result.jobs.count
    events += result.events
    costs.append(Double(result.accrued) / 1e9)
    inTime.append(result.jobs.isEmpty ? 1 : Double(done) / Double(result.jobs.count))
    digest.add(replication: UInt64(result.number), result.digest)
  }

  mutating func merge(_ other: PlanSample) {
    costs += other.costs
    inTime += other.inTime
    turnaround.merge(other.turnaround)
    jobs += other.jobs
    completed += other.completed
    events += other.events
    digest.merge(other.digest)
  }

  /// Within how many seconds a share `p` of the jobs is done; infinite where fewer complete.
  func doneWithin(_ p: Double) -> Double {
    let level = p * Double(jobs) / Double(max(1, completed))
    return completed > 0 && level <= 1 ? turnaround.quantile(level) : .infinity
  }

  /// The share of replications that cost at most so much.
  func within(_ budget: Double) -> Double {
    costs.isEmpty ? 0 : Double(costs.count { $0 <= budget }) / Double(costs.count)
  }
}

extension PlanCandidate {
  /// Simulates so many more replications of the option.
  func extend(_ sample: inout PlanSample, by replications: Int, threads: Int) async throws {
    var round = experiment
    round.firstReplication = sample.costs.count
    round.replications = replications
    let key = (deadline: deadline, delay: delay)
    let more = try await round.run(threads: threads, into: PlanSample()) { sample, result in
      sample.take(result, key)
    } merge: { whole, part in
      whole.merge(part)
    }
    sample.merge(more)
  }
}
