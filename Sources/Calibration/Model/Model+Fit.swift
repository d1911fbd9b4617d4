import CGSL
import DiscreteEvent
import Engine

extension Model {
  /// The model of a world of which nothing was seen: the priors alone.
  public init(priors: Priors) {
    self = .fit(history: History(source: "priors"), priors: priors)
  }

  /// What a history says of the world, each parameter shrunk to its prior.
  ///
  /// - Parameter goodnessOfFit: also try every family of survival fitting on every law, with bootstrap tests; for
  ///   `calibrate`. It changes the report, never the model.
  /// - Complexity: O(leases + checkpoints) and some 10⁵ evaluations of the step time's likelihood.
  public static func fit(history: History, priors: Priors, goodnessOfFit: Bool = false) -> Model {
    let history = history.trainings
    let evidence = Evidence(history)
    var warnings: [String] = []
    var report = ReportBuilder(goodnessOfFit: goodnessOfFit)

    let step = fitStep(evidence, history, priors, &warnings)
    report.step(step, priors)
    let spot = fitHazard(evidence, priors, &warnings)
    report.hazard(spot, evidence.exposures.spot, priors)
    let onDemand = Evidence.Count(
      events: Double(evidence.exposures.onDemand.count { $0.event }),
      exposure: evidence.exposures.onDemand.reduce(0) { $0 + $1.to - $1.from })
    let hostFailures = Marginal.rate(
      events: onDemand.events, exposure: onDemand.exposure, prior: priors.onDemandInterruptions)
    report.rate(
      "interruptions.on_demand", unit: "1/h", onDemand, hostFailures,
      prior: .lognormal(
        median: priors.onDemandInterruptions.median, logSD: priors.onDemandInterruptions.logSD),
      source: priors.onDemandInterruptions.source)

    func availability(_ pricing: Pricing) -> AvailabilityPosterior {
      let posterior = AvailabilityPosterior(
        evidence.firstAttempts[pricing], evidence.retries[pricing], prior: priors.availability[pricing],
        recovery: priors.recovery[pricing])
      report.availability(pricing, posterior, evidence, priors)
      return posterior
    }
    func duration(
      _ name: String, _ samples: [Evidence.Sample], _ prior: Priors.Duration, chances: Int = 0
    ) -> DurationPosterior {
      var fit = DurationFit(samples, prior: prior)
      // What many jobs could have shown and none did is not there.
      if samples.isEmpty, chances >= 5 { fit.posterior = .constant(0) }
      report.duration(name, fit, samples, prior)
      return fit.posterior
    }
    let released = history.leases.count { $0.endReason == .released }
    let resumed = history.leases.count { lease in
      lease.stages.contains { $0.stage == .training && ($0.firstStep ?? 0) > 0 }
    }
    let availabilities = ByPricing(spot: availability(.spot), onDemand: availability(.onDemand))
    let provisioning = ByPricing(
      spot: duration("provisioning.spot", evidence.provisioning.spot, priors.provisioning.spot),
      onDemand: duration("provisioning.on_demand", evidence.provisioning.onDemand, priors.provisioning.onDemand))
    let boot = duration("boot", evidence.boot, priors.boot, chances: released)
    let preprocessing = duration("preprocessing", evidence.preprocessing, priors.preprocessing, chances: released)
    let loading = duration("model_loading", evidence.modelLoading, priors.modelLoading, chances: released)
    let restore = duration("restore", evidence.restore, priors.restore, chances: resumed)
    let finalization = duration("finalization", evidence.finalization, priors.finalization, chances: released)
    let suitePass = fitSuitePass(evidence, beside: finalization, priors, &report)
    let checkpoint = duration("checkpoint", evidence.checkpoint, priors.checkpoint)
    let upload = duration("checkpoint_upload", evidence.checkpointUpload, priors.checkpointUpload)
    let detection = duration("detection", evidence.detection, priors.detection)

    let crashes = fitCrashes(evidence, priors)
    let memory = ByPreset(each: { preset in
      let (seen, prior) = (evidence.outOfMemory[preset], priors.outOfMemory[preset])
      return Marginal.beta(
        successes: prior.successes + seen.events, failures: prior.failures + seen.exposure - seen.events
      ).tabulated
    })
    for preset in Preset.allCases {
      report.rate(
        "crashes.\(preset.rawValue)", unit: "1/h", evidence.crashes[preset], crashes[preset],
        prior: priors.crashes[preset].law, source: priors.crashes[preset].source)
    }
    for preset in Preset.allCases {
      let prior = priors.outOfMemory[preset]
      report.rate(
        "out_of_memory.\(preset.rawValue)", unit: "probability", evidence.outOfMemory[preset], memory[preset],
        prior: .beta(successes: prior.successes, failures: prior.failures), source: prior.source)
    }
    let (crashRisks, memoryRisks) = (evidence.crashRisks.risks, evidence.memoryRisks.risks)
    report.risks("crashes", crashRisks)
    report.risks("out_of_memory", memoryRisks)
    let cancellations = Marginal.gamma(
      shape: priors.cancellations.shape + evidence.cancellations.events,
      rate: priors.cancellations.exposure + evidence.cancellations.exposure
    ).tabulated
    report.rate(
      "cancellations", unit: "1/h", evidence.cancellations, cancellations, prior: priors.cancellations.law,
      source: priors.cancellations.source)
    let arrivals = ArrivalsFit(history, prior: priors.arrivals)
    if let change = arrivals.change {
      warnings.append(
        "jobs come \(ReportBuilder.change(change.ratio)) since \(civilDate(change.at)): "
          + "arrivals are counted from then, and older kinds of job weigh less")
    }
    report.rate(
      "arrivals", unit: "1/day", Evidence.Count(events: arrivals.events, exposure: arrivals.days),
      arrivals.posterior.perDay, prior: priors.arrivals.law, source: priors.arrivals.source)

    let rates = hourlyRates(history, priors, &warnings)
    let mix = kinds(history, change: arrivals.change)
    if history.jobs.count < 20, !history.jobs.isEmpty {
      warnings.append(
        "only \(history.jobs.count) past job\(history.jobs.count == 1 ? "" : "s"): the answers lean on the priors")
    }
    let origins = history.observations.map(\.origin)
    return Model(
      source: Source(
        name: history.source, origins: origins.enumerated().filter { origins.firstIndex(of: $1) == $0 }.map(\.element),
        jobs: history.jobs.count, leases: history.leases.count, from: history.observations.map(\.from).min(),
        until: history.observations.map(\.until).max()),
      warnings: warnings, report: report.report, provisioning: provisioning, availability: availabilities, boot: boot,
      preprocessing: preprocessing, modelLoading: loading, restore: restore, finalization: finalization,
      suitePass: suitePass,
      checkpoint: checkpoint, checkpointUpload: upload, detection: detection, step: step.posterior,
      interruptions: ByPricing(spot: spot.posterior, onDemand: .constant(hostFailures)), crashes: crashes,
      cancellations: cancellations, outOfMemory: memory, crashRisks: crashRisks, memoryRisks: memoryRisks,
      arrivals: arrivals.posterior, mix: mix, hourlyRate: rates,
      learnt: ConfigurationRange(history.jobs.map(\.configuration)))
  }

  private static func fitStep(
    _ evidence: Evidence, _ history: History, _ priors: Priors, _ warnings: inout [String]
  ) -> StepFit {
    let fit = StepFit(evidence, history, priors: priors)
    let series = fit.residuals.sorted { $0.submitted < $1.submitted }
    guard let change = RegimeChange.shift(series.map { (at: $0.submitted, value: $0.value, variance: $0.variance) })
    else { return fit }
    warnings.append(
      "a step takes \(ReportBuilder.change(change.ratio, more: "longer", less: "shorter")) since "
        + "\(civilDate(change.at)): older jobs inform its slopes and spreads, not its level")
    return StepFit(evidence, history, priors: priors, regimeStart: change.at)
  }

  /// What a finalization with suites takes beyond the middle of those without, shared out among its forward passes.
  private static func fitSuitePass(
    _ evidence: Evidence, beside finalization: DurationPosterior, _ priors: Priors, _ report: inout ReportBuilder
  ) -> DurationPosterior {
    var strata = Strata.medians
    let usual = finalization.law(&strata).quantile(0.5)
    let samples = evidence.examinations.map { run in
      let seconds = (run.sample.seconds - usual) / Double(run.passes)
      return Evidence.Sample(
        seconds: run.sample.observed ? max(1e-6, seconds) : seconds, observed: run.sample.observed)
    }
    let fit = DurationFit(samples, prior: priors.suitePass)
    if !samples.isEmpty { report.duration("suite_pass", fit, samples, priors.suitePass) }
    return fit.posterior
  }

  private static func fitHazard(_ evidence: Evidence, _ priors: Priors, _ warnings: inout [String]) -> HazardFit {
    let fit = HazardFit(evidence.exposures.spot, priors: priors)
    let rates = fit.byAge.map { $0.exposure > 0 ? ($0.events + 0.5) / ($0.exposure + 0.5) : 0 }
    let breaks = [0] + priors.ageBreaksHours + [.infinity]
    let series = evidence.exposures.spot.sorted { $0.granted < $1.granted }.map { e in
      var expected = 0.0
      for i in rates.indices {
        expected += rates[i] * max(0, min(e.to, breaks[i + 1]) - max(e.from, breaks[i]))
      }
      return (at: e.granted, events: e.event ? 1.0 : 0, expected: expected)
    }
    guard let change = RegimeChange.rate(series) else { return fit }
    warnings.append(
      "spot pods are interrupted \(ReportBuilder.change(change.ratio)) since "
        + "\(civilDate(change.at)): older leases inform how the hazard changes with age, not its level")
    return HazardFit(evidence.exposures.spot, priors: priors, regimeStart: change.at)
  }

  /// Gamma–Poisson by preset, each preset's prior moved towards what all presets together show.
  private static func fitCrashes(_ evidence: Evidence, _ priors: Priors) -> ByPreset<Marginal> {
    ByPreset(each: { preset in
      let (seen, prior) = (evidence.crashes[preset], priors.crashes[preset])
      return Marginal.gamma(shape: prior.shape + seen.events, rate: prior.exposure + seen.exposure).tabulated
    })
  }

  /// What the last lease of each pricing paid.
  private static func hourlyRates(
    _ history: History, _ priors: Priors, _ warnings: inout [String]
  ) -> ByPricing<Double> {
    var result = ByPricing(spot: priors.hourlyRate.spot.mean, onDemand: priors.hourlyRate.onDemand.mean)
    let leases = history.leases.sorted { $0.granted < $1.granted }
    for pricing in Pricing.allCases {
      let paid = leases.filter { $0.pricing == pricing }
      guard let last = paid.last else { continue }
      let now = Double(last.hourlyRate) / 1e9
      result[pricing] = now
      guard
        let other = paid.lastIndex(where: {
          abs(Double($0.hourlyRate) - Double(last.hourlyRate)) > 0.005 * Double(last.hourlyRate)
        })
      else { continue }
      let before = Double(paid[other].hourlyRate) / 1e9
      warnings.append(
        "the \(pricing == .spot ? "spot" : "on-demand") rate is \(ReportBuilder.short(now)) $/h since "
          + "\(civilDate(paid[other + 1].granted)), after \(ReportBuilder.short(before)) $/h: the new one is reckoned with"
      )
    }
    return result
  }

  /// Every past job is one kind that may come again; without any, the three presets.
  private static func kinds(_ history: History, change: RegimeChange?) -> [JobKind] {
    guard !history.jobs.isEmpty else {
      return [Preset.conservative, .balanced, .aggressive].map {
        JobKind(weight: 1, configuration: JobConfiguration(preset: $0, pricing: .spot))
      }
    }
    return history.jobs.map { job in
      let old = change.map { job.submitted < $0.at } ?? false
      return JobKind(weight: old ? 0.2 : 1, configuration: job.configuration, client: job.client ?? "")
    }
  }
}

extension Priors.Count {
  var law: Marginal { .gamma(shape: shape, rate: exposure) }
}
