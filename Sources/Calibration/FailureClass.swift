/// Configurations whose failures are counted together: within a preset, what takes memory and decides how training goes.
public struct FailureClass: Hashable, Sendable, Codable {
  public var preset: Preset
  public var rank: Int
  public var batchSize: Int
  public var maxSequenceLength: Int

  /// The class that a configuration is of.
  public init(_ configuration: JobConfiguration) {
    preset = configuration.preset
    rank = configuration.rank
    batchSize = configuration.batchSize
    maxSequenceLength = configuration.maxSequenceLength
  }
}
