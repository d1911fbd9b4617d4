import CGSL
import DiscreteEvent
import Testing

@testable import Calibration

/// Known laws, observed in part, are found again: estimates within their standard errors.
@Suite struct FitRecoveryTests {
  enum Scheme: String, CaseIterable { case complete, censored, truncated, interval }

  static let seed: UInt64 = 7919
  static let worlds = 150

  /// A law to draw from, as a fit that is taken for the truth.
  static func truth(_ family: SurvivalFamily, _ stream: inout RandomStream) -> SurvivalFit {
    let scale = exp(4 * stream.uniform() - 1)
    let shape = exp(1.6 * stream.uniform() - 0.6)
    let law: Law =
      switch family {
      case .exponential: .exponential(mean: scale)
      case .weibull: .weibull(shape: shape, scale: scale)
      case .lognormal: .lognormal(median: scale, sigma: shape / 2)
      case .gamma: .gamma(shape: shape, scale: scale)
      case .piecewise: .piecewiseExponential(breaks: [0.5 * scale, scale], rates: [2 / scale, 0.5 / scale, 3 / scale])
      }
    let values: [Double] =
      switch law {
      case .exponential(let mean): [mean]
      case .piecewiseExponential(_, let rates): rates
      case .lognormal(let a, let b), .weibull(let a, let b), .gamma(let a, let b): [a, b]
      default: []
      }
    return SurvivalFit(
      family: family,
      parameters: values.map { .init(name: "", value: $0, low95: $0, high95: $0) }, law: law, logLikelihood: 0,
      parameterCount: values.count, logCovariance: [], segments: [], exactEvents: 0)
  }

  static func observe(_ truth: SurvivalFit, _ scheme: Scheme, n: Int, _ stream: inout RandomStream) -> SurvivalData {
    let middle = truth.remaining(0.5)
    let rows = (0..<n).map { _ -> SurvivalData.Observation in
      switch scheme {
      case .complete:
        return .init(duration: truth.remaining(stream.uniform()), event: true)
      case .censored, .truncated:
        let entry = scheme == .truncated && stream.uniform() < 0.5 ? middle * stream.uniform() : 0
        let t = truth.remaining(stream.uniform(), given: entry)
        let c = entry - 2 * middle * log(stream.uniform())
        return .init(duration: min(t, c), event: t <= c, entry: entry)
      case .interval:
        let width = middle / 3
        let t = truth.remaining(stream.uniform())
        let start = (t / width).rounded(.down) * width
        let end = 30 * width
        return t >= end
          ? .init(duration: end, event: false) : .init(duration: start, event: true, upper: start + width)
      }
    }
    return try! SurvivalData(rows)
  }

  @Test(arguments: SurvivalFamily.allCases, Scheme.allCases)
  func estimatesLieWithinTheirErrors(_ family: SurvivalFamily, _ scheme: Scheme) throws {
    var sum = 0.0
    var count = 0.0
    var covered = 0.0
    var greatest = 0.0
    for world in 0..<Self.worlds {
      var stream = RandomStream(
        seed: Self.seed, replication: UInt64(world), entity: UInt32(SurvivalFamily.allCases.firstIndex(of: family)!),
        part: UInt16(Scheme.allCases.firstIndex(of: scheme)!), purpose: 2)
      let truth = Self.truth(family, &stream)
      let data = Self.observe(truth, scheme, n: 300, &stream)
      var breaks = AgeBreaks.auto
      if case .piecewiseExponential(let ages, _) = truth.law { breaks = .given(ages) }
      let fit = try SurvivalFit(family, to: data, ageBreaks: breaks)
      let k = fit.parameters.count
      #expect(k == truth.parameters.count)
      for i in 0..<k {
        let error = fit.logCovariance[i * k + i].squareRoot()
        let z = log(fit.parameters[i].value / truth.parameters[i].value) / error
        #expect(abs(z) <= 4, "\(family) \(scheme) world \(world) seed \(Self.seed): z = \(z)")
        greatest = max(greatest, abs(z))
        sum += z * z
        count += 1
        if fit.parameters[i].low95 <= truth.parameters[i].value, truth.parameters[i].value <= fit.parameters[i].high95 {
          covered += 1
        }
      }
    }
    let rms = (sum / count).squareRoot()
    print("recovery \(family) \(scheme): RMS z \(rms), greatest \(greatest), 95 % intervals cover \(covered / count)")
    #expect((0.85...1.15).contains(rms), "seed \(Self.seed)")
    #expect((0.9...0.99).contains(covered / count), "seed \(Self.seed)")
  }

  @Test func theRightFamilyIsChosen() throws {
    for family in SurvivalFamily.allCases {
      var chosen = 0
      for world in 0..<40 {
        var stream = RandomStream(
          seed: Self.seed, replication: UInt64(world), entity: UInt32(family.rawValue.count), purpose: 3)
        var truth = Self.truth(family, &stream)
        while family != .piecewise, family != .exponential, abs(log(truth.parameters[0].value)) < 0.2 {
          truth = Self.truth(family, &stream)
        }
        let data = Self.observe(truth, .censored, n: 600, &stream)
        if try SurvivalFit.best(for: data).family == family { chosen += 1 }
      }
      print("chosen \(family): \(chosen) of 40")
      // An exponential law is often beaten by 1 in AIC by a family that contains it; Weibull and gamma look alike.
      // Bounds that Binomial(40, 0.5) and Binomial(40, 0.65) miss once in some thousand suites.
      #expect(chosen >= (family == .exponential ? 10 : 15))
    }
  }

  @Test func bootstrapPIsUniformUnderTheTruth() throws {
    for family in SurvivalFamily.allCases {
      var rejected = (0, 0)
      let trials = 100
      for world in 0..<trials {
        var stream = RandomStream(seed: Self.seed, replication: UInt64(world), entity: 99, purpose: 4)
        let truth = Self.truth(family, &stream)
        let data = Self.observe(truth, .censored, n: 80, &stream)
        // A search in so few data misses breaks and may rightly be rejected; known breaks are the truth.
        var breaks = AgeBreaks.auto
        if case .piecewiseExponential(let ages, _) = truth.law { breaks = .given(ages) }
        let fit = try SurvivalFit(family, to: data, ageBreaks: breaks)
        let goodness = GoodnessOfFit(of: fit, to: data, ageBreaks: breaks, replications: 39, seed: UInt64(world))
        if goodness.ksP <= 0.1 { rejected.0 += 1 }
        if goodness.adP <= 0.1 { rejected.1 += 1 }
      }
      print("bootstrap p ≤ 0.1 under \(family): KS \(rejected.0), AD \(rejected.1) of \(trials)")
      // Binomial(100, 0.1): 23 is exceeded once in 25,000.
      #expect(rejected.0 <= 23 && rejected.1 <= 23)
    }
  }

  @Test func bootstrapTellsAWrongFamily() throws {
    var rejected = 0
    for world in 0..<20 {
      var stream = RandomStream(seed: Self.seed, replication: UInt64(world), entity: 98, purpose: 5)
      let truth = Self.truth(.piecewise, &stream)
      let data = Self.observe(truth, .censored, n: 400, &stream)
      let fit = try SurvivalFit(.lognormal, to: data)
      if GoodnessOfFit(of: fit, to: data, replications: 39).adP <= 0.05 { rejected += 1 }
    }
    // Seen 15–18; Binomial(20, 0.8) is below 10 once in 2,000 suites.
    #expect(rejected >= 10)
  }
}
