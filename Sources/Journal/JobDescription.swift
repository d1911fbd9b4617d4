import Calibration
import Scenarios

/// What people call a job and what it is asked to do: all that the engine's ``Engine/JobSpec`` has no room for.
///
/// Stands in the journal before the job's first event, so that every projection follows from the journal alone.
public struct JobDescription: Hashable, Sendable, Codable {
  /// The job's ordinal, by which events find it.
  public var ordinal: UInt32
  /// Unique in its store.
  public var id: String
  public var name: String
  public var creator: String?
  public var client: String?
  public var project: String?
  public var baseModel: String
  public var gpuType: String
  public var conversations: Int
  public var configuration: JobConfiguration
  /// What the run is for, in a sentence or two.
  public var purpose: String?
  /// What was written down before the start, in Markdown; see ``Catalogue`` for what was added later.
  public var notes: String?
  public var tags: [String]?
  /// The template it was started from.
  public var template: String?
  /// The training file's id in the ``Catalogue``.
  public var trainingFile: String?
  /// The kind of the suggested fix that a retry tries.
  public var fix: String?
  /// The job whose checkpoint this one goes on from.
  public var resumedFrom: Resumption?
  /// The job, over by then, whose model it examines: it trains nothing.
  public var examines: String?
  /// What the simulator is asked about it.
  public var simulated: JobConfiguration { examines == nil ? configuration : configuration.examining }
  /// What its pod examines both models with once training is over.
  public var suites: [SuiteOrder]?
  /// Seconds that a pod may spend on answering them; nil: as long as it takes.
  public var suiteLimit: Double?
  /// What was shown before the start.
  public var quote: Quote?

  /// Where a job goes on that was begun by another: its own steps are counted from there.
  public struct Resumption: Hashable, Sendable, Codable {
    public var job: String
    /// The step of that job, counted from where its training first began, that is this one's zero.
    public var step: Int32

    public init(job: String, step: Int32) { (self.job, self.step) = (job, step) }
  }

  /// A suite of the ``Catalogue``, in the version that it had when the job was made.
  public struct SuiteOrder: Hashable, Sendable, Codable {
    public var name: String
    public var digest: String

    public init(name: String, digest: String) { (self.name, self.digest) = (name, digest) }
  }

  /// An estimate as it stood when the job was made: what a bill and a duration are held against later.
  public struct Quote: Hashable, Sendable, Codable {
    /// Nanodollars.
    public var cost10, cost50, cost90: Int64
    /// Seconds from the slot to the end.
    public var seconds10, seconds50, seconds90: Double

    public init(cost: (Int64, Int64, Int64), seconds: (Double, Double, Double)) {
      (cost10, cost50, cost90) = cost
      (seconds10, seconds50, seconds90) = seconds
    }
  }

  public init(
    ordinal: UInt32, id: String, name: String, configuration: JobConfiguration, conversations: Int = 0,
    baseModel: String = "llama-3-70b", gpuType: String = "h100-pcie-80gb"
  ) {
    self.ordinal = ordinal
    self.id = id
    self.name = name
    self.configuration = configuration
    self.conversations = conversations
    self.baseModel = baseModel
    self.gpuType = gpuType
  }
}
