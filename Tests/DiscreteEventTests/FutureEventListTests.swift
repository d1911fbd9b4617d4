import HeapModule
import Testing

@testable import DiscreteEvent

@Suite struct FutureEventListTests {
  /// The list as one would write it without thinking about speed.
  struct Model {
    var entries: [EventKey?]
    var earliest: Int? {
      entries.indices.filter { entries[$0] != nil }
        .min { (entries[$0]!, $0) < (entries[$1]!, $1) }
    }
  }

  /// Nine of ten events are cancelled before they come, and their slots are used again: nothing dead is kept.
  @Test(arguments: [UInt64(1), 2, 3]) func cancellationsLeaveNothingBehind(seed: UInt64) {
    var random = SplitMix(seed)
    var list = FutureEventList(slots: 1)
    var (free, live) = ([0], [Int]())
    var (most, fired, cancelled) = (0, 0, 0)
    for step in 0..<50_000 {
      while live.count < 20 + Int(random.next() % 80) {
        if free.isEmpty {
          free.append(list.slots)
          list.reserve(slots: list.slots + 1)
        }
        let slot = free.removeLast()
        list.schedule(
          EventKey(time: Instant(microseconds: Int64(step) + Int64(random.next() % 1000)), ordinal: UInt32(step)),
          slot: slot)
        live.append(slot)
      }
      most = max(most, live.count)
      let slot: Int
      if random.next() % 10 == 0, let first = list.earliest {
        slot = first
        fired += 1
      } else {
        slot = live[Int(random.next() % UInt64(live.count))]
        cancelled += 1
      }
      list.cancel(slot: slot)
      live.removeAll { $0 == slot }
      free.append(slot)
      if step % 500 == 0 { #expect((0..<list.slots).count { list.key(slot: $0) != nil } == live.count) }
    }
    #expect(Double(cancelled) > 0.89 * Double(cancelled + fired))
    #expect(
      list.slots == most && list.leaves <= 2 * most, "\(list.leaves) places for \(most) live events, seed \(seed)")
  }

  @Test(arguments: 1...60)
  func agreesWithANaiveModel(seed: UInt64) {
    var random = SplitMix(seed)
    let slots = Int(random.next() % (seed % 3 == 0 ? 200 : 17)) + 1
    // Few different times and ordinals, so that ties occur.
    let range = seed % 2 == 0 ? UInt64(4) : 1000
    func key() -> EventKey {
      EventKey(
        time: Instant(microseconds: Int64(random.next() % range) - 2), priority: UInt8(random.next() % 3),
        ordinal: UInt32(random.next() % range), part: UInt16(random.next() % 2))
    }
    var list = FutureEventList(slots: slots)
    var model = Model(entries: Array(repeating: nil, count: slots))
    for step in 0..<600 {
      let slot = Int(random.next() % UInt64(list.slots))
      switch random.next() % 16 {
      case 0..<8:
        let k = key()
        list.schedule(k, slot: slot)
        model.entries[slot] = k
      case 8..<12:
        list.cancel(slot: slot)
        model.entries[slot] = nil
      case 12, 13:
        if let first = list.earliest {
          let k = key()
          list.schedule(k, slot: first)
          model.entries[first] = k
        }
      case 14:
        if step % 20 == 0 {
          let more = list.slots + Int(random.next() % 9)
          list.reserve(slots: more)
          model.entries += Array(repeating: nil, count: more - model.entries.count)
        }
      default:
        if step % 30 == 0 {
          var new: [(slot: Int, key: EventKey)] = []
          model.entries = model.entries.map { _ in nil }
          for _ in 0..<Int(random.next() % UInt64(list.slots)) {
            let s = Int(random.next() % UInt64(list.slots))
            let k = key()
            new.append((s, k))
            model.entries[s] = k
          }
          list.load(new)
        }
      }
      let sameEarliest = list.earliest == model.earliest
      let sameKey = list.key(slot: slot) == model.entries[slot]
      let sameEarliestKey = list.earliestKey == model.earliest.flatMap { model.entries[$0] }
      guard sameEarliest, sameKey, sameEarliestKey else {
        Issue.record("seed \(seed), step \(step): \(list.earliest as Any) instead of \(model.earliest as Any)")
        return
      }
    }
  }

  /// An emptied slot whose matches are not played yet is no business of a copy's, nor a copy's of the original's.
  @Test func copiesGoTheirOwnWaysAfterACancellation() {
    func key(_ time: Int64) -> EventKey { EventKey(time: Instant(microseconds: time), ordinal: 0) }
    var list = FutureEventList(slots: 4)
    for slot in 0..<4 { list.schedule(key(Int64(slot)), slot: slot) }
    list.cancel(slot: 1)
    var copy = list
    copy.schedule(key(9), slot: 0)
    list.schedule(key(7), slot: 1)
    #expect(copy.earliest == 2 && list.earliest == 0)
    list.cancel(slot: 0)
    #expect(list.earliest == 2)
    list.cancel(slot: 2)
    #expect(list.earliest == 3)
    list.cancel(slot: 1)
    list.reserve(slots: 9)
    list.cancel(slot: 3)
    #expect(list.earliest == nil && list.key(slot: 1) == nil && copy.earliest == 2)
  }

  @Test(arguments: 1...10)
  func drainsInTheOrderOfAHeap(seed: UInt64) {
    var random = SplitMix(seed)
    let n = 5000
    var heap = Heap<EventKey>()
    var entries: [(slot: Int, key: EventKey)] = []
    for slot in 0..<n {
      let key = EventKey(time: Instant(microseconds: Int64(random.next() % 500)), ordinal: UInt32(slot))
      entries.append((slot, key))
      heap.insert(key)
    }
    var list = FutureEventList(slots: n)
    list.load(entries)
    while let slot = list.earliest {
      guard list.key(slot: slot) == heap.popMin() else {
        Issue.record("seed \(seed): another order than the heap's")
        return
      }
      list.cancel(slot: slot)
    }
    #expect(heap.isEmpty)
  }

  @Test func whatIsEarliestDoesNotDependOnTheOrderOfScheduling() {
    let key = EventKey(time: .zero, ordinal: 7)
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 1, 3]] {
      var list = FutureEventList(slots: 5)
      for slot in order { list.schedule(key, slot: slot) }
      #expect(list.earliest == 0)
      list.cancel(slot: 0)
      list.schedule(key, slot: 3)
      #expect(list.earliest == 1)
    }
  }

  @Test func keysAreOrderedByTimeThenPriorityThenOrdinalThenPart() {
    let at = Instant(microseconds: 5)
    let keys = [
      EventKey(time: Instant(microseconds: -9), priority: 255, ordinal: .max, part: .max),
      EventKey(time: at, priority: 0, ordinal: .max, part: .max),
      EventKey(time: at, priority: 1, ordinal: 0, part: 1),
      EventKey(time: at, priority: 1, ordinal: 1, part: 0),
      EventKey(time: at, ordinal: 0),
      EventKey(time: .distantFuture, priority: 0, ordinal: 0),
    ]
    for i in keys.indices {
      for j in keys.indices { #expect((keys[i] < keys[j]) == (i < j)) }
    }
    #expect(MemoryLayout<EventKey>.size == 16)
  }

  @Test func anEmptyListHasNothing() {
    var list = FutureEventList(slots: 0)
    #expect(list.earliest == nil)
    list.reserve(slots: 3)
    #expect(list.slots == 3 && list.earliest == nil && list.key(slot: 2) == nil)
    list.schedule(EventKey(time: .distantFuture, ordinal: 0), slot: 2)
    #expect(list.earliest == 2)
    let copy = list
    list.cancel(slot: 2)
    #expect(list.earliest == nil && copy.earliest == 2)
  }
}

/// A small generator for tests that is not the one under test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
