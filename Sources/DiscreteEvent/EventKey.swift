/// The total order of events: time, then priority, then ordinals that do not depend on the order of scheduling.
@frozen
public struct EventKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// When the event happens.
  public var time: Instant
  /// priority (8 bits) ‖ ordinal (40 bits) ‖ part (16 bits); smaller comes first.
  public var tie: UInt64

  /// - Parameters:
  ///   - time: when the event happens.
  ///   - priority: among events of one instant, the smaller number comes first.
  ///   - ordinal: the ordinal of the entity, its identity in the world.
  ///   - part: the ordinal of a part of the entity (the number of a lease, say).
  @inlinable
  public init(time: Instant, priority: UInt8 = 128, ordinal: UInt32, part: UInt16 = 0) {
    self.time = time
    tie = UInt64(priority) << 56 | UInt64(ordinal) << 16 | UInt64(part)
  }

  @inlinable
  init(time: Instant, tie: UInt64) {
    self.time = time
    self.tie = tie
  }

  /// Later than every event; marks an empty slot of a ``FutureEventList``.
  @inlinable
  static var none: EventKey { EventKey(time: Instant(microseconds: .max), tie: .max) }

  /// The key as one number of the same order.
  @inlinable
  var wide: Int128 { Int128(truncatingIfNeeded: time.microseconds) &<< 64 | Int128(truncatingIfNeeded: tie) }

  @inlinable
  public static func < (a: EventKey, b: EventKey) -> Bool {
    a.time != b.time ? a.time < b.time : a.tie < b.tie
  }
}
