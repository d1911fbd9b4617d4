import DiscreteEvent
import Simulator

/// How exactly the main mean of an answer is to be known, in place of a number of replications.
public struct Precision: Hashable, Sendable {
  /// Half of the mean's 95 % interval, as a share of the mean: 0.01 is 1 %.
  public var relative: Double
  /// At most so many replications.
  public var cap: Int

  /// The cap where none is stated.
  public static let defaultCap = 100_000

  public init(relative: Double, cap: Int = Precision.defaultCap) {
    self.relative = relative
    self.cap = cap
  }

  /// What came of it.
  public struct Reached: Hashable, Sendable {
    /// Which mean.
    public var metric: String
    public var asked: Double
    /// Half of the 95 % interval, as a share of the mean; infinite where nothing can be said.
    public var relative: Double
    public var replications: Int
    public var isMet: Bool { relative <= asked }
  }
}

/// A mean as it stands, and how sure it is.
struct RunningMean: Sendable {
  var mean: Double
  var halfWidth: Double

  init(_ tally: Tally) {
    mean = tally.mean
    halfWidth = tally.halfWidth95
  }

  init(_ values: some Sequence<Double>) {
    var tally = Tally()
    for x in values { tally.add(x) }
    self.init(tally)
  }

  /// The mean of what comes of the possible worlds in turn, one replication after the other; not a number: nothing came of it, and it does
  /// not count.
  ///
  /// After whole sweeps every world has been lived in as often as any other: what differs between them is averaged out by design, and only
  /// the spread within each world makes the mean unsure. It is what a control variate would leave that knew the expectation in each
  /// world, and needs no formula for it. The values' share that counts is itself estimated: linearised as a ratio (Cochran: "Sampling
  /// Techniques", 1977, 5.3 and 6.11).
  init(_ values: [Double], worlds: Int) {
    let counted = values.filter { !$0.isNaN }
    self.init(counted)
    let sweeps = values.count / max(1, worlds)
    guard worlds > 1, sweeps > 1, values.count == sweeps * worlds, counted.count > 1 else { return }
    let share = Double(counted.count) / Double(values.count)
    var within = 0.0
    for world in 0..<worlds {
      var tally = Tally()
      for i in stride(from: world, to: values.count, by: worlds) {
        tally.add(values[i].isNaN ? 0 : (values[i] - mean) / share)
      }
      within += tally.variance
    }
    let freedom = Double(worlds * (sweeps - 1))
    halfWidth =
      StudentT.quantile(0.975, degreesOfFreedom: freedom)
      * (within / Double(worlds) / Double(worlds) / Double(sweeps)).squareRoot()
  }

  var relative: Double { halfWidth == 0 ? 0 : mean == 0 ? .infinity : halfWidth / abs(mean) }
}

extension Experiment {
  /// Runs in rounds until the half width of `mean` is within the precision, or the cap is met.
  ///
  /// Rounds are whole sweeps over the possible worlds, and where they end is decided by results alone, which do not depend
  /// on threads. Replications and digest are those of one run of as many replications.
  func run<Result: Sendable>(
    threads: Int, precision: Precision?, metric: String, into initial: Result,
    fold: @escaping @Sendable (inout Result, ReplicationResult) -> Void,
    merge: @escaping @Sendable (inout Result, Result) -> Void, mean: (Result) -> RunningMean
  ) async throws -> (Result, Precision.Reached?) {
    guard let precision else { return (try await run(threads: threads, into: initial, fold: fold, merge: merge), nil) }
    let sweep = max(1, worlds.count)
    var whole = initial
    var done = 0
    var next = max(PrecisionRounds.least, 2 * sweep)
    while true {
      var round = self
      round.firstReplication = done
      round.replications = min(next, precision.cap) - done
      merge(&whole, try await round.run(threads: threads, into: initial, fold: fold, merge: merge))
      done = min(next, precision.cap)
      let relative = mean(whole).relative
      guard relative > precision.relative, done < precision.cap else {
        return (
          whole,
          Precision.Reached(metric: metric, asked: precision.relative, relative: relative, replications: done)
        )
      }
      next = PrecisionRounds.next(after: done, relative: relative, asked: precision.relative, sweep: sweep)
    }
  }
}

/// How many replications a sequential run makes before it looks again.
enum PrecisionRounds {
  /// Fewer than this say too little of the variance to stop by it.
  static let least = 64

  /// As many as the variance seen so far asks for and a little more, at most four times as many; a multiple of the sweep.
  static func next(after done: Int, relative: Double, asked: Double, sweep: Int) -> Int {
    let ratio = relative / asked
    let wanted = min(Double(done) * min(4, ratio * ratio * 1.05), 1e15)
    return (max(Int(wanted), done + 1) + sweep - 1) / sweep * sweep
  }
}
