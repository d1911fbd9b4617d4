import CGSL
import DiscreteEvent

extension SurvivalFit {
  /// The probability that a lifetime exceeds `age` (in the unit of the data).
  public func survival(_ age: Double) -> Double { exp(logSurvival(age)) }

  /// The logarithm of ``survival(_:)``, accurate in both tails.
  public func logSurvival(_ age: Double) -> Double {
    guard age > 0 else { return 0 }
    _ = SpecialFunctions.handlerIsOff
    switch law {
    case .exponential(let mean): return -age / mean
    case .weibull(let shape, let scale): return -pow(age / scale, shape)
    case .lognormal(let median, let sigma): return SpecialFunctions.logNormalTail(log(age / median) / sigma)
    case .gamma(let shape, let scale):
      let q = gsl_sf_gamma_inc_Q(shape, age / scale)
      if q > 0.5 { return log1p(-gsl_sf_gamma_inc_P(shape, age / scale)) }
      if q > 1e-280 { return log(q) }
      return SpecialFunctions.logGammaTail(shape: Jet(shape), Jet(age / scale), .init(shape: shape)).v
    case .piecewiseExponential(let breaks, let rates):
      return -PiecewiseHazard(breaks: breaks, rates: rates).cumulative(age)
    default: return -.infinity
    }
  }

  /// The age that a lifetime which has reached `age` exceeds with probability `u` in (0, 1); infinite when never.
  public func remaining(_ u: Double, given age: Double = 0) -> Double {
    _ = SpecialFunctions.handlerIsOff
    let target = logSurvival(age) + log(u)
    switch law {
    case .exponential(let mean): return -mean * target
    case .weibull(let shape, let scale): return scale * pow(-target, 1 / shape)
    case .lognormal(let median, let sigma):
      return median * exp(sigma * gsl_cdf_ugaussian_Qinv(max(exp(target), .leastNormalMagnitude)))
    case .gamma(let shape, let scale):
      return gsl_cdf_gamma_Qinv(max(exp(target), .leastNormalMagnitude), shape, scale)
    case .piecewiseExponential(let breaks, let rates):
      return PiecewiseHazard(breaks: breaks, rates: rates).age(cumulative: -target)
    default: return .infinity
    }
  }

  /// One value of the law from the uncertainty of its parameters: their logarithms are drawn from the normal
  /// approximation of the likelihood; rates of segments from gamma laws (events + ½, exposure), Jeffreys' posterior.
  public func draw(_ stream: inout RandomStream) -> Law {
    _ = SpecialFunctions.handlerIsOff
    switch law {
    case .piecewiseExponential(let breaks, _):
      return .piecewiseExponential(
        breaks: breaks,
        rates: segments.map { s in
          let u = stream.uniform()
          return s.exposure > 0 ? SpecialFunctions.gammaQuantile(u, shape: s.events + 0.5) / s.exposure : 0
        })
    default:
      // Cholesky of the 1 × 1 or 2 × 2 covariance.
      let z0 = gsl_cdf_ugaussian_Pinv(stream.uniform())
      let z1 = gsl_cdf_ugaussian_Pinv(stream.uniform())
      let c = logCovariance
      let s0 = c[0].squareRoot()
      var values = [parameters[0].value * exp(s0 * z0)]
      if parameters.count == 2 {
        let cross = c[1] / s0
        values.append(parameters[1].value * exp(cross * z0 + max(0, c[3] - cross * cross).squareRoot() * z1))
      }
      return SurvivalFit.law(family, values)
    }
  }

  /// The same fit with every age multiplied by `factor` (3600: from hours to seconds).
  public func scaled(by factor: Double) -> SurvivalFit {
    precondition(factor > 0 && factor.isFinite)
    func times(_ p: Parameter) -> Parameter {
      let k: Double =
        switch p.name {
        case "mean", "scale", "median": factor
        case "shape", "sigma": 1
        default: 1 / factor
        }
      return Parameter(name: p.name, value: p.value * k, low95: p.low95 * k, high95: p.high95 * k)
    }
    let newParameters = parameters.map(times)
    let newLaw: Law
    if case .piecewiseExponential(let breaks, let rates) = law {
      newLaw = .piecewiseExponential(breaks: breaks.map { $0 * factor }, rates: rates.map { $0 / factor })
    } else {
      newLaw = SurvivalFit.law(family, newParameters.map(\.value))
    }
    return SurvivalFit(
      family: family, parameters: newParameters, law: newLaw, logLikelihood: logLikelihood - exactEvents * log(factor),
      parameterCount: parameterCount, logCovariance: logCovariance,
      segments: segments.map { Segment(events: $0.events, exposure: $0.exposure * factor) }, exactEvents: exactEvents)
  }
}
