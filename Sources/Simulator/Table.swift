/// A growing row of plain values that only its owner sees: it cannot be copied, so that no change asks whether its memory is shared.
struct Table<Element: BitwiseCopyable>: ~Copyable {
  private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<Element>

  init() {
    capacity = 16
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  var indices: Range<Int> { 0..<count }

  /// Changed in place.
  subscript(position: Int) -> Element {
    @inline(__always) _read {
      precondition(position >= 0 && position < count, "no such place")
      yield base[position]
    }
    @inline(__always) nonmutating _modify {
      precondition(position >= 0 && position < count, "no such place")
      yield &base[position]
    }
  }

  /// Where an element stands until the next one is appended: for who changes it and reads its owner at the same time.
  @inline(__always)
  func address(of position: Int) -> UnsafeMutablePointer<Element> {
    precondition(position >= 0 && position < count, "no such place")
    return base + position
  }

  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  mutating func removeAll() { count = 0 }

  private mutating func grow() {
    let wider = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
    wider.moveInitialize(from: base, count: count)
    base.deallocate()
    (base, capacity) = (wider, 2 * capacity)
  }
}
