import DiscreteEvent
import Engine

/// What one replication yields.
public struct ReplicationResult: Sendable {
  /// One tally for each ``JobMetric``, over the jobs that were admitted and have ended. O(batches).
  public var tallies: [Tally] {
    JobMetric.allCases.map { metric in
      var sum = Tally()
      for batch in batches { sum.merge(batch[metric.rawValue]) }
      sum.merge(batch[metric.rawValue])
      return sum
    }
  }
  public var quantiles: ContiguousArray<Quantiles> = []
  /// Tallies of consecutive batches of jobs: what a single long replication's half width comes from.
  private var batches: ContiguousArray<TallyVector> = []
  /// What is not yet in the quantiles.
  private var recent: ContiguousArray<SIMD8<Double>> = []
  /// The batch that is being filled.
  private var batch = TallyVector()
  private var batchSize = 0
  public var completed = 0
  public var cancelled = 0
  public var refused = 0
  public var waited = 0
  public var admitted = 0
  /// By ``Failure``.
  public var failed = ContiguousArray(repeating: 0, count: Failure.allCases.count)
  /// Nanodollars spent in all at each of the experiment's marks, and at the end.
  public var marks: ContiguousArray<Int64> = []
  public var accrued: Int64 = 0
  public var jobs: ContiguousArray<JobOutcome> = []
  public var trace: [(Instant, Event, UInt32)] = []
  public var events = 0
  public var number: UInt32
  public var start: Instant
  public var end: Instant
  public var digest = Digest()
  public var isBalanced = true
  private var since: Instant
  /// Jobs that wait and jobs that hold a slot, times the microseconds for which they do.
  private var area = SIMD2(0.0, 0.0)
  private var clock: Instant
  private var isFrozen = false

  init(number: UInt32, start: Instant, batchSize: Int) {
    self.batchSize = batchSize
    self.number = number
    self.start = start
    end = start
    since = start
    clock = start
  }

  /// Jobs that hold a slot, averaged over time.
  public var meanBusy: Double { average(area.y) }
  /// Jobs that wait, averaged over time.
  public var meanQueue: Double { average(area.x) }
  private func average(_ area: Double) -> Double { clock > since ? area / Double((clock - since).microseconds) : 0 }
  /// Jobs that have ended, refused ones included.
  public var ended: Int { completed + cancelled + refused + failed.reduce(0, +) }

  @inline(__always)
  mutating func advance(to instant: Instant, queued: Int, busy: Int) {
    guard !isFrozen else { return }
    // Multiplied in whole microseconds: a division on every event would be the dearest thing here.
    area += SIMD2(Double(queued), Double(busy)) * Double((instant - clock).microseconds)
    clock = instant
  }

  /// The last job has come: what follows is the emptying of the system, which time averages leave out.
  mutating func freeze() { isFrozen = true }

  /// The warm-up is over: time averages begin here.
  mutating func restart(at instant: Instant) {
    since = instant
    clock = instant
    area = .zero
  }

  /// Half of the 95 % interval of each metric's mean by 32 batch means; empty for a short replication.
  public var batchHalfWidths: [Double] {
    guard batches.count >= 10 else { return [] }
    return JobMetric.allCases.map { metric in
      var means = Tally()
      for batch in batches { means.add(batch[metric.rawValue].mean) }
      return means.halfWidth95
    }
  }

  /// Adds what was recorded lately to the quantiles; due at the end.
  mutating func sort() {
    if quantiles.isEmpty { quantiles = ContiguousArray(repeating: Quantiles(), count: JobMetric.allCases.count) }
    for i in quantiles.indices { quantiles[i].add(recent, lane: i) }
    recent.removeAll(keepingCapacity: true)
  }

  /// Counts a job that is over.
  ///
  /// By its parts: a whole job would be copied.
  @inline(__always)
  mutating func record(
    _ phase: Phase, _ failure: Failure, submitted: Instant, admitted: Instant, ended: Instant, billed: Span,
    cost: Int64, interruptions: Int32
  ) {
    switch phase {
    case .completed: completed += 1
    case .cancelled: cancelled += 1
    case .failed: failed[Int(failure.rawValue)] += 1
    default: refused += 1
    }
    guard admitted < .distantFuture else { return }
    self.admitted += 1
    if admitted > submitted { waited += 1 }
    let x = JobMetric.vector(
      wait: admitted - submitted, duration: ended - admitted, turnaround: ended - submitted, billed: billed,
      cost: cost, interruptions: interruptions)
    batch.add(x)
    if batch.count == batchSize {
      batches.append(batch)
      batch = TallyVector()
    }
    recent.append(x)
    if recent.count == 256 { sort() }
  }
}
