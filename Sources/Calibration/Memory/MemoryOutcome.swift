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

extension MemoryOutcome {
  /// What a history says about memory: one entry for each rank, batch, sequence length and size of GPU, in that order.
  ///
  /// A job fitted if it completed or any lease of it got past a step; it counts as out of memory if that was its failure;
  /// any other end (crash, cancellation, no pod) before the first step says nothing. The file's longest pair is not in a
  /// history, so the sequence length is the job's maximum.
  public static func seen(in history: History) -> [MemoryOutcome] {
    var found: [MemoryOutcome] = []
    for job in history.jobs where !job.isExamination {
      guard let capacity = capacityGB(of: job.gpuType) else { continue }
      let configuration = job.configuration
      var outcome = MemoryOutcome(
        rank: configuration.rank, batch: configuration.batchSize, sequence: configuration.maxSequenceLength,
        capacityGB: capacity)
      if job.failure == "out_of_memory" {
        outcome.outOfMemory = 1
      } else if job.outcome == .completed || job.leases.contains(where: { history.leases[$0].trainedSomeSteps }) {
        outcome.fitted = 1
      } else {
        continue
      }
      if let same = found.firstIndex(where: { $0.settings == outcome.settings }) {
        found[same].fitted += outcome.fitted
        found[same].outOfMemory += outcome.outOfMemory
      } else {
        found.append(outcome)
      }
    }
    return found.sorted { $0.settings.lexicographicallyPrecedes($1.settings) }
  }

  /// Memory in GB from a GPU's name as the history writes it: 80 for `h100-pcie-80gb`; nil where it does not say.
  public static func capacityGB(of gpuType: String) -> Double? {
    guard let last = gpuType.lowercased().split(separator: "-").last, last.hasSuffix("gb") else { return nil }
    return Double(last.dropLast(2))
  }

  private var settings: [Double] { [Double(rank), Double(batch), Double(sequence), capacityGB] }
}

extension History.Lease {
  /// Training stood at a later step at some time than the one it began with.
  fileprivate var trainedSomeSteps: Bool {
    !checkpoints.isEmpty || !progress.isEmpty
      || stages.contains { $0.stage == .training && ($0.lastStep ?? 0) > ($0.firstStep ?? 0) }
  }
}
