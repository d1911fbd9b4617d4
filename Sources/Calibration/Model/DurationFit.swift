import CGSL
import DiscreteEvent

/// Fits the law of a stage's duration: a lognormal shrunk to its prior, or what beats it by Akaike's criterion.
///
/// The lognormal's posterior is ``LognormalPosterior``. Other families count from 40 lengths on, where the prior hardly
/// matters; theirs is the normal approximation of the likelihood (Gelman et al.: Bayesian Data Analysis, 3rd ed., ch. 4).
struct DurationFit {
  struct Candidate {
    var family: DurationPosterior.Family
    var logLikelihood: Double
    var aic: Double
  }

  var posterior: DurationPosterior
  var candidates: [Candidate] = []
  var observed = 0
  var censored = 0

  /// From how many lengths on another family than the lognormal is considered.
  static let enough = 40
  /// By how much another family must beat the lognormal: its posterior holds no prior.
  static let margin = 8.0

  init(_ samples: [Evidence.Sample], prior: Priors.Duration) {
    var seen: [Double] = []
    var open: [Double] = []
    for s in samples {
      if s.observed { seen.append(s.seconds) } else if s.seconds > 0 { open.append(s.seconds) }
    }
    observed = seen.count
    censored = open.count
    let least = seen.min() ?? 0
    let most = seen.max() ?? 0
    // Equal to a part in 10⁵ or to a clock's tick: a constant. Three times in a row is no accident.
    if seen.count >= 3, most - least <= max(1e-3, 1e-5 * most) {
      posterior = .constant(seen.reduce(0, +) / Double(seen.count))
      return
    }
    let positive = seen.filter { $0 > 0 }
    let lognormal = DurationFit.lognormal(positive, open, prior)
    posterior = lognormal.0
    guard positive.count >= DurationFit.enough, positive.count == seen.count else { return }
    candidates.append(Candidate(family: .lognormal, logLikelihood: lognormal.1, aic: 4 - 2 * lognormal.1))
    var best = 4 - 2 * lognormal.1 - DurationFit.margin
    for (candidate, fitted) in DurationFit.others(seen, open, least, most) {
      candidates.append(candidate)
      if candidate.aic < best {
        best = candidate.aic
        posterior = fitted
      }
    }
  }

  private static func others(
    _ seen: [Double], _ open: [Double], _ least: Double, _ most: Double
  ) -> [(Candidate, DurationPosterior)] {
    var result: [(Candidate, DurationPosterior)] = []
    func add(_ family: DurationPosterior.Family, _ logLikelihood: Double, _ posterior: DurationPosterior) {
      guard logLikelihood.isFinite else { return }
      let candidate = Candidate(family: family, logLikelihood: logLikelihood, aic: 4 - 2 * logLikelihood)
      result.append((candidate, posterior))
    }
    let n = Double(seen.count)
    // Uniform between the extremes; a stage cut short may have had any length that was left.
    let beyond = open.reduce(0.0) { $0 + log(max(1e-9, (most - max($1, least)) / (most - least))) }
    if !open.contains(where: { $0 >= most }) {
      add(
        .uniform, -n * log(most - least) + beyond,
        DurationPosterior(
          family: .uniform, block: NormalBlock(mean: [], sd: []), low: least, high: most, count: n))
    }
    if let (block, value) = normal(seen, open) {
      add(.normal, value, DurationPosterior(family: .normal, block: block))
    }
    let observations =
      seen.map { SurvivalData.Observation(duration: $0, event: true) }
      + open.map { SurvivalData.Observation(duration: $0, event: false) }
    guard let data = try? SurvivalData(observations) else { return result }
    let start = Moments(seen)
    for (family, survival) in [(DurationPosterior.Family.gamma, SurvivalFamily.gamma), (.weibull, .weibull)] {
      let guess: (Double, Double) =
        family == .gamma ? start.gamma : start.weibull
      guard let fit = try? SurvivalFit.smooth(survival, data, start: guess),
        let factor = SmallMatrix.cholesky(fit.logCovariance, 2)
      else { continue }
      var block = NormalBlock(mean: fit.parameters.map { log($0.value) }, sd: [0, 0])
      block.factor = factor
      add(family, fit.logLikelihood, DurationPosterior(family: family, block: block))
    }
    return result
  }

  /// Starts of the searches by moments (logs of the parameters).
  private struct Moments {
    var gamma: (Double, Double)
    var weibull: (Double, Double)
    init(_ x: [Double]) {
      let n = Double(x.count)
      let mean = x.reduce(0, +) / n
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
      gamma = (log(mean * mean / variance), log(variance / mean))
      let shape = pow(variance.squareRoot() / mean, -1.086)
      weibull = (log(shape), log(mean) - lgamma(1 + 1 / shape))
    }
  }
}

extension DurationFit {
  /// The lognormal's posterior, and its greatest log-likelihood.
  private static func lognormal(
    _ seen: [Double], _ open: [Double], _ prior: Priors.Duration
  ) -> (DurationPosterior, Double) {
    let logs = seen.map { log($0) }
    let n = Double(logs.count)
    let mean = n > 0 ? logs.reduce(0, +) / n : 0
    let squares = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let (posterior, likelihood) = LognormalPosterior.fit(
      count: n, mean: mean, squares: squares, open: open.map { log($0) }, prior: prior)
    return (.lognormal(posterior), likelihood - n * mean - n * 0.918_938_533_204_672_7)
  }

  private static func normal(_ seen: [Double], _ open: [Double]) -> (NormalBlock, Double)? {
    let n = Double(seen.count)
    let mean = seen.reduce(0, +) / n
    let squares = seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard squares > 0 else { return nil }
    func likelihood(_ theta: (Double, Double)) -> Jet {
      let a = Jet.parameter(theta.0, index: 0)
      let rho = Jet.parameter(theta.1, index: 1)
      let precision = (-2 * rho).exponential
      var total = -n * rho - 0.5 * (precision * (n * (a - mean) * (a - mean) + squares)) - n * 0.918_938_533_204_672_7
      if !open.isEmpty {
        let inverse = (-rho).exponential
        for t in open { total += SpecialFunctions.logNormalTail((t - a) * inverse) }
      }
      return total
    }
    let search = Maximiser(dimension: 2, function: likelihood)
    guard let found = search.maximum(from: (mean, 0.5 * log(squares / n)), near: true),
      let block = NormalBlock(
        mean: [found.theta.0, found.theta.1],
        precision: [-found.jet.h00, -found.jet.h01, -found.jet.h01, -found.jet.h11])
    else { return nil }
    return (block, found.jet.v)
  }
}
