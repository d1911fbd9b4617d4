import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// How good the forecasts would have been: a walk forward through a history.
///
/// Before each completed job the model is calibrated on what was known when the job was submitted, and the job is estimated;
/// afterwards the estimate is held against what happened.
public struct Backtest: Sendable {
  /// What is scored.
  public enum Quantity: String, CaseIterable, Sendable { case cost, duration }

  /// One estimate and its outcome. Dollars, or seconds.
  public struct Score: Sendable {
    /// Index into the history's jobs.
    public var job: Int
    public var past: Int
    public var preset: Preset
    public var outcome: Double
    public var median: Double
    public var low80: Double
    public var high80: Double
    public var low50: Double
    public var high50: Double
    public var low95: Double
    public var high95: Double
    public var crps: Double
    /// CRPS of: past mean ± 15 %, empirical by preset and pricing, log-linear regression.
    public var baselines: [Double]
    /// Probability integral transform: the share of the sample at or below the outcome.
    public var pit: Double

    public var isCovered: Bool { outcome >= low80 && outcome <= high80 }

    /// Whether the outcome lies within the central interval of this level.
    public func isCovered(_ level: Level) -> Bool {
      switch level {
      case .half: outcome >= low50 && outcome <= high50
      case .eighty: isCovered
      case .ninetyFive: outcome >= low95 && outcome <= high95
      }
    }
  }

  /// How much of the probability a central interval holds.
  public enum Level: Double, CaseIterable, Sendable {
    case half = 0.5
    case eighty = 0.8
    case ninetyFive = 0.95
  }

  public static let baselineNames = ["past mean ± 15 %", "empirical by preset", "log-linear regression"]

  public var scores: [Quantity: [Score]]
  /// What would have been projected of the same jobs on their way, in their order.
  public var projections: [Projection] = []

  /// Bands of history length in which baselines are compared.
  public static let bands: [ClosedRange<Int>] = [20...49, 50...99, 100...199, 200...Int.max]

  /// What is calibrated on a history cut at an instant: possible worlds.
  public typealias Calibrate = @Sendable (History) throws -> [WorldParameters]

  /// Walks through the completed jobs of `history` in the order of submission, from `from` past jobs on.
  ///
  /// - Parameters:
  ///   - refitEvery: calibrate anew after so many jobs; 1: before every job.
  ///   - limit: score so many jobs at most.
  ///   - last: score only so many jobs at the end of the history.
  ///   - shares: project each job anew when so large a share of its steps was done, see ``Projection``.
  ///   - progress: called with (done, of).
  public static func run(
    _ history: History, from: Int = 20, refitEvery: Int = 1, limit: Int = .max, last: Int = .max,
    projectedAt shares: [Double] = [], replications: Int = 400,
    seed: UInt64 = 1, threads: Int = 1, policies: Policies, calibrate: @escaping Calibrate,
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) async throws -> Backtest {
    let order = history.jobs.indices.filter {
      history.jobs[$0].outcome == .completed && history.jobs[$0].admitted != nil && !history.jobs[$0].isExamination
    }
    .sorted { history.jobs[$0].submitted < history.jobs[$1].submitted }
    var targets: [Int] = []
    for j in order {
      let at = history.jobs[j].submitted
      let past = history.jobs.count { ($0.ended ?? .distantFuture) <= at }
      if past >= from { targets.append(j) }
    }
    targets = Array(targets.suffix(last).prefix(limit))
    // Blocks of jobs share one calibration; blocks are spread over the threads, and results do not depend on it.
    let blocks = stride(from: 0, to: targets.count, by: refitEvery).map {
      Array(targets[$0..<min($0 + refitEvery, targets.count)])
    }
    let workers = max(1, min(threads, blocks.count))
    let done = Counter()
    let total = targets.count
    typealias Scored = (cost: Score, duration: Score, projections: [Projection])
    let results = try await withThrowingTaskGroup(of: [(Int, [Scored])].self) { group in
      for worker in 0..<workers {
        group.addTask {
          var out: [(Int, [Scored])] = []
          for b in stride(from: worker, to: blocks.count, by: workers) {
            try Task.checkCancellation()
            guard let first = blocks[b].first else { continue }
            let known = history.known(at: history.jobs[first].submitted)
            let source = ModelSource(worlds: try calibrate(known), jobs: known.jobs.count, name: "")
            let baselines = Baselines(known)
            var scores: [Scored] = []
            for j in blocks[b] {
              let (cost, duration) = try await score(
                j, history.jobs[j], past: known.jobs.count { $0.ended != nil }, source: source, baselines: baselines,
                policies: policies, replications: replications, seed: seed &+ UInt64(j))
              var projections: [Projection] = []
              for share in shares {
                let projection = try await Projection.run(
                  history, job: j, at: share, source: fewer(source), policies: policies,
                  replications: min(replications, mostProjected), seed: seed &+ UInt64(j))
                projections += [projection].compactMap { $0 }
              }
              scores.append((cost, duration, projections))
              await done.increment()
              progress?(await done.value, total)
            }
            out.append((b, scores))
          }
          return out
        }
      }
      var all: [(Int, [Scored])] = []
      for try await part in group { all += part }
      return all.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
    return Backtest(
      scores: [.cost: results.map(\.cost), .duration: results.map(\.duration)],
      projections: results.flatMap(\.projections))
  }

  /// Futures of a projection, and possible truths behind them: a job on its way leaves less open than one that is to begin, and there are several
  /// moments of each.
  private static let mostProjected = 200
  private static func fewer(_ source: ModelSource) -> ModelSource {
    var source = source
    let stride = max(1, source.worlds.count / 64)
    source.worlds = source.worlds.indices.filter { $0 % stride == 0 }.map { source.worlds[$0] }
    return source
  }

  private actor Counter {
    var value = 0
    func increment() { value += 1 }
  }

  private static func score(
    _ index: Int, _ job: History.Job, past: Int, source: ModelSource, baselines: Baselines, policies: Policies,
    replications: Int,
    seed: UInt64
  ) async throws -> (Score, Score) {
    let start = job.admitted ?? job.submitted
    let estimate = try await Estimate.run(
      job.configuration, source: source, policies: policies, start: start, replications: replications, seed: seed)
    let cost = Double(job.cost ?? 0) / 1e9
    let duration = ((job.ended ?? start) - start).seconds
    return (
      Score(index, past, job, cost, estimate.cost, baselines.crps(.cost, job, outcome: cost)),
      Score(index, past, job, duration, estimate.duration, baselines.crps(.duration, job, outcome: duration))
    )
  }

  // MARK: Summaries

  /// The share of outcomes within the 80 % interval, from `past` past jobs on.
  public func coverage(_ quantity: Quantity, from past: Int) -> (share: Double, n: Int) {
    let some = (scores[quantity] ?? []).filter { $0.past >= past }
    guard !some.isEmpty else { return (0, 0) }
    return (Double(some.count(where: \.isCovered)) / Double(some.count), some.count)
  }

  /// How many outcomes lie within the central intervals of this level, and of how many.
  public func covered(_ quantity: Quantity, _ level: Level) -> (count: Int, n: Int) {
    let some = scores[quantity] ?? []
    return (some.count { $0.isCovered(level) }, some.count)
  }

  /// Mean CRPS in a band of history length: ours, and each baseline's.
  public func crps(_ quantity: Quantity, in band: ClosedRange<Int>) -> (ours: Double, baselines: [Double], n: Int) {
    let some = (scores[quantity] ?? []).filter { band.contains($0.past) }
    guard !some.isEmpty else { return (0, [], 0) }
    let n = Double(some.count)
    let baselines = Backtest.baselineNames.indices.map { b in some.reduce(0) { $0 + $1.baselines[b] } / n }
    return (some.reduce(0) { $0 + $1.crps } / n, baselines, some.count)
  }

  /// Our CRPS over that of the best baseline in a band, and how far luck of the jobs in it moves the ratio.
  ///
  /// The standard error is that of a ratio of sums (Cochran: Sampling Techniques, 3rd ed., §2.11); jobs of one period are
  /// not quite independent, so it is rather larger than that. nil with fewer than two jobs.
  public func ratioToBest(
    _ quantity: Quantity, in band: ClosedRange<Int>
  ) -> (ratio: Double, standardError: Double, n: Int)? {
    let some = (scores[quantity] ?? []).filter { band.contains($0.past) }
    let sums = Backtest.baselineNames.indices.map { b in some.reduce(0) { $0 + $1.baselines[b] } }
    guard some.count > 1, let best = sums.indices.min(by: { sums[$0] < sums[$1] }), sums[best] > 0 else { return nil }
    let ratio = some.reduce(0) { $0 + $1.crps } / sums[best]
    let squares = some.reduce(0) {
      let e = $1.crps - ratio * $1.baselines[best]
      return $0 + e * e
    }
    let n = Double(some.count)
    return (ratio, (squares * n / (n - 1)).squareRoot() / sums[best], some.count)
  }

  /// Mean of log(median ÷ outcome): 0 is unbiased, 0.1 is about 10 % too high.
  public func bias(_ quantity: Quantity) -> Double {
    let some = (scores[quantity] ?? []).filter { $0.outcome > 0 && $0.median > 0 }
    guard !some.isEmpty else { return 0 }
    return some.reduce(0) { $0 + log($1.median / $1.outcome) } / Double(some.count)
  }

  /// Median of |median ÷ outcome − 1|.
  public func medianError(_ quantity: Quantity) -> Double {
    let errors = (scores[quantity] ?? []).filter { $0.outcome > 0 }.map { abs($0.median / $0.outcome - 1) }.sorted()
    return errors.isEmpty ? 0 : errors[errors.count / 2]
  }

  /// Counts of the PIT in ten bins: flat when the forecast is calibrated.
  public func pitHistogram(_ quantity: Quantity) -> [Int] {
    var bins = Array(repeating: 0, count: 10)
    for score in scores[quantity] ?? [] { bins[min(9, Int(score.pit * 10))] += 1 }
    return bins
  }
}

extension Backtest.Score {
  init(
    _ index: Int, _ past: Int, _ job: History.Job, _ outcome: Double, _ sample: SampleSummary, _ baselines: [Double]
  ) {
    self.job = index
    self.past = past
    preset = job.configuration.preset
    self.outcome = outcome
    median = sample.quantile(0.5)
    low80 = sample.quantile(0.1)
    high80 = sample.quantile(0.9)
    (low50, high50) = (sample.quantile(0.25), sample.quantile(0.75))
    (low95, high95) = (sample.quantile(0.025), sample.quantile(0.975))
    crps = sample.count > 0 ? CRPS.ensemble(sorted: sample.sorted, outcome: outcome) : outcome
    self.baselines = baselines
    let above = sample.probability(above: outcome)
    pit = min(1, max(0, 1 - above))
  }
}
