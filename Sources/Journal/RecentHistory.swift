import Calibration
import DiscreteEvent
import GRDB
import Scenarios
import Synchronization

/// What forecasts of a running month ask of a store that grows, kept between two questions: a job that is over is read once.
///
/// Jobs that are over cannot change what is still to come; all that is asked of them is what was spent, on which day, for whom. So they are
/// folded: one job stands for those of a preset and client, one charge for theirs of a day. Those that go on are read whole, every time.
public final class RecentHistory: Sendable {
  /// The store.
  public let path: String
  private let kept = Mutex(Folded())

  public init(path: String) { self.path = path }

  /// The jobs that go on, with all that hangs on them, and everything that was charged since an instant that begins a day; days are counted
  /// from there, 24 hours each.
  ///
  /// - Complexity: O(jobs + rows of those that go on); the first time, or from another instant, O(rows of the month).
  /// - Throws: ``InputError`` as ``HistoryReader/readRecent(path:since:)`` does.
  public func read(since: Instant) throws(InputError) -> History {
    // A typed error does not pass through the lock.
    try kept.withLock { kept in
      Result { () throws(InputError) in
        // Taken out, so that it is changed in place; what fails is read anew the next time.
        var folded = kept.since == since ? kept : Folded(since: since)
        kept = Folded()
        let history = try refresh(&folded)
        kept = folded
        return history
      }
    }.get()
  }

  private func refresh(_ folded: inout Folded) throws(InputError) -> History {
    var history = try HistoryFile(path: path, patience: 2).read { db in
      try HistoryTable.check(db, file: path)
      let top = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM charge") ?? 0
      let fresh = try folded.fresh(in: db)
      var loader = HistoryLoader(db: db, file: path, part: try HistoryTable.Part(fresh, in: db))
      try loader.load()
      try folded.take(late: db, through: top)
      return loader.history.known(at: nil)
    }
    history.source = path
    return folded.take(history)
  }
}

extension RecentHistory {
  /// The jobs that are over, folded.
  private struct Folded {
    var since = Instant.distantPast
    /// The last charge that is among them.
    private var lastCharge: Int64 = 0
    /// One job for each preset and client, and their charges.
    private var jobs: [History.Job] = []
    private var charges: [History.Charge] = []
    /// By id, which of ``jobs`` stands for it.
    private var places: [String: Int] = [:]
    private var kinds: [Kind: Int] = [:]
    private var days: [Day: Int] = [:]

    private struct Kind: Hashable { var preset, client: String }
    private struct Day: Hashable {
      var job: Int
      var day: Int64
    }

    init(since: Instant = .distantPast) { self.since = since }

    /// The ids of jobs that go on, and of those that are over and not yet among these.
    func fresh(in db: Database) throws -> [String] {
      try String.fetchAll(
        db,
        sql: """
          SELECT id FROM job WHERE ended_at IS NULL OR ended_at >= :since
          UNION SELECT job_id FROM charge WHERE id > :last AND to_at >= :since AND job_id IS NOT NULL
          """, arguments: ["since": since.microseconds, "last": lastCharge]
      ).filter { places[$0] == nil }
    }

    /// Bills that came after their job was folded.
    mutating func take(late db: Database, through top: Int64) throws {
      defer { lastCharge = top }
      guard !places.isEmpty else { return }
      let rows = try Row.fetchCursor(
        db,
        sql:
          "SELECT job_id, account, from_at, to_at, amount FROM charge WHERE id > ? AND id <= ? AND job_id IS NOT NULL",
        arguments: [lastCharge, top])
      while let row = try rows.next() {
        guard let job = places[row[0]] else { continue }
        add(
          History.Charge(
            job: job, lease: nil, account: row[1], from: Instant(microseconds: row[2]),
            to: Instant(microseconds: row[3]), amount: row[4]))
      }
    }

    /// Folds those that are over by now; the rest follows what was folded.
    mutating func take(_ fresh: History) -> History {
      var open = [Int?](repeating: nil, count: fresh.jobs.count)
      var (rest, restCharges) = ([History.Job](), [History.Charge]())
      for (i, job) in fresh.jobs.enumerated() {
        guard job.ended != nil else {
          open[i] = rest.count
          rest.append(job)
          continue
        }
        places[job.id] = place(of: job)
      }
      for charge in fresh.charges {
        guard let job = charge.job else {
          restCharges.append(charge)
          continue
        }
        guard open[job] == nil, let place = places[fresh.jobs[job].id] else { continue }
        var folded = charge
        (folded.job, folded.lease) = (place, nil)
        add(folded)
      }
      var history = History(source: fresh.source)
      history.observations = fresh.observations
      let first = jobs.count
      func moved(_ job: Int) -> Int? { open[job].map { first + $0 } }
      history.jobs = jobs + rest
      // Only jobs that go on have any.
      history.requests = fresh.requests.compactMap { request in
        var request = request
        guard let job = moved(request.job) else { return nil }
        request.job = job
        return request
      }
      history.leases = fresh.leases.compactMap { lease in
        var lease = lease
        guard let job = moved(lease.job) else { return nil }
        lease.job = job
        return lease
      }
      history.charges = charges + restCharges
      return history
    }

    private mutating func place(of job: History.Job) -> Int {
      let kind = Kind(preset: job.configuration.preset.rawValue, client: job.client ?? "")
      if let known = kinds[kind] { return known }
      var one = job
      (one.requests, one.leases, one.pauses) = ([], [], [])
      kinds[kind] = jobs.count
      jobs.append(one)
      return jobs.count - 1
    }

    private mutating func add(_ charge: History.Charge) {
      guard let job = charge.job, charge.to >= since else { return }
      let day = day(charge.from)
      // What crosses midnight is split by instant, and has to stand by itself.
      guard charge.to == charge.from || day == self.day(charge.to - Span(microseconds: 1)) else {
        charges.append(charge)
        return
      }
      guard let known = days[Day(job: job, day: day)] else {
        days[Day(job: job, day: day)] = charges.count
        charges.append(charge)
        return
      }
      charges[known].amount += charge.amount
      charges[known].from = min(charges[known].from, charge.from)
      charges[known].to = max(charges[known].to, charge.to)
    }

    private func day(_ instant: Instant) -> Int64 {
      let (day, rest) = (instant - since).microseconds.quotientAndRemainder(dividingBy: Span.days(1).microseconds)
      return rest < 0 ? day - 1 : day
    }
  }
}
