/// A family of lifetime laws that can be fitted. Its raw value is its name on the command line and in JSON.
public enum SurvivalFamily: String, CaseIterable, Hashable, Sendable, Codable {
  case exponential, weibull, lognormal, gamma
  /// A hazard that is constant between break points of age.
  case piecewise

  /// How many parameters of a smooth family are estimated.
  var smoothParameters: Int { self == .exponential ? 1 : 2 }

  /// The names of a smooth family's parameters, as in ``DiscreteEvent/Law``.
  var parameterNames: [String] {
    switch self {
    case .exponential: ["mean"]
    case .weibull, .gamma: ["shape", "scale"]
    case .lognormal: ["median", "sigma"]
    case .piecewise: []
    }
  }
}

/// Where the hazard of ``SurvivalFamily/piecewise`` may change.
public enum AgeBreaks: Hashable, Sendable {
  /// Found in the data by the Bayesian information criterion; each break then counts as a parameter.
  case auto
  /// Known beforehand: positive ages, ascending, in the unit of the data. They do not count as parameters.
  case given([Double])
}

/// Why a family was not fitted.
public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing happened, so nothing but a lower bound of the duration is known.
  case noEvents
  /// An event at age 0 has no density under this family. The row counts from 0.
  case eventAtZero(family: SurvivalFamily, row: Int)
  /// The likelihood has no maximum inside the family, all durations being equal for example.
  case noMaximum(SurvivalFamily)
  /// Breaks must be positive and ascending.
  case badBreaks([Double])

  public var description: String {
    switch self {
    case .noEvents: "no event was observed: every duration is censored"
    case .eventAtZero(let family, _): "a duration of 0 is impossible under \(family.rawValue)"
    case .noMaximum(let family): "the likelihood has no maximum for \(family.rawValue)"
    case .badBreaks: "age breaks must be positive and ascending"
    }
  }
}
