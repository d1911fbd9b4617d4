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

  @Test func textIsAlignedAndPlain() throws {
    let report = try FitReport(FitFixtures.preemptions().scaled(by: 3600), unit: .second, replications: 0)
    let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "1442 durations: 717 events, 725 censored; time in h")
    #expect(lines[2].hasPrefix("family          log L     AIC"))
    #expect(lines[3].hasPrefix("piecewise *"))
    #expect(lines[7].hasPrefix("lognormal"))
    #expect(report.text.contains("rate per h, age 0 to "))
    #expect(!report.text.contains("\u{1B}"))
    #expect(lines[2...7].allSatisfy { $0.count == lines[2].count })
  }

  @Test func theUnitIsThatOfTheDataWhenNoneIsKnown() throws {
    let data = try FitFixtures.preemptions()
    let plain = try FitReport(data, families: [.weibull], replications: 0)
    let seconds = try FitReport(
      data.scaled(by: 3600), unit: .second, reportUnit: .hour, families: [.weibull], replications: 0)
    #expect(plain.unit == nil)
    #expect(plain.families["weibull"]?.ksP == nil)
    #expect(try abs(#require(plain.families["weibull"]).aic - #require(seconds.families["weibull"]).aic) < 1e-6)
    let given = try FitReport(
      data.scaled(by: 3600), unit: .second, families: [.piecewise], ageBreaks: .given([3600, 86_400]), replications: 0)
    #expect(given.families["piecewise"]?.breaks == [1, 24])
    #expect(given.families["piecewise"]?.parameterCount == 3)
  }

  @Test func theSameSeedGivesTheSameReport() throws {
    let data = try FitFixtures.preemptions()
    let a = try FitReport(data, replications: 19, seed: 4)
    let b = try FitReport(data, replications: 19, seed: 4)
    #expect(a == b)
  }
}
