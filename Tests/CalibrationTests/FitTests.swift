import CGSL
import DiscreteEvent
import Foundation
import Testing

@testable import Calibration

/// Simulated and recorded data for the fitting tests.
enum FitFixtures {
  /// A file of the Fixtures directory.
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
    let weibull = try SurvivalFit(.weibull, to: data)
    #expect(abs(weibull.aic - 5438) < 0.5)
    let best = try SurvivalFit.best(for: data)
    #expect(best.family == .piecewise)
    #expect(best.aic <= 3255)
  }
}

@Suite struct FitReportTests {
  @Test func jsonHasTheKeysOfTheInterface() throws {
    let hours = try FitFixtures.preemptions()
    let report = try FitReport(hours.scaled(by: 3600), unit: .second)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = try #require(JSONSerialization.jsonObject(with: encoder.encode(report)) as? [String: Any])
    #expect(json["n"] as? Int == 1442)
    #expect(json["events"] as? Int == 717)
    #expect(json["censored"] as? Int == 725)
    #expect(json["best"] as? String == "piecewise")
    #expect(json["unit"] as? String == "h")
    let families = try #require(json["families"] as? [String: [String: Any]])
    #expect(Set(families.keys) == Set(SurvivalFamily.allCases.map(\.rawValue)))
    for (_, family) in families {
      for key in ["parameters", "log_likelihood", "aic", "ks_p", "ad_p"] { #expect(family[key] != nil) }
      let parameters = try #require(family["parameters"] as? [String: [String: Double]])
      for (_, p) in parameters { #expect(Set(p.keys) == ["value", "low95", "high95"]) }
    }
    #expect(try abs(#require(families["weibull"]?["aic"] as? Double) - 5438) < 0.5)
    #expect(try #require(families["piecewise"]?["aic"] as? Double) <= 3255)
    #expect(try JSONDecoder().decode(FitReport.self, from: encoder.encode(report)) == report)
  }
}
