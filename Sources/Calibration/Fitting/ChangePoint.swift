import CGSL
import DiscreteEvent

/// Where a series changes its level once: a price, a step's duration, a rate of interruptions.
///
/// The likelihood ratio of "one change" against "none", maximised over where it may be (Csörgő, Horváth: Limit Theorems
/// in Change-Point Analysis, 1997). How often chance alone gives as much is counted over shuffled or simulated series,
/// so a search over many places is allowed for.
public struct ChangePoint: Sendable, Hashable {
  /// The first element after the change, counted from 0.
  public let index: Int
  /// Twice the log of the likelihood ratio at ``index``.
  public let statistic: Double
  /// The share of series without a change whose statistic is as great, (1 + count) ÷ (1 + replications).
  public let p: Double
  /// The level before and after: mean of a series, events per unit of exposure of a rate.
  public let before: Double
  public let after: Double

  /// A shift of the mean in a series of independent values with a common, unknown variance.
  ///
  /// Significance by permutation: nothing is assumed of the distribution but that order tells nothing.
  /// - Parameters:
  ///   - least: elements on either side of a change, at the least.
  /// - Returns: the likeliest change, however weak; nil for fewer than 2 × `least` values or a constant series.
  ///   O(n × replications).
  public static func detect(_ series: [Double], least: Int = 3, replications: Int = 199, seed: UInt64 = 1)
    -> ChangePoint?
  {
    guard series.count >= 2 * max(1, least), let found = meanShift(series, max(1, least)) else { return nil }
    var asGreat = 0
    for r in 0..<replications {
      var stream = RandomStream(seed: seed, replication: UInt64(r), entity: 1, purpose: purpose)
      var shuffled = series
      shuffled.shuffle(with: &stream)
      if let other = meanShift(shuffled, max(1, least)), other.statistic >= found.statistic { asGreat += 1 }
    }
    let (left, right) = (series[..<found.index], series[found.index...])
    return ChangePoint(
      index: found.index, statistic: found.statistic, p: Double(1 + asGreat) / Double(1 + replications),
      before: left.reduce(0, +) / Double(left.count), after: right.reduce(0, +) / Double(right.count))
  }

  /// A shift of the rate of a Poisson process that is counted in bins.
  ///
  /// Significance by simulation given the number of events: without a change each event falls into a bin with a
  /// probability proportional to the bin's exposure, whatever the rate. Exact up to the number of replications.
  /// - Parameters:
  ///   - events: a count a bin.
  ///   - exposure: time at risk a bin, not negative, in any one unit. Bins without exposure hold no events.
  /// - Returns: the likeliest change, however weak; nil without events or with fewer than two bins of exposure.
  ///   O((bins + events × log bins) × replications).
  public static func detect(events: [Int], exposure: [Double], replications: Int = 199, seed: UInt64 = 1)
    -> ChangePoint?
  {
    precondition(events.count == exposure.count && exposure.allSatisfy { $0 >= 0 } && events.allSatisfy { $0 >= 0 })
    var cumulative: [Double] = [0]
    for e in exposure { cumulative.append(cumulative[cumulative.count - 1] + e) }
    let total = cumulative[cumulative.count - 1]
    let count = events.reduce(0, +)
    guard count > 0, total > 0, let found = rateShift(events, cumulative) else { return nil }
    var asGreat = 0
    for r in 0..<replications {
      var stream = RandomStream(seed: seed, replication: UInt64(r), entity: 2, purpose: purpose)
      var thrown = [Int](repeating: 0, count: events.count)
      for _ in 0..<count { thrown[bin(of: stream.uniform() * total, cumulative)] += 1 }
      // Equal counts give equal statistics; rounding must not part them.
      if let other = rateShift(thrown, cumulative), other.statistic >= found.statistic - 1e-9 { asGreat += 1 }
    }
    let left = Double(events[..<found.index].reduce(0, +))
    let timeLeft = cumulative[found.index]
    return ChangePoint(
      index: found.index, statistic: found.statistic, p: Double(1 + asGreat) / Double(1 + replications),
      before: left / timeLeft, after: (Double(count) - left) / (total - timeLeft))
  }

  private static let purpose: UInt16 = 0xC4A6

  private static func meanShift(_ x: [Double], _ least: Int) -> (index: Int, statistic: Double)? {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let squares = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard squares > 0 else { return nil }
    var best = (index: least, between: -1.0)
    var sum = 0.0
    for k in 1..<x.count {
      sum += x[k - 1] - mean
      guard k >= least, x.count - k >= least else { continue }
      // Sum of squares that the change explains.
      let between = sum * sum * n / (Double(k) * (n - Double(k)))
      if between > best.between { best = (k, between) }
    }
    return (best.index, -n * log(max(1 - best.between / squares, .leastNormalMagnitude)))
  }

  private static func rateShift(_ events: [Int], _ cumulative: [Double]) -> (index: Int, statistic: Double)? {
    let total = cumulative[cumulative.count - 1]
    let count = Double(events.reduce(0, +))
    func term(_ d: Double, _ t: Double) -> Double { d > 0 ? d * log(d / t) : 0 }
    var best: (index: Int, statistic: Double)?
    var left = 0.0
    for k in 1..<max(1, events.count) {
      left += Double(events[k - 1])
      let time = cumulative[k]
      guard time > 0, time < total else { continue }
      let statistic = 2 * (term(left, time) + term(count - left, total - time) - term(count, total))
      if statistic > best?.statistic ?? -1 { best = (k, max(0, statistic)) }
    }
    return best
  }

  /// The bin in which this much exposure is reached.
  private static func bin(of t: Double, _ cumulative: [Double]) -> Int {
    var low = 0
    var high = cumulative.count - 2
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle + 1] <= t { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Array {
  /// A uniformly random order (Fisher, Yates).
  fileprivate mutating func shuffle(with stream: inout RandomStream) {
    guard count > 1 else { return }
    for i in stride(from: count - 1, to: 0, by: -1) {
      swapAt(i, Int(stream.nextUInt64().multipliedFullWidth(by: UInt64(i + 1)).high))
    }
  }
}
