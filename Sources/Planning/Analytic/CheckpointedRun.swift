import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// A run of `steps` with a checkpoint every so many, on pods that are taken back: exact moments of what it takes.
///
/// The model of the interface's semantics: an interruption undoes the segment under way, costs `downtime` (a new pod; neither
/// billed nor interruptible) and `restart` (loading and restore; billed, exposed, from its start when interrupted). No
/// checkpoint follows the last step. The first pod's provisioning and loading are not counted. All in seconds.
///
/// Here the rate of interruptions is constant, so segments are independent and the moments are closed forms; Daly 2006
/// for the mean without downtime, Bougeret et al. 2011 with it.
public struct CheckpointedRun: Sendable, Hashable {
  public var steps: Int
  public var secondsPerStep: Double
  public var every: Int
  public var checkpoint: Double
  public var restart: Double
  public var downtime: Double

  public init(
    steps: Int, secondsPerStep: Double, every: Int, checkpoint: Double, restart: Double, downtime: Double
  ) {
    self.steps = steps
    self.secondsPerStep = secondsPerStep
    self.every = max(1, every)
    self.checkpoint = checkpoint
    self.restart = restart
    self.downtime = downtime
  }

  /// The time of each segment: work and its checkpoint; the last has what steps are left and no checkpoint.
  public var segments: [Double] {
    guard steps > 0 else { return [] }
    let count = (steps - 1) / every + 1
    let last = Double(steps - (count - 1) * every) * secondsPerStep
    return [Double](repeating: Double(every) * secondsPerStep + checkpoint, count: count - 1) + [last]
  }

  /// Without any interruption.
  public var leastTime: Double { segments.reduce(0, +) }

  /// Moments of the time, the interruptions and the billed time.
  public struct Moments: Sendable, Hashable {
    public var mean = 0.0
    public var variance = 0.0
    public var interruptions = 0.0
    public var billed = 0.0
    public var standardDeviation: Double { variance.squareRoot() }
  }

  /// The exact moments with interruptions at the rate 1/mtbf.
  public func moments(mtbf: Double) -> Moments {
    let segments = self.segments
    guard let first = segments.first, let last = segments.last else { return Moments() }
    var whole = Moments()
    for (x, count) in [(first, Double(segments.count - 1)), (last, 1)] where count > 0 {
      let one = segment(x, mtbf: mtbf)
      whole.mean += count * one.mean
      whole.variance += count * one.variance
      whole.interruptions += count * one.interruptions
    }
    whole.billed = whole.mean - downtime * whole.interruptions
    return whole
  }

  /// One segment of length x. The mean is `(M + D)e^{R/M}(e^{x/M} − 1)`; the second moment by conditioning on the first
  /// interruption, whose partial moments are incomplete gamma functions (no cancellation when M is large).
  private func segment(_ x: Double, mtbf: Double) -> Moments {
    var moments = Moments()
    moments.interruptions = exp(restart / mtbf) * expm1(x / mtbf)
    moments.mean = (mtbf + downtime) * moments.interruptions
    // Z: restart and segment from scratch, until it holds. Z = L, or F + D + Z' when the pod dies at F < L.
    let length = restart + x
    let retried = (mtbf + downtime) * expm1(length / mtbf)
    func secondMoment(_ l: Double, after: Double, square: Double?) -> Double {
      let p0 = IncompleteGamma.lower(1, l / mtbf)
      let p1 = mtbf * IncompleteGamma.lower(2, l / mtbf)
      let p2 = 2 * mtbf * mtbf * IncompleteGamma.lower(3, l / mtbf)
      let lost = p2 + 2 * downtime * p1 + downtime * downtime * p0 + 2 * (p1 + downtime * p0) * after
      let survived = exp(-l / mtbf)
      if let square { return survived * l * l + lost + p0 * square }
      return l * l + lost / survived
    }
    let retriedSquare = secondMoment(length, after: retried, square: nil)
    let square = secondMoment(x, after: retried, square: retriedSquare)
    moments.variance = max(0, square - moments.mean * moments.mean)
    return moments
  }
}
