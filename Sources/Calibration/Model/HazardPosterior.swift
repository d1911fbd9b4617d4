import CGSL

/// What is known of the hazard of interruption.
public enum HazardPosterior: Hashable, Sendable, Codable {
  /// One rate an hour at every age.
  case constant(Marginal)
  /// Logs of the rates an hour between `breaksHours` of age, then (24, or none) the logs of the factors of the hours of
  /// the day in UTC, then, where it has one, a factor of an older regime, not used.
  case byAgeAndHour(breaksHours: [Double], block: NormalBlock, hours: Bool)

  func draw(_ strata: inout Strata) -> Hazard {
    switch self {
    case .constant(let rate):
      return .lifetime(.exponential(mean: 3600 / max(1e-12, rate.quantile(strata.next()))))
    case .byAgeAndHour(let breaks, let block, let hours):
      let x = block.draw(&strata)
      let rates = x[0...breaks.count].map { exp($0) }
      guard hours else {
        return .lifetime(
          .piecewiseExponential(breaks: breaks.map { $0 * 3600 }, rates: rates.map { $0 / 3600 }))
      }
      let factors = x[(breaks.count + 1)..<(breaks.count + 25)].map { exp($0) }
      return .byAgeAndHour(breaksHours: breaks, ratesPerHour: rates, hourFactors: factors, utcOffset: 0)
    }
  }
}
