import Testing

@testable import DiscreteEvent

@Suite struct LawValidationTests {
  @Test(arguments: [
    (Law.constant(-1), "value"), (.exponential(mean: 0), "mean"), (.exponential(mean: .nan), "mean"),
    (.lognormal(median: -2, sigma: 1), "median"), (.lognormal(median: 2, sigma: -1), "sigma"),
    (.weibull(shape: 0, scale: 1), "shape"), (.weibull(shape: 1, scale: .infinity), "scale"),
    (.gamma(shape: -1, scale: 1), "shape"), (.gamma(shape: 1e9, scale: 1), "shape"),
    (.gamma(shape: 1, scale: 0), "scale"),
    (.uniform(low: -1, high: 2), "low"), (.uniform(low: 3, high: 2), "high"), (.erlang(k: 0, mean: 1), "k"),
    (.erlang(k: 2, mean: -1), "mean"), (.normal(mean: .infinity, sd: 1), "mean"), (.normal(mean: 1, sd: -1), "sd"),
    (.empirical([]), "values"), (.empirical([1, -1]), "values[1]"), (.mixture([]), "components"),
    (.mixture([.init(weight: 0, law: .constant(1))]), "weights"),
    (.mixture([.init(weight: -1, law: .constant(1))]), "components[0].weight"),
    (.mixture([.init(weight: 1, law: .exponential(mean: -1))]), "components[0].exponential.mean"),
    (.piecewiseExponential(breaks: [1], rates: [1]), "rates"),
    (.piecewiseExponential(breaks: [2, 1], rates: [1, 1, 1]), "breaks[1]"),
    (.piecewiseExponential(breaks: [1], rates: [1, -1]), "rates[1]"),
  ])
  func namesTheParameter(law: Law, parameter: String) {
    let error = #expect(throws: LawError.self) { try law.validate() }
    #expect(error?.parameter == parameter)
    #expect(error?.law == law.name)
  }

  @Test(arguments: LawQuantileTests.laws + [.constant(0), .empirical([0]), .lognormal(median: 1, sigma: 0)])
  func acceptsWhatIsValid(law: Law) throws { try law.validate() }

  @Test func saysWhatIsWrong() {
    let error = #expect(throws: LawError.self) { try Law.weibull(shape: -1, scale: 2).validate() }
    #expect(error?.description == "weibull: shape must be greater than 0, not -1.0")
  }
}
