import CGSL
import DiscreteEvent

/// Draws data sets that were observed as the given one was, with lifetimes from a fitted law.
struct SurvivalResampler {
  private let fit: SurvivalFit
  private let data: SurvivalData
  private let censoring: KaplanMeier

  init(_ fit: SurvivalFit, _ data: SurvivalData) {
    self.fit = fit
    self.data = data
    censoring = KaplanMeier(data, ofCensoring: true)
  }

  func sample(_ stream: inout RandomStream) -> SurvivalData {
    let anyCensored = data.censored > 0
    return SurvivalData(
      unchecked: data.observations.map { o in
        let lifetime = lifetime(given: o.entry, &stream)
        let until: Double =
          if !o.event { o.duration } else if anyCensored {
            // It was watched at least until it ended; how much longer it would have been is drawn.
            censoring.quantile(stream.uniform(), after: o.upper ?? o.duration)
          } else { .infinity }
        // A law whose hazard vanishes may never end; nobody watched longer than that.
        guard lifetime <= until, lifetime.isFinite else {
          return .init(
            duration: until.isFinite ? until : max(censoring.end, o.duration), event: false, entry: o.entry,
            weight: o.weight)
        }
        guard o.isInterval, let upper = o.upper else {
          return .init(duration: lifetime, event: true, entry: o.entry, weight: o.weight)
        }
        // Looked at as often as before, at a phase of its own.
        let width = upper - o.duration
        let start = max(o.entry, lifetime - width * stream.uniform())
        return .init(duration: start, event: true, entry: o.entry, upper: start + width, weight: o.weight)
      })
  }

  /// By inversion, but for a gamma law from birth, whose quantiles are slow.
  private func lifetime(given entry: Double, _ stream: inout RandomStream) -> Double {
    guard entry == 0, case .gamma(let shape, let scale) = fit.law else {
      return fit.remaining(stream.uniform(), given: entry)
    }
    return scale * SurvivalResampler.gamma(shape, &stream)
  }

  /// A gamma number by rejection (Marsaglia, Tsang: ACM TOMS 26, 2000).
  private static func gamma(_ shape: Double, _ stream: inout RandomStream) -> Double {
    if shape < 1 { return gamma(shape + 1, &stream) * pow(stream.uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = gsl_cdf_ugaussian_Pinv(stream.uniform())
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(stream.uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
    }
  }
}
