import Calibration
import DiscreteEvent
import Engine
import Simulator

/// From where jobs once stood the world goes on by the simulator, under the rules that held and under others: what either costs, and when it is done.
///
/// Both meet the same luck, future by future, so that their difference is the rules'. Only the jobs that were there go on; who came later
/// did so in one past, and is left out of both.
public struct Continuation: Sendable {
  /// Where jobs stood.
  public struct Fork: Sendable {
    public var at: Instant
    public var fleet: Fleet
    /// What each is asked to do, by its ordinal. A job that is missing here does not go on.
    public var configurations: [UInt32: JobConfiguration]
    /// How far each had come, where that is known, by its ordinal.
    public var resumptions: [UInt32: Experiment.Resumption]

    public init(
      at: Instant, fleet: Fleet, configurations: [UInt32: JobConfiguration],
      resumptions: [UInt32: Experiment.Resumption] = [:]
    ) {
      (self.at, self.fleet) = (at, fleet)
      (self.configurations, self.resumptions) = (configurations, resumptions)
    }
  }

  /// What came of one set of rules.
  public struct Outcome: Sendable {
    /// US dollars spent from the fork on, future by future.
    public var cost: SampleSummary
    /// Seconds from the fork to the last job's end.
    public var duration: SampleSummary
    /// Mean number of jobs that complete.
    public var completed: Double
    public var digest: ExperimentDigest
    fileprivate var costs: [Double]
    fileprivate var durations: [Double]
  }

  /// A mean difference with half of its 95 % interval.
  public struct Difference: Sendable {
    public var mean: Double
    public var halfWidth: Double
  }

  /// How many jobs went on.
  public var jobs: Int
  public var replications: Int
  /// Under the rules that held, and under the others.
  public var own: Outcome
  public var other: Outcome
  /// What the others cost more, in US dollars, and how many seconds later they are done.
  public var costsMore: Difference
  public var takesLonger: Difference

  /// - Parameters:
  ///   - policies: those that held.
  ///   - others: those that are tried.
  ///   - source: the laws by which the world goes on; nothing arrives in it.
  /// - Returns: nil where no job was left to go on.
  /// - Throws: ``SimulationDefect``, `CancellationError`.
  public static func run(
    _ fork: Fork, policies: Policies, others: Policies, source: ModelSource, replications: Int, seed: UInt64,
    threads: Int
  ) async throws -> Continuation? {
    let jobs = fork.resumable
    guard !jobs.isEmpty else { return nil }
    let experiment = fork.experiment(jobs, source, replications: replications, seed: seed)
    let own = try await outcome(of: experiment, under: policies, threads: threads)
    let other = try await outcome(of: experiment, under: others, threads: threads)
    return Continuation(
      jobs: jobs.count, replications: replications, own: own, other: other,
      costsMore: difference(own.costs, other.costs), takesLonger: difference(own.durations, other.durations))
  }

  /// Under the rules that held alone; nil where no job was left to go on. On one thread.
  static func outcome(
    of fork: Fork, policies: Policies, source: ModelSource, replications: Int, seed: UInt64
  ) async throws -> Outcome? {
    let jobs = fork.resumable
    guard !jobs.isEmpty else { return nil }
    let experiment = fork.experiment(jobs, source, replications: replications, seed: seed)
    return try await outcome(of: experiment, under: policies, threads: 1)
  }

  private struct Fold: Sendable {
    var costs: [Double] = []
    var durations: [Double] = []
    var completed = 0
    var digest = ExperimentDigest()
  }

  private static func outcome(of experiment: Experiment, under policies: Policies, threads: Int) async throws -> Outcome
  {
    var experiment = experiment
    experiment.policies = policies
    let (start, opening) = (experiment.start, experiment.fleet.accrued(at: experiment.start))
    let fold = try await experiment.run(threads: threads, into: Fold()) { fold, result in
      fold.costs.append(Double(result.accrued - opening) / 1e9)
      // A budget's period may turn after the last job is over.
      let end = result.jobs.map { $0.phase.isTerminal ? $0.ended : result.end }.max() ?? start
      fold.durations.append((end - start).seconds)
      fold.completed += result.jobs.count { $0.phase == .completed }
      fold.digest.add(replication: UInt64(result.number), result.digest)
    } merge: { whole, part in
      whole.costs += part.costs
      whole.durations += part.durations
      whole.completed += part.completed
      whole.digest.merge(part.digest)
    }
    return Outcome(
      cost: SampleSummary(fold.costs), duration: SampleSummary(fold.durations),
      completed: Double(fold.completed) / Double(max(1, fold.costs.count)), digest: fold.digest, costs: fold.costs,
      durations: fold.durations)
  }

  private static func difference(_ own: [Double], _ other: [Double]) -> Difference {
    var tally = Tally()
    for (a, b) in zip(own, other) { tally.add(b - a) }
    return Difference(mean: tally.mean, halfWidth: tally.count > 1 ? tally.halfWidth95 : 0)
  }
}

extension Continuation.Fork {
  /// Jobs that wait, run, or are asked about; those that a person holds back stay where they are.
  fileprivate var resumable: [JobIndex] {
    fleet.jobs.indices.map { JobIndex($0) }.filter {
      let job = fleet[$0]
      switch job.phase {
      case .pendingConfiguration, .blocked, .paused: return false
      default: return !job.phase.isTerminal && configurations[job.spec.ordinal] != nil
      }
    }
  }

  fileprivate func experiment(
    _ jobs: [JobIndex], _ source: ModelSource, replications: Int, seed: UInt64
  ) -> Experiment {
    var experiment = Experiment(
      worlds: source.worldsWithoutArrivals, policies: Policies(), start: at, horizon: .drained, seed: seed,
      replications: replications)
    experiment.fleet = fleet
    experiment.kinds = jobs.compactMap {
      configurations[fleet[$0].spec.ordinal].map { JobKind(weight: 0, configuration: $0) }
    }
    experiment.resumptions = jobs.enumerated().map { kind, index in
      let job = fleet[index]
      var resumption =
        resumptions[job.spec.ordinal]
        ?? .init(
          index: index, kind: kind, stageStarted: at, step: job.durableStep, stepAt: at, secondsPerStep: nil)
      (resumption.index, resumption.kind) = (index, kind)
      resumption.step = max(resumption.step, job.durableStep)
      return resumption
    }
    experiment.keepsJobs = true
    experiment.keepsStatistics = false
    return experiment
  }
}
