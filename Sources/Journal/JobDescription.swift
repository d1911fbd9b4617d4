import Calibration

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
  /// Where the worker finds what it trains on; without it the job only plays.
  public var trainingFile: String?

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
