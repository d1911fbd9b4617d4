import Calibration
import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Web

/// What a quarter's jobs are taken to say of a preset, and what they are not.
@Suite struct PresetStudyTests {
  private let quarter = Quarter(of: Instant(microseconds: 1_785_000_000_000_000))
  private let usual = PresetParameters.shipped(.balanced)
  private var fewerEpochs: PresetParameters {
    var other = usual
    other.epochs = 2
    return other
  }

  /// Numbers that vary as measurements do, the same every time.
  private func noise(_ i: Int) -> Double { Double(i * 7 % 11 - 5) / 100 }

  private func runs(
    _ parameters: PresetParameters, _ count: Int, cost: Double = 0, loss: Double? = 0.4, failed: Int = 0,
    pricing: (Int) -> Pricing = { _ in .spot }, file: String? = "file-1"
  ) -> [PresetStudy.Run] {
    (0..<count).map { i in
      let isCompleted = i >= failed
      let dear = pricing(i) == .spot ? 0 : 1.2
      return PresetStudy.Run(
        parameters: parameters, pricing: pricing(i), file: file, isCompleted: isCompleted,
        cost: isCompleted ? cost + dear + noise(i) : nil, time: isCompleted ? cost + noise(i + 3) : nil,
        loss: isCompleted ? loss.map { $0 + noise(i + 5) / 50 } : nil)
    }
  }

  private func study(_ runs: [PresetStudy.Run]) -> (to: PresetParameters?, finding: PresetFinding) {
    PresetStudy(quarter, usual: usual, runs).result(store: "a test")
  }

  @Test func quartersAreOverOnceWhatBelongsToThemIsThere() {
    #expect(quarter.text == "2026-Q3")
    #expect(Wording.stamp(quarter.from) == "2026-07-01T00:00:00Z")
    #expect(Wording.stamp(quarter.until) == "2026-10-01T00:00:00Z")
    #expect(Quarter(before: quarter.until + .minutes(59)).text == "2026-Q2")
    #expect(Quarter(before: quarter.until + .minutes(60)) == quarter)
    #expect(Quarter("2026-Q3") == quarter && Quarter("2026-Q5") == nil)
    // Over the turn of a year.
    #expect(Quarter(before: Quarter("2026-Q1").map { $0.from + .days(3) } ?? .zero).text == "2025-Q4")
  }

  @Test func whatIsBetterBeyondDoubtAndWorseInNothingIsProposed() throws {
    let (to, finding) = study(runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.3))
    #expect(to == fewerEpochs)
    #expect(finding.jobs == 26 && finding.usual_jobs == 14)
    let alternative = try #require(finding.alternatives.first)
    #expect(alternative.changes == [PresetChange(parameter: "epochs", from: 3, to: 2)] && alternative.jobs == 12)
    let cost = try #require(alternative.effects.first { $0.measure == .cost })
    #expect(try abs(#require(cost.difference) - expm1(-0.3)) < 0.02)
    #expect(cost.isBetter && cost.usual_jobs == 14 && cost.jobs == 12)
    #expect(finding.reason.hasPrefix("epochs 3 → 2: 12 jobs against 14 with the present values: "))
    // Four measures of one alternative.
    #expect(finding.confidence == 1 - 0.05 / 4)
  }

  @Test func whatIsNotBeyondDoubtIsNotProposed() {
    let (to, finding) = study(runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.01))
    #expect(to == nil && finding.alternatives.map(\.verdict) == ["No difference beyond doubt."])
    #expect(finding.reason.contains("none is better beyond doubt"))
  }

  @Test func tooFewJobsSayNothing() {
    #expect(study([]).finding.reason == "No job of this preset was over in 2026-Q3.")
    let few = study(runs(usual, 9) + runs(fewerEpochs, 30, cost: -1))
    #expect(few.to == nil && few.finding.alternatives.isEmpty && few.finding.confidence == nil)
    #expect(few.finding.reason == "Only 9 jobs had the present values; 10 are needed to compare with.")
    let other = study(runs(usual, 30) + runs(fewerEpochs, 9, cost: -1))
    #expect(other.to == nil)
    #expect(
      other.finding.reason.contains("No other values were had by 10 jobs or more; the most had epochs 3 → 2: 9 jobs"))
  }

  @Test func cheaperAndOfUnknownOrWorseQualityIsNotProposed() {
    let unknown = study(runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.3, loss: nil))
    #expect(
      unknown.to == nil && unknown.finding.alternatives[0].verdict.contains("but the quality is not known: 0 and 0"))
    // Measured on other files: nobody can say.
    let elsewhere = study(runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.3, file: "file-2"))
    #expect(elsewhere.to == nil && elsewhere.finding.alternatives[0].verdict.contains("the quality is not known"))
    let worse = study(runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.3, loss: 0.5))
    #expect(worse.to == nil && worse.finding.alternatives[0].verdict.contains("but worse in perplexity"))
    // How often it is saved changes no weight: no perplexity is needed.
    var seldom = usual
    seldom.checkpointEvery = 200
    #expect(study(runs(usual, 14) + runs(seldom, 12, cost: -0.3, loss: nil)).to == seldom)
  }

  @Test func whatFailsMoreOftenIsNotProposed() {
    let (to, finding) = study(runs(usual, 40) + runs(fewerEpochs, 40, cost: -0.3, failed: 4))
    #expect(to == nil && finding.alternatives[0].verdict.contains("but fewer of its jobs completed, by 10%"))
  }

  @Test func fewerFailuresAreProposed() {
    var smaller = usual
    (smaller.batchSize, smaller.gradientAccumulation) = (1, 4)
    let (to, finding) = study(runs(usual, 40, failed: 20) + runs(smaller, 40))
    #expect(to == smaller && finding.alternatives[0].verdict.hasPrefix("Better beyond doubt in success"))
    #expect(finding.alternatives[0].changes.map(\.parameter) == ["batch_size", "gradient_accumulation"])
  }

  @Test func spotIsComparedWithSpot() throws {
    // The other values were run on spot, the preset's own on demand: by the mean alone they would be far cheaper.
    let (to, finding) = study(
      runs(usual, 22) { $0 < 11 ? .spot : .onDemand } + runs(fewerEpochs, 22) { $0 < 20 ? .spot : .onDemand })
    let cost = try #require(finding.alternatives.first?.effects.first { $0.measure == .cost })
    #expect(to == nil && !cost.isBetter && !cost.isWorse)
    #expect(try abs(#require(cost.difference)) < 0.05)
  }

  @Test func ofSeveralTheOneWithMoreGainsAndLessCostIsTaken() {
    var cheapest = usual
    cheapest.epochs = 1
    let all = runs(usual, 14) + runs(fewerEpochs, 12, cost: -0.3) + runs(cheapest, 11, cost: -0.6)
    let (to, finding) = study(all)
    #expect(to == cheapest && finding.alternatives.map(\.jobs) == [12, 11])
    // More questions take more to be sure: eight intervals in place of four.
    #expect(finding.confidence == 1 - 0.05 / 8)
    #expect(study(all).finding == finding)
  }

  @Test func differencesOfSharesAreNewcombes() throws {
    // Newcombe (1998), table II, (a): 56 of 70 against 48 of 80.
    let effect = PresetEffect.success(usual: (48, 80), other: (56, 70), confidence: 0.95)
    #expect(try abs(#require(effect.difference) - 0.2) < 1e-12)
    #expect(try abs(#require(effect.low) - 0.0524) < 5e-5)
    #expect(try abs(#require(effect.high) - 0.3339) < 5e-5)
  }

  @Test func differencesOfMeansAreStudents() throws {
    // Student's sleep data; R: t.test(extra ~ group, var.equal = TRUE) says -3.363874 to 0.203874.
    let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    let effect = PresetEffect.ratio(.cost, [.init(usual: first, other: second)], confidence: 0.95)
    #expect(try abs(log1p(#require(effect.difference)) - 1.58) < 1e-9)
    #expect(try abs(log1p(#require(effect.low)) + 0.203874) < 1e-6)
    #expect(try abs(log1p(#require(effect.high)) - 3.363874) < 1e-6)
    // What all of one kind share is no difference.
    let apart = PresetEffect.ratio(
      .cost,
      [
        .init(usual: Array(first[..<5]), other: Array(second[..<5])),
        .init(usual: first[5...].map { $0 + 9 }, other: second[5...].map { $0 + 9 }),
      ], confidence: 0.95)
    let together = PresetEffect.ratio(
      .cost,
      [
        .init(usual: Array(first[..<5]), other: Array(second[..<5])),
        .init(usual: Array(first[5...]), other: Array(second[5...])),
      ], confidence: 0.95)
    #expect(try abs(#require(apart.difference) - #require(together.difference)) < 1e-9)
    #expect(try abs(#require(apart.high) - #require(together.high)) < 1e-6)
  }

  /// Where nothing differs, something is proposed in at most one of twenty quarters.
  @Test func chanceIsSeldomTakenForAGain() {
    var random = Lehmer(state: 20_260_703)
    func normal() -> Double { StandardNormal.quantile(random.uniform()) }
    var proposals = 0
    let quarters = 400
    var cheaper = usual
    cheaper.checkpointEvery = 200
    for _ in 0..<quarters {
      func some(_ parameters: PresetParameters, _ count: Int) -> [PresetStudy.Run] {
        (0..<count).map { _ in
          let isCompleted = random.uniform() < 0.9
          return PresetStudy.Run(
            parameters: parameters, pricing: random.uniform() < 0.5 ? .spot : .onDemand, file: "f",
            isCompleted: isCompleted, cost: isCompleted ? normal() / 4 : nil, time: isCompleted ? normal() / 4 : nil,
            loss: isCompleted ? normal() / 20 : nil)
        }
      }
      if study(some(usual, 25) + some(cheaper, 15)).to != nil { proposals += 1 }
    }
    // Binomial with 1/20: 36 or more of 400 come in one of a thousand seeds.
    #expect(proposals < 36, "\(proposals) of \(quarters), seed 20260703")
  }
}

/// Park and Miller's "minimal standard": enough for a test.
private struct Lehmer {
  var state: UInt64
  mutating func uniform() -> Double {
    state = state * 48_271 % 2_147_483_647
    return Double(state) / 2_147_483_647
  }
}
