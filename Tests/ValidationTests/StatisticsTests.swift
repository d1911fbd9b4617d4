import Testing

@testable import Validation

/// Known answers, each from the source named.
@Suite struct StatisticsTests {
  /// Krippendorff: "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, twelve units, missing data.
  static let krippendorff: [[Double?]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
    [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
  ]

  @Test func alphaIsThePublishedOne() throws {
    let units = (0..<12).map { unit in Self.krippendorff.compactMap { $0[unit] } }
    for (metric, known) in [(KrippendorffAlpha.Metric.nominal, 0.743), (.ordinal, 0.815), (.interval, 0.849)] {
      let alpha = try #require(KrippendorffAlpha.alpha(units, metric))
      #expect(abs(alpha - known) < 0.0006, "\(metric): \(alpha)")
    }
    #expect(KrippendorffAlpha.alpha([[3, 3], [3, 3]], .ordinal) == nil)
    #expect(KrippendorffAlpha.alpha([[1], [5]], .ordinal) == nil)
    #expect(KrippendorffAlpha.alpha([[1, 1], [5, 5]], .ordinal) == 1)
  }

  /// Fagerland, Lydersen, Laake: "Statistical Analysis of Contingency Tables" (2017), chapter 8: complete response before and after
  /// consolidation therapy (Cavo et al., 2012), and airway hyper-responsiveness (Bentur et al., 2009).
  @Test func pairedProportionsAreThePublishedOnes() throws {
    // Their rows are our trained model, their columns our base.
    let cavo = PairedProportions(both: 59, lost: 16, gained: 6, neither: 80)
    #expect(abs(cavo.difference - -0.0621) < 5e-5)
    let newcombe = cavo.newcombe()
    #expect(abs(newcombe.low - -0.1186) < 5e-5 && abs(newcombe.high - -0.0046) < 5e-5, "\(newcombe)")
    let ratio = try #require(cavo.retentionInterval())
    #expect(abs(try #require(cavo.retention) - 0.8667) < 5e-5)
    #expect(abs(ratio.low - 0.7579) < 5e-5 && abs(ratio.high - 0.9910) < 5e-5, "\(ratio)")
    // 1 against 7: 2 × (1 + 8) ÷ 2⁸.
    let bentur = PairedProportions(both: 1, lost: 7, gained: 1, neither: 12)
    #expect(abs(bentur.mcNemar.twoSided - 0.0703125) < 1e-12)
    #expect(abs(bentur.mcNemar.forgetting - 0.03515625) < 1e-12)
    #expect(PairedProportions(both: 87, lost: 0, gained: 0, neither: 13).mcNemar.twoSided == 1)
  }

  @Test func intervalsHoldAtTheEdges() throws {
    let perfect = PairedProportions(both: 100, lost: 0, gained: 0, neither: 0)
    let interval = perfect.newcombe()
    #expect(interval.low < 0 && interval.high > 0 && interval.low > -0.1)
    let ratio = try #require(perfect.retentionInterval())
    #expect(ratio.low < 1 && ratio.high > 1 && ratio.low > 0.9)
    #expect(PairedProportions(both: 0, lost: 0, gained: 3, neither: 4).retention == nil)
  }

  /// Benjamini, Hochberg (1995), §3.2: fifteen hypotheses on myocardial infarction. Theirs rejects four at 0.05, Bonferroni's way three.
  @Test func comparisonsAreThePublishedOnes() {
    let chances = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1,
    ]
    #expect(MultipleComparisons.benjaminiHochberg(chances).count { $0 <= 0.05 } == 4)
    #expect(MultipleComparisons.holm(chances).count { $0 <= 0.05 } == 3)
    // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") and "BH".
    let five = [0.04, 0.01, 0.05, 0.02, 0.03]
    for (found, known) in zip(MultipleComparisons.holm(five), [0.09, 0.05, 0.09, 0.08, 0.09]) {
      #expect(abs(found - known) < 1e-12)
    }
    for found in MultipleComparisons.benjaminiHochberg(five) { #expect(abs(found - 0.05) < 1e-12) }
    #expect(MultipleComparisons.holm([]) == [])
  }

  @Test func powerIsAsStated() {
    #expect(
      Power.sentence(items: 50, of: "scenarios", deviation: 1) == "50 scenarios see a change of 0.40 four times in five"
    )
    // R: power.t.test(delta = 0.5, sd = 1, power = 0.8, type = "paired") gives n = 33.37.
    let at33 = Power.detectableChange(items: 33, deviation: 1)
    let at34 = Power.detectableChange(items: 34, deviation: 1)
    #expect(at33 > 0.5 && at34 < 0.5, "\(at33) \(at34)")
    #expect(Power.detectableChange(items: 1, deviation: 1) == .infinity)
    // 87 known: retention is below 90 % from 9 lost on; by hand for a certain forgetting.
    #expect(Power.chanceOfFailing(known: 87, questions: 100, forgets: 0, learns: 0, threshold: 0.9) == 0)
    #expect(Power.chanceOfFailing(known: 87, questions: 100, forgets: 1, learns: 0, threshold: 0.9) > 1 - 1e-9)
    #expect(Power.chanceOfFailing(known: 10, questions: 10, forgets: 0.5, learns: 0, threshold: 0.9) > 0.98)
  }

  @Test func hypergeometricIsThatOfTheUrn() {
    // All three drawn of the ten marked among fifty: 10·9·8 ÷ 50·49·48.
    #expect(abs(Hypergeometric.atLeast(3, drawn: 3, marked: 10, of: 50) - 720.0 / 117_600) < 1e-12)
    #expect(abs(Hypergeometric.atLeast(0, drawn: 3, marked: 10, of: 50) - 1) < 1e-12)
  }
}
