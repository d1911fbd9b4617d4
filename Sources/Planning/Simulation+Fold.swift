import DiscreteEvent
import Engine
import Scenarios
import Simulator

extension Simulation {
  /// What replications add up to.
  struct Fold: Sendable, Codable {
    /// What a ``SimulationShard`` keeps of a block: no quantiles, which are one for all blocks, and no single jobs.
    enum CodingKeys: CodingKey {
      case perReplication, overall, utilization, waiting, queue, completed, refused, failed, spent, batchHalfWidths
      case jobs, events, digest, isBalanced
    }
    var perReplication = Array(repeating: Tally(), count: JobMetric.allCases.count)
    var overall = Array(repeating: Tally(), count: JobMetric.allCases.count)
    var quantiles = Array(repeating: Quantiles(), count: JobMetric.allCases.count)
    var utilization = Tally()
    var waiting = Tally()
    var queue = Tally()
    var completed = Tally()
    var refused = Tally()
    var failed = Array(repeating: Tally(), count: Failure.allCases.count)
    var spent: [Double] = []
    var batchHalfWidths: [Double] = []
    var jobs = 0
    var events = 0
    var digest = ExperimentDigest()
    var outcomes: ContiguousArray<JobOutcome> = []
    var trace: [(Instant, Event, UInt32)] = []
    var isBalanced = true
  }
}

extension Simulation.Fold {
  static func taking(_ experiment: Experiment) -> @Sendable (inout Self, ReplicationResult) -> Void {
    let slots = Double(experiment.policies.maxConcurrent)
    return { fold, result in fold.take(result, slots: slots) }
  }

  mutating func take(_ result: ReplicationResult, slots: Double) {
    digest.add(replication: UInt64(result.number), result.digest)
    events += result.events
    jobs += result.ended
    isBalanced = isBalanced && result.isBalanced
    let tallies = result.tallies
    for m in JobMetric.allCases.indices {
      if tallies[m].count > 0 { perReplication[m].add(tallies[m].mean) }
      overall[m].merge(tallies[m])
      quantiles[m].merge(result.quantiles[m])
    }
    batchHalfWidths = result.batchHalfWidths
    utilization.add(slots > 0 ? result.meanBusy / slots : 0)
    queue.add(result.meanQueue)
    waiting.add(result.admitted > 0 ? Double(result.waited) / Double(result.admitted) : 0)
    let ended = Double(max(1, result.ended))
    completed.add(Double(result.completed) / ended)
    refused.add(Double(result.refused) / ended)
    for f in failed.indices { failed[f].add(Double(result.failed[f]) / ended) }
    spent.append(Double(result.accrued) / 1e9)
    outcomes += result.jobs
    if result.number == 0 { trace = result.trace }
  }

  mutating func merge(_ other: Simulation.Fold) {
    for m in JobMetric.allCases.indices {
      perReplication[m].merge(other.perReplication[m])
      overall[m].merge(other.overall[m])
      quantiles[m].merge(other.quantiles[m])
    }
    utilization.merge(other.utilization)
    waiting.merge(other.waiting)
    queue.merge(other.queue)
    completed.merge(other.completed)
    refused.merge(other.refused)
    for f in failed.indices { failed[f].merge(other.failed[f]) }
    spent += other.spent
    if !other.batchHalfWidths.isEmpty { batchHalfWidths = other.batchHalfWidths }
    jobs += other.jobs
    events += other.events
    digest.merge(other.digest)
    outcomes += other.outcomes
    if !other.trace.isEmpty { trace = other.trace }
    isBalanced = isBalanced && other.isBalanced
  }
}

extension Simulation.Fold {
  /// - Throws: `InputError` where a future costs more than there is room for.
  func checkMoney(file: String?) throws {
    guard !Money.isPassed(by: spent), overall[JobMetric.cost.rawValue].min >= 0 else {
      throw Money.error("one of the futures costs", file: file, hint: "simulate fewer jobs, or a lower hourly rate")
    }
  }
}
