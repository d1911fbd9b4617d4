import DiscreteEvent
import Foundation
import Testing

@testable import Live

/// How long a start takes that has a long journal to go through: `.ci/measure` names one of a million rows.
@Suite struct RestartTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["MEASURE_JOURNAL"] != nil))
  func aStartGoesThroughTheWholeJournal() throws {
    let path = try #require(ProcessInfo.processInfo.environment["MEASURE_JOURNAL"])
    var jobs = 0
    let took = try ContinuousClock().measure {
      let now = ClockReading(wall: LiveTime.machine, monotonic: .zero)
      jobs = try Coordinator.open(path: path, home: "here", at: now).fleet.jobs.count
    }
    print("restart: \(jobs) jobs in \(took)")
    #expect(jobs > 0)
  }
}
