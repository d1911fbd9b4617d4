import Foundation
import Testing

@testable import Reports

@Suite struct ChartSVGTests {
  @Test func isWellFormedWhateverANameHolds() throws {
    for chart in Samples.all {
      var nasty = chart
      nasty.title = "<script>alert('x')</script> & \u{1} \u{FFFF} \"é\""
      nasty.x.title = "</svg>"
      let svg = nasty.svg()
      try XMLCheck.parse(svg)
      #expect(!svg.contains("<script"))
      #expect(!svg.contains(" style="))
      #expect(!svg.contains("<style"))
      #expect(svg.contains("role=\"img\""))
    }
  }

  @Test func linksThatRunScriptsAreLeftOut() {
    var chart = Samples.scatter
    chart.layers = [
      .scatter(
        ChartScatter(
          "s",
          points: [
            .init(1, 1, label: "a", link: "javascript:alert(1)"), .init(2, 2, label: "b", link: "//evil.example"),
            .init(2, 3, label: "c", link: "/jobs/1"),
          ]))
    ]
    let svg = chart.svg()
    #expect(!svg.contains("javascript"))
    #expect(!svg.contains("evil"))
    #expect(svg.contains("href=\"/jobs/1\""))
  }

  @Test func tellsAScriptWhereThingsAre() throws {
    let svg = Samples.training.svg(viewport: ChartViewport(x: 500...1500, left: 0...3))
    #expect(svg.contains("data-x=\"500.0 1500.0 linear count\""))
    #expect(svg.contains("data-left=\"0.0 3.0 linear number\""))
    #expect(svg.contains("data-x-all=\"0 1949\""))
    #expect(svg.contains("data-series=\"Learning rate\" data-side=\"right\""))
    let xs = try #require(
      svg.firstMatch(of: /data-series="Validation loss" data-side="left" data-xs="([^"]*)" data-ys="([^"]*)"/))
    #expect(xs.output.1.split(separator: " ").count == xs.output.2.split(separator: " ").count)
    // The neighbours outside of the view are there, so the curve reaches the edge.
    #expect(xs.output.1.hasPrefix("450 600 "))
    let still = Samples.training.svg(isInteractive: false).contains("data-")
    #expect(!still)
  }

  @Test func sizesAndRangesFromAnAddressAreBounded() throws {
    #expect(ChartSize(width: 1e9, height: -.infinity) == ChartSize(width: 4000, height: 320))
    var chart = Samples.training
    chart.left.scale = .logarithmic
    for range in [0.0...0, -1e300...1e300, -5...(-1), 1e17...2e17] {
      try XMLCheck.parse(chart.svg(viewport: ChartViewport(x: range, left: range)))
    }
    chart.size = ChartSize(width: 120, height: 120)
    try XMLCheck.parse(chart.svg())
  }

  @Test func emptyChartsSaySo() throws {
    for chart in Samples.all {
      var empty = chart
      empty.layers = []
      empty.references = []
      empty.marks = []
      let svg = empty.svg()
      try XMLCheck.parse(svg)
      #expect(svg.contains("No data."))
    }
    let hollow = Chart(
      id: "h", title: "h", x: ChartAxis("x"), left: ChartAxis("y", scale: .logarithmic),
      layers: [.line(ChartLine("l", points: [ChartPoint(0, .nan), ChartPoint(1, -3), ChartPoint(2, .infinity)]))])
    #expect(hollow.svg().contains("no number, or not above zero: 3"))
    #expect(hollow.spokenSummary == "l: no data.")
  }

  @Test func summaryNamesWhatMatters() {
    #expect(Samples.training.spokenSummary.contains("greatest 2.2"))
    #expect(Samples.training.spokenSummary.contains("4 values are not numbers"))
    #expect(Samples.training.spokenSummary.contains("1 interruption."))
    #expect(Samples.budget.spokenSummary.contains("Limit $500: $500.00."))
  }

  @Test func pictureIsTheSameEachTime() throws {
    #expect(Samples.budget.svg() == Samples.budget.svg())
    #expect(try Samples.budget.png() == Samples.budget.png())
  }

  @Test func pngHasItsSize() throws {
    let png = try Samples.intervals.png(scale: 2)
    #expect(Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    func number(_ at: Int) -> Int { png[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 1120)
    #expect(number(20) == 460)
  }

  /// A page pans at 30 frames a second: 33 ms for each, on one core of a busy machine.
  @Test func aMillionPointsAreDrawnQuickly() {
    let chart = Samples.million
    let clock = ContinuousClock()
    _ = chart.svg()
    var best = Duration.seconds(9)
    for _ in 0..<5 { best = min(best, clock.measure { _ = chart.svg() }) }
    var part = Duration.seconds(9)
    for index in 0..<5 {
      let from = 100_000.0 * Double(index)
      part = min(part, clock.measure { _ = chart.svg(viewport: ChartViewport(x: from...(from + 500_000))) })
    }
    print("a million points: \(best) whole, \(part) half; \(chart.svg().utf8.count) bytes")
    #expect(best < .milliseconds(100))
  }

  /// For people: FOLDER=… writes every sample there.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["FOLDER"] != nil, "FOLDER is not set"))
  func samplesAreWritten() throws {
    let folder = URL(filePath: ProcessInfo.processInfo.environment["FOLDER"] ?? "")
    var page = "<!doctype html><meta charset=utf-8><link rel=stylesheet href=chart.css><body>"
    for chart in Samples.all + [Samples.million] {
      try Data(chart.svg().utf8).write(to: folder.appending(path: "\(chart.id).svg"))
      try Data(chart.png()).write(to: folder.appending(path: "\(chart.id).png"))
      page += chart.svg()
    }
    try Data(page.utf8).write(to: folder.appending(path: "charts.html"))
    try Data((ChartTheme.styleSheet + "body{background:var(--chart-surface);max-width:760px}").utf8)
      .write(to: folder.appending(path: "chart.css"))
  }
}
