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
  /// A node of the winner tree: the earliest entry below it, and its slot.
  @frozen @usableFromInline
  struct Node: Sendable, BitwiseCopyable {
    @usableFromInline var key: EventKey
    @usableFromInline var slot: Int

    @inlinable
    init(_ key: EventKey, _ slot: Int) {
      self.key = key
      self.slot = slot
    }
  }

  /// How many slots there are; slots count from 0.
  public private(set) var slots: Int
  /// A winner tree: node 1 is the root, node n has the children 2n and 2n + 1, node `leaves` + s is the leaf of slot s.
  /// An empty slot's key is ``EventKey/none``.
  @usableFromInline var nodes: ContiguousArray<Node>
  /// A power of two, at least 2.
  @usableFromInline var leaves: Int

  /// An empty list with room for `slots` pending events.
  public init(slots: Int) {
    precondition(slots >= 0 && slots <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    self.slots = slots
    leaves = FutureEventList.leaves(for: slots)
    nodes = FutureEventList.empty(leaves)
    rebuild()
  }

  /// The slot of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliest: Int? {
    let winner = nodes[1]
    return winner.key == .none ? nil : winner.slot
  }

  /// The key of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliestKey: EventKey? {
    let key = nodes[1].key
    return key == .none ? nil : key
  }

  /// The key that is pending in this slot, or nil. O(1).
  @inlinable
  public func key(slot: Int) -> EventKey? {
    precondition(slot >= 0 && slot < slots, "no such slot")
    let key = nodes[leaves + slot].key
    return key == .none ? nil : key
  }

  /// Lets `key` be the slot's entry, in place of what was there. O(log slots).
  @inlinable
  public mutating func schedule(_ key: EventKey, slot: Int) {
    precondition(slot >= 0 && slot < slots, "no such slot")
    precondition(key.time != .distantPast, "nothing happens in the distant past")
    replay(slot, key)
  }

  /// Empties the slot; an empty one stays empty. O(log slots).
  @inlinable
  public mutating func cancel(slot: Int) { schedule(.none, slot: slot) }

  /// Makes room for more slots; what is pending stays. O(slots) when it grows; never shrinks.
  public mutating func reserve(slots wanted: Int) {
    guard wanted > slots else { return }
    precondition(wanted <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    slots = wanted
    let more = FutureEventList.leaves(for: wanted)
    guard more > leaves else { return }
    var grown = FutureEventList.empty(more)
    for slot in 0..<leaves { grown[more + slot].key = nodes[leaves + slot].key }
    (leaves, nodes) = (more, grown)
    rebuild()
  }

  /// Replaces everything by these entries; the last one counts where a slot occurs twice. O(slots).
  public mutating func load(_ new: [(slot: Int, key: EventKey)]) {
    nodes = FutureEventList.empty(leaves)
    for entry in new {
      precondition(entry.slot >= 0 && entry.slot < slots, "no such slot")
      precondition(entry.key.time != .distantPast, "nothing happens in the distant past")
      nodes[leaves + entry.slot].key = entry.key
    }
    rebuild()
  }

  static func leaves(for slots: Int) -> Int {
    var n = 2
    while n < slots { n *= 2 }
    return n
  }

  private static func empty(_ leaves: Int) -> ContiguousArray<Node> {
    var nodes = ContiguousArray(repeating: Node(.none, 0), count: 2 * leaves)
    for slot in 1..<leaves { nodes[leaves + slot].slot = slot }
    return nodes
  }

  /// Plays every match anew, from the leaves up.
  mutating func rebuild() {
    for node in stride(from: leaves - 1, through: 1, by: -1) {
      let (left, right) = (nodes[2 * node], nodes[2 * node + 1])
      nodes[node] = right.key < left.key ? right : left
    }
  }

  /// Plays the matches on the way from this slot's leaf to the root anew, up to the first that changes nothing.
  ///
  /// Who wins a match is a coin toss: the comparison must not be a branch, or its mispredictions cost three times the work.
  @inlinable
  mutating func replay(_ slot: Int, _ key: EventKey) {
    var place = slot &+ leaves
    nodes.withUnsafeMutableBufferPointer { nodes in
      var best = slot
      var bestKey = key.wide
      nodes[place].key = key
      while place > 1 {
        let other = nodes[place ^ 1]
        let otherKey = other.key.wide
        // On equal keys the left child, the lower slot, wins; it has the even place.
        let wins = otherKey &- Int128(truncatingIfNeeded: place & 1) < bestKey
        let mask: Int = wins ? -1 : 0
        best ^= (best ^ other.slot) & mask
        bestKey ^= (bestKey ^ otherKey) & Int128(truncatingIfNeeded: mask)
        place &>>= 1
        // What was not this slot and did not change cannot change anything above.
        if nodes[place].slot != slot && nodes[place].slot == best { return }
        nodes[place] = Node(EventKey(wide: bestKey), best)
      }
    }
  }
}
