/// A way out of memory trouble that the model has checked.
public struct Suggestion: Hashable, Sendable, Codable {
  /// Which setting is changed.
  public enum Kind: String, Hashable, Sendable, Codable { case batch, rank, preset, sequence }
  public var kind: Kind
  /// As a person reads it, with the memory it needs.
  public var text: String
  /// What to retry with.
  public var configuration: JobConfiguration
  public var peak: MemoryBand
  public var probabilityFits: Double
}

extension VRAMModel {
  /// The largest batch that divides the effective batch (batch × accumulation) and fits with the probability wanted,
  /// with accumulation scaled up so that their product, and with it the training, stays the same. nil: none fits.
  public func largestBatchThatFits(
    rank: Int, sequence: Int, keepingEffectiveBatch effective: Int, capacityGB: Double = 80,
    probability: Double = 0.9, upTo limit: Int = .max
  ) -> (batch: Int, accumulation: Int)? {
    guard effective > 0 else { return nil }
    for batch in stride(from: min(effective, limit), through: 1, by: -1) where effective % batch == 0 {
      if probabilityFits(capacityGB: capacityGB, rank: rank, batch: batch, sequence: sequence) >= probability {
        return (batch, effective / batch)
      }
    }
    return nil
  }

  /// What to change so that the job fits: each change alone, each checked, the gentlest first. Empty where the job fits
  /// as it is or nothing helps.
  ///
  /// Story 3.1.1 suggests a smaller batch, the Conservative preset and shorter sequences; rank hardly matters and
  /// Conservative has the largest batch, so those two are offered only where they really fit.
  public func suggestions(
    for configuration: JobConfiguration, capacityGB: Double = 80, longestPair: Int? = nil, probability: Double = 0.9
  ) -> [Suggestion] {
    let sequence = Self.sequenceLength(longestPair: longestPair, maximum: configuration.maxSequenceLength)
    func fits(_ candidate: JobConfiguration, _ sequence: Int) -> Bool {
      probabilityFits(
        capacityGB: capacityGB, rank: candidate.rank, batch: candidate.batchSize, sequence: sequence) >= probability
    }
    guard !fits(configuration, sequence) else { return [] }
    var found: [Suggestion] = []
    func offer(_ kind: Suggestion.Kind, _ text: String, _ candidate: JobConfiguration, _ sequence: Int) {
      let peak = peak(rank: candidate.rank, batch: candidate.batchSize, sequence: sequence)
      found.append(
        Suggestion(
          kind: kind, text: "\(text) (needs about \(Int(peak.median.rounded())) GB)", configuration: candidate,
          peak: peak,
          probabilityFits: probabilityFits(
            capacityGB: capacityGB, rank: candidate.rank, batch: candidate.batchSize, sequence: sequence)))
    }

    let effective = configuration.batchSize * configuration.gradientAccumulation
    if let (batch, accumulation) = largestBatchThatFits(
      rank: configuration.rank, sequence: sequence, keepingEffectiveBatch: effective, capacityGB: capacityGB,
      probability: probability, upTo: configuration.batchSize - 1)
    {
      var candidate = configuration
      (candidate.batchSize, candidate.gradientAccumulation) = (batch, accumulation)
      offer(
        .batch, "Reduce batch_size to \(batch) with gradient_accumulation_steps \(accumulation)", candidate, sequence)
    }
    for rank in [32, 16, 8] where rank < configuration.rank {
      var candidate = configuration
      candidate.rank = rank
      guard fits(candidate, sequence) else { continue }
      offer(.rank, "Reduce rank to \(rank)", candidate, sequence)
      break
    }
    if let candidate = conservative(configuration), fits(candidate, sequence) {
      offer(.preset, "Switch to the Conservative preset", candidate, sequence)
    }
    let longest = longestSequenceThatFits(configuration, below: sequence, capacityGB, probability)
    if longest >= 512 {
      var candidate = configuration
      candidate.maxSequenceLength = longest
      offer(.sequence, "Cut sequences at \(longest) tokens", candidate, longest)
    }
    return found
  }

  private func conservative(_ configuration: JobConfiguration) -> JobConfiguration? {
    let preset = JobConfiguration(preset: .conservative, pricing: configuration.pricing)
    guard configuration.rank != preset.rank || configuration.batchSize != preset.batchSize else { return nil }
    var candidate = configuration
    candidate.preset = .conservative
    (candidate.rank, candidate.learningRate, candidate.epochs) = (preset.rank, preset.learningRate, preset.epochs)
    (candidate.batchSize, candidate.gradientAccumulation) = (preset.batchSize, preset.gradientAccumulation)
    candidate.statedSteps = nil
    return candidate
  }

  /// A multiple of 256, or 0.
  private func longestSequenceThatFits(
    _ configuration: JobConfiguration, below sequence: Int, _ capacityGB: Double, _ probability: Double
  ) -> Int {
    var length = (sequence - 1) / 256 * 256
    while length > 0,
      probabilityFits(
        capacityGB: capacityGB, rank: configuration.rank, batch: configuration.batchSize, sequence: length)
        < probability
    { length -= 256 }
    return length
  }
}
