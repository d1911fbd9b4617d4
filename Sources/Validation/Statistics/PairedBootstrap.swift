import DiscreteEvent

/// The paired bootstrap of clusters: whole conversations or scenarios are drawn, each with what both models made of it.
///
/// What belongs together stays together, so neither the likeness of one conversation's turns nor the pairing of the models is
/// lost. Intervals are BCa (Efron: "Better bootstrap confidence intervals", JASA 82, 1987) at levels that are expanded for small
/// samples, z ↦ t √(n ÷ (n − 1)) (Hesterberg: "What teachers should know about the bootstrap", The American Statistician 69, 2015).
public struct PairedBootstrap: Sendable {
  /// The statistic of each resample, ascending.
  public let replicates: [Double]
  public let estimate: Double
  private let count: Int
  private let acceleration: Double

  /// - Parameters:
  ///   - seed, key: the same for the same draws; `key` is what the numbers are for.
  ///   - statistic: of the sums over a resample. One that is no number is left out.
  /// - Complexity: O(resamples × clusters).
  public init(
    _ clusters: [PairedSums], seed: UInt64, key: String, resamples: Int = 2_000, statistic: (PairedSums) -> Double
  ) {
    let all = clusters.total
    let n = clusters.count
    estimate = statistic(all)
    count = n
    let base = RandomStream.base(seed: seed, replication: Key.number(key))
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for resample in 0..<(n > 1 ? resamples : 0) {
      var stream = RandomStream(base: base, entity: UInt32(truncatingIfNeeded: resample), purpose: Purpose.bootstrap)
      var sums = PairedSums.nothing
      for _ in 0..<n {
        sums = sums + clusters[Int(stream.nextUInt64().multipliedFullWidth(by: UInt64(n)).high)]
      }
      let value = statistic(sums)
      if value.isFinite { values.append(value) }
    }
    replicates = values.sorted()
    acceleration = PairedBootstrap.acceleration(clusters.map { statistic(all - $0) })
  }

  /// The skewness of the jackknife, divided by 6.
  private static func acceleration(_ left: [Double]) -> Double {
    let mean = left.reduce(0, +) / Double(max(1, left.count))
    let (squares, cubes) = left.reduce((0.0, 0.0)) { sums, value in
      let d = mean - value
      return (sums.0 + d * d, sums.1 + d * d * d)
    }
    let scale = squares * squares.squareRoot()
    return scale > 0 && cubes.isFinite ? cubes / (6 * scale) : 0
  }

  /// nil: one cluster alone says nothing of its spread.
  public func interval(confidence: Double = 0.95) -> Interval? {
    guard count > 1, let least = replicates.first, let greatest = replicates.last else { return nil }
    guard greatest > least else { return Interval(low: least, high: greatest) }
    let below = replicates.count { $0 < estimate }
    let ties = replicates.count { $0 == estimate }
    let share = (Double(below) + Double(ties) / 2) / Double(replicates.count)
    let bias = StandardNormal.quantile(min(max(share, 1e-4), 1 - 1e-4))
    let n = Double(count)
    func level(_ p: Double) -> Double {
      let z = StudentT.quantile(p, degreesOfFreedom: n - 1) * (n / (n - 1)).squareRoot()
      let shifted = bias + z
      let factor = 1 - acceleration * shifted
      // Beyond this the correction has no meaning any more.
      return factor > 0.1 ? StandardNormal.cdf(bias + shifted / factor) : StandardNormal.cdf(z)
    }
    let tail = (1 - confidence) / 2
    return Interval(
      low: Quantiles.type7(replicates, level(tail)), high: Quantiles.type7(replicates, level(1 - tail)))
  }

  /// The share of the resamples below a value: how likely the truth lies below it.
  public func share(below value: Double) -> Double? {
    replicates.isEmpty ? nil : Double(replicates.count { $0 < value }) / Double(replicates.count)
  }
}

/// What the random numbers of this target are for.
enum Purpose {
  static let bootstrap: UInt16 = 0x5601
  static let swap: UInt16 = 0x5602
  static let blindOrder: UInt16 = 0x5603
  static let shuffle: UInt16 = 0x5604
}

/// A text as the number that a stream is keyed by.
enum Key {
  static func number(_ text: String) -> UInt64 {
    var digest = Digest()
    for byte in text.utf8 { digest.append(UInt64(byte)) }
    return digest.value
  }
}
