import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Scenarios
import Testing

/// The demonstration history of the repository.
let demonstration = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("calibration/history.sqlite").path

@Suite struct HistoryReaderTests {
  @Test func readsTheDemonstrationWhole() throws {
    let clock = ContinuousClock()
    var history = History(source: "")
    let took = try clock.measure { history = try HistoryReader.read(path: demonstration) }
    print("399 jobs, 17k charges: \(took)")
    #expect(history.jobs.count == 399)
    #expect(history.requests.count == 1062)
    #expect(history.leases.count == 703)
    #expect(history.leases.reduce(0) { $0 + $1.stages.count } == 2410)
    #expect(history.leases.reduce(0) { $0 + $1.checkpoints.count } == 7257)
    #expect(history.leases.reduce(0) { $0 + $1.progress.count } == 7634)
    #expect(history.charges.count == 16924)
    #expect(history.observations.map(\.origin) == ["synthetic"])
    #expect(history.source == demonstration)
    // A job's charges add up to its cost, to the nanodollar.
    var sums = [Int64](repeating: 0, count: history.jobs.count)
    for charge in history.charges { if let job = charge.job { sums[job] += charge.amount } }
    for (sum, job) in zip(sums, history.jobs) where job.cost != nil { #expect(sum == job.cost) }
  }

  @Test func linksRowsByIndexAndTakesALeasesPricingFromItsRequest() throws {
    let database = try TestDatabase(TestDatabase.twoJobs)
    let history = try HistoryReader.read(path: database.path)
    #expect(history.jobs.map(\.id) == ["a", "b"])
    #expect(history.jobs[0].requests == [0, 1])
    #expect(history.jobs[0].leases == [0, 1])
    #expect(history.leases.map(\.pricing) == [.spot, .onDemand, .onDemand])
    #expect(history.jobs[0].configuration.tokensPerPair == 2000)
    #expect(history.jobs[0].configuration.steps == 300)
    #expect(history.leases[0].checkpoints[0].blocked == .seconds(30))
    #expect(history.leases[1].progress.map(\.step) == [150, 250])
    #expect(history.leases[1].stages.map(\.stage) == [.training, .finalization])
    #expect(history.jobs[1].pauses.count == 1)
    #expect(history.charges[3].job == nil)
  }
}
