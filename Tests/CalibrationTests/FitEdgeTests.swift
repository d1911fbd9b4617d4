import CGSL
import DiscreteEvent
import Testing

@testable import Calibration

/// What cannot be, what is barely possible, and the pieces under the fits.
@Suite struct FitEdgeTests {
  @Test func impossibleRowsAreNamed() {
    func failure(_ rows: [SurvivalData.Observation]) -> SurvivalDataError? {
      do {
        _ = try SurvivalData(rows)
        return nil
      } catch { return error }
    }
    let good = SurvivalData.Observation(duration: 1, event: true)
    #expect(failure([]) == .empty)
    #expect(failure([good, .init(duration: -1, event: true)]) == .negative(row: 1, field: "duration", value: -1))
    #expect(failure([good, good, .init(duration: .nan, event: true)]) == .notANumber(row: 2, field: "duration"))
    #expect(failure([.init(duration: .infinity, event: false)]) == .notANumber(row: 0, field: "duration"))
    #expect(failure([.init(duration: 2, event: true, entry: 2)]) == .entryNotBeforeEnd(row: 0, entry: 2, duration: 2))
    #expect(failure([.init(duration: 2, event: true, entry: -1)]) == .negative(row: 0, field: "entry", value: -1))
    #expect(
      failure([.init(duration: 2, event: true, upper: 1)]) == .upperBelowLower(row: 0, lower: 2, upper: 1))
    #expect(failure([.init(duration: 2, event: true, upper: .nan)]) == .notANumber(row: 0, field: "upper"))
    #expect(failure([.init(duration: 2, event: true, weight: -1)]) == .badWeight(row: 0, weight: -1))
    #expect(failure([good, .init(duration: -1, event: true)])?.row == 1)
    #expect(failure([.init(duration: 2, event: true, entry: 2, upper: 3)]) == nil)
  }

  @Test func anOpenIntervalIsCensoring() throws {
    let data = try SurvivalData([.init(duration: 3, event: true, upper: .infinity), .init(duration: 1, event: true)])
    #expect(data.events == 1)
    #expect(data.censored == 1)
  }

  @Test func whatHasNoMaximumIsAnError() throws {
    let censored = try SurvivalData(durations: [1, 2, 3], events: [false, false, false])
    for family in SurvivalFamily.allCases {
      #expect(throws: FitError.noEvents) { try SurvivalFit(family, to: censored) }
    }
    #expect(throws: FitError.noEvents) { try FitReport(censored) }
    let equal = try SurvivalData(durations: [5, 5, 5, 5], events: [true, true, true, true])
    for family in [SurvivalFamily.weibull, .lognormal, .gamma] {
      #expect(throws: FitError.noMaximum(family)) { try SurvivalFit(family, to: equal) }
    }
    let one = try FitReport(SurvivalData(durations: [5], events: [true]))
    #expect(try abs(#require(one.families["exponential"]?.parameters["mean"]?.value) - 5) < 1e-12)
    let zero = try SurvivalData(durations: [0, 1, 2, 3], events: [true, true, true, true])
    #expect(throws: FitError.eventAtZero(family: .weibull, row: 0)) { try SurvivalFit(.weibull, to: zero) }
    let report = try FitReport(zero, replications: 9)
    #expect(report.best == "exponential")
    #expect(report.warnings.contains { $0.contains("weibull left out") })
    let allZero = try SurvivalData(durations: [0, 0], events: [true, true])
    #expect(throws: FitError.self) { try FitReport(allZero) }
  }

  @Test func breaksAreChecked() throws {
    let data = try SurvivalData(durations: [1, 2, 3], events: [true, true, false])
    for breaks in [[0.0], [2, 1], [1, 1], [.nan], [-1]] {
      #expect(throws: FitError.self) { try SurvivalFit(.piecewise, to: data, ageBreaks: .given(breaks)) }
    }
  }

  @Test func aSegmentWithoutEventsHasRateZeroAndAnUpperBound() throws {
    let data = try SurvivalData(durations: [1, 1.5, 6, 6.5, 8], events: [true, true, true, true, false])
    let fit = try SurvivalFit(.piecewise, to: data, ageBreaks: .given([2, 5, 20]))
    #expect(fit.parameters.map(\.value)[1] == 0)
    #expect(abs(fit.parameters[1].high95 - 3.688_879_454_113_936 / 9) < 1e-12)
    #expect(fit.parameters[3].value == 0)
    #expect(fit.logLikelihood.isFinite)
    #expect(fit.segments.map(\.events) == [2, 0, 2, 0])
    #expect(abs(fit.segments[0].exposure - 8.5) < 1e-12)
    #expect(fit.parameterCount == 4)
    // The last hazard is 0: some never end.
    #expect(fit.remaining(1e-9) == .infinity)
    let goodness = GoodnessOfFit(of: fit, to: data, ageBreaks: .given([2, 5, 20]), replications: 19)
    #expect(goodness.replications > 0)
  }

  @Test func scalingChangesTheUnitOnly() throws {
    let data = try FitFixtures.preemptions()
    for family in SurvivalFamily.allCases {
      let hours = try SurvivalFit(family, to: data)
      let seconds = try SurvivalFit(family, to: data.scaled(by: 3600))
      let converted = hours.scaled(by: 3600)
      #expect(abs(converted.logLikelihood - seconds.logLikelihood) < 1e-6)
      for (a, b) in zip(converted.parameters, seconds.parameters) { #expect(abs(a.value / b.value - 1) < 1e-6) }
      #expect(abs(seconds.aic - hours.aic - 2 * 717 * log(3600.0)) < 1e-5)
      #expect(abs(hours.survival(10) - seconds.survival(36_000)) < 1e-9)
    }
  }

  @Test func weightsStandForRepetition() throws {
    let twice = try SurvivalData(durations: [1, 1, 2, 3, 3, 7], events: [true, true, true, true, true, false])
    let weighted = try SurvivalData([
      .init(duration: 1, event: true, weight: 2), .init(duration: 2, event: true),
      .init(duration: 3, event: true, weight: 2), .init(duration: 7, event: false),
    ])
    for family in SurvivalFamily.allCases {
      let a = try SurvivalFit(family, to: twice)
      let b = try SurvivalFit(family, to: weighted)
      for (p, q) in zip(a.parameters, b.parameters) { #expect(abs(p.value / q.value - 1) < 1e-8) }
    }
  }

  @Test func tailsAgreeWithGSL() {
    for k in [0.01, 0.3, 1, 2.5, 30, 400, 5000] {
      for q in [1e-6, 0.01, 0.3, 0.9, 1, 1.1, 1.5, 3] {
        let y = k * q
        let expected = gsl_sf_gamma_inc_Q(k, y)
        guard expected > 1e-250 else { continue }
        let value = SpecialFunctions.logGammaTail(
          shape: .parameter(k, index: 0), .parameter(y, index: 1), .init(shape: k))
        #expect(abs(value.v - log(expected)) < 1e-10 * max(1, abs(value.v)), "k \(k) y \(y)")
        // Derivatives against central differences.
        let h = 1e-5 * k
        func at(_ a: Double, _ b: Double) -> Jet {
          SpecialFunctions.logGammaTail(shape: .parameter(a, index: 0), .parameter(b, index: 1), .init(shape: a))
        }
        let (up, down) = (at(k + h, y), at(k - h, y))
        #expect(abs((up.v - down.v) / (2 * h) - value.d0) < 1e-5 * abs(value.d0) + 1e-9 / k, "k \(k) y \(y)")
        #expect(abs((up.d0 - down.d0) / (2 * h) - value.h00) < 1e-4 * abs(value.h00) + 1e-8 / k / k, "k \(k) y \(y)")
        #expect(abs((up.d1 - down.d1) / (2 * h) - value.h01) < 1e-4 * abs(value.h01) + 1e-8 / k / y, "k \(k) y \(y)")
      }
    }
    for z in [-30, -8, -1.5, -1, 0, 1, 5, 20, 24.9, 25.1, 100] {
      let expected = gsl_sf_log_erfc(z / 2.0.squareRoot()) - log(2.0)
      #expect(abs(SpecialFunctions.logNormalTail(z) - expected) < 1e-12 * max(1, abs(expected)))
    }
  }

  @Test func remainingInvertsSurvival() throws {
    let data = try FitFixtures.preemptions()
    for family in SurvivalFamily.allCases {
      let fit = try SurvivalFit(family, to: data)
      for age in [0, 0.5, 20] {
        for u in [0.001, 0.2, 0.7, 0.999] {
          let t = fit.remaining(u, given: age)
          #expect(abs(fit.survival(t) / fit.survival(age) - u) < 1e-8, "\(family) \(age) \(u)")
        }
      }
    }
  }

  @Test func drawsSpreadAsTheErrorsSay() throws {
    let fit = try SurvivalFit(.weibull, to: FitFixtures.preemptions())
    var stream = RandomStream(seed: 5, replication: 0, entity: 0, purpose: 6)
    var (sum, squares, cross) = (0.0, 0.0, 0.0)
    let n = 4000
    for _ in 0..<n {
      guard case .weibull(let shape, let scale) = fit.draw(&stream) else { continue }
      let a = log(shape / fit.parameters[0].value)
      let b = log(scale / fit.parameters[1].value)
      sum += a
      squares += b * b
      cross += a * b
    }
    #expect(abs(sum / Double(n)) < 4 * (fit.logCovariance[0] / Double(n)).squareRoot())
    #expect(abs(squares / Double(n) / fit.logCovariance[3] - 1) < 0.1)
    #expect(
      abs(cross / Double(n) - fit.logCovariance[1]) < 0.1 * (fit.logCovariance[0] * fit.logCovariance[3]).squareRoot())
  }

  @Test func unitsOfColumns() {
    #expect(TimeUnit.stated(byColumn: "lifetime_s") == .second)
    #expect(TimeUnit.stated(byColumn: "wait_minutes") == .minute)
    #expect(TimeUnit.stated(byColumn: "Age_H") == .hour)
    #expect(TimeUnit.stated(byColumn: "days") == nil)
    #expect(TimeUnit.stated(byColumn: "event") == nil)
  }

  @Test func kaplanMeierOfATextbook() throws {
    // Freireich's 6-MP arm (Klein, Moeschberger, example 4.1A).
    let t: [Double] = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    let e = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0].map { $0 == 1 }
    let km = KaplanMeier(try SurvivalData(durations: t, events: e))
    #expect(km.ages == [6, 7, 10, 13, 16, 22, 23])
    for (value, expected) in zip(km.survival, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]) {
      #expect(abs(value - expected) < 6e-4)
    }
    #expect(km(5) == 1)
    #expect(km.quantile(0.5, after: 0) == 23)
    #expect(km.quantile(0.4, after: 0) == .infinity)
  }

  /// Few observations, any unit, any censoring: a fit or a typed error, and the score is zero where there is a fit.
  @Test func anyFewObservationsFitOrFailCleanly() throws {
    var (fitted, failed) = (0, 0)
    for world in 0..<600 {
      var s = RandomStream(seed: 17, replication: UInt64(world), entity: 0, purpose: 9)
      let n = 2 + Int(s.uniform() * 12)
      let unit = exp((s.uniform() - 0.5) * 60)
      let spread = exp(6 * s.uniform() - 4)
      let data = try SurvivalData(
        (0..<n).map { _ in
          let t = unit * exp(spread * gsl_cdf_ugaussian_Pinv(s.uniform()))
          let kind = s.uniform()
          return SurvivalData.Observation(
            duration: t, event: kind < 0.7, entry: s.uniform() < 0.2 ? t * s.uniform() : 0,
            upper: kind < 0.15 ? t * 1.5 : nil)
        })
      for family in SurvivalFamily.allCases {
        guard let fit = try? SurvivalFit(family, to: data) else {
          failed += 1
          continue
        }
        fitted += 1
        #expect(fit.logLikelihood.isFinite && fit.parameters.allSatisfy { $0.value.isFinite && $0.low95 <= $0.value })
        guard family != .piecewise else { continue }
        let logs = fit.parameters.map { log($0.value) }
        let jet = try SmoothLikelihood(family, data)((logs[0], logs.count > 1 ? logs[1] : 0))
        // In standard errors: a nearly degenerate likelihood is steep, and rounding the parameters shows.
        let away = max(
          abs(jet.d0) / (-jet.h00).squareRoot(), family == .exponential ? 0 : abs(jet.d1) / (-jet.h11).squareRoot())
        #expect(away < 1e-4, "\(family) world \(world) seed 17, \(fit.parameters)")
      }
    }
    print("small samples: \(fitted) fitted, \(failed) without a maximum")
    #expect(failed < 300)
  }
}
