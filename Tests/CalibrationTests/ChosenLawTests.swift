import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Calibration

/// Whether the laws that are chosen fit: those that hold are seldom rejected, and those that do not are.
@Suite struct ChosenLawTests {
  private let priors: Priors
  private let world: WorldParameters

  init() throws {
    priors = try Priors.shipped()
    world = Model(priors: priors).point
  }

  private func tests(
    _ seed: UInt64, deviation: @escaping (JobConfiguration) -> Double = { _ in 0 },
    change: (inout WorldParameters) -> Void = { _ in }
  ) throws -> (step: ResidualTest, hazard: ResidualTest) {
    var world = world
    change(&world)
    let history = ModelHistoryGenerator.history(of: world, jobs: 120, seed: seed, deviation: deviation)
    let evidence = Evidence(history)
    let step = StepFit(evidence, history, priors: priors)
    let hazard = HazardFit(evidence.exposures.spot, priors: priors)
    return (
      try #require(step.residualTest()), try #require(hazard.residualTest(evidence.exposures.spot, priors))
    )
  }

  /// Of 20 worlds in which both laws hold, each of the four tests rejects one on average; six or more once in 3,000 times.
  @Test func lawsThatHoldAreSeldomRejected() throws {
    var rejected = [0, 0, 0, 0]
    for seed in UInt64(300)..<320 {
      let (step, hazard) = try tests(seed)
      for (i, p) in [step.ksP, step.adP, hazard.ksP, hazard.adP].enumerated() where p <= 0.05 { rejected[i] += 1 }
    }
    print("chosen laws that hold, seeds 300…319, rejected at 5 % of 20: step KS, AD, hazard KS, AD \(rejected)")
    for count in rejected { #expect(count < 6, "\(rejected)") }
  }

  /// Half of all jobs half as slow again: two humps, where the law has one.
  @Test func jobsOfTwoKindsAreNoNormalLaw() throws {
    for seed in UInt64(340)..<344 {
      let (step, _) = try tests(
        seed, deviation: { $0.trainingPairs % 2 == 0 ? 0.2 : -0.2 }, change: { $0.step.jobSD = 0.02 })
      print("two kinds of job, seed \(seed): p \(step.ksP), \(step.adP)")
      #expect(step.adP <= 0.05, "seed \(seed)")
    }
  }

  /// Every pod is taken back at the same age: within its stretch of ages no constant rate does that.
  @Test func podsTakenBackAtOneAgeHaveNoConstantRates() throws {
    for seed in UInt64(344)..<348 {
      let (_, hazard) = try tests(
        seed, change: { $0.interruptions.spot = .lifetime(.uniform(low: 3.9 * 3600, high: 4.1 * 3600)) })
      print("pods taken back at four hours, seed \(seed): p \(hazard.ksP), \(hazard.adP)")
      #expect(hazard.ksP <= 0.05 && hazard.adP <= 0.05, "seed \(seed)")
    }
  }

  @Test func calibrateShowsThem() throws {
    let history = ModelHistoryGenerator.history(of: world, jobs: 60, seed: 21)
    let report = Model.fit(history: history, priors: priors, goodnessOfFit: true).report
    for name in ["step", "interruptions.spot", "model_loading"] {
      let law = try #require(report[name])
      let (ks, ad) = (try #require(law.ksP, "\(name)"), try #require(law.adP, "\(name)"))
      #expect(ks > 0 && ks <= 1 && ad > 0 && ad <= 1)
    }
    #expect(Model.fit(history: history, priors: priors).report["step"]?.ksP == nil)
  }

  /// Thirty interruptions are enough for hours of the day, and four fifths of them are not: what is not known is left out, for JSON has
  /// no infinity.
  @Test(arguments: [28, 31, 36, 60]) func thereIsAReportForAnyNumberOfInterruptions(_ events: Int) throws {
    let start = ModelHistoryGenerator.start
    let exposures = (0..<120).map { i in
      Evidence.Exposure(
        granted: start + .hours(Int64(7 * i)), from: 0, to: 2 + Double(i % 9),
        event: i * events / 120 != (i + 1) * events / 120)
    }
    #expect(exposures.count(where: \.event) == events)
    let found = HazardCheck.outOfSample(exposures, priors)
    #expect(!found.isEmpty)
    for (name, value) in found { #expect(value.isFinite, "\(name)") }
    #expect(found.contains { $0.name == "shrunk_by_age_and_hour_0.8" } == (events == 60))
  }
}
