/// The jobs of a ``Fleet``: an array that is asked once an event whether its memory is shared, not once a change.
///
/// A value like any array: a copy shares the memory until one of the two is about to change, see ``own()``.
public struct JobTable: RandomAccessCollection, Equatable, @unchecked Sendable {
  /// Frees the memory with the last table that uses it. Nobody writes to memory with two owners, hence `@unchecked`.
  @usableFromInline final class Owner {
    let base: UnsafeMutablePointer<Job>
    let capacity: Int
    init(_ capacity: Int) {
      self.capacity = capacity
      base = .allocate(capacity: capacity)
    }
    deinit { base.deallocate() }
  }

  @usableFromInline var owner: Owner
  @usableFromInline var base: UnsafeMutablePointer<Job>
  public internal(set) var count = 0

  init() {
    owner = Owner(4)
    base = owner.base
  }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }

  /// Changed in place, by the engine alone and only after ``own()``.
  public internal(set) subscript(position: Int) -> Job {
    @inlinable @inline(__always) _read {
      precondition(position >= 0 && position < count, "no such job")
      // The optimizer does not know that the memory lives as long as its owner.
      defer { withExtendedLifetime(owner) {} }
      yield base[position]
    }
    @inline(__always) nonmutating _modify {
      precondition(position >= 0 && position < count, "no such job")
      defer { withExtendedLifetime(owner) {} }
      yield &base[position]
    }
  }

  /// Makes sure that no other table sees what is changed next. O(1), O(jobs) for a copy's first change.
  @inline(__always)
  mutating func own() { if !isKnownUniquelyReferenced(&owner) { move(capacity: owner.capacity) } }

  /// Puts a job in the place of one that is forgotten. Made in place, where a job is large.
  @inline(__always)
  func place(_ job: @autoclosure () -> Job, at position: Int) {
    precondition(position >= 0 && position < count, "no such job")
    withExtendedLifetime(owner) { (base + position).initialize(to: job()) }
  }

  mutating func append(_ job: Job) {
    if count == owner.capacity { move(capacity: 2 * count) }
    withExtendedLifetime(owner) { (base + count).initialize(to: job) }
    count += 1
  }

  /// Becomes a copy of another table, in its own memory where that is large enough.
  mutating func reset(to other: JobTable) {
    count = 0
    if !isKnownUniquelyReferenced(&owner) || owner.capacity < other.count { move(capacity: other.owner.capacity) }
    withExtendedLifetime((owner, other.owner)) { base.initialize(from: other.base, count: other.count) }
    count = other.count
  }

  @inline(never)
  private mutating func move(capacity: Int) {
    let new = Owner(capacity)
    withExtendedLifetime(owner) { new.base.initialize(from: base, count: count) }
    (owner, base) = (new, new.base)
  }

  public static func == (a: JobTable, b: JobTable) -> Bool { a.elementsEqual(b) }
}
