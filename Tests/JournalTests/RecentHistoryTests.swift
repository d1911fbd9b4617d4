import Calibration
import DiscreteEvent
import Foundation
import GRDB
import Journal
import Testing

/// What is kept between two questions says the same as what is read anew, however the store has grown meanwhile.
@Suite struct RecentHistoryTests {
  private static let day = Span.days(1)
  private static let november = Instant(microseconds: 1_793_491_200_000_000)  // 2026-11-01

  /// Where the month begins at midnight in London, and in Berlin.
  @Test(arguments: [(1, 0), (2, 0), (3, -1)] as [(UInt64, Int64)])
  func keptSaysWhatReadingAnewSays(seed: UInt64, hours: Int64) throws {
    let since = RecentHistoryTests.november + .hours(hours)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("recent-\(UUID().uuidString).sqlite")
    defer { try? FileManager.default.removeItem(at: file) }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try FileManager.default.copyItem(at: root.appendingPathComponent("calibration/history.sqlite"), to: file)
    let db = try DatabaseQueue(path: file.path)
    let recent = RecentHistory(path: file.path)
    var random = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ n: Int64) -> Int64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(random >> 33) % n
    }
    var (folded, open) = (0, 0)
    for step in 0..<12 {
      let kept = try recent.read(since: since)
      let anew = try HistoryReader.readRecent(path: file.path, since: since)
      #expect(spent(kept, since) == spent(anew, since), "seed \(seed), step \(step)")
      #expect(goingOn(kept) == goingOn(anew), "seed \(seed), step \(step)")
      folded = anew.jobs.count - kept.jobs.count
      open = max(open, goingOn(anew).count)
      try db.write { db in
        switch next(4) {
        case 0:  // A job ends.
          try db.execute(
            sql: """
              UPDATE job SET ended_at = (SELECT max(until_at) FROM observation), outcome = 'cancelled'
              WHERE id = (SELECT id FROM job WHERE ended_at IS NULL ORDER BY id LIMIT 1)
              """)
        case 1:  // A job comes.
          try db.execute(
            sql: """
              INSERT INTO job SELECT 'new-' || ?1, name, creator, client, project, base_model, preset, rank, learning_rate, epochs,
                batch_size, gradient_accumulation_steps, max_sequence_length, checkpoint_interval_steps, conversations,
                training_pairs, training_tokens, total_steps, pricing, gpu_type, submitted_at, NULL, NULL, NULL, NULL, NULL,
                quoted_cost, NULL, NULL FROM job ORDER BY id LIMIT 1
              """, arguments: [step])
        default:  // A bill comes late: of any job, or of none; of a moment, of some hours, over midnight.
          let from = since.microseconds + next(26 * 24) * 3_600_000_000
          let job = next(8) == 0 ? "NULL" : "(SELECT id FROM job ORDER BY submitted_at DESC LIMIT 1 OFFSET \(next(30)))"
          try db.execute(
            sql: """
              INSERT INTO charge (job_id, account, from_at, to_at, amount) VALUES (\(job), 'adjustment', ?, ?, ?)
              """, arguments: [from, from + next(3) * 7 * 3_600_000_000, next(9_000_000_000) - 4_000_000_000])
        }
      }
    }
    #expect(folded > 10 && open > 0, "nothing was folded: the test says nothing")
  }

  /// Nanodollars by preset and client of jobs that are over, on each day; a charge over midnight by itself.
  private func spent(_ history: History, _ since: Instant) -> [String: Int64] {
    var sums: [String: Int64] = [:]
    for charge in history.charges {
      let job = charge.job.map { history.jobs[$0] }
      // What was charged to a job that goes on is counted from its leases.
      guard job?.ended != nil || job == nil, charge.to >= since else { continue }
      let whose = job.map { "\($0.configuration.preset) \($0.client ?? "")" } ?? "nobody"
      // Charges that began before are split at the first instant.
      func day(_ at: Instant) -> Int64 { (at - since + .days(99)).microseconds / RecentHistoryTests.day.microseconds }
      let crosses = charge.to > charge.from && day(charge.from) != day(charge.to - Span(microseconds: 1))
      let when = crosses ? "\(charge.from)–\(charge.to)" : "\(day(charge.from))"
      sums["\(whose) \(when)", default: 0] += charge.amount
    }
    return sums
  }

  /// Those that go on, with how much hangs on them, in their order.
  private func goingOn(_ history: History) -> [String] {
    history.jobs.enumerated().filter { $0.element.ended == nil }.map { j, job in
      let leases = job.leases.map { history.leases[$0] }
      #expect(leases.allSatisfy { $0.job == j } && job.requests.allSatisfy { history.requests[$0].job == j })
      return "\(job.id) \(job.requests.count) \(leases.map { "\($0.id) \($0.stages.count) \($0.checkpoints.count)" })"
    }
  }
}
