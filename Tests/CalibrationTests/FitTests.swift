import CGSL
import DiscreteEvent
import Foundation
import Testing

@testable import Calibration

/// Simulated and recorded data for the fitting tests.
enum FitFixtures {
  static func url(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
  }

  /// Google's preemptible VMs: lifetimes in hours.
  static func preemptions() throws -> SurvivalData {
    let text = try String(contentsOf: url("goog_preemption_vms.csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let lifetime = try #require(header.firstIndex(of: "lifetime_s"))
    let event = try #require(header.firstIndex(of: "event"))
    return try SurvivalData(
      lines.dropFirst().map {
        let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
        return SurvivalData.Observation(duration: Double(cells[lifetime])! / 3600, event: cells[event] == "1")
      })
  }
}

@Suite struct FitPreemptionTests {
  @Test func automaticChoiceReachesTheRequiredAIC() throws {
    let data = try FitFixtures.preemptions()
    #expect(data.count == 1442)
    #expect(data.events == 717)
    for family in SurvivalFamily.allCases {
      let fit = try SurvivalFit(family, to: data)
      print(family, fit.aic, fit.parameters, fit.breaks)
    }
    let weibull = try SurvivalFit(.weibull, to: data)
    #expect(abs(weibull.aic - 5438) < 0.5)
    let best = try SurvivalFit.best(for: data)
    #expect(best.family == .piecewise)
    #expect(best.aic <= 3255)
  }
}
