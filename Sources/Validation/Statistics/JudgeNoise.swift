import DiscreteEvent

/// How far one verdict on a pair of answers lies from another on the same pair, estimated from repeats.
///
/// A verdict scores both answers, so what is repeated is their difference: how severe a judge is cancels out.
public struct JudgeNoise: Hashable, Sendable {
  public enum Source: String, Hashable, Sendable, Codable, CaseIterable {
    /// Pairs that were judged more than once.
    case repeats
    /// No pair was judged twice: the spread of the differences between items, which holds true differences too. An upper bound.
    case spread
  }

  /// Standard deviation of the difference that one verdict finds.
  public var deviation: Double
  /// What it was estimated from.
  public var degreesOfFreedom: Int
  public var source: Source

  public init(deviation: Double, degreesOfFreedom: Int, source: Source = .repeats) {
    (self.deviation, self.degreesOfFreedom, self.source) = (deviation, degreesOfFreedom, source)
  }

  /// The pooled variance within pairs; the spread between them where none was judged twice. nil: fewer than two pairs.
  ///
  /// - Parameters:
  ///   - differences: for each pair of answers, what each verdict found (trained less base).
  ///   - scales: how many whole scores each verdict is the mean of. Rounding alone makes a score uncertain by 1 ÷ √12, so a judge that
  ///     always says the same is not taken for one that is always right.
  public init?(differences: [[Double]], scales: Int = 1) {
    let repeated = JudgeNoise.pooled(differences)
    guard let (variance, freedom) = repeated ?? JudgeNoise.pooled([differences.compactMap(\.mean)]) else { return nil }
    let rounding = 2 / (12 * Double(max(1, scales)))
    self.init(
      deviation: max(variance, rounding).squareRoot(), degreesOfFreedom: freedom,
      source: repeated == nil ? .spread : .repeats)
  }

  private static func pooled(_ groups: [[Double]]) -> (variance: Double, freedom: Int)? {
    var (squares, freedom) = (0.0, 0)
    for group in groups where group.count > 1 {
      guard let mean = group.mean else { continue }
      squares += group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      freedom += group.count - 1
    }
    return freedom > 0 ? (squares / Double(freedom), freedom) : nil
  }

  /// The chance that noise alone makes the mean difference of so many verdicts as low as this, by Student's t.
  public func chance(ofMeanDifference difference: Double, verdicts: Int) -> Double {
    guard verdicts > 0 else { return 1 }
    let error = deviation / Double(verdicts).squareRoot()
    return StudentT.cdf(difference / error, degreesOfFreedom: Double(degreesOfFreedom))
  }
}

extension Array where Element == Double {
  /// nil of nothing.
  var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

  /// The sample standard deviation; 0 of fewer than two.
  var deviation: Double {
    guard let mean, count > 1 else { return 0 }
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }
}
