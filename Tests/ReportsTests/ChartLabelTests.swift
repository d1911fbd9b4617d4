import Testing

@testable import Reports

/// Words on a chart: none stands over another, nor on a bar unless it is of that bar.
@Suite struct ChartLabelTests {
  private struct Drawn {
    var labels: [Label] = []
    var bars: [Box] = []
    let plot: Box

    init(_ chart: Chart) {
      let scene = ChartScene(chart, viewport: nil, isInteractive: false)
      plot = scene.plot
      take(scene.shapes, inGroup: false)
    }

    private mutating func take(_ shapes: [Shape], inGroup: Bool) {
      for shape in shapes {
        switch shape {
        case .label(let label): if !label.text.isEmpty { labels.append(label) }
        case .box(let box, _, _): if inGroup { bars.append(box) }
        case .group(_, let parts): take(parts, inGroup: true)
        default: break
        }
      }
    }

    func label(_ text: String) -> Label? { labels.first { $0.text == text } }

    /// From the top of a capital to the base line.
    static func ink(_ label: Label) -> Box {
      var box = ChartScene.box(of: label)
      (box.top, box.bottom) = (label.place.y - label.size * 0.75, label.place.y)
      return box
    }

    var overlapping: [String] {
      labels.indices.flatMap { i in
        labels[..<i].filter { Drawn.ink($0).overlaps(Drawn.ink(labels[i])) }.map { "\($0.text) | \(labels[i].text)" }
      }
    }

    func standsOnBars(_ label: Label) -> Bool { bars.contains { $0.overlaps(Drawn.ink(label)) } }
  }

  private static let even = "Even: as sure as it says"

  /// As the page on accuracy draws them.
  private static func tenths(_ values: [Double]) -> Chart {
    Chart(
      id: "pit", title: "Where the outcomes fell",
      x: ChartAxis("Tenth of the estimate", unit: .categories((1...10).map { "\(($0 - 1) * 10)–\($0 * 10) %" })),
      left: ChartAxis("Jobs", unit: .count, includesZero: true),
      layers: [.bars(ChartBars([.init("Jobs", values: values)]))],
      references: [ChartReference(values.reduce(0, +) / 10, label: even, tone: .muted)],
      size: ChartSize(width: 620, height: 240))
  }

  @Test(
    arguments: [
      [5, 3, 3, 2, 2, 3, 3, 2, 2, 5], [9, 0, 0, 0, 0, 0, 0, 0, 0, 9], [6, 6, 0, 0, 0, 0, 0, 6, 6, 6],
      [4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
      [9, 1, 9, 1, 9, 1, 9, 1, 9, 1], [1, 9, 1, 9, 1, 9, 1, 9, 1, 9],
    ] as [[Double]])
  func theWordsOfALevelStandOnNoBar(_ values: [Double]) throws {
    let drawn = Drawn(Self.tenths(values))
    let words = try #require(drawn.label(Self.even))
    #expect(drawn.bars.count == values.filter { $0 > 0 }.count)
    #expect(!drawn.standsOnBars(words) && drawn.overlapping.isEmpty, "\(drawn.overlapping)")
  }

  /// Where every second bar crosses the level there is no room for them in the plot.
  @Test func wordsWithoutRoomStandAboveThePlot() throws {
    let drawn = Drawn(Self.tenths([9, 1, 9, 1, 9, 1, 9, 1, 9, 1]))
    let words = try #require(drawn.label(Self.even))
    #expect(words.place.y < drawn.plot.top)
  }

  @Test func levelsThatLieTogetherAreToldApart() {
    var chart = Samples.budget
    chart.references = [500, 498, 496, 494, 492].map { ChartReference($0, label: "Limit $\(Int($0)) of this month") }
    chart.zones.append(ChartZone("far over budget, which takes a manager", y: 505...2000))
    let drawn = Drawn(chart)
    #expect(drawn.label("Limit $500 of this month") != nil && drawn.label("Limit $498 of this month") != nil)
    #expect(drawn.overlapping.isEmpty, "\(drawn.overlapping)")
  }

  @Test func zonesThatBeginTogetherAreAllNamed() {
    var chart = Samples.budget
    (chart.references, chart.marks) = ([], [])
    chart.zones = (0..<4).map { ChartZone("zone \($0)", y: (500 - Double($0))...2000) }
    let drawn = Drawn(chart)
    #expect(chart.zones.allSatisfy { drawn.label($0.label) != nil } && drawn.overlapping.isEmpty)
  }

  @Test func aZoneTooLowForItsWordsHasThemAbove() {
    var chart = Samples.budget
    (chart.references, chart.marks) = ([], [])
    chart.zones = [ChartZone("low", y: 0...((chart.left.domain?.upperBound ?? 1_000) / 200))]
    let drawn = Drawn(chart)
    #expect(drawn.label("low") != nil && drawn.overlapping.isEmpty, "\(drawn.overlapping)")
  }

  @Test func sumsMakeWayForWhatStandsThere() {
    var chart = Samples.bars
    chart.layers = [.bars(ChartBars([.init("work", values: [480, 480, 480, 480, 480, 480])], showsTotals: true))]
    (chart.references, chart.left.domain) = ([], 0...480)
    func sums() -> Int { Drawn(chart).labels.filter { $0.text == "$480.00" }.count }
    #expect(sums() == 6)
    // The bars reach up to the axis's name.
    chart.left.title = "US dollars, with storage and lost work"
    #expect((1...4).contains(sums()), "\(sums())")
  }

  @Test func rowsLowerThanTheirNamesNameSome() {
    let rows = (0..<60).map { "row \($0)" }
    let cells = (0..<60).map { ChartHeatMap.Cell(column: 0, row: $0, value: Double($0)) }
    let chart = Chart(
      id: "rows", title: "Rows", x: ChartAxis("", unit: .categories(["a"])),
      left: ChartAxis("", unit: .categories(rows)),
      layers: [.heatMap(ChartHeatMap("v", cells: cells))], size: ChartSize(width: 400, height: 300))
    let drawn = Drawn(chart)
    #expect(drawn.label("row 0") != nil && drawn.overlapping.isEmpty, "\(drawn.overlapping)")
  }

  @Test func noSamplesWordsOverlap() {
    for chart in Samples.all {
      let drawn = Drawn(chart)
      #expect(drawn.overlapping.isEmpty, "\(chart.id): \(drawn.overlapping)")
      for reference in chart.references {
        #expect(drawn.label(reference.label) != nil, "\(chart.id): \(reference.label)")
      }
    }
  }
}
