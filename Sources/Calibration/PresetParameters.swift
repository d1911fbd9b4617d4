import Engine

/// The hyperparameters that a preset sets.
public struct PresetParameters: Hashable, Sendable, Codable {
  public var rank: Int
  public var learningRate: Double
  public var epochs: Int
  public var batchSize: Int
  public var gradientAccumulation: Int
  public var maxSequenceLength: Int
  /// Steps between two checkpoints.
  public var checkpointEvery: Int

  /// Those of a job.
  public init(of job: JobConfiguration) {
    (rank, learningRate, epochs) = (job.rank, job.learningRate, job.epochs)
    (batchSize, gradientAccumulation) = (job.batchSize, job.gradientAccumulation)
    (maxSequenceLength, checkpointEvery) = (job.maxSequenceLength, job.checkpointEvery)
  }

  /// As the user stories have them.
  public static func shipped(_ preset: Preset) -> PresetParameters {
    PresetParameters(of: JobConfiguration(preset: preset, pricing: .spot))
  }
}

/// What presets stand for at one time: as they come with the program, unless somebody has accepted other values.
public struct PresetBook: Hashable, Sendable {
  private var accepted: [Preset: PresetParameters] = [:]

  /// As they come with the program.
  public init() {}

  public subscript(preset: Preset) -> PresetParameters {
    get { accepted[preset] ?? .shipped(preset) }
    set { accepted[preset] = newValue }
  }

  /// A job as this preset has it now.
  public func configuration(_ preset: Preset, pricing: Pricing) -> JobConfiguration {
    var job = JobConfiguration(preset: preset, pricing: pricing)
    let own = self[preset]
    (job.rank, job.learningRate, job.epochs) = (own.rank, own.learningRate, own.epochs)
    (job.batchSize, job.gradientAccumulation) = (own.batchSize, own.gradientAccumulation)
    (job.maxSequenceLength, job.checkpointEvery) = (own.maxSequenceLength, own.checkpointEvery)
    return job
  }
}
