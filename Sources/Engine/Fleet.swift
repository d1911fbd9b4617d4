import DiscreteEvent

/// All the state there is: jobs, queue, leases, ledger, budget. A value: a forecast forks it by copying.
///
/// ``evolve(_:at:)`` is the only way to change it. It reads no clock, no random numbers and no policy.
public struct Fleet: Sendable {
  public internal(set) var jobs = JobTable()
  /// Slot → job; ``JobIndex/none`` where free.
  public internal(set) var slots: ContiguousArray<JobIndex> = []
  var freeSlots: ContiguousArray<Int32> = []
  @usableFromInline var freeJobs: ContiguousArray<JobIndex> = []
  public internal(set) var ledger = Ledger()
  public var budget: BudgetState
  public internal(set) var queueHead = JobIndex.none
  var queueTail = JobIndex.none
  public internal(set) var queued = 0
  /// How many jobs hold a slot.
  public internal(set) var slotsInUse = 0
  /// The job that the last event was about.
  public internal(set) var subject = JobIndex.none
  /// A chain over the ends of leases and jobs: equal runs have equal digests.
  public internal(set) var digest = Digest()

  /// ``Lifecycle/allowed``, at hand.
  let allowed = Lifecycle.allowed

  public init(budget: BudgetState = BudgetState()) { self.budget = budget }

  /// Where the next new job will stand.
  @inlinable @inline(__always)
  public var nextIndex: JobIndex { freeJobs.last ?? JobIndex(jobs.count) }

  @inlinable public subscript(index: JobIndex) -> Job { jobs[Int(index.rawValue)] }

  /// What has been spent at `instant` in all, open leases included, in nanodollars. O(slots).
  public func accrued(at instant: Instant) -> Int64 {
    var sum = ledger.payable
    for index in slots where index != .none {
      let job = jobs[index.int]
      if job.lease.isOpen { sum += job.cost(at: instant) - job.costs.total }
    }
    return sum
  }

  /// Forgets a job that is over, so that its place can be used again. Only a simulation does this.
  public mutating func retire(_ index: JobIndex) {
    precondition(jobs[index.int].phase.isTerminal && !jobs[index.int].lease.isOpen)
    freeJobs.append(index)
  }

  /// Becomes a copy of `other`, but keeps its own memory where `other` has nothing in it: for one simulation after another.
  public mutating func reset(to other: Fleet) {
    var (jobs, slots, freeSlots, freeJobs) = (self.jobs, self.slots, self.freeSlots, self.freeJobs)
    self = other
    jobs.reset(to: other.jobs)
    self.jobs = jobs
    guard self.slots.isEmpty else { return }
    slots.removeAll(keepingCapacity: true)
    freeSlots.removeAll(keepingCapacity: true)
    freeJobs.removeAll(keepingCapacity: true)
    (self.slots, self.freeSlots, self.freeJobs) = (slots, freeSlots, freeJobs)
  }

  // MARK: Queue (a list threaded through the jobs: O(1) at both ends and for removal)

  @inline(__always)
  mutating func enqueue(_ index: JobIndex, atFront: Bool) {
    let i = index.int
    if atFront {
      jobs[i].previous = .none
      jobs[i].next = queueHead
      if queueHead != .none { jobs[queueHead.int].previous = index } else { queueTail = index }
      queueHead = index
    } else {
      jobs[i].next = .none
      jobs[i].previous = queueTail
      if queueTail != .none { jobs[queueTail.int].next = index } else { queueHead = index }
      queueTail = index
    }
    queued += 1
  }

  @inline(__always)
  mutating func dequeue(_ index: JobIndex) {
    let (previous, next) = (jobs[index.int].previous, jobs[index.int].next)
    if previous != .none { jobs[previous.int].next = next } else { queueHead = next }
    if next != .none { jobs[next.int].previous = previous } else { queueTail = previous }
    jobs[index.int].leaveQueue()
    queued -= 1
  }

  // MARK: Slots

  @inline(__always)
  mutating func takeSlot(_ index: JobIndex) {
    let slot: Int32
    if let free = freeSlots.popLast() {
      slot = free
      slots[Int(free)] = index
    } else {
      slot = Int32(slots.count)
      slots.append(index)
    }
    jobs[index.int].slot = slot
    slotsInUse += 1
  }

  @inline(__always)
  mutating func releaseSlot(_ index: JobIndex) {
    let slot = jobs[index.int].slot
    guard slot >= 0 else { return }
    slots[Int(slot)] = .none
    freeSlots.append(slot)
    jobs[index.int].slot = -1
    slotsInUse -= 1
  }

  @inline(__always)
  mutating func insert(_ spec: JobSpec, _ phase: Phase, at now: Instant) -> JobIndex {
    if let free = freeJobs.popLast() {
      jobs.place(Job(spec: spec, phase: phase, at: now), at: free.int)
      return free
    }
    jobs.append(Job(spec: spec, phase: phase, at: now))
    return JobIndex(jobs.count - 1)
  }
}
