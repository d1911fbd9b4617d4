/// What `fit` answers: every family fitted to one data set, and the one with the least AIC.
///
/// Encoded with snake_case keys as the interface names them. Likelihoods of densities depend on the unit of time, so
/// the report states it: a data set whose unit is known is reported in hours unless another unit is asked for (`fit --json` asks for seconds).
public struct FitReport: Sendable, Codable, Hashable {
  /// An estimate with its 95 % interval.
  public struct Estimate: Sendable, Codable, Hashable {
    public var value: Double
    public var low95: Double
    public var high95: Double
    public init(value: Double, low95: Double, high95: Double) {
      self.value = value
      self.low95 = low95
      self.high95 = high95
    }
  }

  /// One fitted family.
  public struct Family: Sendable, Codable, Hashable {
    public var parameters: [String: Estimate]
    /// Piecewise only: the ages at which the hazard changes, and the rate of each segment per unit of time.
    public var breaks: [Double]?
    public var rates: [Double]?
    public var logLikelihood: Double
    public var aic: Double
    /// Numbers chosen by the data: parameters, and breaks that were searched for.
    public var parameterCount: Int
    /// The distances and their bootstrap p-values; see ``GoodnessOfFit``. nil: not tested.
    public var ks: Double?
    public var ksP: Double?
    public var ad: Double?
    public var adP: Double?

    enum CodingKeys: String, CodingKey {
      case parameters, breaks, rates, aic, ks, ad
      case logLikelihood = "log_likelihood"
      case parameterCount = "parameter_count"
      case ksP = "ks_p"
      case adP = "ad_p"
    }

    public init(_ fit: SurvivalFit, goodness: GoodnessOfFit? = nil) {
      parameters = [:]
      for p in fit.parameters { parameters[p.name] = Estimate(value: p.value, low95: p.low95, high95: p.high95) }
      if fit.family == .piecewise {
        breaks = fit.breaks
        rates = fit.parameters.map(\.value)
      }
      logLikelihood = fit.logLikelihood
      aic = fit.aic
      parameterCount = fit.parameterCount
      ks = goodness?.kolmogorovSmirnov
      ksP = goodness?.ksP
      ad = goodness?.andersonDarling
      adP = goodness?.adP
    }
  }

  /// Observations; those whose event happened; those censored.
  public var n: Int
  public var events: Int
  public var censored: Int
  /// The unit of every age, rate and density in the report; nil: that of the data, which is not known.
  public var unit: TimeUnit?
  /// The family with the least AIC.
  public var best: String
  /// By ``SurvivalFamily``'s raw value.
  public var families: [String: Family]
  /// Why a family is missing, and whatever else a reader should know.
  public var warnings: [String]

  /// Fits the families and tests each.
  ///
  /// - Parameters:
  ///   - unit: the unit of `data`, where it is known.
  ///   - reportUnit: the unit of the answer; hours unless told otherwise. Without `unit` the data's own, unconverted.
  ///   - ageBreaks: in the unit of `data`.
  ///   - replications: bootstrap samples a family; nil: ``GoodnessOfFit/usualReplications(count:)``, 0: no test.
  /// - Throws: ``FitError`` when no family can be fitted.
  public init(
    _ data: SurvivalData, unit: TimeUnit? = nil, reportUnit: TimeUnit = .hour,
    families wanted: [SurvivalFamily] = SurvivalFamily.allCases, ageBreaks: AgeBreaks = .auto,
    replications: Int? = nil, seed: UInt64 = 1
  ) throws(FitError) {
    let factor = unit.map { $0.seconds / reportUnit.seconds } ?? 1
    let scaled = factor == 1 ? data : data.scaled(by: factor)
    let breaks: AgeBreaks =
      if case .given(let ages) = ageBreaks { .given(ages.map { $0 * factor }) } else { .auto }
    n = data.count
    events = data.events
    censored = data.censored
    self.unit = unit == nil ? nil : reportUnit
    families = [:]
    warnings = []
    best = ""
    // The test's distances need the ends themselves: an interval's middle in their place would tell any law apart.
    let isCoarse = data.observations.contains { $0.isInterval }
    if isCoarse, replications != 0 {
      warnings.append("some ends are known within an interval only: no goodness of fit is tested")
    }
    var failure: FitError?
    var least = Double.infinity
    for family in wanted {
      do throws(FitError) {
        let fit = try SurvivalFit(family, to: scaled, ageBreaks: breaks)
        let goodness =
          replications == 0 || isCoarse
          ? nil : GoodnessOfFit(of: fit, to: scaled, ageBreaks: breaks, replications: replications, seed: seed)
        families[family.rawValue] = Family(fit, goodness: goodness)
        if fit.aic < least {
          least = fit.aic
          best = family.rawValue
        }
      } catch {
        failure = failure ?? error
        warnings.append("\(family.rawValue) left out: \(error)")
      }
    }
    guard !best.isEmpty else { throw failure ?? .noEvents }
    if let p = families[best]?.adP, p < 0.05 {
      warnings.append("the best family, \(best), is still told apart from the data (Anderson–Darling p = \(p))")
    }
    if events < 10 { warnings.append("only \(events) event\(events == 1 ? "" : "s"): the intervals are approximate") }
  }
}
