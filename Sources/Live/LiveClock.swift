import DiscreteEvent

/// What the clocks of this machine say at one moment.
public struct ClockReading: Hashable, Sendable {
  /// May jump, forwards and backwards.
  public var wall: Instant
  /// Only runs forwards; its zero means nothing.
  public var monotonic: Span

  public init(wall: Instant, monotonic: Span) {
    self.wall = wall
    self.monotonic = monotonic
  }
}

/// Our own time of receipt: never runs backwards, and does not stand still after the wall clock was set back.
struct LiveClock {
  private(set) var now: Instant
  private(set) var monotonic: Span?

  /// - Parameter latest: the instant of the journal's last row.
  init(latest: Instant) { now = latest }

  mutating func read(_ reading: ClockReading) {
    let elapsed = monotonic.map { max(.zero, reading.monotonic - $0) } ?? .zero
    now = max(reading.wall, now + elapsed)
    monotonic = max(reading.monotonic, monotonic ?? reading.monotonic)
  }
}
