import DiscreteEvent
import Engine

extension YAMLField {
  static let lawNames = [
    "constant", "exponential", "lognormal", "weibull", "gamma", "uniform", "erlang", "normal", "empirical", "mixture",
    "piecewise_by_age",
  ]

  /// A law of a length of time, in seconds: a duration, or `{name: {parameters}}`.
  func law() throws(InputError) -> Law { try law(depth: 0) }

  private func law(depth: Int) throws(InputError) -> Law {
    if isScalar {
      let text = try string("a duration or a law")
      if Self.lawNames.contains(text) {
        throw error("\(path): the law \(text) lacks its parameters", hint: Self.example(of: text))
      }
      return .constant(try duration())
    }
    guard depth < 8 else { throw error("\(path) is nested too deeply") }
    guard isMapping else { throw wrongType("a duration or a law", hint: Self.example(of: "lognormal")) }
    let (name, parameters) = try YAMLRecord(self, keys: Self.lawNames).onlyKey()
    switch name {
    case "mixture": return try parameters.mixture(depth: depth)
    case "empirical":
      let values = try parameters.list("a list of durations")
      guard !values.isEmpty else { throw parameters.error("\(parameters.path) is empty") }
      return .empirical(try values.map { value throws(InputError) in try value.duration() })
    case "piecewise_by_age":
      let (breaks, rates) = try parameters.piecewise()
      return .piecewiseExponential(breaks: breaks, rates: rates.map { $0 / 3600 })
    case "constant": return .constant(try parameters.duration())
    default: return try parameters.parametricLaw(name)
    }
  }

  private func parametricLaw(_ name: String) throws(InputError) -> Law {
    func record(_ keys: String...) throws(InputError) -> [YAMLField] {
      guard isMapping else {
        throw wrongType("a mapping with \(keys.joined(separator: " and "))", hint: Self.example(of: name))
      }
      let record = try YAMLRecord(self, keys: keys)
      return try keys.map { key throws(InputError) in try record.require(key, hint: Self.example(of: name)) }
    }
    switch name {
    case "exponential": return .exponential(mean: try record("mean")[0].positiveDuration())
    case "lognormal":
      let p = try record("median", "sigma")
      return .lognormal(median: try p[0].positiveDuration(), sigma: try p[1].number(in: 0...10, "a number in 0…10"))
    case "weibull":
      let p = try record("shape", "scale")
      return .weibull(shape: try p[0].shape(), scale: try p[1].positiveDuration())
    case "gamma":
      let p = try record("shape", "scale")
      return .gamma(shape: try p[0].shape(), scale: try p[1].positiveDuration())
    case "uniform":
      let p = try record("low", "high")
      let (low, high) = (try p[0].duration(), try p[1].duration())
      guard low <= high else { throw p[1].error("\(p[1].path) is less than \(p[0].path)") }
      return .uniform(low: low, high: high)
    case "erlang":
      let p = try record("k", "mean")
      return .erlang(k: try p[0].integer(in: 1...1000), mean: try p[1].positiveDuration())
    default:
      let p = try record("mean", "sd")
      return .normal(mean: try p[0].duration(), sd: try p[1].duration())
    }
  }

  private func shape() throws(InputError) -> Double { try number(in: 1e-3...1e6, "a shape (a number above 0)") }

  private func mixture(depth: Int) throws(InputError) -> Law {
    let parts = try list("a list of {weight, law}")
    guard !parts.isEmpty else { throw error("\(path) is empty") }
    guard parts.count <= 1000 else { throw error("\(path) has \(parts.count) parts; 1000 are the most") }
    return .mixture(
      try parts.map { part throws(InputError) in
        let record = try YAMLRecord(part, keys: ["weight", "law"])
        let weight = try record.require("weight").positive("a weight above 0")
        return Law.Component(weight: weight, law: try record.require("law").law(depth: depth + 1))
      })
  }

  /// `{breaks: […], rates_per_hour: […]}`: ages in seconds, rates an hour, one rate more than breaks.
  func piecewise() throws(InputError) -> (breaks: [Double], ratesPerHour: [Double]) {
    let record = try YAMLRecord(self, keys: ["breaks", "rates_per_hour"])
    let hint = Self.example(of: "piecewise_by_age")
    let breakFields = try record.require("breaks", hint: hint).list("a list of ages")
    let rateField = try record.require("rates_per_hour", hint: hint)
    let rates = try rateField.list("a list of rates").map { rate throws(InputError) in try rate.rate() }
    var breaks: [Double] = []
    for field in breakFields {
      let age = try field.duration()
      guard age > breaks.last ?? 0 else {
        throw field.error("\(field.path): breaks must ascend, and the first age, 0, is implied")
      }
      breaks.append(age)
    }
    guard rates.count == breaks.count + 1 else {
      throw rateField.error(
        "\(rateField.path) has \(rates.count) rates for \(breaks.count) breaks, not one more than breaks")
    }
    return (breaks, rates)
  }

  private static func example(of law: String) -> String {
    switch law {
    case "constant": "write for example 3m"
    case "exponential": "write for example {exponential: {mean: 5m}}"
    case "weibull": "write for example {weibull: {shape: 1.5, scale: 5m}}"
    case "gamma": "write for example {gamma: {shape: 2, scale: 3m}}"
    case "uniform": "write for example {uniform: {low: 1m, high: 5m}}"
    case "erlang": "write for example {erlang: {k: 3, mean: 5m}}"
    case "normal": "write for example {normal: {mean: 5m, sd: 30s}}"
    case "empirical": "write for example {empirical: [2m, 3m, 7m]}"
    case "mixture": "write for example {mixture: [{weight: 3, law: 2m}, {weight: 1, law: 10m}]}"
    case "piecewise_by_age": "write for example {piecewise_by_age: {breaks: [1h], rates_per_hour: [0.3, 0.05]}}"
    default: "write for example {lognormal: {median: 2m, sigma: 0.5}}"
    }
  }

  /// A value for both pricings, or one each: `{spot: …, on_demand: …}`; one that is not named stays nil.
  func byPricing<Value>(
    _ read: (YAMLField) throws(InputError) -> Value
  ) throws(InputError) -> ByPricing<Value?> {
    guard let mapping = node.mapping,
      mapping.contains(where: { ["spot", "on_demand"].contains($0.key.scalar?.string) })
    else { return ByPricing(try read(self)) }
    let record = try YAMLRecord(self, keys: ["spot", "on_demand"])
    var result = ByPricing<Value?>(nil)
    if let field = record["spot"] { result.spot = try read(field) }
    if let field = record["on_demand"] { result.onDemand = try read(field) }
    return result
  }
}
