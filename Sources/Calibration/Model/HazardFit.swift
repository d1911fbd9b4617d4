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

  private let ages: Int
  private let regimes: Int
  /// Indexed (regime × ages + age) × 24 + hour.
  private var cells: [Evidence.Count]

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
    for (i, c) in cells.enumerated() {
      byAge[(i / 24) % ages].events += c.events
      byAge[(i / 24) % ages].exposure += c.exposure
      events += c.events
    }
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
  private mutating func add(_ e: Evidence.Exposure, _ breaks: [Double], _ regimeStart: Instant?) {
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

  private struct Solution {
    var mode: [Double]
    var precision: [Double]
    var logLikelihood: Double
    var evidence: Double
    var effective: Double
  }

  /// The prior's precision over (η by age, γ by hour, regime), and the log determinant of it.
  private func prior(_ priors: Priors, tau: Double) -> (mean: [Double], precision: [Double], logDeterminant: Double)? {
    let hours = tau > 0 ? 24 : 0
    let n = ages + hours + regimes - 1
    var covariance = [Double](repeating: 0, count: n * n)
    let level = priors.spotInterruptions
    for i in 0..<ages {
      for j in 0..<ages { covariance[i * n + j] = level.logSD * level.logSD }
      covariance[i * n + i] += priors.ageFactors[i].logSD * priors.ageFactors[i].logSD
    }
    if hours > 0 {
      let kernel = (0..<24).map { tau * tau * exp(-Double(min($0, 24 - $0)) / 3) }
      // The hours' common part belongs to the level: it is taken out.
      let common = kernel.reduce(0, +) / 24
      for i in 0..<24 {
        for j in 0..<24 { covariance[(ages + i) * n + ages + j] = kernel[abs(i - j)] - common }
        covariance[(ages + i) * n + ages + i] += 1e-6
      }
    }
    if regimes == 2 { covariance[n * n - 1] = 1 }
    guard let precision = SmallMatrix.inverse(covariance, n),
      let (_, logDeterminant) = SmallMatrix.solve(covariance, [Double](repeating: 0, count: n))
    else { return nil }
    var mean = [Double](repeating: 0, count: n)
    for i in 0..<ages { mean[i] = log(level.median * priors.ageFactors[i].median) }
    return (mean, precision, -logDeterminant)
  }

  private func solve(_ priors: Priors, tau: Double) -> Solution? {
    guard let prior = prior(priors, tau: tau) else { return nil }
    let n = prior.mean.count
    let hours = tau > 0
    var x = prior.mean
    var a = prior.precision
    var logLikelihood = 0.0
    var quadratic = 0.0
    var information = [Double](repeating: 0, count: n * n)
    for iteration in 0..<60 {
      var gradient = [Double](repeating: 0, count: n)
      information = [Double](repeating: 0, count: n * n)
      logLikelihood = 0
      for r in 0..<regimes {
        for i in 0..<ages {
          for h in 0..<24 {
            let c = cells[(r * ages + i) * 24 + h]
            guard c.exposure > 0 else { continue }
            let eta = x[i] + (hours ? x[ages + h] : 0) + (r == 1 ? x[n - 1] : 0)
            let expected = c.exposure * exp(eta)
            logLikelihood += c.events * eta - expected
            let g = c.events - expected
            gradient[i] += g
            information[i * n + i] += expected
            if hours {
              gradient[ages + h] += g
              information[(ages + h) * n + ages + h] += expected
              information[i * n + ages + h] += expected
              information[(ages + h) * n + i] += expected
            }
            if r == 1 {
              gradient[n - 1] += g
              information[n * n - 1] += expected
              information[i * n + n - 1] += expected
              information[(n - 1) * n + i] += expected
              if hours {
                information[(ages + h) * n + n - 1] += expected
                information[(n - 1) * n + ages + h] += expected
              }
            }
          }
        }
      }
      quadratic = 0
      for i in 0..<n {
        var pull = 0.0
        for j in 0..<n {
          a[i * n + j] = prior.precision[i * n + j] + information[i * n + j]
          pull += prior.precision[i * n + j] * (x[j] - prior.mean[j])
        }
        gradient[i] -= pull
        quadratic += pull * (x[i] - prior.mean[i])
      }
      guard let (step, logDeterminant) = SmallMatrix.solve(a, gradient) else { return nil }
      let longest = step.reduce(0) { max($0, abs($1)) }
      if longest < 1e-8 || iteration == 59 {
        guard let covariance = SmallMatrix.inverse(a, n) else { return nil }
        var effective = 0.0
        for i in 0..<(n * n) { effective += covariance[i] * information[i] }
        return Solution(
          mode: x, precision: a, logLikelihood: logLikelihood,
          evidence: logLikelihood - 0.5 * quadratic + 0.5 * prior.logDeterminant - 0.5 * logDeterminant,
          effective: effective)
      }
      let scale = longest > 2 ? 2 / longest : 1
      for i in 0..<n { x[i] += scale * step[i] }
    }
    return nil
  }
}

extension HazardFit {
  /// The candidates without a prior, by maximum likelihood: one rate, by age, by hour, and the product of both.
  private mutating func compare() {
    var age = [Evidence.Count](repeating: Evidence.Count(), count: ages)
    var hour = [Evidence.Count](repeating: Evidence.Count(), count: 24)
    for (i, c) in cells.enumerated() {
      age[(i / 24) % ages].events += c.events
      age[(i / 24) % ages].exposure += c.exposure
      hour[i % 24].events += c.events
      hour[i % 24].exposure += c.exposure
    }
    func likelihood(_ counts: [Evidence.Count]) -> Double {
      counts.reduce(0) { $1.events > 0 ? $0 + $1.events * (log($1.events / $1.exposure) - 1) : $0 }
    }
    guard events > 0 else { return }
    let used = Double(age.count { $0.exposure > 0 })
    let all = Evidence.Count(events: events, exposure: hoursWatched)
    candidates.append(Candidate(name: "exponential", logLikelihood: likelihood([all]), parameters: 1))
    candidates.append(Candidate(name: "piecewise_by_age", logLikelihood: likelihood(age), parameters: used))
    candidates.append(Candidate(name: "by_hour", logLikelihood: likelihood(hour), parameters: 24))
    let (rates, factors) = multiplicative(age, hour)
    var value = -events
    for i in 0..<ages where age[i].events > 0 { value += age[i].events * log(rates[i]) }
    for h in 0..<24 where hour[h].events > 0 { value += hour[h].events * log(factors[h]) }
    candidates.append(
      Candidate(name: "piecewise_by_age_and_hour", logLikelihood: value, parameters: used + 23))
  }
  /// Alternating maximum likelihood of rate(age) × factor(hour).
  private func multiplicative(_ age: [Evidence.Count], _ hour: [Evidence.Count]) -> (rates: [Double], factors: [Double])
  {
    var factors = [Double](repeating: 1, count: 24)
    var rates = [Double](repeating: 0, count: ages)
    for _ in 0..<30 {
      for i in 0..<ages {
        var expected = 0.0
        for r in 0..<regimes { for h in 0..<24 { expected += factors[h] * cells[(r * ages + i) * 24 + h].exposure } }
        rates[i] = expected > 0 ? age[i].events / expected : 0
      }
      for h in 0..<24 {
        var expected = 0.0
        for r in 0..<regimes { for i in 0..<ages { expected += rates[i] * cells[(r * ages + i) * 24 + h].exposure } }
        factors[h] = expected > 0 ? hour[h].events / expected : 1
      }
    }
    return (rates, factors)
  }

  /// The log-likelihood of other pods under the candidates without a prior; half an event is added to every rate, since
  /// a rate of 0 rules out what may well happen.
  func unshrunk(of others: [Evidence.Exposure], priors: Priors) -> [(name: String, value: Double)] {
    guard events > 0 else { return [] }
    var test = self
    test.cells = Array(repeating: Evidence.Count(), count: cells.count)
    for e in others { test.add(e, priors.ageBreaksHours, nil) }
    let mean = events / hoursWatched
    func rate(_ c: Evidence.Count) -> Double { (c.events + 0.5) / (c.exposure + 0.5 / mean) }
    var age = [Evidence.Count](repeating: Evidence.Count(), count: ages)
    var hour = [Evidence.Count](repeating: Evidence.Count(), count: 24)
    for (i, c) in cells.enumerated() {
      age[(i / 24) % ages].events += c.events
      age[(i / 24) % ages].exposure += c.exposure
      hour[i % 24].events += c.events
      hour[i % 24].exposure += c.exposure
    }
    let (rates, factors) = multiplicative(age, hour)
    func sum(_ rate: (Int, Int) -> Double) -> Double {
      var sum = 0.0
      for (i, c) in test.cells.enumerated() where c.exposure > 0 {
        let r = max(1e-9, rate((i / 24) % ages, i % 24))
        sum += c.events * log(r) - c.exposure * r
      }
      return sum
    }
    return [
      ("piecewise_by_age", sum { a, _ in rate(age[a]) }), ("by_hour", sum { _, h in rate(hour[h]) }),
      ("piecewise_by_age_and_hour", sum { a, h in max(rates[a] * factors[h], 0.1 * mean) }),
    ]
  }
}
