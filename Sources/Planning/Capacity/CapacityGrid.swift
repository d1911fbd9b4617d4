import Calibration
import DiscreteEvent
import Engine
import Simulator

/// How long jobs wait for a slot, by how many come and how many may run at once.
///
/// Each cell is some days that begin with nothing running, with the same luck in every cell: what one slot more takes away is the slot's doing.
/// Under more work than the slots can do a wait has no steady state; it is then that of those days, and ``Cell/isOverloaded`` says so.
public struct CapacityGrid: Sendable {
  /// One pair of load and slots.
  public struct Cell: Sendable {
    public var slots: Int32
    /// Index into ``loads``.
    public var load: Int
    /// Seconds a job waits for its slot: the mean, half of its 95 % interval, and what nine in ten wait at most.
    public var wait: Double
    public var halfWidth: Double
    public var wait90: Double
    /// The share of the slots that is taken, averaged over those days.
    public var utilization: Double
    /// More work comes than the slots can do.
    public var isOverloaded: Bool
    public var jobs: Int
  }

  /// What the jobs are and how often they come.
  public struct Load: Sendable {
    /// Times today's.
    public var factor: Double
    /// Jobs a day.
    public var perDay: Double
  }

  public var cells: [Cell]
  public var loads: [Load]
  public var slots: [Int32]
  /// Mean hours that a job holds its slot.
  public var hoursAJob: Double
  public var replications: Int

  /// How long jobs come for, in each cell.
  public var length: Span

  /// Seconds of time and more in a cell are drawn from `source`, whose worlds name the jobs and how often they come.
  ///
  /// - Parameters:
  ///   - policies: today's; their slots are varied, and nothing is refused.
  ///   - length: how long jobs come for; all are run to their end.
  ///   - factors: times the arrivals of each possible truth, ascending.
  public static func run(
    source: ModelSource, policies: Policies, start: Instant, length: Span = .days(28), factors: [Double],
    slots: [Int32],
    replications: Int,
    seed: UInt64 = 1, threads: Int = 1
  ) async throws -> CapacityGrid {
    var policies = policies
    (policies.budgetLimit, policies.maxQueued) = (nil, .max)
    var cells: [Cell] = []
    let perDay = source.worlds.map { $0.arrivals.perDay }.reduce(0, +) / Double(max(1, source.worlds.count))
    var held = Tally()
    for (l, factor) in factors.enumerated() {
      var worlds = source.worlds
      for w in worlds.indices { worlds[w].arrivals = worlds[w].arrivals.times(factor) }
      for s in slots {
        policies.maxConcurrent = s
        var experiment = Experiment(
          worlds: worlds, policies: policies, start: start, horizon: .drained, seed: seed, replications: replications)
        experiment.lastArrival = start + length
        experiment.keepsJobs = true
        experiment.keepsStatistics = false
        let fold = try await experiment.run(threads: threads, into: Fold()) { fold, result in
          fold.take(result, start: start, length: length, slots: s)
        } merge: {
          $0.merge($1)
        }
        let sample = SampleSummary(fold.waits)
        // Of all jobs alike: a month with many jobs counts for more than one with few.
        let hours = fold.held.mean / 3_600
        held.merge(fold.held)
        cells.append(
          Cell(
            slots: s, load: l, wait: sample.mean, halfWidth: fold.halfWidth, wait90: sample.quantile(0.9),
            utilization: min(1, fold.busy.mean), isOverloaded: perDay * factor * hours / 24 >= Double(s),
            jobs: sample.count))
      }
    }
    return CapacityGrid(
      cells: cells, loads: factors.map { Load(factor: $0, perDay: perDay * $0) }, slots: slots,
      hoursAJob: held.mean / 3_600, replications: replications, length: length)
  }

  private struct Fold: Sendable {
    var waits: [Double] = []
    /// By replication: jobs and their waits, for the interval of a ratio.
    var months: [(jobs: Double, wait: Double)] = []
    var held = Tally()
    var busy = Tally()

    mutating func take(_ result: ReplicationResult, start: Instant, length: Span, slots: Int32) {
      var (sum, count, taken) = (0.0, 0.0, 0.0)
      for job in result.jobs where job.admitted < .distantFuture {
        let wait = (job.admitted - job.submitted).seconds
        waits.append(wait)
        held.add((job.ended - job.admitted).seconds)
        taken += max(0, (min(job.ended, start + length) - job.admitted).seconds)
        (sum, count) = (sum + wait, count + 1)
      }
      months.append((count, sum))
      busy.add(taken / length.seconds / Double(slots))
    }

    mutating func merge(_ other: Fold) {
      waits += other.waits
      months += other.months
      held.merge(other.held)
      busy.merge(other.busy)
    }

    /// Of the mean wait of a job, a ratio of sums (Cochran: Sampling Techniques, 3rd ed., §2.11).
    var halfWidth: Double {
      let n = Double(months.count)
      let jobs = months.reduce(0) { $0 + $1.jobs }
      guard n > 1, jobs > 0 else { return 0 }
      let ratio = months.reduce(0) { $0 + $1.wait } / jobs
      let squares = months.reduce(0) { $0 + ($1.wait - ratio * $1.jobs) * ($1.wait - ratio * $1.jobs) }
      return 1.96 * (squares * n / (n - 1)).squareRoot() / jobs
    }
  }
}

extension Arrivals {
  /// Jobs a day; 0 where they come at stated times, or not at all.
  public var perDay: Double {
    switch self {
    case .poisson(let rate), .hourly(let rate, _): rate
    case .every(let seconds): seconds > 0 ? 86_400 / seconds : 0
    case .none, .times: 0
    }
  }

  /// So many times as often.
  func times(_ factor: Double) -> Arrivals {
    switch self {
    case .poisson(let rate): .poisson(perDay: rate * factor)
    case .hourly(let rate, let weights): .hourly(perDay: rate * factor, weights: weights)
    case .every(let seconds): .every(seconds: seconds / factor)
    case .none, .times: self
    }
  }
}
