import Calibration
import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Planning

/// The walk forward through the demonstration history's jobs in other orders.
///
/// One order has two and four dozen jobs in its first bands, and one of them moves a ratio by 0.05. Over many orders the luck of a
/// band averages out; what is left is what the method gains, and how often the one order that happened would show it.
@Suite struct ReorderedBacktestTests {
  @Test(.enabled(if: Demonstration.measures)) func everyBandIsBelowOnAverage() async throws {
    let history = try Demonstration.history()
    let hindsight = try Demonstration.worlds(history)
    let orders = 40
    let walks = try await withThrowingTaskGroup(of: [(order: Int, bands: [Band])].self) { group in
      for worker in 0..<2 {
        group.addTask {
          var out: [(order: Int, bands: [Band])] = []
          for order in stride(from: worker, to: orders, by: 2) {
            out.append((order, try await Self.walk(history, order: order, hindsight: hindsight)))
          }
          return out
        }
      }
      var all: [(order: Int, bands: [Band])] = []
      for try await part in group { all += part }
      return all.sorted { $0.order < $1.order }.map(\.bands)
    }
    for b in walks[0].indices {
      let some = walks.map { $0[b] }
      let ratio = Spread(some.map { $0.ratio(.ours) })
      let best = Spread(some.map { $0.ratio(.hindsight) })
      let regret = some.reduce(0) { $0 + $1.sums[0] } / some.reduce(0) { $0 + $1.sums[1] } - 1
      let held = Double(some.reduce(0) { $0 + $1.held }) / Double(some.reduce(0) { $0 + $1.jobs })
      print(
        "backtest in \(orders) orders, \(some[0].quantity) from \(some[0].from): CRPS ÷ best baseline \(ratio), hindsight \(best), "
          + "regret \(regret), 80 % interval held \(held), \(some[0].jobs) jobs in the first")
      #expect(ratio.mean < 0.90)
      #expect(best.mean < ratio.mean)
      // Learning has its price, and hardly more than the dimension of what is learnt asks for.
      #expect(regret < (some[0].from < 100 ? 0.08 : 0.04))
      #expect(held >= 0.765 && held <= 0.85)
    }
    func all(_ who: Band.Forecaster) -> Int { walks.count { $0.allSatisfy { $0.ratio(who) < 0.90 } } }
    print("backtest in \(orders) orders: every band below 0.90 in \(all(.ours)), with hindsight in \(all(.hindsight))")
  }

  /// Mean and standard deviation over the orders, and the share below 0.90.
  private struct Spread: CustomStringConvertible {
    var mean: Double
    var sd: Double
    var below: Double

    init(_ x: [Double]) {
      let mean = x.reduce(0, +) / Double(x.count)
      self.mean = mean
      sd = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count - 1)).squareRoot()
      below = Double(x.count { $0 < 0.90 }) / Double(x.count)
    }

    var description: String { String(format: "%.3f (sd %.3f, below 0.90: %.0f %%)", mean, sd, 100 * below) }
  }

  /// The sums of one quantity's scores in one band of one order.
  private struct Band: Sendable {
    enum Forecaster: Int { case ours, hindsight }
    var quantity: Backtest.Quantity
    var from: Int
    var jobs = 0
    var held = 0
    /// CRPS by forecaster.
    var sums = [0.0, 0.0]
    var baselines = Backtest.baselineNames.map { _ in 0.0 }
    func ratio(_ who: Forecaster) -> Double { sums[who.rawValue] / (baselines.min() ?? 1) }
  }

  private static func walk(_ history: History, order: Int, hindsight: [WorldParameters]) async throws -> [Band] {
    var pool = history.jobs.indices.filter { history.jobs[$0].ended != nil }
    var stream = RandomStream(seed: 2027, replication: UInt64(order), entity: 0, purpose: 1)
    for i in pool.indices { pool.swapAt(i, i + Int(stream.uniform() * Double(pool.count - i))) }
    var bands = Backtest.Quantity.allCases.flatMap { quantity in
      Backtest.bands.map { Band(quantity: quantity, from: $0.lowerBound) }
    }
    var at = 20
    while at < pool.count {
      let band = Backtest.bands.lastIndex { $0.lowerBound <= at } ?? 0
      // A fit serves a few jobs, a quarter of the past at most.
      let next = min(pool.count, at + [5, 5, 10, 20][band])
      let past = history.only(jobs: pool.prefix(at).sorted())
      let sources = [try Demonstration.worlds(past), hindsight].map { ModelSource(worlds: $0, jobs: at, name: "") }
      let baselines = Baselines(past)
      for j in pool[at..<next] where history.jobs[j].outcome == .completed {
        let job = history.jobs[j]
        let start = job.admitted ?? job.submitted
        for (k, source) in sources.enumerated() {
          let estimate = try await Estimate.run(
            job.configuration, source: source, policies: Demonstration.policies, start: start, replications: 800,
            seed: UInt64(j), threads: 1)
          for (q, quantity) in Backtest.Quantity.allCases.enumerated() {
            let outcome = quantity == .cost ? Double(job.cost ?? 0) / 1e9 : ((job.ended ?? start) - start).seconds
            let score = Backtest.Score(
              j, at, job, outcome, quantity == .cost ? estimate.cost : estimate.duration,
              baselines.crps(quantity, job, outcome: outcome))
            let b = q * Backtest.bands.count + band
            bands[b].sums[k] += score.crps
            guard k == 0 else { continue }
            bands[b].jobs += 1
            bands[b].held += score.isCovered ? 1 : 0
            bands[b].baselines = zip(bands[b].baselines, score.baselines).map(+)
          }
        }
      }
      at = next
    }
    return bands
  }
}
