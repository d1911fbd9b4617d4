import CGSL
import DiscreteEvent

extension HazardFit {
  /// Where Newton's method has come to rest.
  struct Solution {
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

  /// The mode of the posterior with hours' factors of standard deviation `tau`; nil where it is not found.
  func solve(_ priors: Priors, tau: Double) -> Solution? {
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
