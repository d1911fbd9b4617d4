import CGSL
import DiscreteEvent

/// A family fitted to survival data by maximum likelihood.
public struct SurvivalFit: Sendable, Hashable {
  /// An estimate with its 95 % interval, in the unit of the data.
  public struct Parameter: Sendable, Hashable {
    public var name: String
    public var value: Double
    public var low95: Double
    public var high95: Double
    public init(name: String, value: Double, low95: Double, high95: Double) {
      self.name = name
      self.value = value
      self.low95 = low95
      self.high95 = high95
    }
  }

  public let family: SurvivalFamily
  /// Named as in ``DiscreteEvent/Law``; piecewise: `rate_1`, `rate_2` … by age.
  public let parameters: [Parameter]
  /// The fitted law, in the unit of the data (rates: per that unit).
  public let law: Law
  /// Depends on the unit: a density has one. Events known to an interval contribute probabilities.
  public let logLikelihood: Double
  /// How many numbers were chosen by the data, break points that were searched for included.
  public let parameterCount: Int
  /// Covariance of the logarithms of ``parameters``, row by row; from the inverse observed information.
  public let logCovariance: [Double]
  /// The weight of the events seen to happen: as many densities are in the likelihood.
  let exactEvents: Double
  /// Piecewise only: the events (weighted) and the exposure of each segment.
  public let segments: [Segment]

  /// What one segment of age rests on.
  public struct Segment: Sendable, Hashable {
    public var events: Double
    public var exposure: Double
  }

  /// Akaike's criterion, `2k − 2 log L`.
  public var aic: Double { 2 * Double(parameterCount) - 2 * logLikelihood }

  /// The ages at which the hazard changes; empty for a smooth family.
  public var breaks: [Double] {
    if case .piecewiseExponential(let breaks, _) = law { return breaks }
    return []
  }

  /// Fits one family.
  ///
  /// - Parameter ageBreaks: for ``SurvivalFamily/piecewise`` only.
  /// - Throws: ``FitError``.
  public init(_ family: SurvivalFamily, to data: SurvivalData, ageBreaks: AgeBreaks = .auto) throws(FitError) {
    if family == .piecewise {
      self = try PiecewiseFit.fit(data, ageBreaks)
    } else {
      self = try SurvivalFit.smooth(family, data, start: nil)
    }
  }

  /// The fit with the least AIC among the families that can be fitted.
  ///
  /// - Throws: the first family's ``FitError`` when none can.
  public static func best(
    of families: [SurvivalFamily] = SurvivalFamily.allCases, for data: SurvivalData, ageBreaks: AgeBreaks = .auto
  ) throws(FitError) -> SurvivalFit {
    var best: SurvivalFit?
    var failure: FitError?
    for family in families {
      do throws(FitError) {
        let fit = try SurvivalFit(family, to: data, ageBreaks: ageBreaks)
        if fit.aic < best?.aic ?? .infinity { best = fit }
      } catch {
        failure = failure ?? error
      }
    }
    guard let best else { throw failure ?? .noEvents }
    return best
  }

  init(
    family: SurvivalFamily, parameters: [Parameter], law: Law, logLikelihood: Double, parameterCount: Int,
    logCovariance: [Double], segments: [Segment], exactEvents: Double
  ) {
    self.family = family
    self.parameters = parameters
    self.law = law
    self.logLikelihood = logLikelihood
    self.parameterCount = parameterCount
    self.logCovariance = logCovariance
    self.segments = segments
    self.exactEvents = exactEvents
  }

  /// Fits a smooth family; `start` (logarithms of the parameters) is a good guess, as in a bootstrap refit.
  static func smooth(_ family: SurvivalFamily, _ data: SurvivalData, start: (Double, Double)?) throws(FitError)
    -> SurvivalFit
  {
    // In units of the typical duration the search is the same whatever the unit of the data.
    let unit = SurvivalFit.typicalDuration(data)
    let likelihood = try SmoothLikelihood(family, unit == 1 ? data : data.scaled(by: 1 / unit))
    let search = Maximiser(dimension: family.smoothParameters) { likelihood($0) }
    let shift = log(unit)
    let origin: (Double, Double) = start.map { shifted($0, family, -shift) } ?? likelihood.start
    guard let maximum = search.maximum(from: origin, near: start != nil) else { throw .noMaximum(family) }
    let exact = data.exactEvents
    return SurvivalFit(
      family: family, theta: shifted(maximum.theta, family, shift), information: maximum.jet,
      logLikelihood: maximum.jet.v - exact * shift, exactEvents: exact)
  }

  private init(
    family: SurvivalFamily, theta: (Double, Double), information jet: Jet, logLikelihood: Double, exactEvents: Double
  ) {
    let covariance: [Double]
    let logs: [Double]
    if family.smoothParameters == 1 {
      covariance = [-1 / jet.h00]
      logs = [theta.0]
    } else {
      let determinant = jet.h00 * jet.h11 - jet.h01 * jet.h01
      covariance = [-jet.h11 / determinant, jet.h01 / determinant, jet.h01 / determinant, -jet.h00 / determinant]
      logs = [theta.0, theta.1]
    }
    let parameters = logs.indices.map { i in
      let half = 1.959_963_984_540_054 * covariance[i * logs.count + i].squareRoot()
      return Parameter(
        name: family.parameterNames[i], value: exp(logs[i]), low95: exp(logs[i] - half), high95: exp(logs[i] + half))
    }
    self.init(
      family: family, parameters: parameters, law: SurvivalFit.law(family, parameters.map(\.value)),
      logLikelihood: logLikelihood, parameterCount: logs.count, logCovariance: covariance, segments: [],
      exactEvents: exactEvents)
  }

  /// The law of a smooth family with these parameters.
  static func law(_ family: SurvivalFamily, _ p: [Double]) -> Law {
    switch family {
    case .weibull: .weibull(shape: p[0], scale: p[1])
    case .lognormal: .lognormal(median: p[0], sigma: p[1])
    case .gamma: .gamma(shape: p[0], scale: p[1])
    case .exponential, .piecewise: .exponential(mean: p[0])
    }
  }

  /// θ after the unit of the data changed by a factor with this logarithm.
  private static func shifted(_ theta: (Double, Double), _ family: SurvivalFamily, _ logFactor: Double) -> (
    Double, Double
  ) {
    switch family {
    case .exponential, .lognormal: (theta.0 + logFactor, theta.1)
    default: (theta.0, theta.1 + logFactor)
    }
  }

  /// A power of two near the mean duration, so that scaling is exact.
  private static func typicalDuration(_ data: SurvivalData) -> Double {
    let sum = data.observations.reduce(0.0) { $0 + $1.representative }
    let mean = sum / Double(data.count)
    guard mean > 0, mean.isFinite else { return 1 }
    return Double(sign: .plus, exponent: mean.exponent, significand: 1)
  }
}
