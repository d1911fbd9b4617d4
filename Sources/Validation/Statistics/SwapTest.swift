import DiscreteEvent

/// How often an unchanged model would look as much better as this one does: the paired randomisation test.
///
/// Were the trained model the base, whose answer is called the trained one would be arbitrary within every cluster. So their names are
/// swapped at random, cluster by cluster; the test is exact whatever the law of the scores (Fisher: "The Design of Experiments",
/// 1935, §21). The chance counts the observed one as well and is never 0 (Phipson, Smyth: SAGMB 9, 2010).
public enum SwapTest {
  /// The chance of a statistic at least as great as the observed one.
  ///
  /// - Complexity: O(swaps × clusters).
  public static func chance(
    _ clusters: [PairedSums], seed: UInt64, key: String, swaps: Int = 4_999, statistic: (PairedSums) -> Double
  ) -> Double {
    let all = clusters.total
    let observed = statistic(all)
    guard observed.isFinite else { return 1 }
    // What a swap of one cluster changes in the sums.
    let changes = clusters.map { $0.swapped - $0 }
    let slack = 1e-9 * max(1, abs(observed))
    let base = RandomStream.base(seed: seed, replication: Key.number(key))
    var asGreat = 0
    for swap in 0..<swaps {
      var stream = RandomStream(base: base, entity: UInt32(truncatingIfNeeded: swap), purpose: Purpose.swap)
      var sums = all
      var bits: UInt64 = 0
      for (i, change) in changes.enumerated() {
        if i % 64 == 0 { bits = stream.nextUInt64() }
        if bits & 1 == 1 {
          sums = PairedSums(
            base: sums.base + change.base, trained: sums.trained + change.trained, weight: all.weight)
        }
        bits >>= 1
      }
      if statistic(sums) >= observed - slack { asGreat += 1 }
    }
    return Double(asGreat + 1) / Double(swaps + 1)
  }
}
