import DiscreteEvent
import Foundation
import Testing

@testable import Reports

@Suite struct ReportFiguresTests {
  @Test(arguments: 1...200) func centsAddUpHoweverACostIsSplit(seed: UInt64) throws {
    var stream = RandomStream(seed: seed, replication: 0, entity: 0, purpose: 1)
    let parts = (0..<8).map { CostParts.Part("\($0)", nanodollars: Int64(stream.uniform() * 5e10) - 1_000_000_000) }
    let total = parts.reduce(0) { $0 + $1.nanodollars }
    let costs = try CostParts(parts, total: total)
    #expect(costs.cents.reduce(0, +) == Money.cents(total), "seed \(seed)")
    for (part, cents) in zip(parts, costs.cents) {
      #expect(abs(part.nanodollars - cents * 10_000_000) <= 10_000_000, "seed \(seed)")
    }
  }

  @Test func savingsAreNetOfOverheadCountedOnce() throws {
    let report = try Samples.costReport()
    #expect(report.grossSavings - report.overhead == report.netSavings)
    #expect(report.netSavings == report.onDemand - report.spot)
    #expect(report.annualSavings == Int64((Double(report.netSavings) * 365 / 30).rounded()))
    // Whoever asks for one second gets an absurd figure, and not the end of the process.
    let second = try CostReport(
      jobs: report.jobs, allJobs: report.allJobs, from: report.from, until: report.from.addingTimeInterval(1e-6),
      rateSource: report.rateSource)
    #expect(second.annualSavings == 9_000_000_000_000_000_000)
  }

  /// Story 7.3.1: only what the figures support is recommended.
  @Test func spotIsRecommendedWhereItSaved() throws {
    func advice(_ jobs: [(spot: Int64, onDemand: Int64)]) throws -> [String] {
      let from = Date(timeIntervalSince1970: 1_795_000_000)
      return try CostReport(
        jobs: jobs.enumerated().map {
          .init(
            name: "job \($0.offset)", spot: $0.element.spot * 1_000_000_000,
            onDemand: $0.element.onDemand * 1_000_000_000,
            interruptions: 0, overhead: 0)
        }, allJobs: jobs.count, from: from, until: from.addingTimeInterval(36.5 * 86_400), rateSource: "a test"
      ).advice
    }
    let saved = try advice([(50, 150), (60, 260)])
    #expect(
      saved == [
        "Continue using spot instances for 90 %+ of jobs.", "Reserve on-demand for urgent client deliveries.",
        "The current strategy saves $3,000 a year, if usage remains constant.",
      ], "\(saved)")
    #expect(try advice([(50, 250), (60, 40)]).last?.hasPrefix("1 of 2 jobs cost more on spot") == true)
    let lost = try advice([(50, 40)])
    #expect(lost.count == 1 && lost[0].contains("Prefer on-demand"))
    #expect(try advice([]).isEmpty)
  }

  /// A perplexity's base is a validation loss: it says nothing of the training loss.
  @Test func aBaselineIsHeldAgainstTheValidationLoss() throws {
    var report = try Samples.trainingReport()
    report.baselineLoss = 1.423
    (report.trainingLoss, report.validationLoss) = ([.init(1, 2), .init(2, 0.5)], [.init(2, 0.287)])
    let facts = report.summary(.gmt).flatMap { block -> [ReportFact] in
      if case .facts(let facts) = block { facts } else { [] }
    }
    func fact(_ name: String) -> String? { facts.first { $0.name == name }?.value }
    #expect(fact("Final validation loss")?.contains("(baseline: 1.42") == true)
    #expect(fact("Final validation loss")?.contains("80 % improvement") == true)
    #expect(fact("Final training loss")?.contains("first measured: 2") == true)
  }

  @Test func recommendationIsTheBestOfTheCompletedRunsAndSaysWhy() throws {
    let recommendation = try #require(try Samples.runComparison().recommendation)
    // The cheap run's loss is 29 % higher, the thorough one's cost three times as high; the broken one has the least of all.
    #expect(recommendation.index == 1)
    #expect(recommendation.text == "Recommended: support-v2 (Balanced preset): best quality/cost ratio")
    #expect(recommendation.reason.contains("of the 2 runs of which that holds it costs least"))
    let comparison = try Samples.runComparison()
    #expect(comparison.settings.first?.name == "rank")
    #expect(comparison.settings.first?.differs == true)
    #expect(comparison.differences.first?.contains("lower loss than support-v1") == true)
    let table = comparison.metricsTable
    #expect(table.rows[3].allSatisfy { $0.tone == nil })
    for column in 1...5 { #expect(table.rows.count { $0[column].tone == .good } >= 1) }
    let one = try RunComparison([comparison.runs[0], comparison.runs[3]])
    #expect(one.recommendation == nil)
  }

  @Test func convergenceSaysWhatTheCurveHolds() {
    let settled = (0..<2000).map { ChartPoint(Double($0), 0.3 + exp(-Double($0) / 150)) }
    let held = stride(from: 0.0, to: 2000, by: 200).map { ChartPoint($0, 0.32 + exp(-$0 / 150)) }
    let good = Convergence(training: settled, validation: held, stepsPerEpoch: 800)
    #expect(good.plateauStep.map { (400...800).contains($0) } == true)
    #expect(good.sentences.joined().contains("no sign of overfitting"))
    let falling = (0..<2000).map { ChartPoint(Double($0), 3 - Double($0) / 1000) }
    let early = Convergence(training: falling, validation: [], stepsPerEpoch: nil)
    #expect(early.plateauStep == nil)
    #expect(early.sentences[0].contains("still falling"))
    let rising = held.map { ChartPoint($0.x, $0.y + ($0.x > 1000 ? ($0.x - 1000) / 2000 : 0)) }
    #expect(
      Convergence(training: settled, validation: rising, stepsPerEpoch: nil).sentences.joined().contains(
        "overfitting, an earlier"))
    #expect(Convergence(training: [], validation: [], stepsPerEpoch: nil).sentences[0].contains("Too few"))
    #expect(
      Convergence(
        training: Array(settled.reversed().enumerated().map { ChartPoint(Double($0.offset), $0.element.y) }),
        validation: [], stepsPerEpoch: nil
      ).sentences[0].contains("did not fall"))
  }

  @Test func fileNamesAreSafe() {
    #expect(
      TrainingReport.fileName(job: "a/b \"ü\"", at: Samples.made) == "a-b-----training-report-20261118T110640Z.pdf")
  }
}
