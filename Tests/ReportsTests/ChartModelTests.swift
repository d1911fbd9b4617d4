import Foundation
import Testing

@testable import Reports

@Suite struct ChartModelTests {
  @Test func everySpikeSurvivesItsBucket() {
    var points = Samples.loss(100_000)
    points[54_321] = ChartPoint(54_321, 99)
    points[70_000] = ChartPoint(70_000, -99)
    points[80_000] = ChartPoint(80_000, .nan)
    let buckets = Buckets.of(points, in: 0...99_999, columns: 600)
    #expect(buckets.columns.count <= 602)
    #expect(buckets.columns.map(\.high).max() == 99)
    #expect(buckets.columns.map(\.low).min() == -99)
    #expect(buckets.missing == 1)
    #expect(buckets.columns.reduce(0) { $0 + $1.count } == 100_000)
    // The mean of all is the mean of the columns' means, each with its weight.
    let mean = buckets.columns.reduce(0) { $0 + $1.y * Double($1.count - $1.missing) } / 99_999
    let direct = points.filter { $0.y.isFinite }.reduce(0) { $0 + $1.y } / 99_999
    #expect(abs(mean - direct) < 1e-9)
  }

  @Test func viewportShowsOnlyItsPartAndItsNeighbours() {
    let points = (0..<1000).map { ChartPoint(Double($0), Double($0)) }
    let buckets = Buckets.of(points, in: 99.5...200.5, columns: 600)
    #expect(buckets.columns.map(\.x) == (99...201).map(Double.init))
    #expect(!buckets.isSummed)
    #expect(Buckets.of(points, in: 2000...3000, columns: 600).columns.map(\.x) == [999])
    #expect(Buckets.of([], in: 0...1, columns: 600).columns.isEmpty)
  }

  @Test func smoothingDoesNotLeanToZeroAtItsStart() {
    let constant = (0..<50).map { ChartPoint(Double($0), $0 == 10 ? .nan : 7.0) }
    let smooth = Smoothing.average(constant, weight: 0.95)
    for (index, point) in smooth.enumerated() where index != 10 { #expect(abs(point.y - 7) < 1e-12) }
    #expect(smooth[10].y.isNaN)
    // By the definition: weights w^(t-i), normalised.
    let line = (0..<20).map { ChartPoint(Double($0), Double($0 * $0)) }
    let last = Smoothing.average(line, weight: 0.8)[19].y
    let weights = (0..<20).map { pow(0.8, Double(19 - $0)) }
    let direct = zip(weights, line).reduce(0) { $0 + $1.0 * $1.1.y } / weights.reduce(0, +)
    #expect(abs(last - direct) < 1e-9)
  }

  @Test func pointsOutOfOrderAreSortedAndPlacelessOnesDropped() {
    let line = ChartLine("l", points: [ChartPoint(3, 1), ChartPoint(.nan, 9), ChartPoint(1, 2), ChartPoint(3, 4)])
    #expect(line.points == [ChartPoint(1, 2), ChartPoint(3, 1), ChartPoint(3, 4)])
  }

  @Test(
    arguments: [
      (ChartUnit.number, 0.2871, "0.2871"), (.number, 1234.5, "1,234"), (.number, 0.00018, "1.8e-4"),
      (.number, -2, "−2"),
      (.count, 1950, "1,950"), (.quantity("GB"), 67.25, "67.25 GB"), (.dollars, 48.318, "$48.32"),
      (.dollars, -0.5, "−$0.50"),
      (.dollars, 1_243.18, "$1,243.18"), (.fraction, 0.8, "80 %"), (.fraction, 0.034, "3.4 %"),
      (.duration, 22_980, "6 h 23 min"),
      (.duration, 47_520, "13 h 12 min"), (.duration, 5, "5 s"), (.duration, 90_000, "1 d 1 h"),
      (.date(.gmt), 1_793_491_200, "1 Nov 2026 00:00 UTC"), (.categories(["a", "b"]), 1, "b"),
      (.number, .nan, "not a number"),
    ] as [(ChartUnit, Double, String)])
  func valuesAreWrittenForPeople(unit: ChartUnit, value: Double, text: String) {
    #expect(unit.text(value) == text)
  }

  @Test func ticksAreRoundAndTellEachOtherApart() {
    let axis = ChartAxis("y", unit: .dollars)
    #expect(Ticks.inside(0...500, axis: axis, target: 5).map(\.text) == ["$0", "$100", "$200", "$300", "$400", "$500"])
    #expect(
      Ticks.inside(0.1...0.5, axis: ChartAxis("y"), target: 4).map(\.text) == ["0.1", "0.2", "0.3", "0.4", "0.5"])
    let rate = Ticks.inside(0...2e-4, axis: ChartAxis("y"), target: 4).map(\.text)
    #expect(rate == ["0", "5e-5", "1e-4", "1.5e-4", "2e-4"])
    let log = Ticks.inside(0.001...100, axis: ChartAxis("y", scale: .logarithmic), target: 6).map(\.text)
    #expect(log == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(Ticks.inside(0...4, axis: ChartAxis("y", unit: .count), target: 20).count == 5)
    let hours = Ticks.inside(0...43_200, axis: ChartAxis("t", unit: .duration), target: 6).map(\.text)
    #expect(hours == ["0 s", "2 h", "4 h", "6 h", "8 h", "10 h", "12 h"])
    for seed in 1...200 {
      let noise = Samples.noise(2, seed: UInt64(seed))
      let low = noise[0] * pow(10, Double(seed % 13) - 6)
      let domain = low...(low + abs(noise[1]) * pow(10, Double(seed % 11) - 5) + 1e-9)
      let ticks = Ticks.inside(domain, axis: ChartAxis("y"), target: 6)
      #expect(ticks.count <= 14, "seed \(seed)")
      let slack = 1e-5 * (domain.upperBound - domain.lowerBound)
      #expect(
        ticks.allSatisfy { domain.lowerBound - slack <= $0.value && $0.value <= domain.upperBound + slack },
        "seed \(seed)")
    }
  }

  @Test func dateTicksStandOnTheZonesOwnDays() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    // Over the end of summer time, 25 October 2026: local midnights, not every 86,400 s.
    let from = 1_792_706_400.0  // 2026-10-23T00:00 in Berlin
    let ticks = DateTicks.ticks(from...(from + 5 * 86_400), target: 6, in: berlin)
    #expect(ticks.map(\.text) == ["23 Oct", "24 Oct", "25 Oct", "26 Oct", "27 Oct"])
    #expect(ticks[3].value - ticks[2].value == 90_000)
    let hours = DateTicks.ticks(from...(from + 86_400), target: 5, in: berlin)
    #expect(hours.map(\.text) == ["23 Oct", "06:00", "12:00", "18:00", "24 Oct"])
    let months = DateTicks.ticks(from...(from + 120 * 86_400), target: 6, in: berlin)
    #expect(months.map(\.text) == ["Nov 2026", "Dec", "Jan 2027", "Feb"])
  }

  @Test func coloursStandOutFromTheirGround() throws {
    func luminance(_ hex: String) throws -> Double {
      let value = try #require(UInt32(hex.dropFirst(), radix: 16))
      let parts = [16, 8, 0].map { (shift: UInt32) -> Double in
        let part = Double((value >> shift) & 0xFF) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    func contrast(_ one: String, _ other: String) throws -> Double {
      let pair = [try luminance(one), try luminance(other)].sorted()
      return (pair[1] + 0.05) / (pair[0] + 0.05)
    }
    let ground = ChartTheme.colours(.surface)
    for tone in (0..<8).map(ChartTone.series) + [.good, .warning, .alert, .muted] {
      let colour = ChartTheme.colours(.tone(tone))
      #expect(try contrast(colour.light, ground.light) >= 3, "\(tone)")
      #expect(try contrast(colour.dark, ground.dark) >= 3, "\(tone)")
    }
    for ink in [Ink.text, .secondaryText] {
      let colour = ChartTheme.colours(ink)
      #expect(try contrast(colour.light, ground.light) >= 4.5)
      #expect(try contrast(colour.dark, ground.dark) >= 4.5)
      #expect(try contrast(colour.light, ChartTheme.colours(.greyed).light) >= 4.5)
      #expect(try contrast(colour.dark, ChartTheme.colours(.greyed).dark) >= 4.5)
    }
    for step in 0..<9 {
      #expect(try contrast(ChartTheme.ramp[step], ChartTheme.colours(.onRamp(step)).light) >= 4.5, "step \(step)")
    }
  }
}
