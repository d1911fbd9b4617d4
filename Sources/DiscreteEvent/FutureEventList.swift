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
public struct FutureEventList: @unchecked Sendable {
  /// How many slots there are; slots count from 0.
  public private(set) var slots: Int
  /// Keeps ``places`` alive; a change asks once whether somebody else does too. Nobody writes to memory with two owners.
  @usableFromInline var owner: Owner
  @usableFromInline var places: UnsafeMutablePointer<Place>
  /// How many places there are: a power of two, at least 2.
  @usableFromInline var leaves: Int
  /// A slot that was emptied and whose matches are not played anew yet, or -1. It never holds the earliest event: the root is right.
  ///
  /// What is cancelled is mostly scheduled anew at once; both together then play the matches once.
  @usableFromInline var hole = -1

  /// Place n is the slot n and the node n.
  @frozen @usableFromInline
  struct Place: Sendable, BitwiseCopyable {
    /// The slot's key; an empty slot holds ``EventKey/none``.
    @usableFromInline var key = EventKey.none
    /// A winner tree: node 1 is the root, node n has the children 2n and 2n + 1, a node ≥ `leaves` is a leaf.
    /// Each node holds the slot of the earliest entry below it.
    @usableFromInline var winner: UInt32 = 0

    @inlinable init() {}
  }

  /// Frees the memory with the last list that uses it.
  @usableFromInline final class Owner {
    let places: UnsafeMutablePointer<Place>
    init(_ leaves: Int) {
      places = .allocate(capacity: leaves)
      places.initialize(repeating: Place(), count: leaves)
    }
    deinit { places.deallocate() }
  }

  /// An empty list with room for `slots` pending events.
  public init(slots: Int) {
    precondition(slots >= 0 && slots <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    leaves = FutureEventList.leaves(for: slots)
    self.slots = slots
    owner = Owner(leaves)
    places = owner.places
    rebuild()
  }

  /// The slot of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliest: Int? {
    // The optimizer does not know that the memory lives as long as its owner.
    defer { withExtendedLifetime(owner) {} }
    let slot = Int(places[1].winner)
    return places[slot].key == .none ? nil : slot
  }

  /// The key of the earliest event, or nil when nothing is pending. O(1).
  @inlinable
  public var earliestKey: EventKey? {
    defer { withExtendedLifetime(owner) {} }
    let key = places[Int(places[1].winner)].key
    return key == .none ? nil : key
  }

  /// The key that is pending in this slot, or nil. O(1).
  @inlinable
  public func key(slot: Int) -> EventKey? {
    precondition(slot >= 0 && slot < slots, "no such slot")
    defer { withExtendedLifetime(owner) {} }
    let key = places[slot].key
    return key == .none ? nil : key
  }

  /// Lets `key` be the slot's entry, in place of what was there. O(log slots).
  @inlinable
  public mutating func schedule(_ key: EventKey, slot: Int) {
    precondition(slot >= 0 && slot < slots, "no such slot")
    precondition(key.time != .distantPast, "nothing happens in the distant past")
    own()
    if hole >= 0 {
      if hole != slot { fill() }
      hole = -1
    }
    replay(slot, key)
  }

  /// Empties the slot; an empty one stays empty. O(log slots).
  @inlinable
  public mutating func cancel(slot: Int) {
    precondition(slot >= 0 && slot < slots, "no such slot")
    own()
    defer { withExtendedLifetime(owner) {} }
    if hole >= 0 && hole != slot { fill() }
    if places[1].winner == slot {
      hole = -1
      replay(slot, .none)
    } else {
      hole = slot
      places[slot].key = .none
    }
  }

  /// Plays the matches of the ``hole``, if there is one: another slot's matches are about to look at what they left.
  @usableFromInline @inline(never)
  mutating func fill() { replay(hole, .none) }

  /// Makes room for more slots; what is pending stays. O(slots) when it grows; never shrinks.
  public mutating func reserve(slots wanted: Int) {
    guard wanted > slots else { return }
    precondition(wanted <= 1 << 30, "a future event list has 0 to 2³⁰ slots")
    slots = wanted
    let leaves = FutureEventList.leaves(for: wanted)
    guard leaves > self.leaves else { return }
    move(leaves: leaves)
    rebuild()
  }

  /// Replaces everything by these entries; the last one counts where a slot occurs twice. O(slots).
  public mutating func load(_ new: [(slot: Int, key: EventKey)]) {
    own()
    for i in 0..<leaves { places[i].key = .none }
    for entry in new {
      precondition(entry.slot >= 0 && entry.slot < slots, "no such slot")
      precondition(entry.key.time != .distantPast, "nothing happens in the distant past")
      places[entry.slot].key = entry.key
    }
    rebuild()
  }

  /// Makes sure that no other list sees what is changed next.
  @inlinable @inline(__always)
  mutating func own() { if !isKnownUniquelyReferenced(&owner) { move(leaves: leaves) } }

  /// Takes memory of its own, with room for so many leaves.
  @usableFromInline @inline(never)
  mutating func move(leaves wanted: Int) {
    let new = Owner(wanted)
    withExtendedLifetime(owner) { new.places.update(from: places, count: leaves) }
    (owner, places, leaves) = (new, new.places, wanted)
  }

  static func leaves(for slots: Int) -> Int {
    var n = 2
    while n < slots { n *= 2 }
    return n
  }

  /// Plays every match anew, from the leaves up.
  mutating func rebuild() {
    hole = -1
    for node in stride(from: leaves - 1, through: 1, by: -1) {
      let left = 2 * node >= leaves ? UInt32(2 * node - leaves) : places[2 * node].winner
      let right = 2 * node >= leaves ? UInt32(2 * node + 1 - leaves) : places[2 * node + 1].winner
      places[node].winner = places[Int(right)].key < places[Int(left)].key ? right : left
    }
  }

  /// Gives the slot its key, and plays the matches on the way from its leaf to the root anew, up to the first that changes nothing.
  ///
  /// Who wins a match is a coin toss: the comparison must not be a branch, or its mispredictions cost three times the work.
  @inlinable
  mutating func replay(_ slot: Int, _ key: EventKey) {
    defer { withExtendedLifetime(owner) {} }
    let places = places
    places[slot].key = key
    var best = slot
    var bestKey = key.wide
    var place = slot &+ leaves
    var other = slot ^ 1
    while true {
      let otherKey = places[other].key.wide
      // On equal keys the left child, the lower slot, wins; it has the even place.
      let wins = otherKey &- Int128(truncatingIfNeeded: place & 1) < bestKey
      let mask: Int = wins ? -1 : 0
      best ^= (best ^ other) & mask
      bestKey ^= (bestKey ^ otherKey) & Int128(truncatingIfNeeded: mask)
      place &>>= 1
      // What was not this slot and did not change cannot change anything above.
      let was = Int(places[place].winner)
      if was != slot && was == best { return }
      places[place].winner = UInt32(truncatingIfNeeded: best)
      if place == 1 { return }
      other = Int(places[place ^ 1].winner)
    }
  }
}
