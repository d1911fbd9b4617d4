import DiscreteEvent
import Engine

/// What a store has seen, as plain values: the rows of the history schema that calibration reads, by table.
/// Times are instants, money is nanodollars; nil stands for NULL ("still going on").
public struct History: Sendable {
  /// A stretch of days that was watched, and what kind of jobs it holds.
  public struct Observation: Sendable, Hashable {
    public var storeID: String
    public var origin: String
    public var from: Instant
    public var until: Instant
    public init(storeID: String, origin: String, from: Instant, until: Instant) {
      self.storeID = storeID
      self.origin = origin
      self.from = from
      self.until = until
    }
  }

  /// How a job ended.
  public enum Outcome: String, Sendable, Hashable { case completed, failed, cancelled }

  /// One job: what it was asked to do, when, and what became of it.
  public struct Job: Sendable {
    public var id: String
    public var name: String
    public var creator: String?
    public var client: String?
    public var project: String?
    public var configuration: JobConfiguration
    public var conversations: Int
    public var trainingTokens: Int
    public var gpuType: String
    public var submitted: Instant
    public var admitted: Instant?
    public var ended: Instant?
    public var outcome: Outcome?
    public var failure: String?
    public var quotedCost: Int64?
    public var cost: Int64?
    /// When we learnt of the row; nil: at once.
    public var recorded: Instant?
    /// Indices into ``History/requests`` and ``History/leases``, in time order.
    public var requests: [Int] = []
    public var leases: [Int] = []
    /// It trained nothing: its pod answered suites with the adapters of another.
    public var isExamination = false
    /// Pauses, as (from, to).
    public var pauses: [(Instant, Instant?)] = []
    public init(
      id: String, name: String, configuration: JobConfiguration, conversations: Int, trainingTokens: Int,
      gpuType: String, submitted: Instant
    ) {
      self.id = id
      self.name = name
      self.configuration = configuration
      self.conversations = conversations
      self.trainingTokens = trainingTokens
      self.gpuType = gpuType
      self.submitted = submitted
    }
  }

  /// What became of an attempt to get a pod; withdrawn: nobody waits for the answer any more.
  public enum RequestResult: String, Sendable, Hashable { case granted, unavailable, timeout, error, withdrawn }

  /// One attempt to get a pod.
  public struct Request: Sendable {
    public var id: String
    public var job: Int
    public var pricing: Pricing
    public var requested: Instant
    public var resolved: Instant?
    public var result: RequestResult?
    public init(id: String, job: Int, pricing: Pricing, requested: Instant, resolved: Instant?, result: RequestResult?)
    {
      self.id = id
      self.job = job
      self.pricing = pricing
      self.requested = requested
      self.resolved = resolved
      self.result = result
    }
  }

  /// Why a lease ended.
  public enum EndReason: String, Sendable, Hashable {
    case interrupted
    case hostFailure = "host_failure"
    case lost, released, failed, cancelled, paused
  }

  /// One holding of a pod.
  public struct Lease: Sendable {
    public var id: String
    public var job: Int
    public var pricing: Pricing
    /// Nanodollars an hour.
    public var hourlyRate: Int64
    public var granted: Instant
    /// Later than ``granted``: adopted, so left-truncated.
    public var observedFrom: Instant?
    public var lastSeen: Instant?
    public var ended: Instant?
    public var endReason: EndReason?
    /// When we learnt of its end; nil: at once.
    public var recorded: Instant?
    public var stages: [StageRun] = []
    public var checkpoints: [Checkpoint] = []
    /// (step, at), ascending.
    public var progress: [(step: Int, at: Instant)] = []
    public init(id: String, job: Int, pricing: Pricing, hourlyRate: Int64, granted: Instant) {
      self.id = id
      self.job = job
      self.pricing = pricing
      self.hourlyRate = hourlyRate
      self.granted = granted
    }
  }

  /// The stages of a lease, as the database calls them.
  public enum StageName: String, Sendable, Hashable {
    case boot, preprocessing
    case modelLoading = "model_loading"
    case restore, training, finalization
  }

  /// One stage of one lease.
  public struct StageRun: Sendable {
    public var stage: StageName
    public var started: Instant
    public var ended: Instant?
    public var firstStep: Int?
    public var lastStep: Int?
    public var lastStepAt: Instant?
    public var completed: Bool
    public init(stage: StageName, started: Instant, ended: Instant?, completed: Bool) {
      self.stage = stage
      self.started = started
      self.ended = ended
      self.completed = completed
    }
  }

  /// A state of training that was saved.
  public struct Checkpoint: Sendable {
    public var step: Int
    public var started: Instant
    /// How long training stood still; nil: until durable.
    public var blocked: Span?
    public var durable: Instant
    public init(step: Int, started: Instant, blocked: Span?, durable: Instant) {
      self.step = step
      self.started = started
      self.blocked = blocked
      self.durable = durable
    }
  }

  /// What was paid for a stretch of time.
  public struct Charge: Sendable {
    public var job: Int?
    public var lease: Int?
    public var account: String
    public var from: Instant
    public var to: Instant
    /// Nanodollars.
    public var amount: Int64
    /// When we learnt of it; nil: at once.
    public var recorded: Instant?
    public init(job: Int?, lease: Int?, account: String, from: Instant, to: Instant, amount: Int64) {
      self.job = job
      self.lease = lease
      self.account = account
      self.from = from
      self.to = to
      self.amount = amount
    }
  }

  /// What a person reads as the source of a figure: a file's name, usually.
  public var source: String
  public var observations: [Observation] = []
  public var jobs: [Job] = []
  public var requests: [Request] = []
  public var leases: [Lease] = []
  public var charges: [Charge] = []

  public init(source: String) { self.source = source }

  /// The instant of censoring: nothing after it was observed.
  public var until: Instant { observations.map(\.until).max() ?? .distantPast }
}
