/// Peak GPU memory as a 90 % interval, in GB (10⁹ bytes).
public struct MemoryBand: Hashable, Sendable, Codable {
  /// 1 chance in 20 to need less.
  public var low: Double
  public var median: Double
  /// 1 chance in 20 to need more.
  public var high: Double
  public init(low: Double, median: Double, high: Double) {
    self.low = low
    self.median = median
    self.high = high
  }
}

/// How training runs ended, as far as memory goes, at one configuration on one size of GPU.
public struct MemoryOutcome: Hashable, Sendable, Codable {
  public var rank: Int
  public var batch: Int
  /// Tokens, padded: see ``VRAMModel/sequenceLength(longestPair:maximum:)``.
  public var sequence: Int
  /// Memory of the GPU in GB.
  public var capacityGB: Double
  /// Runs that got past their first optimizer steps.
  public var fitted: Int
  /// Runs that ended out of memory.
  public var outOfMemory: Int
  public init(rank: Int, batch: Int, sequence: Int, capacityGB: Double = 80, fitted: Int = 0, outOfMemory: Int = 0) {
    self.rank = rank
    self.batch = batch
    self.sequence = sequence
    self.capacityGB = capacityGB
    self.fitted = fitted
    self.outOfMemory = outOfMemory
  }
}
