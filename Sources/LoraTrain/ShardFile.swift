import Foundation
import Planning
import Scenarios

/// Results of shards on disk.
enum ShardFile {
  /// More than any shard's: each keeps at most 100,000 numbers of a metric as they are.
  private static let limit = 1_000_000_000

  static func read(_ path: String) throws -> SimulationShard {
    try SimulationShard(try TextFile.bytes(path: path, limit: limit), file: path)
  }

  /// Whole or not at all; to standard output where there is no path.
  static func write(_ shard: SimulationShard, to path: String?) throws {
    let text = String(decoding: try shard.data(), as: UTF8.self) + "\n"
    if let path { try OutputFile.write(text, to: path) } else { StandardOutput.write(text) }
  }
}
