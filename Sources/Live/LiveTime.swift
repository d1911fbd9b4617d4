import DiscreteEvent
import Foundation

/// This machine's clocks as live mode reads them: as they are, or faster by a factor, where pods are only played.
///
/// What is written down of a store is in its own time; it goes by while nothing runs, too.
public struct LiveTime: Hashable, Sendable {
  /// When the store was opened for the first time; there its own time and the machine's are the same.
  public let origin: Instant
  /// Seconds of the store's time in one of the machine's.
  public let scale: Double

  public init(origin: Instant, scale: Double = 1) {
    self.origin = origin
    self.scale = scale
  }

  /// What the machine's wall clock says.
  public static var machine: Instant { Instant(microseconds: microseconds(CLOCK_REALTIME)) }

  public var reading: ClockReading {
    ClockReading(
      wall: own(LiveTime.machine), monotonic: scaled(Span(microseconds: LiveTime.microseconds(CLOCK_MONOTONIC))))
  }

  /// A time of the machine's in the store's own.
  public func own(_ machine: Instant) -> Instant { origin + scaled(machine - origin) }

  /// How long the machine has to wait for a span of the store's time.
  public func real(_ span: Span) -> Duration { .seconds(span.seconds / scale) }

  private func scaled(_ span: Span) -> Span { scale == 1 ? span : Span(seconds: span.seconds * scale) }

  private static func microseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
