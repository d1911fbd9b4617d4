import CGSL

/// What is known of the time of a step: the regression's coefficients, and how jobs, pods and steps differ.
public struct StepPosterior: Hashable, Sendable, Codable {
  /// Intercept, then the coefficients of log tokens, log rank and log batch; a fifth, where there is one, is the
  /// difference of an older regime and not used.
  var coefficients: NormalBlock
  var podSD: Marginal
  var jobSD: Marginal
  var withinCV: Marginal

  init(_ priors: Priors) {
    let p = [priors.stepIntercept, priors.stepPerLogToken, priors.stepPerLogRank, priors.stepPerLogBatch]
    coefficients = NormalBlock(mean: p.map(\.mean), sd: p.map(\.sd))
    podSD = .lognormal(median: priors.stepPodSD.median, logSD: priors.stepPodSD.logSD)
    jobSD = .lognormal(median: priors.stepJobSD.median, logSD: priors.stepJobSD.logSD)
    withinCV = .lognormal(median: priors.stepWithinCV.median, logSD: priors.stepWithinCV.logSD)
  }

  func draw(_ strata: inout Strata) -> StepTime {
    let pod = podSD.quantile(strata.next())
    let job = jobSD.quantile(strata.next())
    let within = withinCV.quantile(strata.next())
    let b = coefficients.draw(&strata)
    return StepTime(
      median: .regression(intercept: b[0], perLogToken: b[1], perLogRank: b[2], perLogBatch: b[3]),
      withinCV: within, podSD: pod, jobSD: job)
  }
}
