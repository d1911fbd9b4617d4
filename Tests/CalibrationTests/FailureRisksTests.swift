import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Calibration

@Suite struct FailureRisksTests {
  private func kind(_ batch: Int, _ length: Int = 4096) -> FailureClass {
    var c = JobConfiguration(preset: .balanced, pricing: .spot)
    (c.batchSize, c.maxSequenceLength) = (batch, length)
    return FailureClass(c)
  }

  @Test func aPresetInOneConfigurationHasNoRisks() {
    var risks = FailureRisks()
    for _ in 0..<50 { risks.add(kind(2), events: 0.1, exposure: 1) }
    #expect(risks.risks.isEmpty)
    risks.add(kind(4), events: 0, exposure: 1)
    #expect(risks.risks.count == 2)
  }

  @Test func whatFailsMoreOftenHasTheGreaterRiskAndLittleDataSayLittle() throws {
    var risks = FailureRisks()
    risks.add(kind(2), events: 2, exposure: 80)
    risks.add(kind(8), events: 16, exposure: 20)
    risks.add(kind(2, 8192), events: 0, exposure: 1)
    let found = risks.risks
    let (least, most, unsure) = (found[0].risk, found[1].risk, found[2].risk)
    // 18 failures of 101: 14.3 and 3.6 were to be expected. Gamma(6, 18.3) and Gamma(20, 7.6).
    #expect(abs(least.median - 0.310) < 0.005 && abs(most.median - 2.60) < 0.02)
    #expect(least.quantile(0.975) < 1 && most.quantile(0.025) > 1)
    #expect(unsure.quantile(0.025) < 0.5 && unsure.quantile(0.975) > 1.8)
  }

  /// The history's own jobs in two lengths, of which the longer one crashes eight times as often, with the same prior knowledge.
  @Test func aFitTellsConfigurationsApart() throws {
    let priors = try Priors.shipped()
    var world = Model(priors: priors).point
    for preset in Preset.allCases { world.crashesPerHour[preset] = 0.002 }
    var history = ModelHistoryGenerator.history(of: world, jobs: 200, seed: 9)
    // Presets in one configuration each: the model is what it was.
    for i in history.jobs.indices {
      let c = history.jobs[i].configuration
      let plain = JobConfiguration(preset: c.preset, pricing: c.pricing)
      (history.jobs[i].configuration.rank, history.jobs[i].configuration.batchSize) = (plain.rank, plain.batchSize)
    }
    let plain = Model.fit(history: history, priors: priors)
    #expect(plain.point.crashRisks.isEmpty && plain.point.memoryRisks.isEmpty)
    #expect(plain.report["crashes.by_configuration"] == nil)
    // Whatever crashed was long.
    for i in history.jobs.indices where history.jobs[i].failure == "worker_crash" || i % 7 == 0 {
      history.jobs[i].configuration.maxSequenceLength = 8192
    }
    let fit = Model.fit(history: history, priors: priors)
    let risks = fit.point.crashRisks
    for preset in Preset.allCases {
      guard let long = risks.first(where: { $0.key.preset == preset && $0.key.maxSequenceLength == 8192 })?.value,
        let short = risks.first(where: { $0.key.preset == preset && $0.key.maxSequenceLength == 4096 })?.value
      else { continue }
      #expect(long > 1 && short < 1, "\(preset): \(long), \(short)")
    }
    #expect(!risks.isEmpty && fit.report["crashes.by_configuration"]?.n == risks.count)
    #expect(fit.point.crashesPerHour == plain.point.crashesPerHour)
    let copy = try JSONDecoder().decode(Model.self, from: try JSONEncoder().encode(fit))
    #expect(copy.draw(3, of: 16, seed: 1) == fit.draw(3, of: 16, seed: 1))
  }
}
