/// The future event list: at most one pending event a slot, the earliest first.
///
/// A slot is whatever has at most one next event: a job that holds a pod, the source of arrivals, a deadline.
/// Scheduling an occupied slot overwrites its entry, and cancelling empties it: nothing dead is left behind.
///
/// Two entries with equal keys come in the order of their slots. What is earliest is thus a function of what is
/// pending, whatever the order in which it was scheduled. See <doc:FutureEvents> for the reasons.
///
/// The list is a value: a copy is independent, and costs O(slots) at its first change. Nothing allocates but ``init(slots:)``,
/// ``reserve(slots:)`` and such a first change of a copy.
@frozen
public struct FutureEventList: Sendable {
  /// How many slots there are; slots count from 0.
  public private(set) var slots: Int
  /// The key in each leaf; an empty slot holds ``EventKey/none``. Its count is a power of two, at least 2.
  @usableFromInline var keys: ContiguousArray<EventKey>
  /// A winner tree: node 1 is the root, node n has the children 2n and 2n + 1, a node ≥ `keys.count` is a leaf.
  /// Each node holds the slot of the earliest entry below it.
  @usableFromInline var winners: ContiguousArray<UInt32>

  /// An empty list with room for `slots` pending events.
  public init(slots: Int) {
    precondition(slots >= 0 && slots <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    let leaves = FutureEventList.leaves(for: slots)
    self.slots = slots
    keys = ContiguousArray(repeating: .none, count: leaves)
    winners = ContiguousArray(repeating: 0, count: leaves)
    rebuild()
  }

  /// The slot of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliest: Int? {
    let slot = Int(winners[1])
    return keys[slot] == .none ? nil : slot
  }

  /// The key of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliestKey: EventKey? {
    let key = keys[Int(winners[1])]
    return key == .none ? nil : key
  }

  /// The key that is pending in this slot, or nil. O(1).
  @inlinable
  public func key(slot: Int) -> EventKey? {
    precondition(slot >= 0 && slot < slots, "no such slot")
    let key = keys[slot]
    return key == .none ? nil : key
  }

  /// Lets `key` be the slot's entry, in place of what was there. O(log slots).
  @inlinable
  public mutating func schedule(_ key: EventKey, slot: Int) {
    precondition(slot >= 0 && slot < slots, "no such slot")
    precondition(key.time != .distantPast, "nothing happens in the distant past")
    keys[slot] = key
    replay(slot)
  }

  /// Empties the slot; an empty one stays empty. O(log slots).
  @inlinable
  public mutating func cancel(slot: Int) { schedule(.none, slot: slot) }

  /// Makes room for more slots; what is pending stays. O(slots) when it grows; never shrinks.
  public mutating func reserve(slots wanted: Int) {
    guard wanted > slots else { return }
    precondition(wanted <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    slots = wanted
    let leaves = FutureEventList.leaves(for: wanted)
    guard leaves > keys.count else { return }
    keys.append(contentsOf: repeatElement(.none, count: leaves - keys.count))
    winners = ContiguousArray(repeating: 0, count: leaves)
    rebuild()
  }

  /// Replaces everything by these entries; the last one counts where a slot occurs twice. O(slots).
  public mutating func load(_ new: [(slot: Int, key: EventKey)]) {
    for i in keys.indices { keys[i] = .none }
    for entry in new {
      precondition(entry.slot >= 0 && entry.slot < slots, "no such slot")
      precondition(entry.key.time != .distantPast, "nothing happens in the distant past")
      keys[entry.slot] = entry.key
    }
    rebuild()
  }

  static func leaves(for slots: Int) -> Int {
    var n = 2
    while n < slots { n *= 2 }
    return n
  }

  /// Plays every match anew, from the leaves up.
  mutating func rebuild() {
    let leaves = keys.count
    for node in stride(from: leaves - 1, through: 1, by: -1) {
      let left = 2 * node >= leaves ? UInt32(2 * node - leaves) : winners[2 * node]
      let right = 2 * node >= leaves ? UInt32(2 * node + 1 - leaves) : winners[2 * node + 1]
      winners[node] = keys[Int(right)] < keys[Int(left)] ? right : left
    }
  }

  /// Plays the matches on the way from this slot's leaf to the root anew, up to the first that changes nothing.
  ///
  /// Who wins a match is a coin toss: the comparison must not be a branch, or its mispredictions cost three times the work.
  @inlinable
  mutating func replay(_ slot: Int) {
    let leaves = keys.count
    keys.withUnsafeBufferPointer { keys in
      winners.withUnsafeMutableBufferPointer { winners in
        var best = slot
        var bestKey = keys[slot].wide
        var place = slot &+ leaves
        var other = slot ^ 1
        while true {
          let otherKey = keys[other].wide
          // On equal keys the left child, the lower slot, wins; it has the even place.
          let wins = otherKey &- Int128(truncatingIfNeeded: place & 1) < bestKey
          let mask: Int = wins ? -1 : 0
          best ^= (best ^ other) & mask
          bestKey ^= (bestKey ^ otherKey) & Int128(truncatingIfNeeded: mask)
          place &>>= 1
          // What was not this slot and did not change cannot change anything above.
          let was = Int(winners[place])
          if was != slot && was == best { return }
          winners[place] = UInt32(truncatingIfNeeded: best)
          if place == 1 { return }
          other = Int(winners[place ^ 1])
        }
      }
    }
  }
}
