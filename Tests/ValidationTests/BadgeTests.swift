import Testing

@testable import Validation

/// The stories' thresholds and words, at their edges.
@Suite struct BadgeTests {
  @Test func badgesAreThoseOfTheStories() {
    func texts(_ family: Badge.Family, _ values: [Double]) -> [String] { values.map { family.badge($0).text } }
    #expect(
      texts(Badge.perplexity, [31.4, 30, 29.99, 20, 19.99, -3]) == [
        "✓ Production Ready", "✓ Production Ready", "⚠ Acceptable Quality", "⚠ Acceptable Quality", "✗ Below Threshold",
        "✗ Below Threshold",
      ])
    #expect(
      texts(Badge.emotionalIntelligence, [41, 40, 39.9, 30, 29, 20, 19.9]) == [
        "✓ Exceptional EI", "✓ Exceptional EI", "✓ Strong EI", "✓ Strong EI", "⚠ Moderate EI", "⚠ Moderate EI",
        "✗ Needs Improvement",
      ])
    #expect(
      texts(Badge.retention, [85.0 / 87, 0.95, 0.949, 0.9, 0.899]) == [
        "✓ Passed", "✓ Passed", "⚠ Warning", "⚠ Warning", "✗ Failed",
      ])
    #expect(
      texts(Badge.voice, [4.5, 4.3, 4.25, 4.24, 4.0, 3.99]) == [
        "✓ Excellent Brand Alignment", "✓ Strong Brand Alignment", "✓ Strong Brand Alignment", "⚠ Acceptable Alignment",
        "⚠ Acceptable Alignment", "✗ Needs Improvement",
      ])
    #expect([4.6, 4.2, 4.1, 3.2, 2.8].map(Badge.word) == ["excellent", "strong", "good", "fair", "needs improvement"])
  }

  /// The story's own numbers: 3.2 → 4.5 is 41 %, 24.5 → 16.8 is 31.4 %.
  @Test func improvementIsThatOfTheStories() {
    #expect(abs(Measure.score.improvement(PairedSums(base: 3.2, trained: 4.5)) - 40.625) < 1e-9)
    let loss = PairedSums(base: 3.198_673_117_550_61, trained: 2.821_378_886_497_97)
    #expect(abs(Measure.perplexity.base(loss) - 24.5) < 1e-6 && abs(Measure.perplexity.trained(loss) - 16.8) < 1e-6)
    #expect(abs(Measure.perplexity.improvement(loss) - 100 * (24.5 - 16.8) / 24.5) < 1e-6)
  }

  @Test func severityIsTheWorseOfFallAndLevel() {
    #expect(Regression.severity(base: 4.6, trained: 4.3) == .minor)
    #expect(Regression.severity(base: 4.2, trained: 3.8) == .moderate)
    #expect(Regression.severity(base: 5, trained: 4.5) == .moderate)
    #expect(Regression.severity(base: 5, trained: 3.9) == .major)
    #expect(Regression.severity(base: 3.1, trained: 2.9) == .major)
    #expect(Regression.severity(base: 2.9, trained: 2.8) == .minor)
  }

  private func regressions(_ severities: [Regression.Severity], counted: Bool = true) -> [Regression] {
    severities.enumerated().map {
      Regression(
        item: "s\($0)", base: 4, trained: 3.8, change_percent: -5, severity: $1, chance_of_luck: 0.01,
        is_counted: counted)
    }
  }

  @Test func theGateOfRegressionsIsTheStorys() {
    let four = DeliveryGate.regressions(regressions(.init(repeating: .minor, count: 4)), of: 50)
    #expect(four.verdict == .allow && four.reasons == ["4 minor regressions detected. Review before client delivery."])
    #expect(DeliveryGate.regressions(regressions(.init(repeating: .minor, count: 5)), of: 50).verdict == .block)
    #expect(DeliveryGate.regressions(regressions([.major]), of: 50).verdict == .block)
    #expect(DeliveryGate.regressions(regressions([.major], counted: false), of: 50).verdict == .allow)
  }

  @Test func theGateOfRetentionIsTheStorys() {
    func gate(_ lost: Int, critical: [String] = []) -> DeliveryGate.Verdict {
      let table = PairedProportions(both: 100 - lost, lost: lost, gained: 0, neither: 0)
      return DeliveryGate.retention(table, criticalLost: critical).verdict
    }
    #expect([0, 5, 6, 10, 11].map { gate($0) } == [.allow, .allow, .review, .review, .block])
    #expect(gate(1, critical: ["q-9"]) == .block)
    let all = DeliveryGate.all([
      DeliveryGate(.allow, ["fine"]), DeliveryGate(.block, ["bad"]), DeliveryGate(.review, ["look"]),
    ])
    #expect(all.verdict == .block && all.reasons == ["bad", "look", "fine"])
  }

  /// Two of eight improve; as in the worker's own test, 2 of 7 is its own gain, 5 of 7 that of all.
  @Test func aThinGroupIsDrawnToTheRestAndHasNoBadge() throws {
    let items = (0..<10).map { i in
      PairedItem(
        id: "c\(i)", sums: PairedSums(base: 20, trained: i < 8 ? 20 : 10, weight: 10),
        groups: [.persona: i < 8 ? "planner" : "avoider", .emotionalArc: "arc"])
    }
    let comparer = Comparer(.perplexity)
    let rows = comparer.breakdown(items, by: .persona)
    let (avoider, planner) = (rows[0], rows[1])
    #expect(planner.badge == Badge.perplexity.lowest && !planner.is_shrunk)
    #expect(avoider.is_shrunk && avoider.badge == nil && avoider.chance_of_luck == nil)
    let expected = Measure.perplexity.improvement(gain: (2 * 1.0 + 5 * 0.2) / 7, base: 1)
    #expect(abs(avoider.improvement_percent - expected) < 1e-9)
    let cells = comparer.matrix(items, .persona, .emotionalArc)
    #expect(cells.map(\.count) == [2, 8] && cells[0].badge == nil)
  }
}
