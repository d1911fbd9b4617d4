import CGSL
import DiscreteEvent
import Testing

@testable import Calibration

/// False alarms and power of the change-point detector.
@Suite struct FitChangePointTests {
  static let trials = 1000
  static let seed: UInt64 = 20_261

  static func stream(_ trial: Int, _ part: UInt16) -> RandomStream {
    RandomStream(seed: seed, replication: UInt64(trial), entity: 0, part: part, purpose: 1)
  }

  static func normals(_ trial: Int, _ n: Int, shiftAt: Int? = nil, by shift: Double = 0) -> [Double] {
    var s = stream(trial, 1)
    return (0..<n).map { gsl_cdf_ugaussian_Pinv(s.uniform()) + ($0 >= shiftAt ?? n ? shift : 0) }
  }

  static func poisson(_ s: inout RandomStream, _ mean: Double) -> Int {
    let u = s.uniform()
    var k: UInt32 = 0
    while gsl_cdf_poisson_P(k, mean) < u { k += 1 }
    return Int(k)
  }

  @Test func meanFalseAlarms() {
    let alarms = (0..<Self.trials).count {
      ChangePoint.detect(Self.normals($0, 40), replications: 99, seed: UInt64($0))!.p <= 0.05
    }
    print("false alarms, mean: \(alarms) of \(Self.trials), seed \(Self.seed)")
    #expect(alarms <= 66)  // 6.6 % is 5 % + 2.3 standard errors; the test itself is exact.
    #expect(alarms >= 30)
  }

  @Test func meanPowerAndPlace() {
    var found = 0
    var near = 0
    for trial in 0..<200 {
      let c = ChangePoint.detect(Self.normals(trial, 60, shiftAt: 40, by: 1.5), seed: UInt64(trial))!
      if c.p <= 0.05 { found += 1 }
      if abs(c.index - 40) <= 3 { near += 1 }
    }
    print("power, mean + 1.5 sd after 40 of 60: \(found) of 200; within 3 places: \(near)")
    #expect(found >= 190)
    #expect(near >= 150)
  }

  @Test func rateFalseAlarms() {
    let exposure = (0..<24).map { 10 + 5 * Double($0 % 4) }
    let alarms = (0..<Self.trials).count { trial in
      var s = Self.stream(trial, 2)
      let events = exposure.map { Self.poisson(&s, 0.1 * $0) }
      return (ChangePoint.detect(events: events, exposure: exposure, replications: 99, seed: UInt64(trial))?.p ?? 1)
        <= 0.05
    }
    print("false alarms, rate: \(alarms) of \(Self.trials), seed \(Self.seed)")
    #expect(alarms <= 66)
    #expect(alarms >= 30)
  }

  @Test func ratePowerAndPlace() {
    let exposure = (0..<30).map { 10 + 5 * Double($0 % 4) }
    var found = 0
    var near = 0
    for trial in 0..<200 {
      var s = Self.stream(trial, 3)
      let events = exposure.enumerated().map { Self.poisson(&s, ($0 < 18 ? 0.1 : 0.25) * $1) }
      let c = ChangePoint.detect(events: events, exposure: exposure, seed: UInt64(trial))!
      if c.p <= 0.05 { found += 1 }
      if abs(c.index - 18) <= 3 { near += 1 }
    }
    print("power, rate × 2.5 after 18 of 30 bins: \(found) of 200; within 3 bins: \(near)")
    #expect(found >= 180)
    #expect(near >= 140)
  }

  @Test func degenerateSeriesHaveNoChange() {
    #expect(ChangePoint.detect([1, 1, 1, 1, 1, 1, 1]) == nil)
    #expect(ChangePoint.detect([1, 2]) == nil)
    #expect(ChangePoint.detect(events: [0, 0], exposure: [1, 1]) == nil)
    #expect(ChangePoint.detect(events: [3], exposure: [1]) == nil)
    #expect(ChangePoint.detect(events: [], exposure: []) == nil)
    let step = ChangePoint.detect([1, 1, 1, 1, 1, 5, 5, 5, 5, 5])!
    #expect(step.index == 5)
    #expect(step.before == 1 && step.after == 5)
  }
}
