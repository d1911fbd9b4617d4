@testable import Planning

#if canImport(Glibc)
  import Glibc
#endif

extension CheckpointInterval {
  /// First order with the restart: `√(2δ(M + R)) − δ` (Daly, ICCS 2003).
  static func dalyFirstOrder(mtbf: Double, checkpoint: Double, restart: Double) -> Double {
    (2 * checkpoint * (mtbf + restart)).squareRoot() - checkpoint
  }

  /// Expected time for `work` done in intervals of `interval`: `M e^{R/M}(e^{(τ+δ)/M} − 1) · work/τ` (Daly 2006, eq. 20).
  static func expectedTime(
    work: Double, interval: Double, mtbf: Double, checkpoint: Double, restart: Double
  ) -> Double {
    mtbf * exp(restart / mtbf) * expm1((interval + checkpoint) / mtbf) * work / interval
  }
}

extension CheckpointedRun {
  /// The number of steps between checkpoints with the least value of `objective`, by looking at all of them.
  func optimalEvery(mtbf: Double, by objective: (Moments) -> Double = { $0.mean }) -> (
    every: Int, moments: Moments
  ) {
    var best = (every: 1, moments: Moments())
    var least = Double.infinity
    var run = self
    for k in 1...max(1, steps) {
      run.every = k
      let moments = run.moments(mtbf: mtbf)
      let value = objective(moments)
      if value < least {
        least = value
        best = (k, moments)
      }
    }
    return best
  }
}
