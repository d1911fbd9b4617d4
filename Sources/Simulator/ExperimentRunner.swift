import Calibration
import DiscreteEvent
import Engine

extension Experiment {
  /// Runs every replication on `threads` threads and folds their results into one value, in the order of replications.
  ///
  /// Neither the result nor its digest depends on the number of threads: blocks of replications are fixed in advance
  /// and folded in order.
  /// - Throws: ``SimulationDefect`` when engine and world disagree (a defect of ours), `CancellationError`.
  public func run<Result: Sendable>(
    threads: Int, into initial: Result, fold: @escaping @Sendable (inout Result, ReplicationResult) -> Void,
    merge: @escaping @Sendable (inout Result, Result) -> Void
  ) async throws -> Result {
    var whole = initial
    for partial in try await run(blocks: 0..<blocks, threads: threads, into: initial, fold: fold) {
      merge(&whole, partial)
    }
    return whole
  }

  /// Runs some of the fixed blocks of replications and folds each by itself: merged in order, the parts that several machines ran
  /// give the bits of one run.
  public func run<Result: Sendable>(
    blocks range: Range<Int>, threads: Int, into initial: Result,
    fold: @escaping @Sendable (inout Result, ReplicationResult) -> Void
  ) async throws -> [Result] {
    let compiled = CompiledWorld.compile(worlds, kinds: kinds)
    let onDemand = CompiledWorld.compile(onDemandWorlds, kinds: kinds)
    let size = Experiment.blockSize(of: replications)
    let workers = max(1, min(threads, range.count))
    return try await withThrowingTaskGroup(of: [(Int, Result)].self) { group in
      for worker in 0..<workers {
        group.addTask {
          var results: [(Int, Result)] = []
          var replication = Replication(self, compiled, onDemand: onDemand)
          let mine = Array(stride(from: range.lowerBound + worker, to: range.upperBound, by: workers))
          for group in Experiment.inTheSameWorlds(mine, size: size, worlds: worlds.count) {
            var partials = [Result](repeating: initial, count: group.count)
            for offset in 0..<size {
              try Task.checkCancellation()
              for (i, b) in group.enumerated() where b * size + offset < replications {
                fold(&partials[i], try replication.whole(firstReplication + b * size + offset))
              }
            }
            results += zip(group, partials)
          }
          return results
        }
      }
      var byBlock = [Result?](repeating: nil, count: range.count)
      for try await results in group {
        for (b, partial) in results { byBlock[b - range.lowerBound] = partial }
      }
      return byBlock.compactMap { $0 }
    }
  }

  /// The blocks that live in the same worlds, together: run side by side, each world's tables are fetched into the cache once for all
  /// of them. Within a block the order stays, and with it every sum.
  private static func inTheSameWorlds(_ blocks: [Int], size: Int, worlds: Int) -> [[Int]] {
    guard worlds > 1 else { return blocks.map { [$0] } }
    var groups: [[Int]] = []
    var groupOf: [Int: Int] = [:]
    for b in blocks {
      let first = b * size % worlds
      if let group = groupOf[first] {
        groups[group].append(b)
      } else {
        groupOf[first] = groups.count
        groups.append([b])
      }
    }
    return groups
  }

  /// Into how many blocks the replications fall.
  public var blocks: Int { Experiment.blocks(of: replications) }

  /// Into how many blocks so many replications fall.
  public static func blocks(of replications: Int) -> Int {
    let size = blockSize(of: replications)
    return (replications + size - 1) / size
  }

  /// Fixed by the number of replications alone, so that sums are taken in the same order on any number of threads and machines.
  public static func blockSize(of replications: Int) -> Int { max(1, min(64, replications / 16)) }

  /// Runs one replication: for tests, and for tools that look at a single path.
  public func replication(_ number: Int) throws -> ReplicationResult {
    var replication = Replication(
      self, CompiledWorld.compile(worlds, kinds: kinds), onDemand: CompiledWorld.compile(onDemandWorlds, kinds: kinds))
    return try replication.whole(number)
  }
}
