import CGSL

/// What is known of the time of a step: the regression's coefficients, and how jobs, pods and steps differ.
public struct StepPosterior: Hashable, Sendable, Codable {
  /// Intercept, then the coefficients of log tokens, log rank and log batch; a fifth, where there is one, is the
  /// difference of an older regime and not used; at the end one deviation for each of ``classes``.
  var coefficients: NormalBlock
  /// The kinds of configuration whose deviation from the regression is known. nil in models of an older program.
  var classes: [ConfigurationClass]?
  /// Standard deviation of such a deviation where the kind was never seen.
  var classSD: Double?
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
    var result = StepTime(
      median: .regression(intercept: b[0], perLogToken: b[1], perLogRank: b[2], perLogBatch: b[3]),
      withinCV: within, podSD: pod, jobSD: job)
    if let classes, let classSD {
      for (kind, deviation) in zip(classes, b.suffix(classes.count)) { result.deviations[kind] = deviation }
      result.otherDeviation = classSD * strata.normal()
    }
    return result
  }
}
