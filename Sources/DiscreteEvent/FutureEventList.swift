/// The total order of events: time, then priority, then ordinals that do not depend on the order of scheduling.
@frozen
public struct EventKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var time: Instant
  /// priority (8 bits) ‖ ordinal (40 bits) ‖ part (16 bits); smaller comes first.
  public var tie: UInt64

  @inlinable
  public init(time: Instant, priority: UInt8 = 128, ordinal: UInt32, part: UInt16 = 0) {
    self.time = time
    tie = UInt64(priority) << 56 | UInt64(ordinal) << 16 | UInt64(part)
  }

  @inlinable
  public static func < (a: EventKey, b: EventKey) -> Bool {
    a.time != b.time ? a.time < b.time : a.tie < b.tie
  }
}

/// The future event list: at most one pending event a slot, the earliest first.
///
/// A slot is whatever has at most one next event: a job that holds a pod, the source of arrivals, a deadline.
/// Scheduling an occupied slot overwrites its entry, and cancelling empties it: nothing dead is left behind.
public struct FutureEventList: Sendable {
  var entries: [EventKey?]

  public init(slots: Int) { entries = Array(repeating: nil, count: slots) }

  public var slots: Int { entries.count }
  /// Makes room for more slots; what is pending stays.
  public mutating func reserve(slots: Int) {
    while entries.count < slots { entries.append(nil) }
  }
  public mutating func schedule(_ key: EventKey, slot: Int) { entries[slot] = key }
  public mutating func cancel(slot: Int) { entries[slot] = nil }
  public func key(slot: Int) -> EventKey? { entries[slot] }
  /// Replaces everything by these entries, in O(slots).
  public mutating func load(_ new: [(slot: Int, key: EventKey)]) {
    for i in entries.indices { entries[i] = nil }
    for e in new { entries[e.slot] = e.key }
  }
  /// The slot of the earliest event, or nil when nothing is pending.
  public var earliest: Int? {
    var best: Int?
    for i in entries.indices {
      guard let k = entries[i] else { continue }
      if let b = best, let kb = entries[b], kb < k { continue }
      best = i
    }
    return best
  }
}
