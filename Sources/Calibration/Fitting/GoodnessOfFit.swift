import CGSL
import DiscreteEvent
import Dispatch

/// How far a fitted law lies from what was seen, and how often a sample of that very law would lie as far.
///
/// Both statistics compare the fitted distribution function with the product-limit estimate over the ages watched:
/// Kolmogorov–Smirnov takes the greatest distance, Anderson–Darling n × the integral of the squared distance over
/// F(1 − F), up to the greatest age watched (Pettitt, Stephens: Biometrika 63, 1976). Their p-values come from a
/// parametric bootstrap: lifetimes drawn from the fit, observed as the data were (censoring ages from the reverse
/// product-limit estimate given what is known of them: Davison, Hinkley: Bootstrap Methods, algorithm 3.1), and
/// refitted, break points included: so the estimation of the parameters is allowed for.
public struct GoodnessOfFit: Sendable, Hashable {
  public let kolmogorovSmirnov: Double
  public let andersonDarling: Double
  /// The share of bootstrap samples that lie at least as far, (1 + count) ÷ (1 + replications).
  public let ksP: Double
  public let adP: Double
  /// Bootstrap samples that could be refitted.
  public let replications: Int

  /// How many bootstrap samples a test takes: 199, fewer beyond 2,500 observations, never under 19.
  public static func usualReplications(count: Int) -> Int { min(199, max(19, 500_000 / max(1, count))) }

  /// - Parameters:
  ///   - ageBreaks: those the fit was made with, for ``SurvivalFamily/piecewise``.
  ///   - replications: of the bootstrap; nil for ``usualReplications(count:)``. 0 leaves both p at 1.
  public init(
    of fit: SurvivalFit, to data: SurvivalData, ageBreaks: AgeBreaks = .auto, replications: Int? = nil,
    seed: UInt64 = 1
  ) {
    let observed = GoodnessOfFit.distances(fit, data)
    (kolmogorovSmirnov, andersonDarling) = observed
    let resampler = SurvivalResampler(fit, data)
    // Each sample has its own random stream, so the order in which the cores take them does not matter.
    let distances = GoodnessOfFit.concurrently(replications ?? GoodnessOfFit.usualReplications(count: data.count)) {
      r in
      var stream = RandomStream(seed: seed, replication: UInt64(r), entity: 0, purpose: GoodnessOfFit.purpose)
      let sample = resampler.sample(&stream)
      return GoodnessOfFit.refit(fit, sample, ageBreaks).map { GoodnessOfFit.distances($0, sample) }
    }.compactMap { $0 }
    let done = distances.count
    let ks = distances.count { $0.ks >= observed.ks }
    let ad = distances.count { $0.ad >= observed.ad }
    self.replications = done
    ksP = Double(1 + ks) / Double(1 + done)
    adP = Double(1 + ad) / Double(1 + done)
  }

  private static let purpose: UInt16 = 0xF170

  typealias Distances = (ks: Double, ad: Double)

  /// The results of `body` for 0 ..< `count`, in that order, computed on all cores.
  static func concurrently(_ count: Int, _ body: @Sendable (Int) -> Distances?) -> [Distances?] {
    [Distances?](unsafeUninitializedCapacity: count) { buffer, filled in
      // Each index is written by one iteration only.
      nonisolated(unsafe) let slots = buffer
      DispatchQueue.concurrentPerform(iterations: count) { i in
        slots.initializeElement(at: i, to: body(i))
      }
      filled = count
    }
  }

  private static func refit(_ fit: SurvivalFit, _ sample: SurvivalData, _ ageBreaks: AgeBreaks) -> SurvivalFit? {
    if fit.family == .piecewise { return try? SurvivalFit(.piecewise, to: sample, ageBreaks: ageBreaks) }
    let logs = fit.parameters.map { log($0.value) }
    return try? SurvivalFit.smooth(fit.family, sample, start: (logs[0], logs.count > 1 ? logs[1] : 0))
  }

  /// The two statistics. O(n log n).
  static func distances(_ fit: SurvivalFit, _ data: SurvivalData) -> Distances {
    distances(data, logSurvival: fit.logSurvival)
  }

  static func distances(_ data: SurvivalData, logSurvival: (Double) -> Double) -> Distances {
    let estimate = KaplanMeier(data)
    let origin = logSurvival(estimate.origin)
    var ks = 0.0
    var ad = 0.0
    // The empirical and the fitted probability of having ended, before the next step.
    var step = 0.0
    var from = 0.0
    func passTo(_ age: Double) {
      let to = max(from, -expm1(logSurvival(age) - origin))
      ks = max(ks, abs(to - step))
      ad += area(step, from, to)
      from = to
    }
    for (age, survival) in zip(estimate.ages, estimate.survival) {
      passTo(age)
      step = 1 - survival
      ks = max(ks, abs(from - step))
    }
    if estimate.end > estimate.ages.last ?? 0 {
      passTo(estimate.end)
    } else if step >= 1 {
      ad += area(1, from, 1)
    }
    return (ks, ad * Double(data.count))
  }

  /// `∫ (c − F)² / (F (1 − F)) dF` from `a` to `b`.
  private static func area(_ c: Double, _ a: Double, _ b: Double) -> Double {
    guard b > a else { return 0 }
    // Away from 0 and 1, where the integral is finite only for c = 0 and c = 1.
    let low = max(a, 1e-300)
    let below = c > 0 ? c * c * log(b / low) : 0
    let above = c < 1 ? (1 - c) * (1 - c) * (log1p(-min(b, 1 - 1e-16)) - log1p(-a)) : 0
    return max(0, below - above - (b - a))
  }
}
