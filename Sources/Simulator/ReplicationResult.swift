import DiscreteEvent
import Engine

/// What one replication yields.
public struct ReplicationResult: Sendable {
  /// One tally for each ``JobMetric``, over the jobs that were admitted and have ended.
  public var tallies = ContiguousArray(repeating: Tally(), count: JobMetric.allCases.count)
  public var quantiles = ContiguousArray(repeating: Quantiles(), count: JobMetric.allCases.count)
  /// Tallies of consecutive batches of jobs, by metric: what a single long replication's half width comes from.
  private var batches: ContiguousArray<Tally> = []
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
  private var queueArea = 0.0
  private var busyArea = 0.0
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
  public var meanBusy: Double { (clock - since).seconds > 0 ? busyArea / (clock - since).seconds : 0 }
  /// Jobs that wait, averaged over time.
  public var meanQueue: Double { (clock - since).seconds > 0 ? queueArea / (clock - since).seconds : 0 }
  /// Jobs that have ended, refused ones included.
  public var ended: Int { completed + cancelled + refused + failed.reduce(0, +) }

  @inline(__always)
  mutating func advance(to instant: Instant, queued: Int, busy: Int) {
    guard !isFrozen else { return }
    let width = (instant - clock).seconds
    queueArea += Double(queued) * width
    busyArea += Double(busy) * width
    clock = instant
  }

  /// The last job has come: what follows is the emptying of the system, which time averages leave out.
  mutating func freeze() { isFrozen = true }

  /// The warm-up is over: time averages begin here.
  mutating func restart(at instant: Instant) {
    since = instant
    clock = instant
    queueArea = 0
    busyArea = 0
  }

  /// Half of the 95 % interval of each metric's mean by 32 batch means; empty for a short replication.
  public var batchHalfWidths: [Double] {
    let metrics = JobMetric.allCases.count
    guard batches.count >= 10 * metrics else { return [] }
    return JobMetric.allCases.map { metric in
      var means = Tally()
      for b in stride(from: metric.rawValue, to: batches.count, by: metrics) where batches[b].count == batchSize {
        means.add(batches[b].mean)
      }
      return means.halfWidth95
    }
  }

  mutating func record(_ job: JobOutcome) {
    switch job.phase {
    case .completed: completed += 1
    case .cancelled: cancelled += 1
    case .failed: failed[Int(job.failure.rawValue)] += 1
    default: refused += 1
    }
    guard job.admitted < .distantFuture else { return }
    admitted += 1
    if job.wait > .zero { waited += 1 }
    let batch = batchSize > 0 ? (admitted - 1) / batchSize * JobMetric.allCases.count : -1
    if batch >= batches.count {
      for _ in JobMetric.allCases { batches.append(Tally()) }
    }
    for metric in JobMetric.allCases {
      let x = metric.value(job)
      tallies[metric.rawValue].add(x)
      quantiles[metric.rawValue].add(x)
      if batch >= 0 { batches[batch + metric.rawValue].add(x) }
    }
  }
}
