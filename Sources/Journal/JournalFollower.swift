import DiscreteEvent
import Engine

/// Whoever follows a journal and knows more of it than the fleet.
///
/// All of it follows from what ``take(_:at:fleet:)`` is shown, so it can be had in two ways: from every row, or from a snapshot and the rows
/// after it. Both must come to the same.
public protocol JournalFollower {
  /// Of what ``code(_:descriptions:)`` writes: raised whenever the same rows lead to something else, or it is written otherwise.
  static var version: Int { get }

  /// Has seen nothing yet.
  init()

  /// Takes the journal's next entry; `fleet` has seen it.
  mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet)

  /// Writes all of it, or becomes what was written.
  ///
  /// - Parameter descriptions: what jobs are called, by ordinal, up to the same row: it need not be written again.
  mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription])
}

/// Nobody: for whoever wants the fleet alone.
struct NoFollower: JournalFollower {
  static let version = 0
  mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) {}
  mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription]) {}
}
