import DiscreteEvent
import Scenarios
import Testing

@testable import Planning

/// What the command line cannot bring about by itself: a machine that computes otherwise.
@Suite struct ShardSetTests {
  private static func shard(_ part: String) async throws -> SimulationShard {
    let root = Demonstration.root.appendingPathComponent("scenarios/queue-that-fills.yaml").path
    return try await SimulationShard.run(
      try ScenarioReader.read(path: root), source: ModelSource(worlds: [.init()], jobs: 0, name: "test"),
      part: try #require(ShardPart(part)), request: Simulation.Request(replications: 48))
  }

  @Test func overlapsThatDisagreeAreRefused() async throws {
    let half = try await Self.shard("1/2")
    var other = try await Self.shard("1/3")
    // One bit of one block's sums.
    other.blocks[2].queue.add(1e-9)
    let error = try #require(throws: InputError.self) { try ShardSet([("a", half), ("b", other)]) }
    #expect(
      error.kind == .badData && error.file == "b" && error.problem.contains("disagrees with a on replications 7 to 9"))
    #expect(error.hint?.contains("again") == true)
  }

  @Test func aFileReadsBackAsItWas() async throws {
    let shard = try await Self.shard("2/3")
    let data = try shard.data()
    #expect(try SimulationShard(data, file: "x").data() == data)
  }

  @Test func everyCutSharesTheReplicationsOut() {
    for replications in [1, 2, 15, 16, 17, 100, 1_000, 1_025, 70_000] {
      for count in [1, 2, 3, 7, 40, 1_000] {
        let parts = (1...count).compactMap { ShardPart(index: $0, of: count)?.replications(of: replications) }
        #expect(parts.flatMap { Array($0) } == Array(0..<replications))
      }
    }
  }

  @Test func moreShardsThanReplicationsLeaveSomeEmptyAndThoseAreNoHoles() async throws {
    var shards: [(file: String, shard: SimulationShard)] = []
    for i in 1...100 {
      let shard = try await Self.shard("\(i)/100")
      if !shard.range.isEmpty { shards.append(("\(i)", shard)) }
    }
    #expect(shards.count == 16)
    #expect(try ShardSet(shards).simulation().replications == 48)
    shards.removeLast()
    let error = try #require(throws: InputError.self) { try ShardSet(shards).simulation() }
    #expect(error.problem.contains("missing is shard 100/100"))
  }
}
