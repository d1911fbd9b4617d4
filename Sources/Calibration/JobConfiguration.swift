import Engine

/// The named hyperparameter presets of the stories, and anything else.
public enum Preset: String, CaseIterable, Hashable, Sendable, Codable {
  case conservative, balanced, aggressive, custom
}

/// What a training job is asked to do: all that its duration, cost and memory depend on.
public struct JobConfiguration: Hashable, Sendable, Codable {
  public var preset: Preset
  public var pricing: Pricing
  public var rank: Int
  public var learningRate: Double
  public var epochs: Int
  public var batchSize: Int
  public var gradientAccumulation: Int
  public var maxSequenceLength: Int
  /// Steps between two checkpoints.
  public var checkpointEvery: Int
  /// Pairs that are trained on in one epoch (after the split, without null targets).
  public var trainingPairs: Int
  public var tokensPerPair: Double
  /// Overrides ``steps`` where a history or a scenario states it.
  public var statedSteps: Int?
  /// Forward passes that its pod makes once training is over to answer validation suites, with both models; nil: none.
  public var suitePasses: Int?

  public init(preset: Preset, pricing: Pricing, trainingPairs: Int = 2600, tokensPerPair: Double = 3400) {
    self.preset = preset
    self.pricing = pricing
    self.trainingPairs = trainingPairs
    self.tokensPerPair = tokensPerPair
    maxSequenceLength = 4096
    checkpointEvery = 100
    switch preset {
    case .conservative:
      (rank, learningRate, epochs, batchSize, gradientAccumulation) = (8, 1e-4, 2, 4, 1)
    case .balanced, .custom:
      (rank, learningRate, epochs, batchSize, gradientAccumulation) = (16, 2e-4, 3, 2, 2)
    case .aggressive:
      (rank, learningRate, epochs, batchSize, gradientAccumulation) = (32, 3e-4, 4, 1, 4)
    }
  }

  /// The most steps that a job may have; what is counted in 32 bits goes a little further.
  public static let mostSteps = 1_000_000_000

  /// Optimizer steps: epochs × ⌈pairs ÷ (batch × accumulation)⌉.
  public var steps: Int {
    if let statedSteps { return statedSteps }
    let perStep = max(1, batchSize * gradientAccumulation)
    return epochs * ((trainingPairs + perStep - 1) / perStep)
  }

  /// Tokens that one optimizer step works through; what drives its duration.
  public var tokensPerStep: Double {
    let n = steps
    guard n > 0 else { return 0 }
    return Double(trainingPairs) * tokensPerPair * Double(epochs) / Double(n)
  }
}
