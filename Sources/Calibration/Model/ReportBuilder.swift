import CGSL
import DiscreteEvent
import Engine

/// Collects the blocks of a ``ModelReport`` while a model is fitted.
struct ReportBuilder {
  var report = ModelReport()
  let goodnessOfFit: Bool

  init(goodnessOfFit: Bool) { self.goodnessOfFit = goodnessOfFit }

  private typealias Parameter = ModelReport.Parameter

  private func parameter(_ m: Marginal, prior: Marginal? = nil, source: Priors.Source? = nil) -> Parameter {
    parameter(m.median, m.quantile(0.025), m.quantile(0.975), prior: prior, source: source)
  }

  private func parameter(
    _ value: Double, _ low: Double, _ high: Double, prior: Marginal? = nil, source: Priors.Source? = nil
  ) -> Parameter {
    var result = Parameter(value: value, low95: low, high95: high)
    guard let prior, let source else { return result }
    let (before, least, most) = (prior.median, prior.quantile(0.025), prior.quantile(0.975))
    // Widths on the log scale where the number is positive.
    let share: Double
    if low > 0, least > 0 {
      share = log(high / low) / log(most / least)
    } else {
      share = (high - low) / (most - least)
    }
    let weight = share.isFinite ? min(1, share * share) : 1
    result.prior = .init(
      value: before, low95: least, high95: most, weight: weight, source: source.text, weak: source.weak)
    return result
  }

  private mutating func append(
    _ name: String, unit: String, n: Int, events: Int, censored: Int, best: String, _ parameters: [(String, Parameter)],
    families: [String: ModelReport.Family] = [:], test: ResidualTest? = nil
  ) {
    var byName: [String: Parameter] = [:]
    for (name, p) in parameters { byName[name] = p }
    report.laws.append(
      .init(
        name: name, unit: unit, n: n, events: events, censored: censored, best: best, parameters: byName,
        families: families, order: parameters.map(\.0), ksP: test?.ksP ?? families[best]?.ksP,
        adP: test?.adP ?? families[best]?.adP))
  }

  mutating func duration(
    _ name: String, _ fit: DurationFit, _ samples: [Evidence.Sample], _ prior: Priors.Duration
  ) {
    func law(_ p: Priors.Positive) -> Marginal { .lognormal(median: p.median, logSD: p.logSD) }
    let lognormal = fit.posterior.family == .lognormal
    let parameters = fit.posterior.parameters.enumerated().map { i, p in
      let prior = i == 0 ? prior.median : prior.sigma
      return (
        p.name,
        parameter(
          p.value, p.low95, p.high95, prior: lognormal ? law(prior) : nil, source: lognormal ? prior.source : nil)
      )
    }
    var families = survival(samples.filter { $0.seconds > 0 }.map { ($0.seconds, $0.observed, 0) })
    for c in fit.candidates {
      var family =
        families[c.family.rawValue]
        ?? .init(logLikelihood: c.logLikelihood, aic: c.aic, parameterCount: 2)
      family.aic = c.aic
      family.logLikelihood = c.logLikelihood
      families[c.family.rawValue] = family
    }
    append(
      name, unit: "s", n: fit.observed + fit.censored, events: fit.observed, censored: fit.censored,
      best: fit.posterior.family.rawValue, parameters, families: families)
  }

  /// All families of survival fitting with bootstrap tests, where they were asked for.
  private func survival(_ lengths: [(Double, Bool, Double)]) -> [String: ModelReport.Family] {
    guard goodnessOfFit, lengths.count >= 10,
      let data = try? SurvivalData(
        lengths.filter { $0.0 > $0.2 }.map { .init(duration: $0.0, event: $0.1, entry: $0.2) }),
      let fitted = try? FitReport(data, replications: 99)
    else { return [:] }
    return fitted.families.mapValues {
      .init(
        parameters: $0.parameters, logLikelihood: $0.logLikelihood, aic: $0.aic,
        parameterCount: Double($0.parameterCount), ksP: $0.ksP, adP: $0.adP)
    }
  }

  mutating func step(_ fit: StepFit, _ priors: Priors) {
    let p = fit.posterior
    let names = ["intercept", "per_log_token", "per_log_rank", "per_log_batch"]
    let normals = [priors.stepIntercept, priors.stepPerLogToken, priors.stepPerLogRank, priors.stepPerLogBatch]
    var parameters: [(String, Parameter)] = []
    for i in 0..<4 {
      let marginal = Marginal.normal(mean: p.coefficients.mean[i], sd: p.coefficients.sd(i))
      let prior = Marginal.normal(mean: normals[i].mean, sd: normals[i].sd)
      parameters.append((names[i], parameter(marginal, prior: prior, source: normals[i].source)))
    }
    for (name, marginal, prior) in [
      ("pod_sd", p.podSD, priors.stepPodSD), ("job_sd", p.jobSD, priors.stepJobSD),
      ("within_cv", p.withinCV, priors.stepWithinCV),
    ] {
      let law = Marginal.lognormal(median: prior.median, logSD: prior.logSD)
      parameters.append((name, parameter(marginal, prior: law, source: prior.source)))
    }
    append(
      "step", unit: "log s", n: fit.pods, events: fit.jobs, censored: 0, best: "mixed_regression", parameters,
      test: goodnessOfFit ? fit.residualTest() : nil)
  }

  mutating func hazard(_ fit: HazardFit, _ exposures: [Evidence.Exposure], _ priors: Priors) {
    var parameters: [(String, Parameter)] = []
    switch fit.posterior {
    case .constant(let rate):
      let prior = priors.spotInterruptions
      let law = Marginal.lognormal(median: prior.median, logSD: prior.logSD)
      parameters.append(("rate", parameter(rate, prior: law, source: prior.source)))
    case .byAgeAndHour(let breaks, let block, let hours):
      let level = priors.spotInterruptions
      for i in 0...breaks.count {
        let factor = priors.ageFactors[i]
        let prior = Marginal.lognormal(
          median: level.median * factor.median,
          logSD: (level.logSD * level.logSD + factor.logSD * factor.logSD).squareRoot())
        let marginal = Marginal.lognormal(median: exp(block.mean[i]), logSD: block.sd(i))
        let from = i == 0 ? 0 : breaks[i - 1]
        parameters.append(
          ("rate_from_\(ReportBuilder.short(from))h", parameter(marginal, prior: prior, source: factor.source)))
      }
      guard hours else { break }
      for h in 0..<24 {
        let i = breaks.count + 1 + h
        parameters.append(
          ("hour_\(h)", parameter(.lognormal(median: exp(block.mean[i]), logSD: block.sd(i)))))
      }
    }
    var families = survival(exposures.map { ($0.to, $0.event, $0.from) })
    for c in fit.candidates {
      families[c.name] = .init(logLikelihood: c.logLikelihood, aic: c.aic, parameterCount: c.parameters)
    }
    if goodnessOfFit {
      for (name, value) in HazardCheck.outOfSample(exposures, priors) { families[name]?.outOfSample = value }
    }
    append(
      "interruptions.spot", unit: "1/h", n: fit.pods, events: Int(fit.events), censored: fit.pods - Int(fit.events),
      best: fit.chosen, parameters, families: families,
      test: goodnessOfFit ? fit.residualTest(exposures, priors) : nil)
  }

  mutating func rate(
    _ name: String, unit: String, _ seen: Evidence.Count, _ marginal: Marginal, prior: Marginal, source: Priors.Source
  ) {
    let probability = unit == "probability"
    let n = probability ? Int(seen.exposure) : Int(seen.events)
    append(
      name, unit: unit, n: n, events: Int(seen.events), censored: 0, best: probability ? "bernoulli" : "poisson",
      [(probability ? "probability" : "rate", parameter(marginal, prior: prior, source: source))])
  }

  /// How much more often a preset's configurations fail than the preset does, where it ran in several.
  mutating func risks(_ name: String, _ risks: [FailureRisks.Risk]) {
    guard !risks.isEmpty else { return }
    let parameters = risks.map { risk in
      let k = risk.kind
      let name = "\(k.preset.rawValue)_rank_\(k.rank)_batch_\(k.batchSize)_length_\(k.maxSequenceLength)"
      return (name, parameter(risk.risk))
    }
    append(
      "\(name).by_configuration", unit: "times the preset's", n: risks.count, events: 0, censored: 0, best: "poisson",
      parameters)
  }

  mutating func availability(
    _ pricing: Pricing, _ posterior: AvailabilityPosterior, _ evidence: Evidence, _ priors: Priors
  ) {
    let first = evidence.firstAttempts[pricing]
    let retries = evidence.retries[pricing].count
    let prior = priors.availability[pricing]
    let recovery = priors.recovery[pricing]
    append(
      "availability.\(pricing == .spot ? "spot" : "on_demand")", unit: "probability; 1/h",
      n: Int(first.exposure) + retries, events: Int(first.events), censored: 0, best: "spells",
      [
        (
          "success",
          parameter(
            posterior.success, prior: .beta(successes: prior.successes, failures: prior.failures),
            source: prior.source)
        ),
        (
          "recovery_rate",
          parameter(
            posterior.recoveryPerHour, prior: .lognormal(median: recovery.median, logSD: recovery.logSD),
            source: recovery.source)
        ),
      ])
  }

  /// A ratio in words: "12 % more often".
  static func change(_ ratio: Double, more: String = "more often", less: String = "less often") -> String {
    if ratio >= 2 { return "\(short(ratio)) times as often".replacingOften(more) }
    let percent = Int((abs(ratio - 1) * 100).rounded())
    return "\(percent) % \(ratio >= 1 ? more : less)"
  }

  /// A number with three significant digits, as short as it gets.
  static func short(_ x: Double) -> String {
    guard x != 0, x.isFinite else { return x == 0 ? "0" : "\(x)" }
    let magnitude = Int(log10(abs(x)).rounded(.down))
    let unit = pow(10, Double(2 - magnitude))
    let rounded = (x * unit).rounded() / unit
    if rounded == rounded.rounded(), abs(rounded) < 1e15 { return "\(Int(rounded))" }
    return "\(rounded)"
  }
}

extension String {
  /// "2 times as often" for how often; "2 times as long" for how long.
  fileprivate func replacingOften(_ more: String) -> String {
    more == "longer" ? String(dropLast("often".count)) + "long" : self
  }
}
