import CGSL

/// The log-likelihood of a smooth family as a function of its unconstrained parameters, with exact derivatives.
///
/// Parameters θ: exponential (log mean), Weibull (log shape, log scale), lognormal (log median, log sigma),
/// gamma (log shape, log scale). An observation with weight w contributes w times
/// `log f(t)` when seen to happen, `log S(t)` when right-censored, `log(S(l) − S(u))` when known to an interval, and
/// in each case `− log S(entry)` (Klein, Moeschberger: Survival Analysis, 2nd ed., §3.5).
struct SmoothLikelihood {
  /// One term, with logarithms taken once.
  private enum Kind { case exact, censored, interval }
  private struct Term {
    var kind: Kind
    var t: Double
    var logT: Double
    var upper: Double
    var logUpper: Double
    var entry: Double
    var logEntry: Double
    var weight: Double
  }

  let family: SurvivalFamily
  private let terms: [Term]

  /// - Throws: ``FitError/noEvents``, ``FitError/eventAtZero(family:row:)``.
  init(_ family: SurvivalFamily, _ data: SurvivalData) throws(FitError) {
    var terms: [Term] = []
    terms.reserveCapacity(data.count)
    var events = 0.0
    for (row, o) in data.observations.enumerated() where o.weight > 0 {
      let kind: Kind = o.isInterval ? .interval : (o.event ? .exact : .censored)
      if kind == .exact, o.duration == 0, family != .exponential {
        throw .eventAtZero(family: family, row: row)
      }
      if o.event { events += o.weight }
      let upper = o.upper ?? o.duration
      terms.append(
        Term(
          kind: kind, t: o.duration, logT: log(o.duration), upper: upper, logUpper: log(upper), entry: o.entry,
          logEntry: log(o.entry), weight: o.weight))
    }
    guard events > 0 else { throw .noEvents }
    self.family = family
    self.terms = terms
  }

  /// The log-likelihood with gradient and Hessian. O(n).
  func callAsFunction(_ theta: (Double, Double)) -> Jet {
    let a = Jet.parameter(theta.0, index: 0)
    let b = Jet.parameter(theta.1, index: 1)
    switch family {
    case .exponential:
      let inverse = (-a).exponential
      return sum(density: { t, _ in -a - t * inverse }, survival: { t, _ in -t * inverse })
    case .weibull:
      let k = a.exponential
      return sum(
        density: { _, logT in
          let u = k * (logT - b)
          return a + u - logT - u.exponential
        }, survival: { _, logT in -(k * (logT - b)).exponential })
    case .lognormal:
      let precision = (-b).exponential
      return sum(
        density: { _, logT in
          let z = (logT - a) * precision
          return -0.5 * (z * z) - b - (logT + 0.918_938_533_204_672_7)
        }, survival: { _, logT in SpecialFunctions.logNormalTail((logT - a) * precision) })
    case .gamma:
      let k = a.exponential
      let rate = (-b).exponential
      let constants = SpecialFunctions.GammaConstants(shape: k.v)
      let logGamma = k.apply(constants.log, constants.psi, constants.psi1)
      return sum(
        density: { t, logT in k * (logT - b) - t * rate - logGamma - logT },
        survival: { t, _ in SpecialFunctions.logGammaTail(shape: k, t * rate, constants) })
    case .piecewise:
      return Jet(-.infinity)
    }
  }

  @inline(__always)
  private func sum(density: (Double, Double) -> Jet, survival: (Double, Double) -> Jet) -> Jet {
    var total = Jet(0)
    for term in terms {
      var l: Jet
      switch term.kind {
      case .exact: l = density(term.t, term.logT)
      case .censored: l = term.t > 0 ? survival(term.t, term.logT) : Jet(0)
      case .interval:
        let lower = term.t > 0 ? survival(term.t, term.logT) : Jet(0)
        l = lower + (survival(term.upper, term.logUpper) - lower).logOneMinusExp
      }
      if term.entry > 0 { l -= survival(term.entry, term.logEntry) }
      total += term.weight * l
    }
    return total
  }

  /// A start of the search: the exponential's mean, or moments of the log of what was seen.
  var start: (Double, Double) {
    var exposure = 0.0
    var events = 0.0
    var weight = 0.0
    var m1 = 0.0
    var m2 = 0.0
    for term in terms {
      let t = term.kind == .interval ? (term.t + term.upper) / 2 : term.t
      exposure += term.weight * (t - term.entry)
      guard term.kind != .censored, t > 0 else { continue }
      events += term.weight
      weight += term.weight
      m1 += term.weight * log(t)
      m2 += term.weight * log(t) * log(t)
    }
    let logMean = log(max(exposure, .leastNormalMagnitude) / events)
    let mean = m1 / max(weight, .leastNormalMagnitude)
    let sd = max(0.05, max(0, m2 / max(weight, .leastNormalMagnitude) - mean * mean).squareRoot())
    switch family {
    case .exponential: return (logMean, 0)
    case .weibull, .gamma: return (0, logMean)
    case .lognormal: return (max(mean, logMean - 0.5), log(max(sd, 0.3)))
    case .piecewise: return (0, 0)
    }
  }
}
