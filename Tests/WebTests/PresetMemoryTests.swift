import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Jobs of a preset that ran out of memory lead to a smaller batch, as a proposal (story 3.1.1).
@Suite struct PresetMemoryTests {
  private let quarter = Quarter(of: Instant(microseconds: 1_785_000_000_000_000))

  private func runs(_ parameters: PresetParameters, _ count: Int, ranOut: Int) -> [PresetStudy.Run] {
    (0..<count).map { i in
      let failed = i < ranOut
      var run = PresetStudy.Run(
        parameters: parameters, pricing: .spot, file: "f", isCompleted: !failed, ranOut: failed)
      guard !failed else { return run }
      run.cost = Double(i % 5) / 20
      run.time = Double(i % 7) / 20
      run.loss = 0.4 + Double(i % 3) / 500
      return run
    }
  }

  private func study(
    _ usual: PresetParameters, _ runs: [PresetStudy.Run]
  ) -> (to: PresetParameters?, finding: PresetFinding) {
    PresetStudy(quarter, usual: usual, runs).result(store: "a test")
  }

  @Test func aPresetThatRunsOutOfMemoryHasASmallerBatchProposed() throws {
    let usual = PresetParameters.shipped(.conservative)
    let (to, finding) = study(usual, runs(usual, 20, ranOut: 6))
    let smaller = try #require(to)
    #expect(smaller.batchSize == 2 && smaller.gradientAccumulation == 2, "as many pairs for each step")
    #expect(finding.out_of_memory == 6)
    #expect(
      finding.reason.hasPrefix(
        "batch_size 4 → 2, gradient_accumulation 1 → 2: 6 of 20 jobs with the present values ran out of memory."))
    // Odd ones keep their step, too.
    var odd = usual
    (odd.batchSize, odd.gradientAccumulation) = (5, 1)
    let step = try #require(study(odd, runs(odd, 20, ranOut: 6)).to)
    #expect(step.batchSize == 1 && step.gradientAccumulation == 5)
  }

  @Test func oneInTwentyMayBeChanceAndOnePairCannotBeHalved() {
    let usual = PresetParameters.shipped(.conservative)
    #expect(study(usual, runs(usual, 20, ranOut: 1)).to == nil)
    #expect(study(usual, runs(usual, 9, ranOut: 9)).to == nil, "too few to say")
    let aggressive = PresetParameters.shipped(.aggressive)
    let (to, finding) = study(aggressive, runs(aggressive, 20, ranOut: 10))
    #expect(aggressive.batchSize == 1 && to == nil && finding.out_of_memory == 10)
  }

  @Test func whatJobsHaveTriedIsJudgedByHowItWent() {
    let usual = PresetParameters.shipped(.conservative)
    var smaller = usual
    (smaller.batchSize, smaller.gradientAccumulation) = (2, 2)
    // It went no better for them: that a smaller batch should help is then no reason.
    let tried = study(usual, runs(usual, 20, ranOut: 6) + runs(smaller, 20, ranOut: 6))
    #expect(tried.to == nil && tried.finding.alternatives.map(\.out_of_memory) == [6])
    // It went better beyond doubt: proposed for that, with what is known of it.
    let better = study(usual, runs(usual, 40, ranOut: 20) + runs(smaller, 40, ranOut: 0))
    #expect(better.to == smaller && better.finding.reason.contains("40 jobs against 40 with the present values"))
  }

  /// From a store's own jobs to what a manager sees.
  @Test func aStoresOwnQuarterProposesIt() async throws {
    // Somewhere in the last quarter, whatever day it is.
    let now = Date().timeIntervalSince1970
    let last = Quarter(before: Instant(microseconds: Int64(now * 1e6)))
    let span = Span(seconds: (now - Double(last.until.microseconds) / 1e6) + 20 * 86_400)
    let past = Past(span: span) { days in
      for i in 0..<12 {
        var job = Office.job("job \(i)")
        job.configuration = JobConfiguration(preset: .conservative, pricing: .spot)
        (job.configuration.trainingPairs, job.configuration.tokensPerPair) = (100, 1_000)
        guard i < 8 else {
          try days.complete(job, "pod-\(i)", training: .minutes(30))
          continue
        }
        try days.submit(job)
        try days.grant("pod-\(i)")
        try days.finish((.boot, .minutes(2)))
        try days.say(.failed(.outOfMemory))
        try days.leave()
      }
    }
    let office = try Office(limit: nil, after: past)
    let list = try await office.ask("GET", office.api("presets/proposals")).value(PresetProposalList.self).proposals
    let one = try #require(list.first { $0.preset == .conservative && $0.quarter == last.text })
    #expect(
      one.status == .proposed && one.changes.map(\.sentence) == ["batch_size 4 → 2", "gradient_accumulation 1 → 2"])
    let page = try await office.page("presets")
    #expect(page.contains("8 of 12 jobs with the present values ran out of memory"))
    #expect(
      page.contains("12 with the preset's own values, of which 8 ran out of memory")
        || page.contains("12 with the preset&#39;s own values, of which 8 ran out of memory"))
    // Accepted, it is what new jobs have.
    let sent = try await office.ask(
      "POST", "/dashboard/presets/\(one.number)", bytes: Data("decision=accept&remark=as+it+says".utf8))
    #expect(sent.status == 303)
    #expect(
      try await office.page("training-jobs/new").contains(
        "r=8, lr=0.0001, epochs=2, batch_size=2, gradient_accumulation_steps=2"))
  }
}
