/// The average over time of a quantity that is constant between its changes: a queue's length, the busy slots.
@frozen
public struct TimeWeighted: Hashable, Sendable, BitwiseCopyable {
  /// The quantity's present value.
  @inlinable public var value: Double { current }

  @usableFromInline var start: Instant
  @usableFromInline var last: Instant
  @usableFromInline var current: Double
  /// ∫ value dt, in microseconds.
  @usableFromInline var area = 0.0

  /// Observes from `start` on.
  @inlinable
  public init(_ value: Double = 0, from start: Instant) {
    self.start = start
    last = start
    current = value
  }

  /// The quantity becomes `value` at `now`, which must not lie before the last change. O(1).
  @inlinable
  public mutating func set(_ value: Double, at now: Instant) {
    precondition(now >= last, "time runs backwards")
    area += current * Double((now - last).microseconds)
    last = now
    current = value
  }

  /// The quantity changes by `delta` at `now`. O(1).
  @inlinable
  public mutating func add(_ delta: Double, at now: Instant) { set(current + delta, at: now) }

  /// Forgets what was before `now` and keeps the value: the end of the warm-up.
  @inlinable
  public mutating func restart(at now: Instant) { self = TimeWeighted(current, from: now) }

  /// The average from the start to `now`; the present value while no time has passed.
  public func average(at now: Instant) -> Double {
    let time = Double((now - start).microseconds)
    return time > 0 ? integralMicroseconds(at: now) / time : current
  }

  /// The integral of the quantity over the seconds from the start to `now`.
  public func integralSeconds(at now: Instant) -> Double { integralMicroseconds(at: now) / 1_000_000 }

  private func integralMicroseconds(at now: Instant) -> Double {
    precondition(now >= last, "time runs backwards")
    return area + current * Double((now - last).microseconds)
  }
}
