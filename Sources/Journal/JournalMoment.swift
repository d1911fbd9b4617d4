import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// The fleet as a journal had it after one of its rows: a value that can be gone on from, so that a person may go back and forth in a long journal.
public struct JournalMoment: Sendable {
  /// The row, from 1; 0: before the first.
  public private(set) var seq: Int64 = 0
  public private(set) var at = Instant.distantPast
  public private(set) var fleet = Fleet()
  private var chain = Digest()

  /// Before the first row.
  public init() {}

  /// Goes on to a later row, and holds each on the way against the chain.
  ///
  /// - Parameters:
  ///   - path: the store's, which is only read.
  ///   - last: the row to stop after, or the journal's end.
  ///   - passed: called after each row.
  /// - Throws: ``InputError`` with the number of the first row that does not hold.
  /// - Complexity: O(rows between).
  public mutating func advance(
    through last: Int64, path: String, passed: (JournalMoment) -> Void = { _ in }
  ) throws(InputError) {
    guard last > seq else { return }
    var moment = self
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      let reader = JournalReader(db: db, file: path)
      let start = (seq: seq, at: seq == 0 ? Int64.min : at.microseconds, chain: chain)
      moment.chain = try reader.readAll(after: start, through: last) { seq, at, entry in
        switch entry {
        case .opening(let opening): moment.fleet = opening.controller().fleet
        case .event(let event):
          do throws(TransitionError) { try moment.fleet.evolve(event, at: at) } catch {
            throw reader.broken(seq, "cannot have happened: \(error)")
          }
        case .noted, .described: break
        }
        (moment.seq, moment.at) = (seq, at)
        passed(moment)
      }
    }
    self = moment
  }
}

/// A journal's rows as one steps through them.
public struct JournalSteps: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// One row, as it stands there.
  public struct Row: Sendable, Hashable {
    public var seq: Int64
    public var at: Instant
    /// The event's name, or the note's.
    public var kind: String
    public var job: JobIndex?
    /// JSON.
    public var payload: String
  }

  /// Which rows there are to step through.
  public struct Range: Sendable, Hashable {
    public var first: Int64
    public var last: Int64
    public var from: Instant
    public var until: Instant
  }

  /// Where a row stands among those of a range, and what is before and after it.
  public struct Place: Sendable {
    public var row: Row
    public var previous: Int64?
    public var next: Int64?
  }

  /// All rows from one instant to before another; nil: there is none. O(log rows).
  public func range(from: Instant, until: Instant) throws(InputError) -> Range? {
    try read { db in
      // Times never go back from row to row: where a time is passed first is found by halving.
      let count = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0
      func time(_ seq: Int64) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT at FROM journal WHERE seq = ?", arguments: [seq]) ?? .max
      }
      func first(_ instant: Instant) throws -> Int64 {
        var (low, high) = (Int64(1), count + 1)
        while low < high {
          let middle = (low + high) / 2
          if try time(middle) >= instant.microseconds { high = middle } else { low = middle + 1 }
        }
        return low
      }
      let (start, end) = (try first(from), try first(until) - 1)
      guard start <= end else { return nil }
      return Range(
        first: start, last: end, from: Instant(microseconds: try time(start)),
        until: Instant(microseconds: try time(end)))
    }
  }

  /// The rows of one job, of which the first is its submission; nil: there is none.
  public func range(of job: JobIndex) throws(InputError) -> Range? {
    try read { db in
      let rows = try Row.ends(of: job, in: db)
      guard let first = rows.first, let last = rows.last else { return nil }
      return Range(first: first.seq, last: last.seq, from: first.at, until: last.at)
    }
  }

  /// The last row at `seq` or before it that one steps on, and its neighbours in the range.
  ///
  /// What workers report of themselves again and again moves nothing and is stepped over.
  ///
  /// - Parameter job: only rows of this one.
  /// - Complexity: O(rows of the job), else O(rows stepped over).
  public func place(at seq: Int64, in range: Range, job: JobIndex?) throws(InputError) -> Place? {
    try read { db in
      let columns = "SELECT seq, at, kind, job, payload FROM journal WHERE "
      let filter =
        job == nil
        ? "kind != 'reportHeard'" : "(job = :job OR seq = :first)"
      func row(_ condition: String, _ order: String) throws -> Row? {
        var arguments: StatementArguments = ["seq": seq, "first": range.first, "last": range.last]
        if let job { arguments += ["job": Int64(job.rawValue)] }
        return try GRDB.Row.fetchOne(
          db,
          sql: columns + "\(condition) AND seq BETWEEN :first AND :last AND \(filter) ORDER BY seq \(order) LIMIT 1",
          arguments: arguments
        ).map(Row.init)
      }
      guard let here = try row("seq <= :seq", "DESC") ?? row("seq > :seq", "ASC") else { return nil }
      func neighbour(_ condition: String, _ order: String) throws -> Int64? {
        var arguments: StatementArguments = ["seq": here.seq, "first": range.first, "last": range.last]
        if let job { arguments += ["job": Int64(job.rawValue)] }
        return try Int64.fetchOne(
          db,
          sql: "SELECT seq FROM journal WHERE \(condition) AND seq BETWEEN :first AND :last AND \(filter) "
            + "ORDER BY seq \(order) LIMIT 1", arguments: arguments)
      }
      return Place(
        row: here, previous: try neighbour("seq < :seq", "DESC"), next: try neighbour("seq > :seq", "ASC"))
    }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(InputError) -> Value {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      return try body(db)
    }
  }
}

extension JournalSteps.Row {
  fileprivate init(_ row: GRDB.Row) {
    self.init(
      seq: row[0], at: Instant(microseconds: row[1]), kind: row[2],
      job: (row[3] as Int64?).map { JobIndex(Int($0)) }, payload: row[4])
  }

  /// The first and the last row of a job.
  fileprivate static func ends(of job: JobIndex, in db: Database) throws -> [Self] {
    let columns = "SELECT seq, at, kind, job, payload FROM journal WHERE "
    let index = Int64(job.rawValue)
    let last = try GRDB.Row.fetchOne(
      db, sql: columns + "job = ? ORDER BY seq DESC LIMIT 1", arguments: [index])
    let first = try GRDB.Row.fetchOne(
      db, sql: columns + "seq = ?", arguments: [try JobEvents.submission(of: job, in: db)])
    return [first, last ?? first].compactMap { $0 }.map(Self.init)
  }
}
