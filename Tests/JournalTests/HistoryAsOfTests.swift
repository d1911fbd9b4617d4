import DiscreteEvent
import Foundation
import Testing

@testable import Calibration
@testable import Journal

/// What is known at an instant: see `TestDatabase.twoJobs`.
@Suite struct HistoryAsOfTests {
  private func history(_ hours: Double, _ changes: String = "") throws -> History {
    let database = try TestDatabase(TestDatabase.twoJobs + changes)
    return try withExtendedLifetime(database) {
      try HistoryReader.read(
        path: database.path, asOf: Instant(microseconds: Int64(hours * Double(TestDatabase.hour))))
    }
  }

  @Test func laterJobsAreGoneAndLaterEndsOpen() throws {
    let history = try history(4)
    #expect(history.jobs.map(\.id) == ["a"])
    let job = history.jobs[0]
    #expect(job.admitted == Instant(microseconds: TestDatabase.hour))
    #expect(job.ended == nil && job.outcome == nil && job.cost == nil && job.quotedCost != nil)
    #expect(job.requests.count == 1 && job.leases.count == 1)
    let lease = history.leases[0]
    #expect(lease.ended == nil && lease.endReason == nil)
    #expect(lease.checkpoints.map(\.step) == [100])
    let run = lease.stages[0]
    #expect(run.ended == nil && !run.completed && run.lastStep == 100)
    #expect(run.lastStepAt == Instant(microseconds: 14_000_000_000))
    #expect(history.until == Instant(microseconds: 4 * TestDatabase.hour))
  }

  @Test func aChargeThatSpansTheInstantIsCutProRata() throws {
    let history = try history(4)
    // 2 of 3 hours of $6, 4 of 12 of $1.20; the second lease and the correction are not known yet.
    #expect(history.charges.map(\.amount) == [4_000_000_000, 400_000_000])
    #expect(history.charges.allSatisfy { $0.to <= Instant(microseconds: 4 * TestDatabase.hour) })
  }

  @Test func aRequestWithoutItsAnswerIsOpen() throws {
    let history = try history(5.5)
    #expect(history.requests.map(\.id) == ["r1", "r2"])
    #expect(history.requests[1].resolved == nil && history.requests[1].result == nil)
    #expect(history.leases.count == 1)
    #expect(history.leases[0].endReason == .interrupted)
  }

  @Test func whatIsRecordedLaterIsNotUsed() throws {
    // The correction of the bill, recorded 40,000 s after the beginning, is not known at 11 h (39,600 s) …
    let before = try history(11.01)
    #expect(before.charges.count == 3)
    #expect(before.jobs[0].cost == 21_000_000_000)
    // … and is at 12 h.
    #expect(try history(12).jobs[0].cost == 20_000_000_000)
    // A job that was over before it was recorded is not there at all.
    #expect(try history(11.5, "UPDATE job SET recorded_at = 42000000000 WHERE id = 'a';").jobs.map(\.id) == ["b"])
    // An interruption that was noticed late had not happened yet; its grant was known from its request.
    let late = try history(5.1, "UPDATE lease SET recorded_at = 19000000000 WHERE id = 'l1';")
    #expect(late.leases[0].ended == nil)
    #expect(late.leases[0].stages[0].ended == nil)
    #expect(try history(5.3, "UPDATE lease SET recorded_at = 19000000000 WHERE id = 'l1';").leases[0].ended != nil)
  }

  @Test func asOfTheEndIsTheWhole() throws {
    let whole = try HistoryReader.read(path: demonstration)
    let asOf = try HistoryReader.read(path: demonstration, asOf: whole.until)
    #expect(String(describing: asOf) == String(describing: whole))
    let never = try HistoryReader.read(path: demonstration, asOf: .zero)
    #expect(never.jobs.isEmpty && never.charges.isEmpty && never.leases.isEmpty)
  }

  @Test func nothingOfAnyInstantLiesAfterIt() throws {
    let whole = try HistoryReader.read(path: demonstration)
    let first = whole.jobs[0].submitted
    for i in 1..<20 {
      let asOf = first + Span(microseconds: (whole.until - first).microseconds / 20 * Int64(i))
      let history = try HistoryReader.read(path: demonstration, asOf: asOf)
      #expect(history.until == asOf)
      for job in history.jobs {
        #expect(job.submitted <= asOf && job.admitted ?? asOf <= asOf && job.ended ?? asOf <= asOf)
        #expect(job.leases.allSatisfy { history.jobs[history.leases[$0].job].id == job.id })
        #expect(job.requests.allSatisfy { history.jobs[history.requests[$0].job].id == job.id })
      }
      for lease in history.leases {
        #expect(lease.granted <= asOf && lease.ended ?? asOf <= asOf)
        #expect(
          lease.stages.allSatisfy { $0.started <= asOf && $0.ended ?? asOf <= asOf && $0.lastStepAt ?? asOf <= asOf })
        #expect(lease.checkpoints.allSatisfy { $0.durable <= asOf } && lease.progress.allSatisfy { $0.at <= asOf })
      }
      #expect(history.charges.allSatisfy { $0.to <= asOf })
    }
  }

  @Test func aFactAfterTheObservationExtendsIt() throws {
    let database = try TestDatabase(TestDatabase.twoJobs + "UPDATE observation SET until_at = 3600000000;")
    let history = try withExtendedLifetime(database) { try HistoryReader.read(path: database.path) }
    #expect(history.until == Instant(microseconds: 43_000_000_000))
  }

  @Test func sharesOfLargeAmountsDoNotOverflow() {
    #expect(HistoryCut.share(of: .max, .days(10_000), of: .days(10_000)) == .max)
    #expect(HistoryCut.share(of: -900, .hours(1), of: .hours(3)) == -300)
    #expect(HistoryCut.share(of: 7, .zero, of: .zero) == 7)
  }
}
