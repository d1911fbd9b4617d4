import Calibration
import DiscreteEvent
import Foundation
import Scenarios
import Simulator

/// What one of n parts of a simulation found: blocks of replications that merge with the others' to the bits of one run.
///
/// Sums of floating-point numbers depend on their order, so a shard keeps each block's sums apart, and ``ShardSet`` adds them in the
/// order of one run. Quantiles do not know an order: those of all blocks are one.
public struct SimulationShard: Sendable, Codable {
  /// The version of the file.
  public static let format = 1

  var format = SimulationShard.format
  /// Of the whole file with this left empty.
  var checksum = ""
  /// Digest of the experiment, the same for all of its shards.
  public internal(set) var experiment: String
  /// The scenario file as it was named.
  public internal(set) var file: String
  /// How the model's possible truths were spread, for the commands that run what is missing.
  var sampling: String
  /// The options that named another model than the scenario's, for the same commands; nil: none did.
  var model: [String]?
  var identity: Simulation.Identity
  public internal(set) var part: ShardPart
  var blocks: [Simulation.Fold]
  var quantiles: [Quantiles]

  /// The seed of the whole.
  public var seed: UInt64 { identity.seed }
  /// Replications of the whole.
  public var replications: Int { identity.replications }

  /// The blocks of the whole that are here.
  var range: Range<Int> { part.blocks(of: replications) }

  /// Runs one part of a scenario. Under a budget, reservations are worked out as in one run.
  public static func run(
    _ scenario: Scenario, source: ModelSource, part: ShardPart, request: Simulation.Request,
    sampling: ParameterSampling = .random, model: [String] = []
  ) async throws -> SimulationShard {
    var experiment = try Simulation.experiment(scenario, source: source, request: request)
    try await Simulation.reserve(&experiment, source: source, threads: request.threads)
    let identity = Simulation.Identity(scenario, experiment)
    var blocks = try await experiment.run(
      blocks: part.blocks(of: experiment.replications), threads: request.threads, into: Simulation.Fold(),
      fold: Simulation.Fold.taking(experiment))
    let none = Simulation.Fold().quantiles
    var quantiles = none
    for b in blocks.indices {
      for m in quantiles.indices { quantiles[m].merge(blocks[b].quantiles[m]) }
      blocks[b].quantiles = none
    }
    var shard = SimulationShard(
      experiment: ExperimentDigest.text(ExperimentFingerprint.of(experiment, identity)), file: scenario.file ?? "",
      sampling: sampling.rawValue, identity: identity, part: part, blocks: blocks, quantiles: quantiles)
    if !model.isEmpty { shard.model = model }
    return shard
  }

  /// The result file.
  public func data() throws -> Data {
    var shard = self
    shard.checksum = try bodyChecksum()
    return try SimulationShard.encoder.encode(shard)
  }

  /// Reads a result file; `file` is how errors call it.
  ///
  /// - Throws: ``InputError`` where it is cut short, changed, of another version or no such file at all.
  public init(_ data: Data, file: String) throws {
    struct Header: Decodable { var format: Int }
    let decoder = JSONDecoder()
    let again = "run the shard again: lora-train simulate SCENARIO --shard i/n --output \(file)"
    guard let header = try? decoder.decode(Header.self, from: data) else {
      throw InputError(.badData, file: file, "is no shard's result, or is cut short", hint: again)
    }
    guard header.format == SimulationShard.format else {
      throw InputError(
        .badData, file: file,
        "is a shard's result of format \(header.format); this program reads format \(SimulationShard.format)",
        hint: "run all shards and the merge with the same version of lora-train")
    }
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let shard = try? decoder.decode(SimulationShard.self, from: data), shard.part.isValid,
      shard.replications > 0, try shard.checksum == shard.bodyChecksum(), shard.blocks.count == shard.range.count
    else {
      throw InputError(.badData, file: file, "is a damaged result of a shard: its checksum does not hold", hint: again)
    }
    self = shard
  }

  init(
    experiment: String, file: String, sampling: String, identity: Simulation.Identity, part: ShardPart,
    blocks: [Simulation.Fold],
    quantiles: [Quantiles]
  ) {
    self.experiment = experiment
    self.file = file
    self.sampling = sampling
    self.identity = identity
    self.part = part
    self.blocks = blocks
    self.quantiles = quantiles
  }

  private func bodyChecksum() throws -> String {
    var body = self
    body.checksum = ""
    var digest = Digest()
    for byte in try SimulationShard.encoder.encode(body) { digest.append(UInt64(byte)) }
    return ExperimentDigest.text(digest)
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The least of no numbers is infinite.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}

extension ExperimentDigest {
  /// Which question it is: the same sixteen digits for the same experiment, whoever asks.
  public static func text(of experiment: Experiment) -> String { text(ExperimentFingerprint.of(experiment)) }

  /// A digest in the sixteen digits in which an experiment's is written.
  static func text(_ digest: Digest) -> String {
    var whole = ExperimentDigest()
    whole.value = digest.value
    return whole.description
  }
}
