import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import Web

/// A journal row by row: what a page and a program are shown is what the journal leads to.
@Suite struct ReplayPageTests {
  private func busy() async throws -> Office {
    let office = try Office(limit: nil, pods: .always)
    for name in ["first <job>", "second job"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    #expect(
      try await office.ask("POST", office.api("jobs/job-1/cancel"), Reason(justification: "enough")).status == 200)
    return office
  }

  private func replay(_ office: Office, _ query: String = "") async throws -> ReplayDocument {
    try await office.ask("GET", office.api("replay\(query)")).value(ReplayDocument.self)
  }

  @Test func theLastRowIsNow() async throws {
    let office = try await busy()
    let (now, view) = (try await replay(office), await office.runner.view)
    let fleet = try #require(now.fleet)
    #expect(fleet.statuses.reduce(0) { $0 + $1.jobs } == view.fleet.jobs.count)
    #expect(fleet.running == view.fleet.slotsInUse && fleet.queued == view.fleet.queued)
    for job in view.fleet.jobs where !job.phase.isTerminal {
      #expect(fleet.statuses.contains { $0.status == Wording.snake(job.phase) })
    }
  }

  @Test func everyStepIsTheReplaysOwn() async throws {
    let office = try await busy()
    let path = office.folder.appendingPathComponent("store").path
    var (at, seen) = (try #require(try await replay(office, "?at=1").row), 0)
    #expect(at.seq == 1 && at.previous == nil && at.event == "storeOpened")
    while let next = at.next {
      let document = try await replay(office, "?at=\(next)")
      let (row, fleet) = (try #require(document.row), try #require(document.fleet))
      #expect(row.seq == next && row.previous == at.seq)
      var moment = JournalMoment()
      try moment.advance(through: Int64(next), path: path)
      #expect(fleet.running == moment.fleet.slotsInUse && fleet.queued == moment.fleet.queued)
      #expect(fleet.spent_in_all_usd == Wording.dollars(moment.fleet.accrued(at: moment.at)))
      let page = try await office.ask("GET", "/dashboard/replay?at=\(next)").text
      #expect(page.contains("Row \(next) of") && page.contains("<progress") == false)
      (at, seen) = (row, seen + 1)
    }
    #expect(seen > 6)
    var end = JournalMoment()
    try end.advance(through: .max, path: path)
    let replay = try JournalReplay.read(path: path)
    #expect(end.seq == Int64(replay.rows) && end.fleet.stateDigest.value == replay.fleet.stateDigest.value)
  }

  @Test func aJobsRowsAreItsOwn() async throws {
    let office = try await busy()
    let path = office.folder.appendingPathComponent("store").path
    let own = try JobEvents.read(path: path, job: JobIndex(0)).map { Int($0.seq) }
    var steps: [Int] = []
    var next: Int? = 1
    while let at = next {
      let row = try #require(try await replay(office, "?job=job-1&at=\(at)").row)
      steps.append(row.seq)
      next = row.next
    }
    #expect(steps == own && own.count > 3)
    let document = try await replay(office, "?job=job-1")
    #expect(document.fleet?.jobs.map(\.id) == ["job-1"] && document.range?.job == "job-1")
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/replay").text
    #expect(page.contains("first &lt;job&gt;") && !page.contains("<job>") && page.contains("?at=\(own[0])"))
    // What links without a script lead to.
    let first = try await office.ask("GET", "/dashboard/training-jobs/job-1/replay?at=\(own[0])").text
    #expect(first.contains("Submitted: ") && first.contains("?at=\(own[1])\">Next"))
    #expect(try await office.ask("GET", office.api("replay?job=job-9")).status == 404)
  }

  @Test func anEmptyMonthSaysSo() async throws {
    let office = try await busy()
    #expect(try await replay(office, "?month=2020-01").row == nil)
    #expect(try await office.ask("GET", "/dashboard/replay?month=2020-01").text.contains("Nothing happened then"))
    for query in ["month=2020-13", "month=soon", "at=0"] {
      #expect(try await office.ask("GET", office.api("replay?\(query)")).status == 400, "\(query)")
      #expect(try await office.ask("GET", "/dashboard/replay?\(query)").status == 400, "\(query)")
    }
  }

  /// Of many jobs a page shows some, and says of how many; a program is told more.
  @Test func aPageOfManyJobsStaysSmall() async throws {
    let office = try Office(limit: nil)
    for i in 1...55 {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job("job \(i)")).status == 201)
    }
    let document = try #require(try await replay(office).fleet)
    #expect(document.jobs_not_over == 55 && document.jobs.count == 55)
    let page = try await office.ask("GET", "/dashboard/replay").text
    #expect(page.contains("the first 50 of 55") && page.utf8.count < 100_000, "\(page.utf8.count) bytes")
  }

  /// However long the line, its peaks stay on it.
  @Test func aTimeLineKeepsItsPeaks() throws {
    var samples = (1...8_000).map { _ in ReplayShelf.Sample(JournalMoment()) }
    for i in samples.indices { samples[i].seq = Int64(i + 1) }
    (samples[4_321].running, samples[4_322].queued) = (7, 99)
    let thin = samples.thinned(to: 120)
    #expect(thin.count <= 360 && thin.count >= 120 && thin.last?.seq == 8_000)
    #expect(thin.contains { $0.running == 7 } && thin.contains { $0.queued == 99 })
    #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.seq < $1.seq })
    #expect(samples.prefix(300).map(\.seq) == Array(samples.prefix(300)).thinned(to: 120).map(\.seq))
  }

  /// What cannot be read is said, and not prepared for ever.
  @Test func aJournalThatDoesNotHoldSaysSo() async throws {
    let shelf = ReplayShelf(path: "/nowhere/\(UUID().uuidString)")
    guard case .preparing = try await shelf.moment(at: 1, last: 90_000) else {
      Issue.record("more rows were gone through than one request may")
      return
    }
    await shelf.settle()
    await #expect(throws: InputError.self) { try await shelf.moment(at: 1, last: 90_000) }
  }

  /// A long journal is gone through once, off the path of a request; then any moment is near.
  @Test func aLongJournalIsGoneThroughInTheBackground() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("store").path
    let opening = JournalOpening(store: "long", origin: .synthetic, policyName: "", policies: Policies())
    let store = try EventStore.create(path: path, opening: opening, at: .zero)
    let rows: Int64 = 90_001
    var entries: [(Instant, JournalEntry)] = []
    for i in 1..<rows {
      // Many jobs make long fleets: one in a thousand rows is enough.
      let ordinal = UInt32(i / 1_000)
      let entry: JournalEntry =
        switch i % 1_000 {
        case 1:
          .described(
            JobDescription(
              ordinal: ordinal, id: "job-\(ordinal + 1)", name: "a job",
              configuration: .init(preset: .balanced, pricing: .spot)))
        case 2: .event(.jobSubmitted(JobSpec(ordinal: ordinal, pricing: .spot, steps: 10)))
        default: .noted(.reportHeard(.init(request: 1, sequence: i)))
        }
      entries.append((.zero + .seconds(i), entry))
    }
    try store.append(entries)
    // However few jobs the frames may hold together, every moment is the same.
    for mostJobs in [ReplayShelf.mostJobs, 300] {
      let shelf = ReplayShelf(path: path, mostJobs: mostJobs)
      guard case .preparing = try await shelf.moment(at: rows, last: rows) else {
        Issue.record("more rows were gone through than one request may")
        return
      }
      await shelf.settle()
      let held = await shelf.jobsHeld
      #expect(held > 0 && held <= mostJobs, "\(held)")
      for seq in [rows, 45_003, 2, 88_888] as [Int64] {
        guard case .ready(let moment, let samples) = try await shelf.moment(at: seq, last: rows) else {
          Issue.record("row \(seq) is not known")
          return
        }
        var plain = JournalMoment()
        try plain.advance(through: seq, path: path)
        #expect(moment.seq == seq && moment.fleet.stateDigest.value == plain.fleet.stateDigest.value)
        #expect(moment.fleet.queued == Int((seq - 3) / 1_000) + (seq >= 3 ? 1 : 0))
        #expect(samples.count <= 8_192 && samples.count > 2_000)
        // What is looked at next is near; the end is known as it is.
        guard seq != rows else { continue }
        let next = max(1, seq - ReplayShelf.rowsAtOnce)
        let distance = await shelf.distance(to: next)
        #expect(distance <= ReplayShelf.rowsAtOnce, "\(distance) rows to \(next)")
      }
    }
  }
}
