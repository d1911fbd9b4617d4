import Calibration
import DiscreteEvent
import Engine
import Simulator

/// What will this run cost, how long will it take: the answer for one job.
public struct Estimate: Sendable {
  public var configuration: JobConfiguration
  public var start: Instant
  /// Seconds from the slot to the end, given that the job completes.
  public var duration: SampleSummary
  /// US dollars, given that the job completes.
  public var cost: SampleSummary
  /// Mean US dollars by account, given completion; they add up to the cost's mean.
  public var parts: [(Account, Double)]
  public var meanInterruptions: Double
  public var probabilityInterrupted: Double
  public var probabilityCompletes: Double
  /// Share of completed runs that ended on demand though they began on spot.
  public var probabilitySwitched: Double
  public var replications: Int
  /// What came of the precision that was asked for, of the mean cost.
  public var precision: Precision.Reached?
  public var source: ModelSource
  public var digest: ExperimentDigest

  /// A quantile of the cost, the 80th percentile unless told otherwise: what admission sets aside, in nanodollars.
  public func reservation(at share: Double = 0.8) -> Int64 { Int64(min(cost.quantile(share) * 1e9, 9e18)) }

  struct Fold: Sendable {
    var duration: [Double] = []
    var cost: [Double] = []
    /// US dollars of every run; not a number where it did not complete.
    var runCosts: [Double] = []
    var parts = AccountSums()
    var interruptions = 0
    var interrupted = 0
    var completed = 0
    var switched = 0
    var runs = 0
    var digest = ExperimentDigest()
  }

  /// Simulates the job `replications` times, each in one of the source's possible worlds.
  ///
  /// - Parameters:
  ///   - policies: with `maxInterruptions` and so on; slots do not matter, the job has one.
  ///   - precision: how exactly the mean cost is to be known; in place of `replications`.
  public static func run(
    _ configuration: JobConfiguration, source: ModelSource, policies: Policies, start: Instant, replications: Int,
    precision: Precision? = nil, seed: UInt64 = 1, threads: Int = 1, maxCost: Int64? = nil
  ) async throws -> Estimate {
    let experiment = experiment(
      configuration, source: source, policies: policies, start: start, replications: replications, seed: seed,
      maxCost: maxCost)
    let asked = configuration.pricing
    let (fold, reached) = try await experiment.run(
      threads: threads, precision: precision, metric: "cost_usd", into: Fold()
    ) { fold, result in
      fold.digest.add(replication: UInt64(result.number), result.digest)
      fold.runs += 1
      guard let job = result.jobs.first else { return fold.runCosts.append(.nan) }
      fold.interruptions += Int(job.interruptions)
      if job.interruptions > 0 { fold.interrupted += 1 }
      guard job.phase == .completed else { return fold.runCosts.append(.nan) }
      fold.completed += 1
      if job.pricing != asked { fold.switched += 1 }
      fold.duration.append(job.duration.seconds)
      fold.cost.append(Double(job.costs.total) / 1e9)
      fold.runCosts.append(Double(job.costs.total) / 1e9)
      fold.parts.add(job.costs)
    } merge: { whole, part in
      whole.duration += part.duration
      whole.cost += part.cost
      whole.runCosts += part.runCosts
      whole.parts.merge(part.parts)
      whole.interruptions += part.interruptions
      whole.interrupted += part.interrupted
      whole.completed += part.completed
      whole.switched += part.switched
      whole.runs += part.runs
      whole.digest.merge(part.digest)
    } mean: {
      RunningMean($0.runCosts, worlds: source.worlds.count)
    }
    let runs = Double(max(1, fold.runs))
    let completed = Double(max(1, fold.completed))
    return Estimate(
      configuration: configuration, start: start, duration: SampleSummary(fold.duration),
      cost: SampleSummary(fold.cost), parts: fold.parts.means(over: completed),
      meanInterruptions: Double(fold.interruptions) / runs, probabilityInterrupted: Double(fold.interrupted) / runs,
      probabilityCompletes: Double(fold.completed) / runs, probabilitySwitched: Double(fold.switched) / completed,
      replications: fold.runs, precision: reached, source: source, digest: fold.digest)
  }
}

extension Estimate {
  /// The one job in its possible worlds.
  private static func experiment(
    _ configuration: JobConfiguration, source: ModelSource, policies: Policies, start: Instant, replications: Int,
    seed: UInt64, maxCost: Int64?
  ) -> Experiment {
    var policies = policies
    policies.maxConcurrent = 1
    policies.budgetLimit = nil
    var experiment = Experiment(
      worlds: source.worldsWithoutArrivals, policies: policies, start: start, horizon: .drained, seed: seed,
      replications: replications)
    experiment.kinds = [JobKind(weight: 1, configuration: configuration)]
    experiment.submissions = [.init(at: start, kind: 0)]
    experiment.keepsJobs = true
    experiment.keepsStatistics = false
    if let maxCost { experiment.maxCosts = [maxCost] }
    return experiment
  }
}

/// Exact sums of money by account: of so many runs that 64 bits may not hold what each of them could.
struct AccountSums: Sendable {
  private var sums = Account.allCases.map { _ in Int128.zero }
  mutating func add(_ totals: AccountTotals) {
    for account in Account.allCases { sums[Int(account.rawValue)] += Int128(totals[account]) }
  }
  mutating func merge(_ other: AccountSums) { for i in sums.indices { sums[i] += other.sums[i] } }
  /// US dollars by account, divided by `n`.
  func means(over n: Double) -> [(Account, Double)] {
    Account.allCases.map { ($0, Double(sums[Int($0.rawValue)]) / 1e9 / n) }
  }
}
