import Calibration
import DiscreteEvent
import Foundation
import Scenarios
import Simulator

/// Results of shards that are to make one answer; refuses what does not.
public struct ShardSet: Sendable {
  /// In the order given, each with the name of its file.
  private let shards: [(file: String, shard: SimulationShard)]

  /// - Throws: ``InputError`` where a shard is of another experiment, or two that overlap disagree.
  public init(_ shards: [(file: String, shard: SimulationShard)]) throws {
    guard let first = shards.first else {
      throw InputError(.noInput, "there are no shards to merge", hint: "name the files that --shard wrote")
    }
    for (file, shard) in shards where shard.experiment != first.shard.experiment {
      throw InputError(
        .badData, file: file,
        "is a shard of another experiment (\(ShardSet.name(shard))) than \(first.file) (\(ShardSet.name(first.shard)))",
        hint: "merge shards of the same scenario, model, seed, replications and version only")
    }
    self.shards = shards
    try checkOverlaps()
  }

  /// The answer, bit by bit that of one run.
  ///
  /// - Throws: ``InputError`` where shards are missing; it names them and the commands that run them.
  public func simulation() throws -> Simulation {
    guard let cover, let identity = shards.first?.shard.identity else { throw incomplete }
    var whole = Simulation.Fold()
    for shard in cover {
      for block in shard.blocks { whole.merge(block) }
      for m in whole.quantiles.indices { whole.quantiles[m].merge(shard.quantiles[m]) }
    }
    try whole.checkMoney(file: nil)
    return Simulation(identity, whole)
  }

  /// Shards that follow one another from the first block to the last; nil where some are missing.
  private var cover: [SimulationShard]? {
    var reached: [Int: [SimulationShard]] = [0: []]
    for (_, shard) in shards.sorted(by: { $0.shard.range.lowerBound < $1.shard.range.lowerBound }) {
      let range = shard.range
      if !range.isEmpty, reached[range.upperBound] == nil, let before = reached[range.lowerBound] {
        reached[range.upperBound] = before + [shard]
      }
    }
    return shards.first.flatMap { reached[Experiment.blocks(of: $0.shard.replications)] }
  }

  /// The same replications give the same bits, or a machine is not to be trusted.
  private func checkOverlaps() throws {
    var seen: [Int: (file: String, data: Data)] = [:]
    let counts = shards.reduce(into: [Int: Int]()) { counts, entry in
      for b in entry.shard.range { counts[b, default: 0] += 1 }
    }
    for (file, shard) in shards {
      for (b, block) in zip(shard.range, shard.blocks) where counts[b, default: 0] > 1 {
        let data = try SimulationShard.encoder.encode(block)
        guard let other = seen[b] else {
          seen[b] = (file, data)
          continue
        }
        guard other.data != data else { continue }
        let size = Experiment.blockSize(of: shard.replications)
        throw InputError(
          .badData, file: file,
          "disagrees with \(other.file) on replications \(b * size + 1) to \(min(shard.replications, (b + 1) * size))",
          hint: "run both shards again on one machine, with the same version of lora-train")
      }
    }
  }

  /// What is missing, by the cut of which the least is.
  private var incomplete: InputError {
    guard let any = shards.first?.shard else { return InputError(.noInput, "there are no shards") }
    var missing = missing(of: any.part.count)
    for count in Set(shards.map(\.shard.part.count)).sorted() {
      let others = self.missing(of: count)
      if others.count < missing.count { missing = others }
    }
    let names = missing.map { part -> String in
      let replications = part.replications(of: any.replications)
      return "\(part) (replications \(replications.lowerBound + 1) to \(replications.upperBound))"
    }
    return InputError(
      .badData,
      "the set has holes: missing \(missing.count == 1 ? "is shard" : "are shards") \(names.joined(separator: ", "))",
      hint: "run what is missing, then merge again:\n"
        + missing.map { "  " + any.command(for: $0) }.joined(separator: "\n"))
  }

  private func missing(of count: Int) -> [ShardPart] {
    let there = Set(shards.map(\.shard.part).filter { $0.count == count }.map(\.index))
    return (1...count).compactMap { index in
      guard !there.contains(index), let part = ShardPart(index: index, of: count),
        let any = shards.first?.shard, !part.blocks(of: any.replications).isEmpty
      else { return nil }
      return part
    }
  }

  private static func name(_ shard: SimulationShard) -> String {
    "\(shard.identity.scenario), seed \(shard.seed), \(shard.replications) replications, digest \(shard.experiment)"
  }
}

extension SimulationShard {
  /// The command that runs another part of the same experiment.
  func command(for part: ShardPart) -> String {
    let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    let spread = sampling == ParameterSampling.random.rawValue ? [] : ["--sampling", sampling]
    let words =
      [
        "lora-train", "simulate", file, "--seed", "\(seed)", "--replications", "\(replications)",
      ] + spread + (model ?? []) + ["--shard", "\(part)", "--output", "\(name)-\(part.index)-of-\(part.count).json"]
    return words.map(SimulationShard.quoted).joined(separator: " ")
  }

  /// As a shell takes it for one word.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=+,:@%".contains($0)) }
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
