import Calibration
import DiscreteEvent
import Engine
import Simulator

#if canImport(Glibc)
  import Glibc
#endif

/// What would have been projected of a running job when so large a share of its steps was done, and what came true.
///
/// Nothing is kept for it while a job runs: the history is cut at that moment, the engine brings the job to where it stood, and the world goes on from
/// there, as in a forecast, by a model that knew nothing later.
public struct Projection: Sendable {
  /// A projected quantity and its outcome. Dollars, or seconds.
  public struct Projected: Sendable {
    public var low80: Double
    public var median: Double
    public var high80: Double
    public var outcome: Double

    public var isCovered: Bool { outcome >= low80 && outcome <= high80 }

    init(low80: Double, median: Double, high80: Double, outcome: Double) {
      (self.low80, self.median, self.high80, self.outcome) = (low80, median, high80, outcome)
    }

    init(_ sample: SampleSummary, after past: Double, outcome: Double) {
      (low80, median, high80) = (past + sample.quantile(0.1), past + sample.quantile(0.5), past + sample.quantile(0.9))
      self.outcome = outcome
    }
  }

  /// Index into the history's jobs.
  public var job: Int
  /// Of its steps: done for the first time, whether or not they were lost again.
  public var share: Double
  public var at: Instant
  /// US dollars by then.
  public var spent: Double
  /// US dollars in all, and seconds from the job's slot to its end.
  public var cost: Projected
  public var duration: Projected

  /// A quarter, a half and three quarters of the way.
  public static let shares = [0.25, 0.5, 0.75]

  /// - Returns: nil where the history does not say when so much was done, or that it was done while the job ran.
  static func run(
    _ history: History, job index: Int, at share: Double, source: ModelSource, policies: Policies, replications: Int,
    seed: UInt64
  ) async throws -> Projection? {
    let job = history.jobs[index]
    guard let admitted = job.admitted, let ended = job.ended, let at = history.moment(of: index, share: share),
      at < ended, at >= admitted
    else { return nil }
    let known = history.alone(index).known(at: at)
    let replay = FleetReplay(known, firstKind: 0)
    guard let resumption = replay.resumptions.first, !replay.fleet.jobs.isEmpty else { return nil }
    let fork = Continuation.Fork(
      at: at, fleet: replay.fleet, configurations: [0: job.configuration], resumptions: [0: resumption])
    let outcome = try await Continuation.outcome(
      of: fork, policies: policies, source: source, replications: replications, seed: seed)
    guard let outcome else { return nil }
    let spent = Double(replay.fleet.accrued(at: at)) / 1e9
    return Projection(
      job: index, share: share, at: at, spent: spent,
      cost: Projected(outcome.cost, after: spent, outcome: Double(job.cost ?? 0) / 1e9),
      duration: Projected(outcome.duration, after: (at - admitted).seconds, outcome: (ended - admitted).seconds))
  }
}

extension History {
  /// When so large a share of a job's steps was done first; nil: nobody wrote it down.
  func moment(of index: Int, share: Double) -> Instant? {
    let job = jobs[index]
    let steps = share * Double(job.configuration.steps)
    return job.leases.flatMap { l -> [Instant] in
      let lease = leases[l]
      return lease.progress.filter { Double($0.step) >= steps }.map(\.at)
        + lease.checkpoints.filter { Double($0.step) >= steps }.map(\.durable)
    }.min()
  }

  /// One job and what became of it, as if there were no other.
  func alone(_ index: Int) -> History {
    var result = History(source: source)
    result.observations = observations
    var job = jobs[index]
    for r in job.requests {
      result.requests.append(requests[r])
      result.requests[result.requests.count - 1].job = 0
    }
    for l in job.leases {
      result.leases.append(leases[l])
      result.leases[result.leases.count - 1].job = 0
    }
    (job.requests, job.leases) = (Array(result.requests.indices), Array(result.leases.indices))
    result.jobs = [job]
    return result
  }
}

extension Backtest {
  /// What was projected when so large a share was done.
  public func projected(at share: Double) -> [Projection] { projections.filter { $0.share == share } }

  /// How good projections were: the middle case of |median ÷ outcome − 1|, the mean of log(median ÷ outcome), and how many outcomes the 80 % interval held.
  public static func errors(
    _ projected: [Projection.Projected]
  ) -> (median: Double, bias: Double, held: Int, of: Int) {
    let some = projected.filter { $0.outcome > 0 && $0.median > 0 }
    let errors = some.map { abs($0.median / $0.outcome - 1) }.sorted()
    let bias = some.reduce(0) { $0 + log($1.median / $1.outcome) } / Double(max(1, some.count))
    return (
      errors.isEmpty ? 0 : errors[errors.count / 2], bias, projected.count { $0.isCovered }, projected.count
    )
  }
}
