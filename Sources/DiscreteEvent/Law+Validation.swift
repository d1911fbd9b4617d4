extension Law {
  /// The law's name, as in a scenario file.
  public var name: String {
    switch self {
    case .constant: "constant"
    case .exponential: "exponential"
    case .lognormal: "lognormal"
    case .weibull: "weibull"
    case .gamma: "gamma"
    case .uniform: "uniform"
    case .erlang: "erlang"
    case .normal: "normal"
    case .empirical: "empirical"
    case .mixture: "mixture"
    case .piecewiseExponential: "piecewise"
    }
  }

  /// Throws a ``LawError`` that names the first parameter that is out of its range.
  ///
  /// Shapes and `k` go up to 10⁷: beyond that a gamma law is a normal one.
  public func validate() throws(LawError) {
    switch self {
    case .constant(let value):
      try notNegative(value, "value")
    case .exponential(let mean):
      try positive(mean, "mean")
    case .lognormal(let median, let sigma):
      try positive(median, "median")
      try notNegative(sigma, "sigma")
    case .weibull(let shape, let scale):
      try positive(shape, "shape")
      try positive(scale, "scale")
    case .gamma(let shape, let scale):
      try positive(shape, "shape")
      try atMost(shape, 1e7, "shape")
      try positive(scale, "scale")
    case .uniform(let low, let high):
      try notNegative(low, "low")
      try notNegative(high, "high")
      if high < low { throw wrong("high", "must not be less than low, \(low), but is \(high)") }
    case .erlang(let k, let mean):
      if k < 1 { throw wrong("k", "must be at least 1, not \(k)") }
      try atMost(Double(k), 1e7, "k")
      try positive(mean, "mean")
    case .normal(let mean, let sd):
      if !mean.isFinite { throw wrong("mean", "must be a finite number, not \(mean)") }
      try notNegative(sd, "sd")
    case .empirical(let values):
      if values.isEmpty { throw wrong("values", "must not be empty") }
      for (i, value) in values.enumerated() { try notNegative(value, "values[\(i)]") }
    case .mixture(let components):
      try validate(components)
    case .piecewiseExponential(let breaks, let rates):
      try validate(breaks: breaks, rates: rates)
    }
  }

  private func validate(_ components: [Component]) throws(LawError) {
    if components.isEmpty { throw wrong("components", "must not be empty") }
    var total = 0.0
    for (i, component) in components.enumerated() {
      try notNegative(component.weight, "components[\(i)].weight")
      total += component.weight
      do {
        try component.law.validate()
      } catch {
        throw wrong("components[\(i)].\(error.law).\(error.parameter)", error.reason)
      }
    }
    if !(total > 0 && total.isFinite) { throw wrong("weights", "must have a positive sum, not \(total)") }
  }

  private func validate(breaks: [Double], rates: [Double]) throws(LawError) {
    if rates.count != breaks.count + 1 {
      throw wrong("rates", "must be one more than breaks (\(breaks.count)), but are \(rates.count)")
    }
    var previous = 0.0
    for (i, age) in breaks.enumerated() {
      try positive(age, "breaks[\(i)]")
      if age <= previous { throw wrong("breaks[\(i)]", "must be greater than \(previous), not \(age)") }
      previous = age
    }
    for (i, rate) in rates.enumerated() { try notNegative(rate, "rates[\(i)]") }
  }

  private func positive(_ x: Double, _ parameter: String) throws(LawError) {
    if !(x > 0 && x.isFinite) { throw wrong(parameter, "must be greater than 0, not \(x)") }
  }

  private func notNegative(_ x: Double, _ parameter: String) throws(LawError) {
    if !(x >= 0 && x.isFinite) { throw wrong(parameter, "must be at least 0, not \(x)") }
  }

  private func atMost(_ x: Double, _ limit: Double, _ parameter: String) throws(LawError) {
    if x > limit { throw wrong(parameter, "must be at most \(limit), not \(x)") }
  }

  private func wrong(_ parameter: String, _ reason: String) -> LawError {
    LawError(law: name, parameter: parameter, reason: reason)
  }
}
