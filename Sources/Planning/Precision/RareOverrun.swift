import Calibration
import DiscreteEvent
import Engine
import Simulator

#if canImport(Glibc)
  import Glibc
#endif

/// The odds of passing a budget that hardly any future passes, by importance sampling.
///
/// With c the mean cost of a job of its kind, and C the sum of c over the jobs that arrive, futures are drawn with a probability
/// e^{θC} times as high as they have, and counted with the weight e^{−θC} · E[e^{θC}] (Asmussen, Glynn: "Stochastic
/// Simulation", 2007, VI.2: exponential change of measure for a compound Poisson sum). Under the new measure each truth w still has
/// Poisson arrivals, at the rate λw Σ pk e^{θck}, of kinds with weights pk e^{θck}; truths come with a probability proportional to
/// their own E[e^{θC}]. θ moves the mean of C towards the budget by the share of the way that C explains of the variance of a month: the
/// rest of an overrun is the luck of single jobs, which stays as it is. The estimate is unbiased whatever c and θ are, and sharp
/// where C says most of what a month costs.
public struct RareOverrun: Sendable, Hashable {
  public var probability: Double
  /// Half of its 95 % interval.
  public var halfWidth: Double
  /// The pilot included, from which c and θ come.
  public var replications: Int
  /// θ, a US dollar.
  public var tilt: Double

  /// How many futures are simulated unless told otherwise.
  public static let defaultReplications = 5_000
  static let pilot = 256

  /// The odds that the first month ends above `budget`; nil where that is not rare, or no jobs arrive by chance.
  public static func run(
    _ request: Forecast.Request, budget: Double, history: History, source: ModelSource, calendar: CalendarMonths,
    replications: Int = defaultReplications
  ) async throws -> RareOverrun? {
    var request = request
    request.count = 1
    request.measured = 0
    let workshop = ForecastWorkshop(request, history: history, source: source, calendar: calendar)
    guard workshop.boundaries[1] > workshop.start, replications > 2 * pilot else { return nil }
    let first = try await Futures.run(workshop, worlds: source.worlds, replications: pilot, from: 0)
    let costs = first.costs(of: workshop)
    let means = source.worlds.map {
      $0.arrivals.expected(from: workshop.start, to: workshop.boundaries[1])
    }
    let mean = first.totals.reduce(0, +) / Double(pilot)
    guard budget > mean, !means.contains(nil), costs.contains(where: { $0 > 0 }) else { return nil }
    let sums = first.kinds.map { $0.reduce(0) { $0 + costs[Int($1)] } }
    let share = explained(first.totals, by: sums)
    let measure = TiltedMeasure(
      worlds: source.worlds, arrivals: means.compactMap(\.self), costs: costs, shift: (budget - mean) * share)
    guard measure.tilt > 0 else { return nil }
    let n = replications - pilot
    var stream = RandomStream(seed: request.seed, replication: 0, entity: .max, purpose: 0x5241)
    let worlds = measure.draw(n, offset: stream.uniform())
    let futures = try await Futures.run(workshop, worlds: worlds, replications: n, from: n)
    var hits = Tally()
    for (total, kinds) in zip(futures.totals, futures.kinds) {
      let sum = kinds.reduce(0) { $0 + costs[Int($1)] }
      hits.add(total > budget ? exp(measure.logNormalizer - measure.tilt * sum) : 0)
    }
    return RareOverrun(
      probability: hits.mean, halfWidth: hits.halfWidth95, replications: replications, tilt: measure.tilt)
  }

  /// The square of the correlation.
  private static func explained(_ y: [Double], by x: [Double]) -> Double {
    var (a, b, both) = (Tally(), Tally(), Tally())
    for (y, x) in zip(y, x) {
      a.add(y)
      b.add(x)
      both.add(x + y)
    }
    guard a.variance > 0, b.variance > 0 else { return 0 }
    let covariance = (both.variance - a.variance - b.variance) / 2
    return min(1, covariance * covariance / (a.variance * b.variance))
  }
}

/// Futures of one month: what it ends at, and which kinds of job have arrived by chance.
private struct Futures: Sendable {
  var totals: [Double] = []
  var kinds: [[Int32]] = []
  /// US dollars of jobs that arrived, and their number, by kind.
  var spent: [Double]
  var count: [Int]

  static func run(
    _ workshop: ForecastWorkshop, worlds: [WorldParameters], replications: Int, from: Int
  ) async throws -> Futures {
    let experiment = workshop.experiment(worlds: worlds, replications: replications, from: from)
    let known = UInt32(workshop.replay.jobs.count)
    let (own, opening, before) = (workshop.firstAddition, workshop.opening, workshop.spent(in: 0))
    let mix = worlds.first?.mix.count ?? 0
    let empty = Futures(spent: Array(repeating: 0, count: own), count: Array(repeating: 0, count: own))
    return try await experiment.run(threads: workshop.request.threads, into: empty) { futures, result in
      var arrived: [Int32] = []
      for job in result.jobs where job.ordinal >= known && Int(job.kind) < mix {
        arrived.append(job.kind)
        futures.spent[Int(job.kind)] += Double(job.costs.total) / 1e9
        futures.count[Int(job.kind)] += 1
      }
      futures.kinds.append(arrived)
      futures.totals.append(before + (Double(result.accrued) - opening) / 1e9)
    } merge: { whole, part in
      whole.totals += part.totals
      whole.kinds += part.kinds
      for k in whole.spent.indices {
        whole.spent[k] += part.spent[k]
        whole.count[k] += part.count[k]
      }
    }
  }

  /// The mean cost of a job by kind: that of its preset and pricing, for most kinds are seen too seldom.
  func costs(of workshop: ForecastWorkshop) -> [Double] {
    struct Group: Hashable { var preset: Preset, pricing: Pricing }
    let groups = workshop.experiment.kinds.prefix(spent.count).map {
      Group(preset: $0.configuration.preset, pricing: $0.configuration.pricing)
    }
    var sums: [Group: (dollars: Double, jobs: Int)] = [:]
    for (k, group) in groups.enumerated() {
      let old = sums[group] ?? (0, 0)
      sums[group] = (old.dollars + spent[k], old.jobs + count[k])
    }
    return groups.map { group in sums[group].map { $0.jobs > 0 ? $0.dollars / Double($0.jobs) : 0 } ?? 0 }
  }
}

extension ForecastWorkshop {
  fileprivate func experiment(worlds: [WorldParameters], replications: Int, from: Int) -> Experiment {
    var experiment = experiment
    experiment.worlds = worlds
    experiment.replications = replications
    experiment.firstReplication = from
    return experiment
  }
}
