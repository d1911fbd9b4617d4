#if canImport(Glibc)
  import Glibc
#endif

/// Whether the mean of shares between 0 and 1 reaches a target: Wald's sequential probability ratio test.
///
/// It holds target − ε against target + ε and stops as soon as the likelihood ratio of coin tosses passes 1/α. The ratio is
/// linear in each observation, so its exponential is convex and has its greatest expectation for 0 and 1: for anything
/// between, and for means that differ from replication to replication, the error stays below α (Ville's inequality).
struct FeasibilityTest: Sendable {
  let target: Double
  private let hit: Double
  private let miss: Double
  private let boundary: Double

  /// - Parameters:
  ///   - tolerance: ε; nearer to the target either verdict is right.
  ///   - alpha: the probability of a wrong verdict.
  init(target: Double, tolerance: Double, alpha: Double) {
    self.target = target
    let low = max(target - tolerance, target / 2)
    let high = min(target + tolerance, (1 + target) / 2)
    hit = log(high / low)
    miss = log((1 - high) / (1 - low))
    boundary = -log(alpha)
  }

  /// nil: not decided yet.
  func verdict(sum: Double, count: Int) -> Bool? {
    let ratio = hit * sum + miss * (Double(count) - sum)
    return ratio >= boundary ? true : ratio <= -boundary ? false : nil
  }
}
