/// A point in simulated or real time: whole microseconds since 1970-01-01T00:00:00Z.
///
/// Integer time makes equality exact and results independent of the order of additions.
@frozen
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  /// Microseconds since the Unix epoch.
  public var microseconds: Int64

  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The earliest instant that can be written down; nothing happens at it.
  @inlinable public static var distantPast: Instant { Instant(microseconds: .min) }
  /// Later than everything: the deadline of something that waits for nothing.
  @inlinable public static var distantFuture: Instant { Instant(microseconds: .max) }
  /// The Unix epoch, and the usual start of a simulation without a calendar.
  @inlinable public static var zero: Instant { Instant(microseconds: 0) }

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
  /// Saturates: what lies beyond the ends of time is ``distantPast`` or ``distantFuture``.
  @inlinable public static func + (a: Instant, b: Span) -> Instant {
    let (sum, overflow) = a.microseconds.addingReportingOverflow(b.microseconds)
    return overflow ? end(isPast: b.microseconds < 0) : Instant(microseconds: sum)
  }
  /// Saturates as `+` does.
  @inlinable public static func - (a: Instant, b: Span) -> Instant {
    let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
    return overflow ? end(isPast: b.microseconds >= 0) : Instant(microseconds: difference)
  }
  /// An end of time. Apart, so that a sum that fits is an addition and a branch.
  @usableFromInline @inline(never) static func end(isPast: Bool) -> Instant { isPast ? distantPast : distantFuture }
  @inlinable public static func - (a: Instant, b: Instant) -> Span {
    Span(microseconds: a.microseconds &- b.microseconds)
  }
}
