import DiscreteEvent
import Engine
import Foundation
import Testing

@testable import Web

/// What lists of many jobs are found and counted with.
@Suite struct JobFindingTests {
  @Test(arguments: 1...20) func aNeedleIsFoundAsTheLongWayFindsIt(seed: UInt64) {
    var generator = Dice(seed: seed)
    let letters = Array("aAbB .-éß🙂")
    func text(_ length: Int) -> String { String((0..<length).map { _ in letters[generator.next(letters.count)] }) }
    for _ in 0..<200 {
      let (hay, sought) = (text(generator.next(14)), text(1 + generator.next(3)))
      #expect(
        Needle(sought).isIn(hay) == hay.lowercased().contains(sought.lowercased()), "\(sought) in \(hay), seed \(seed)")
    }
    #expect(Needle("").isIn("x") && !Needle("xyz").isIn("xy"))
  }

  @Test(arguments: 1...20) func monthsAreTheCalendars(seed: UInt64) {
    var generator = Dice(seed: seed)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for _ in 0..<200 {
      let seconds = generator.next(8_000_000_000) - 2_000_000_000
      let parts = calendar.dateComponents([.year, .month], from: Date(timeIntervalSince1970: Double(seconds)))
      let number = MonthNumber.of(Instant(microseconds: Int64(seconds) * 1_000_000 + 1))
      #expect(number == (parts.year ?? 0) * 12 + (parts.month ?? 0) - 1, "\(seconds), seed \(seed)")
    }
    #expect(MonthNumber.text(MonthNumber.of(Instant(microseconds: 1_795_000_000_000_000))) == "2026-11")
  }

  /// Numbers that are the same for a seed.
  private struct Dice {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
    mutating func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
  }

  @Test func allRowsAreInTheFile() async throws {
    let office = try Office(limit: nil)
    for i in 1...30 { _ = try await office.ask("POST", office.api("jobs"), Office.job("number \(i)")) }
    let csv = try await office.csv("training-jobs.csv?limit=25&page=2")
    #expect(csv.split(separator: "\n").count == 31, "a page's limit is not the file's")
    let filter = JobFilter(FormFields(text: ""), await office.runner.view, person: nil)
    #expect(try filter.everything.limit == .max)
  }
}

/// Amounts as the system's formatter would write them.
@Suite struct MoneyTextTests {
  @Test func amountsAreWrittenAsTheSystemWritesThem() {
    let style = FloatingPointFormatStyle<Double>.Currency(code: "USD", locale: Locale(identifier: "en_US"))
    var state: UInt64 = 7
    var amounts: [Double] = [
      0, 0.004, 0.01, 0.1, 1, 9.999, 10, 999.99, 999.996, 1_000, 1_234_567.891, 1e12, -0.5, -1_234.5,
    ]
    for _ in 0..<2_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Thousandths, but for halves of a cent: those are nobody's.
      let thousandths = Int(state >> 40)
      amounts.append(Double(thousandths % 10 == 5 ? thousandths + 1 : thousandths) / 1_000)
    }
    for amount in amounts { #expect(Wording.money(amount) == amount.formatted(style), "\(amount)") }
  }
}
