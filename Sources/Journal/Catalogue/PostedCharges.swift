import DiscreteEvent
import GRDB
import Synchronization

/// What was posted in some periods and for each job, kept between two questions: charges are only ever added, so each is read once.
final class PostedCharges: Sendable {
  struct Sums: Sendable {
    /// Where each period begins and the one before it ends, ascending; the last has no end.
    var starts: [Instant]
    /// In nanodollars; a charge counts in the period that it ends in.
    var inPeriods: [Int64]
    /// By the job's id, in all periods together. A charge that began before the first counts by its share of the time, as the budget splits
    /// a lease at the end of a period.
    var byJob: [String: Int64] = [:]
    fileprivate var last: Int64 = 0

    fileprivate init(_ starts: [Instant]) {
      self.starts = starts
      inPeriods = [Int64](repeating: 0, count: starts.count)
    }
  }

  private let kept = Mutex(Sums([]))

  /// - Complexity: O(charges since the same was asked); from other starts, O(charges).
  func read(from starts: [Instant], in db: Database) throws -> Sums {
    try kept.withLock { kept in
      // Taken out, so that it is changed in place; what fails is read anew the next time.
      var sums = kept.starts == starts ? kept : Sums(starts)
      kept = Sums([])
      try sums.follow(db)
      kept = sums
      return sums
    }
  }
}

extension PostedCharges.Sums {
  fileprivate mutating func follow(_ db: Database) throws {
    guard let edge = starts.first?.microseconds else { return }
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: "SELECT id, job_id, from_at, to_at, amount FROM charge WHERE id > ? AND to_at >= ? ORDER BY id"),
      arguments: [last, edge])
    while let row = try rows.next() {
      let (from, to, amount): (Int64, Int64, Int64) = (row[2], row[3], row[4])
      last = row[0]
      if let period = starts.lastIndex(where: { $0.microseconds <= to }) { inPeriods[period] += amount }
      guard to > edge, let job = row[1] as String? else { continue }
      let isCut = from < edge && to > from
      let share = Double(to - edge) / Double(max(1, to - from))
      byJob[job, default: 0] += isCut ? Int64((Double(amount) * share).rounded()) : amount
    }
  }
}
