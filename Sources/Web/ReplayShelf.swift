import DiscreteEvent
import Engine
import Journal
import Live

/// The journal as one scrubs it: the fleet every so many rows, so that any moment is a short way from one that is known.
///
/// A request itself goes through ``rowsAtOnce`` rows at most. What is further is gone through beside, on a thread of its own: a program waits for it, a page
/// shows what it has until it is there.
actor ReplayShelf {
  /// What the time line is drawn from, after one row.
  struct Sample: Sendable {
    var seq: Int64
    var at: Instant
    var running, queued, pods: Int
    /// Of the budget's period, in nanodollars.
    var spent: Int64

    init(_ moment: JournalMoment) {
      let fleet = moment.fleet
      (seq, at) = (moment.seq, moment.at)
      (running, queued) = (fleet.slotsInUse, fleet.queued)
      pods = fleet.slots.count { $0 != .none && fleet[$0].lease.isOpen }
      spent = fleet.spent(at: moment.at)
    }
  }

  /// What is known by now.
  enum Found: Sendable {
    case ready(JournalMoment, [Sample])
    /// So many rows have been gone through.
    case preparing(Int64)
  }

  /// More than so many new rows nobody waits for.
  static let rowsForOne: Int64 = 20_000
  /// A few milliseconds' worth.
  static let rowsAtOnce: Int64 = 250
  /// Moments that stay of the way to one that was asked for: what is looked at next is most often near it.
  private static let mostNear: Int64 = 4
  /// More ways at the same time are not begun.
  private static let mostWalks = 4
  private static let mostFrames = 64
  /// Jobs in all frames together: each is a few hundred bytes, so that a store of 10,000 jobs has 20 frames and not 64.
  static let mostJobs = 200_000
  private static let mostSamples = 8_192

  let path: String
  private let mostJobs: Int
  /// Ascending; the first is before the first row, and the last is as far as anybody has looked.
  private var frames = [JournalMoment()]
  private var spacing: Int64 = 2_000
  private var samples: [Sample] = []
  private var stride: Int64 = 1
  /// Where somebody looked last; ascending.
  private var near: [JournalMoment] = []
  private let side = SideQueue("replay")
  /// Goes through what is new.
  private var reaching: Task<Void, any Error>?
  private var walks: [Int64: Task<JournalMoment, any Error>] = [:]
  /// Why what was gone through in the background ended before its end; whoever asks next is told.
  private var failure: (any Error)?

  init(path: String, mostJobs: Int = ReplayShelf.mostJobs) { (self.path, self.mostJobs) = (path, mostJobs) }

  /// The fleet after row `seq`, and the time line of a range that `last` ends.
  ///
  /// - Parameter patience: how long is waited for what is gone through beside; nil: until it is there, unless it is more than ``rowsForOne`` rows.
  /// - Throws: `InputError` where the journal does not hold.
  func moment(at seq: Int64, last: Int64, within patience: Duration? = nil) async throws -> Found {
    if let failure {
      self.failure = nil
      throw failure
    }
    if last > known.seq {
      if reaching == nil, last - known.seq <= ReplayShelf.rowsAtOnce {
        take(try ReplayShelf.part(of: path, from: known, through: last, every: stride))
      } else {
        let rows = last - known.seq
        let task = reach(last)
        guard rows <= ReplayShelf.rowsForOne, try await task.value(for: patience) != nil else {
          return .preparing(known.seq)
        }
      }
    }
    let base = nearest(seq)
    guard distance(to: seq) > ReplayShelf.rowsAtOnce else {
      var moment = base
      try moment.advance(through: seq, path: path)
      return .ready(moment, samples)
    }
    guard let walk = walk(to: seq, from: base), let moment = try await walk.value(for: patience) else {
      return .preparing(base.seq)
    }
    return .ready(moment, samples)
  }

  /// Waits for what is being gone through: for tests.
  func settle() async { while reaching != nil { await Task.yield() } }

  /// Rows from the nearest moment that is known: what a request would go through.
  func distance(to seq: Int64) -> Int64 { seq - nearest(seq).seq }

  /// How many jobs the frames hold, over all of them.
  var jobsHeld: Int { frames.reduce(0) { $0 + $1.fleet.jobs.count } }

  private var known: JournalMoment { frames.last ?? JournalMoment() }

  private func nearest(_ seq: Int64) -> JournalMoment {
    let two = [frames.last { $0.seq <= seq }, near.last { $0.seq <= seq }].compactMap { $0 }
    return two.max { $0.seq < $1.seq } ?? JournalMoment()
  }

  private func reach(_ last: Int64) -> Task<Void, any Error> {
    if let reaching { return reaching }
    let task = Task(priority: .utility) {
      defer { reaching = nil }
      do {
        var before = known.seq
        repeat {
          before = known.seq
          let (from, end, stride, path) = (known, min(last, before + part), stride, path)
          take(try await side.run { try ReplayShelf.part(of: path, from: from, through: end, every: stride) })
          // A journal that ends before is gone through, too.
        } while known.seq > before && known.seq < last
      } catch {
        failure = error
        throw error
      }
    }
    reaching = task
    return task
  }

  /// nil: there are as many as there may be.
  private func walk(to seq: Int64, from base: JournalMoment) -> Task<JournalMoment, any Error>? {
    if let task = walks[seq] { return task }
    guard walks.count < ReplayShelf.mostWalks else { return nil }
    let stops = (0..<ReplayShelf.mostNear).reversed().map { seq - $0 * ReplayShelf.rowsAtOnce }
      .filter { $0 > base.seq }
    let task = Task(priority: .utility) {
      defer { walks[seq] = nil }
      let path = path
      near = try await side.run {
        var moment = base
        return try stops.map { stop in
          try moment.advance(through: stop, path: path)
          return moment
        }
      }
      return near.last ?? base
    }
    walks[seq] = task
    return task
  }

  /// Rows that are gone through in one go: between two of them others may be.
  private var part: Int64 { min(spacing, ReplayShelf.rowsForOne) }

  private struct Part: Sendable {
    var moment: JournalMoment
    var samples: [Sample]
  }

  private static func part(
    of path: String, from: JournalMoment, through last: Int64, every stride: Int64
  ) throws -> Part {
    var (moment, samples) = (from, [Sample]())
    try moment.advance(through: last, path: path) { if $0.seq % stride == 0 { samples.append(Sample($0)) } }
    return Part(moment: moment, samples: samples)
  }

  private func take(_ new: Part) {
    let moment = new.moment
    // The journal ends before.
    guard moment.seq > known.seq else { return }
    // What was looked at last is only a step on the way where it is near the frame before it.
    if frames.count > 1, let earlier = frames.dropLast().last, moment.seq - earlier.seq <= spacing {
      frames[frames.count - 1] = moment
    } else {
      frames.append(moment)
    }
    samples += new.samples
    thin()
  }

  private func thin() {
    while samples.count > ReplayShelf.mostSamples {
      stride *= 2
      samples.removeAll { $0.seq % stride != 0 }
    }
    // The first frame and the last stay.
    while frames.count > ReplayShelf.mostFrames || (frames.count > 2 && jobsHeld > mostJobs) {
      spacing *= 2
      frames = frames.enumerated().filter { $0.offset % 2 == 0 || $0.offset == frames.count - 1 }.map(\.element)
    }
  }
}

extension Task where Failure == any Error {
  /// What came of it; nil where that takes longer than somebody has the patience for.
  fileprivate func value(for patience: Duration?) async throws -> Success? {
    guard let patience else { return try await value }
    return try await value(within: patience)
  }
}

extension [ReplayShelf.Sample] {
  /// So many stretches of the line: of each what it ends with, and its peaks.
  func thinned(to stretches: Int) -> Self {
    guard count > 3 * stretches else { return self }
    return (0..<stretches).flatMap { i -> Self in
      let part = self[(i * count / stretches)..<((i + 1) * count / stretches)]
      let some = [part.max { $0.running < $1.running }, part.max { $0.queued < $1.queued }, part.last].compactMap { $0 }
      return some.sorted { $0.seq < $1.seq }.reduce(into: []) { if $0.last?.seq != $1.seq { $0.append($1) } }
    }
  }
}
