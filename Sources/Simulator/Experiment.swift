import Calibration
import DiscreteEvent
import Engine

/// A world, a policy and a question: everything that N replications need. A plain value.
public struct Experiment: Sendable {
  /// When a replication ends.
  public enum Horizon: Sendable, Hashable {
    /// At this instant; what still runs is cut there.
    case until(Instant)
    /// When this many jobs have been submitted and all have ended; the first `warmUp` are not counted.
    case jobs(Int, warmUp: Int)
    /// When everything that was submitted has ended.
    case drained
  }

  /// A job that is certain to be submitted.
  public struct Submission: Sendable, Hashable {
    public var at: Instant
    /// Index into ``kinds``.
    public var kind: Int
    public init(at: Instant, kind: Int) {
      self.at = at
      self.kind = kind
    }
  }

  /// What a person asks for at an instant. As in live mode, what the job's state does not allow then is refused: nothing happens.
  public struct Request: Sendable, Hashable {
    public enum Wish: Sendable, Hashable {
      case cancel, pause, resume, promote
      /// Where it has failed, the same once more as a new job; its ordinal is the number of this request, from 0x6000_0000 on, behind
      /// ``Experiment/firstOrdinal``.
      case retry
      case answer(Fallback)
    }
    public var at: Instant
    /// Of the job.
    public var ordinal: UInt32
    public var wish: Wish
    public init(at: Instant, ordinal: UInt32, wish: Wish) { (self.at, self.ordinal, self.wish) = (at, ordinal, wish) }
  }

  /// Where a job stood when the simulation began, beyond what the fleet knows.
  public struct Resumption: Sendable, Hashable {
    public var index: JobIndex
    public var kind: Int
    public var stageStarted: Instant
    /// The last step known to be done, and when.
    public var step: Int32
    public var stepAt: Instant
    /// This pod's own pace, where it was seen; seconds.
    public var secondsPerStep: Double?
    public init(
      index: JobIndex, kind: Int, stageStarted: Instant, step: Int32, stepAt: Instant, secondsPerStep: Double?
    ) {
      self.index = index
      self.kind = kind
      self.stageStarted = stageStarted
      self.step = step
      self.stepAt = stepAt
      self.secondsPerStep = secondsPerStep
    }
  }

  /// Possible truths; replication `r` lives in `worlds[r % worlds.count]`. All have the same mix, weights apart.
  public var worlds: [WorldParameters]
  /// What holds on on-demand pods instead, where a law differs by pricing; as many as ``worlds``, or none.
  public var onDemandWorlds: [WorldParameters] = []
  /// Kinds of job: the worlds' mix first.
  public var kinds: [JobKind]
  /// Nanodollars to set aside at admission, by kind; empty: nothing.
  public var reservations: [Int64] = []
  /// Allocation of the budget by kind; empty: none.
  public var allocations: [UInt16] = []
  public var maxCosts: [Int64] = []
  public var policies: Policies
  public var start: Instant
  public var horizon: Horizon
  public var seed: UInt64
  public var replications: Int
  /// Number of the first replication: an experiment may be run in parts.
  public var firstReplication = 0
  public var submissions: [Submission] = []
  /// In the order of their instants. Not for jobs that ran at the start.
  public var requests: [Request] = []
  /// No job of the world's own is submitted from this instant on; what was submitted before may still go on.
  public var lastArrival = Instant.distantFuture
  /// What stands at the start.
  public var fleet = Fleet()
  public var resumptions: [Resumption] = []
  /// Ordinal of the first new job.
  public var firstOrdinal: UInt32 = 0
  /// Instants at which accrued spending is noted.
  public var marks: [Instant] = []
  /// Keep tallies and quantiles of the jobs. Who folds the outcomes one by one needs none.
  public var keepsStatistics = true
  /// Keep a ``JobOutcome`` of every job.
  public var keepsJobs = false
  /// Keep the events of the first replication.
  public var traces = false

  public init(
    worlds: [WorldParameters], policies: Policies, start: Instant, horizon: Horizon, seed: UInt64 = 1,
    replications: Int = 1
  ) {
    self.worlds = worlds
    kinds = worlds.first?.mix ?? []
    self.policies = policies
    self.start = start
    self.horizon = horizon
    self.seed = seed
    self.replications = replications
  }
}
