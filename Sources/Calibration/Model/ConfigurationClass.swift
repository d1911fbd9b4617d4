/// Configurations that differ in their data alone: one rank, one batch, one accumulation.
public struct ConfigurationClass: Hashable, Sendable, Codable, BitwiseCopyable {
  public var rank: Int
  public var batchSize: Int
  public var gradientAccumulation: Int

  /// The kind that a configuration is of.
  public init(_ configuration: JobConfiguration) {
    rank = configuration.rank
    batchSize = configuration.batchSize
    gradientAccumulation = configuration.gradientAccumulation
  }
}
