/// Peak GPU memory of QLoRA on Llama-3-70B: NF4 base with double quantisation, LoRA on all linear layers, AdamW states
/// in fp32, gradient checkpointing on, one GPU.
///
///     peak = static + bytesPerRank × rank + bytesPerToken × scale × (batch × sequence)
///
/// The constants are derived from the `vram_GB` rows of calibration/data/physical.json by
/// calibration/derive-priors.py, which reproduces every row with checkpointing to its last printed digit or the next.
/// Between the rows' low and high figures lies a 90 % interval of `scale`, with the heavy tails of a Student t (4):
/// kernels, padding and fragmentation differ between software stacks. What has been seen to fit or to run out of memory
/// narrows it (``updated(by:)``). Gradient accumulation does not matter: it adds no activations.
public struct VRAMModel: Hashable, Sendable, Codable {
  /// Base weights, embeddings, CUDA context and workspaces, in GB.
  public var staticGB: Double
  /// Adapter, gradient and optimizer state for one unit of rank, in bytes: 16 × 12,943,360 parameters.
  public var bytesPerRank: Double
  /// Activations of one token, low and high end of the 90 % band, in bytes.
  public var lowBytesPerToken: Double
  public var highBytesPerToken: Double
  /// Everything seen so far.
  public private(set) var evidence: [MemoryOutcome] = []
  var belief: ScaleBelief

  public init(
    staticGB: Double = 41.85, bytesPerRank: Double = 207_093_760, lowBytesPerToken: Double = 2_336_000,
    highBytesPerToken: Double = 3_105_000
  ) {
    self.staticGB = staticGB
    self.bytesPerRank = bytesPerRank
    self.lowBytesPerToken = lowBytesPerToken
    self.highBytesPerToken = highBytesPerToken
    belief = ScaleBelief(halfWidth90: (highBytesPerToken - lowBytesPerToken) / (highBytesPerToken + lowBytesPerToken))
  }

  private enum CodingKeys: String, CodingKey {
    case staticGB, bytesPerRank, lowBytesPerToken, highBytesPerToken, evidence
  }

  /// Constants and evidence are stored; what follows from them is computed again.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let prior = VRAMModel(
      staticGB: try values.decode(Double.self, forKey: .staticGB),
      bytesPerRank: try values.decode(Double.self, forKey: .bytesPerRank),
      lowBytesPerToken: try values.decode(Double.self, forKey: .lowBytesPerToken),
      highBytesPerToken: try values.decode(Double.self, forKey: .highBytesPerToken))
    self = prior.updated(by: try values.decodeIfPresent([MemoryOutcome].self, forKey: .evidence) ?? [])
  }

  /// The sequence length that memory depends on: the file's longest pair, cut at `max_sequence_length`; the latter where
  /// the file is not known. Batches are padded to their longest member, so one long pair suffices for a peak.
  public static func sequenceLength(longestPair: Int?, maximum: Int) -> Int {
    min(longestPair ?? maximum, maximum)
  }

  /// Peak memory for these settings, given all that has been seen. Rises with every argument.
  public func peak(rank: Int, batch: Int, sequence: Int) -> MemoryBand {
    let fixed = fixedGB(rank: rank)
    let activations = activationsGB(batch: batch, sequence: sequence)
    let scale = belief.interval
    return MemoryBand(
      low: fixed + scale.low * activations, median: fixed + scale.median * activations,
      high: fixed + scale.high * activations)
  }

  /// Probability that a run with these settings does not run out of memory on a GPU of this size.
  /// Falls with every setting, rises with the capacity.
  public func probabilityFits(capacityGB: Double = 80, rank: Int, batch: Int, sequence: Int) -> Double {
    let activations = activationsGB(batch: batch, sequence: sequence)
    return belief.probabilityFits(room: capacityGB - fixedGB(rank: rank), activations: activations)
  }

  /// The model after these further outcomes. One scale and one rate of bad luck hold for all settings, so an outcome
  /// counts in full at its own batch and sequence length and elsewhere as far as it was a close call: a run that
  /// needs 55 of 80 GB says next to nothing about one that needs 78, and P(fits) stays monotonic in batch and length.
  public func updated(by outcomes: [MemoryOutcome]) -> VRAMModel {
    var model = self
    for outcome in outcomes where outcome.fitted > 0 || outcome.outOfMemory > 0 {
      model.evidence.append(outcome)
      model.belief.update(
        room: outcome.capacityGB - fixedGB(rank: outcome.rank),
        activations: activationsGB(batch: outcome.batch, sequence: outcome.sequence),
        fitted: outcome.fitted, outOfMemory: outcome.outOfMemory)
    }
    return model
  }

  private func fixedGB(rank: Int) -> Double { staticGB + bytesPerRank * Double(rank) / 1e9 }

  private func activationsGB(batch: Int, sequence: Int) -> Double {
    (lowBytesPerToken + highBytesPerToken) / 2 * Double(batch) * Double(sequence) / 1e9
  }
}
