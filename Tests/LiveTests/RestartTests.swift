import DiscreteEvent
import Foundation
import Testing

@testable import Journal
@testable import Live

/// How long a start takes that has a long journal behind it: `.ci/measure` names one of a million rows.
@Suite struct RestartTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["MEASURE_JOURNAL"] != nil))
  func aStartFromASnapshotTakesSeconds() throws {
    let path = try #require(ProcessInfo.processInfo.environment["MEASURE_JOURNAL"])
    let clock = ContinuousClock()
    func start() throws -> Coordinator {
      try Coordinator.open(path: path, home: "here", at: ClockReading(wall: LiveTime.machine, monotonic: .zero))
    }
    var whole: Coordinator?
    let all = try clock.measure { whole = try start() }
    let first = try #require(whole)
    let keeping = try clock.measure { try first.keepSnapshot() }
    var quick: Coordinator?
    let some = try clock.measure { quick = try start() }
    let second = try #require(quick)
    print("restart: \(first.fleet.jobs.count) jobs in \(all) by every row, \(some) from a snapshot, kept in \(keeping)")
    #expect(some < .seconds(5))
    #expect(second.fleet.stateDigest == first.fleet.stateDigest && second.book == first.book)
    #expect(second.store.memory.digest == first.store.memory.digest)
  }
}
