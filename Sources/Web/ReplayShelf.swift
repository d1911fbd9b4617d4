import DiscreteEvent
import Engine
import Journal
import Live

/// The journal as one scrubs it: the fleet every so many rows, so that any moment is a short way from one that is known.
///
/// A request goes through ``rowsForOne`` rows at most. What is further from what is known is gone through in the background, once.
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

  static let rowsForOne: Int64 = 20_000
  private static let mostFrames = 64
  private static let mostSamples = 8_192

  let path: String
  /// Ascending; the first is before the first row, and the last is as far as anybody has looked.
  private var frames = [JournalMoment()]
  private var spacing: Int64 = 2_000
  private var samples: [Sample] = []
  private var stride: Int64 = 1
  private var isPreparing = false
  /// Why what was gone through in the background ended before its end; whoever asks next is told.
  private var failure: (any Error)?

  init(path: String) { self.path = path }

  /// The fleet after row `seq`, and the time line of a range that `last` ends.
  ///
  /// - Throws: `InputError` where the journal does not hold.
  func moment(at seq: Int64, last: Int64) throws -> Found {
    if let failure {
      self.failure = nil
      throw failure
    }
    if last - known.seq > ReplayShelf.rowsForOne {
      prepare(through: last)
      return .preparing(known.seq)
    }
    try extend(through: last)
    var moment = frames.last { $0.seq <= seq } ?? JournalMoment()
    try moment.advance(through: seq, path: path)
    return .ready(moment, samples)
  }

  /// Waits for what is being gone through: for tests.
  func settle() async { while isPreparing { await Task.yield() } }

  private var known: JournalMoment { frames.last ?? JournalMoment() }

  private func prepare(through last: Int64) {
    guard !isPreparing else { return }
    isPreparing = true
    Task.detached(priority: .utility) {
      // In parts: whoever asks meanwhile is answered between two of them.
      while await self.step(towards: last) {}
      await self.rest()
    }
  }

  private func step(towards last: Int64) -> Bool {
    let before = known.seq
    do {
      try extend(through: min(last, before + spacing))
      // A journal that ends before is gone through, too.
      return known.seq > before && known.seq < last
    } catch {
      failure = error
      return false
    }
  }

  private func rest() { isPreparing = false }

  private func extend(through last: Int64) throws {
    while known.seq < last {
      var moment = known
      let before = moment.seq
      let (stride, end) = (self.stride, min(last, before + spacing))
      var new: [Sample] = []
      try moment.advance(through: end, path: path) { if $0.seq % stride == 0 { new.append(Sample($0)) } }
      // The journal ends before.
      guard moment.seq > before else { return }
      // What was looked at last is only a step on the way where it is near the frame before it.
      if frames.count > 1, let earlier = frames.dropLast().last, moment.seq - earlier.seq <= spacing {
        frames[frames.count - 1] = moment
      } else {
        frames.append(moment)
      }
      samples += new
      thin()
    }
  }

  private func thin() {
    while samples.count > ReplayShelf.mostSamples {
      stride *= 2
      samples.removeAll { $0.seq % stride != 0 }
    }
    while frames.count > ReplayShelf.mostFrames {
      spacing *= 2
      frames = frames.enumerated().filter { $0.offset % 2 == 0 || $0.offset == frames.count - 1 }.map(\.element)
    }
  }
}
