import CGSL
import DiscreteEvent

/// Fits the hazard of spot pods: a Poisson process whose rate is a product of age and hour of the day.
///
///     rate(age, hour) = exp(η_age + γ_hour),   events in a cell ~ Poisson(rate × exposure of the cell)
///
/// η is normal around the prior's rates by age: one common level and each age's own deviation. γ is zero, or a smooth
/// circular Gaussian process over the 24 hours with standard deviation τ and a correlation that decays over 3 hours; τ is
/// the one of {0, 0.2, 0.4, 0.8} with the greatest marginal likelihood (Laplace; Rasmussen, Williams: Gaussian Processes
/// for Machine Learning, §3.4 and §5.4). The posterior is normal around the mode found by Newton's method. That the
/// likelihood of a piecewise hazard is Poisson's: Holford, Biometrics 36, 1980.
struct HazardFit {
  struct Candidate {
    var name: String
    var logLikelihood: Double
    /// Effective number, where it is shrunk: the trace of the hat matrix.
    var parameters: Double
    var aic: Double { 2 * parameters - 2 * logLikelihood }
  }

  var posterior: HazardPosterior
  var candidates: [Candidate] = []
  /// The name of the candidate that became the posterior.
  var chosen = "piecewise"
  var pods = 0
  var events = 0.0
  /// The standard deviation of the hours' factors in the posterior.
  private(set) var tau = 0.0
  /// Leases before it form a regime of their own, with a level of their own.
  let regimeStart: Instant?
  /// Events and hours of exposure by age.
  var byAge: [Evidence.Count]

  let ages: Int
  let regimes: Int
  /// Indexed (regime × ages + age) × 24 + hour.
  var cells: [Evidence.Count]

  /// - Parameter taus: the standard deviations of the hours' factors that are tried.
  init(
    _ exposures: [Evidence.Exposure], priors: Priors, regimeStart: Instant? = nil, taus: [Double] = [0, 0.2, 0.4, 0.8]
  ) {
    self.regimeStart = regimeStart
    ages = priors.ageFactors.count
    regimes = regimeStart == nil ? 1 : 2
    cells = Array(repeating: Evidence.Count(), count: regimes * ages * 24)
    byAge = Array(repeating: Evidence.Count(), count: ages)
    posterior = .constant(.fixed(0))
    pods = exposures.count
    for e in exposures { add(e, priors.ageBreaksHours, regimeStart) }
    byAge = margins.age
    for c in cells { events += c.events }
    compare()
    var best: (solution: Solution, tau: Double)?
    for tau in taus {
      if tau > 0, events < 30 { break }
      guard let solution = solve(priors, tau: tau) else { continue }
      candidates.append(
        Candidate(
          name: HazardFit.name(tau), logLikelihood: solution.logLikelihood,
          parameters: solution.effective))
      if best == nil || solution.evidence > (best?.solution.evidence ?? -.infinity) + (best?.tau == 0 ? 3 : 0) {
        best = (solution, tau)
        chosen = candidates[candidates.count - 1].name
      }
    }
    if let best, let block = NormalBlock(mean: best.solution.mode, precision: best.solution.precision) {
      posterior = .byAgeAndHour(breaksHours: priors.ageBreaksHours, block: block, hours: best.tau > 0)
      tau = best.tau
    } else {
      posterior = .constant(.rate(events: events, exposure: hoursWatched, prior: priors.spotInterruptions))
      chosen = "exponential"
    }
  }

  static func name(_ tau: Double) -> String { tau == 0 ? "shrunk_by_age" : "shrunk_by_age_and_hour_\(tau)" }

  var hoursWatched: Double { byAge.reduce(0) { $0 + $1.exposure } }

  /// The log-likelihood of other pods under a posterior at its mode.
  func logLikelihood(of others: [Evidence.Exposure], priors: Priors) -> Double {
    guard case .byAgeAndHour(_, let block, let hours) = posterior else { return -.infinity }
    var test = self
    test.cells = Array(repeating: Evidence.Count(), count: cells.count)
    for e in others { test.add(e, priors.ageBreaksHours, nil) }
    var sum = 0.0
    for (i, c) in test.cells.enumerated() where c.exposure > 0 {
      let eta = block.mean[(i / 24) % ages] + (hours ? block.mean[ages + i % 24] : 0)
      sum += c.events * eta - c.exposure * exp(eta)
    }
    return sum
  }

  /// Splits a pod's time over ages and hours of the day.
  mutating func add(_ e: Evidence.Exposure, _ breaks: [Double], _ regimeStart: Instant?) {
    let regime = regimes == 2 && e.granted < (regimeStart ?? e.granted) ? 1 : 0
    let origin = Double(e.granted.microseconds % 86_400_000_000) / 3.6e9
    var age = e.from
    var segment = breaks.firstIndex { $0 > age } ?? breaks.count
    while age < e.to {
      let clock = origin + age
      let hour = Int(clock.rounded(.down))
      var next = min(e.to, Double(hour + 1) - origin)
      if next <= age { next = min(e.to, age + 1e-9) }
      if segment < breaks.count { next = min(next, breaks[segment]) }
      let cell = (regime * ages + segment) * 24 + ((hour % 24) + 24) % 24
      cells[cell].exposure += next - age
      age = next
      if age >= e.to, e.event { cells[cell].events += 1 }
      if segment < breaks.count, age >= breaks[segment] { segment += 1 }
    }
  }
}
