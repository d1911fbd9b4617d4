import DiscreteEvent

/// When a letter that did not arrive is tried again.
enum NoticeBackoff {
  static let mostAttempts = 16
  private static let first = Span.seconds(30)
  private static let longest = Span.hours(1)

  /// Twice as long each time, an hour at most, nine hours in all; but not before the other side wants it. nil: no more.
  ///
  /// - Parameter attempts: those that failed, the last one included.
  static func next(attempts: Int, after: Span?, now: Instant) -> Instant? {
    guard attempts < mostAttempts else { return nil }
    let wait = min(longest, first * (1 << Int64(min(attempts - 1, 10))))
    return now + max(wait, min(after ?? .zero, .days(1)))
  }
}
