import DiscreteEvent
import Testing

@testable import Engine

@Suite struct RandomHistoryTests {
  @Test(arguments: [BudgetPeriod.calendar, .rolling30Days])
  func moneyBudgetQueueAndSlotsAgreeWithANaiveModel(_ period: BudgetPeriod) throws {
    var kinds: Set<EventKind> = []
    for seed in UInt64(1)...60 {
      var world = RandomWorld(seed: seed, period: period)
      for _ in 0..<400 { try world.step() }
      for entry in world.driver.log { kinds.insert(entry.event.kind) }
    }
    #expect(Set(EventKind.allCases).subtracting(kinds) == [], "a history that misses a kind of event tests little")
  }

  @Test(arguments: UInt64(1)...40)
  func replayEvolvesOnlyAndArrivesAtTheSameFleet(_ seed: UInt64) throws {
    var world = RandomWorld(seed: seed, period: seed % 2 == 0 ? .calendar : .rolling30Days)
    var fleet = world.fleet
    for _ in 0..<300 { try world.step() }
    for entry in world.driver.log { try fleet.evolve(entry.event, at: entry.at) }
    fleet.subject = world.fleet.subject
    #expect(fleet.differences(from: world.fleet) == [], "seed \(seed)")
    #expect(fleet.digest == world.fleet.digest)
  }

  @Test func twoDifferentHistoriesHaveDifferentDigests() throws {
    var digests: Set<UInt64> = []
    var worlds = 0
    for seed in UInt64(1)...40 {
      var world = RandomWorld(seed: seed, period: .calendar)
      for _ in 0..<200 { try world.step() }
      guard world.leases.contains(where: { $0.closed != nil }) else { continue }
      worlds += 1
      digests.insert(world.fleet.digest.value)
    }
    #expect(worlds > 30)
    #expect(digests.count == worlds)
  }
}
