import CGSL
import DiscreteEvent

extension HazardFit {
  /// What was counted by age alone, and by hour of the day alone.
  var margins: (age: [Evidence.Count], hour: [Evidence.Count]) {
    var age = [Evidence.Count](repeating: Evidence.Count(), count: ages)
    var hour = [Evidence.Count](repeating: Evidence.Count(), count: 24)
    for (i, c) in cells.enumerated() {
      age[(i / 24) % ages].events += c.events
      age[(i / 24) % ages].exposure += c.exposure
      hour[i % 24].events += c.events
      hour[i % 24].exposure += c.exposure
    }
    return (age, hour)
  }

  /// The candidates without a prior, by maximum likelihood: one rate, by age, by hour, and the product of both.
  mutating func compare() {
    let (age, hour) = margins
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
    let (age, hour) = margins
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
