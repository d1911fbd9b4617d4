#if canImport(Glibc)
  import Glibc
#endif

/// How much work to do between two checkpoints when interruptions come at a constant rate.
///
/// All in the caller's unit of time: `mtbf` is the mean time between interruptions, `checkpoint` what one costs.
public enum CheckpointInterval {
  /// First order: `√(2δM)` (Young, CACM 17(9), 1974).
  public static func young(mtbf: Double, checkpoint: Double) -> Double { (2 * checkpoint * mtbf).squareRoot() }

  /// Higher order: `√(2δM)[1 + ⅓√(δ/2M) + ⅑(δ/2M)] − δ` for δ < 2M, else M (Daly, FGCS 22(3), 2006, eq. 37).
  public static func daly(mtbf: Double, checkpoint: Double) -> Double {
    guard checkpoint < 2 * mtbf else { return mtbf }
    let ratio = checkpoint / (2 * mtbf)
    return young(mtbf: mtbf, checkpoint: checkpoint) * (1 + ratio.squareRoot() / 3 + ratio / 9) - checkpoint
  }

  /// The exact optimum `M(1 + W₀(−e^{−δ/M−1}))`, with Lambert's W.
  ///
  /// As `τ = Mu` with `u + log(1 − u) + δ/M = 0`, which Newton solves without the cancellation of W near −1/e.
  public static func exact(mtbf: Double, checkpoint: Double) -> Double {
    let x = checkpoint / mtbf
    // For a costly checkpoint the root lies near 1: start right of it, where the function is concave and falling.
    var low = 0.0
    var high = 1.0
    var u = x < 0.5 ? (2 * x).squareRoot() - 2 * x / 3 : 1 - exp(-1 - x)
    for _ in 0..<100 {
      let f = u + log1p(-u) + x
      if f > 0 { low = u } else { high = u }
      var next = u + f * (1 - u) / u
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - u) <= 1e-16 * u { break }
      u = next
    }
    return mtbf * u
  }
}
