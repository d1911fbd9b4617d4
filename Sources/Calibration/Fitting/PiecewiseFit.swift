import CGSL
import DiscreteEvent

/// A hazard that is constant in each segment of age, fitted by maximum likelihood.
///
/// Exact and right-censored data: rate = events ÷ exposure in each segment. An age on a break belongs to the segment
/// before it. Interval-censored events are shared out by the EM algorithm until the likelihood stands still.
enum PiecewiseFit {
  static func fit(_ data: SurvivalData, _ ageBreaks: AgeBreaks) throws(FitError) -> SurvivalFit {
    guard data.observations.contains(where: { $0.event && $0.weight > 0 }) else { throw .noEvents }
    switch ageBreaks {
    case .given(let breaks):
      guard breaks.allSatisfy({ $0 > 0 && $0.isFinite }), zip(breaks, breaks.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw .badBreaks(breaks)
      }
      return try fit(data, breaks: breaks, searched: false)
    case .auto:
      return try fit(data, breaks: BreakSearch(data).breaks(), searched: true)
    }
  }

  private static func fit(_ data: SurvivalData, breaks: [Double], searched: Bool) throws(FitError) -> SurvivalFit {
    var hazard = PiecewiseHazard(breaks: breaks, rates: Array(repeating: 0, count: breaks.count + 1))
    let exact = data.observations.filter { !$0.isInterval }
    let intervals = data.observations.filter(\.isInterval)
    var fixed = hazard.emptySegments
    for o in exact { hazard.add(o, to: &fixed) }
    // First guess: an event in the middle of its interval.
    var segments = fixed
    for o in intervals {
      hazard.add(
        SurvivalData.Observation(duration: o.representative, event: true, entry: o.entry, weight: o.weight),
        to: &segments)
    }
    hazard.rates = try rates(segments)
    if !intervals.isEmpty {
      for _ in 0..<2000 {
        segments = fixed
        for o in intervals { hazard.addExpected(o, to: &segments) }
        let next = try rates(segments)
        let change = zip(next, hazard.rates).map { abs($0 - $1) / max($0, $1, .leastNormalMagnitude) }.max() ?? 0
        hazard.rates = next
        if change < 1e-9 { break }
      }
    }
    let logLikelihood = data.observations.reduce(0.0) { $0 + $1.weight * hazard.logLikelihood($1) }
    let covariance =
      intervals.isEmpty ? diagonal(segments) : hazard.scoreCovariance(data) ?? diagonal(segments)
    let n = segments.count
    let parameters = (0..<n).map { i in
      let rate = hazard.rates[i]
      let half = 1.959_963_984_540_054 * covariance[i * n + i].squareRoot()
      // Without an event the interval is Garwood's, for a count of 0.
      return rate > 0
        ? SurvivalFit.Parameter(
          name: "rate_\(i + 1)", value: rate, low95: rate * exp(-half), high95: rate * exp(half))
        : SurvivalFit.Parameter(
          name: "rate_\(i + 1)", value: 0, low95: 0,
          high95: segments[i].exposure > 0 ? 3.688_879_454_113_936 / segments[i].exposure : .greatestFiniteMagnitude)
    }
    return SurvivalFit(
      family: .piecewise, parameters: parameters, law: .piecewiseExponential(breaks: breaks, rates: hazard.rates),
      logLikelihood: logLikelihood, parameterCount: n + (searched ? breaks.count : 0), logCovariance: covariance,
      segments: segments, exactEvents: data.exactEvents)
  }

  private static func rates(_ segments: [SurvivalFit.Segment]) throws(FitError) -> [Double] {
    var rates: [Double] = []
    for s in segments {
      guard s.events == 0 || s.exposure > 0 else { throw .noMaximum(.piecewise) }
      rates.append(s.events > 0 ? s.events / s.exposure : 0)
    }
    return rates
  }

  private static func diagonal(_ segments: [SurvivalFit.Segment]) -> [Double] {
    let n = segments.count
    return (0..<n * n).map { $0 % (n + 1) == 0 && segments[$0 / n].events > 0 ? 1 / segments[$0 / n].events : 0 }
  }
}
