import Foundation

/// Whether a trained model is better than its base, by what, how surely, and whether it may be delivered.
public struct ValidationReport: Sendable {
  /// An estimate with its interval.
  public struct Estimate: Sendable {
    public var name: String
    public var baseline: Double
    public var trained: Double
    /// Relative improvement, 0.41 for 41 %, with the ends of its 95 % interval.
    public var improvement: Double
    public var low: Double
    public var high: Double
    public var n: Int

    public init(
      _ name: String, baseline: Double, trained: Double, improvement: Double, low: Double, high: Double, n: Int
    ) {
      self.name = name
      self.baseline = baseline
      self.trained = trained
      self.improvement = improvement
      self.low = low
      self.high = high
      self.n = n
    }
  }

  /// One of the quality gates: what it says, and whether it lets the model pass.
  public struct Gate: Sendable {
    /// What the gate says of delivery.
    public enum Verdict: Sendable { case passes, warns, blocks }
    public var name: String
    /// "✓ Production Ready", with the figure and its interval in `detail`.
    public var badge: String
    public var detail: String
    public var verdict: Verdict

    public init(_ name: String, badge: String, detail: String, verdict: Verdict) {
      self.name = name
      self.badge = badge
      self.detail = detail
      self.verdict = verdict
    }
  }

  /// A part of the report: perplexity, emotional intelligence, knowledge, voice.
  public struct Section: Sendable {
    public var title: String
    /// What was asked, by whom it was judged, what the method is.
    public var method: [String]
    /// "Perplexity", "Score of 5", "Accuracy".
    public var unit: String
    public var estimates: [Estimate]
    /// Rows by columns, relative improvement, n in each cell.
    public var heatMap: (rows: [String], columns: [String], cells: [ChartHeatMap.Cell])?
    /// Regressions, failed questions, low characteristics.
    public var findings: [String]
    public var recommendations: [String]

    public init(
      _ title: String, method: [String], unit: String, estimates: [Estimate],
      heatMap: (rows: [String], columns: [String], cells: [ChartHeatMap.Cell])? = nil, findings: [String] = [],
      recommendations: [String] = []
    ) {
      self.title = title
      self.method = method
      self.unit = unit
      self.estimates = estimates
      self.heatMap = heatMap
      self.findings = findings
      self.recommendations = recommendations
    }
  }

  /// The two answers to one prompt.
  public struct Example: Sendable {
    public var prompt: String
    public var baseline: String
    public var trained: String
    public var remark: String

    public init(prompt: String, baseline: String, trained: String, remark: String) {
      self.prompt = prompt
      self.baseline = baseline
      self.trained = trained
      self.remark = remark
    }
  }

  public var jobName: String
  public var baseModel: String
  public var gates: [Gate]
  public var sections: [Section]
  public var examples: [Example]
  /// Who overrode a gate and why.
  public var override: String?

  /// - Throws: ``ReportsError`` for an estimate outside of its own interval.
  public init(jobName: String, baseModel: String, gates: [Gate], sections: [Section], examples: [Example] = []) throws {
    for estimate in sections.flatMap(\.estimates)
    where !(estimate.low <= estimate.improvement && estimate.improvement <= estimate.high) {
      throw ReportsError(
        "“\(estimate.name)”: \(estimate.improvement) is not within its interval, \(estimate.low) to \(estimate.high)")
    }
    self.jobName = jobName
    self.baseModel = baseModel
    self.gates = gates
    self.sections = sections
    self.examples = examples
  }

  /// Whether nothing blocks delivery.
  public var isDeliverable: Bool { !gates.contains { $0.verdict == .blocks } }

  public func document(branding: Branding, made: Date, zone: TimeZone = .gmt) -> ReportDocument {
    var blocks: [ReportBlock] = [.heading("Result", level: 1)]
    blocks.append(
      isDeliverable
        ? .callout(
          gates.contains { $0.verdict == .warns }
            ? "Review before client delivery." : "Every gate passed: ready for delivery.",
          tone: gates.contains { $0.verdict == .warns } ? .warning : .good)
        : .callout(
          "Delivery is blocked by \(gates.count { $0.verdict == .blocks }) of \(gates.count) gates.", tone: .alert))
    if let override { blocks.append(.callout("Overridden: \(override)", tone: .warning)) }
    var table = ReportTable([.init("Gate"), .init("Verdict"), .init("Figures")])
    for gate in gates {
      let tone: ChartTone =
        switch gate.verdict {
        case .passes: .good
        case .warns: .warning
        case .blocks: .alert
        }
      table.add([.init(gate.name), .init(gate.badge, tone: tone), .init(gate.detail)])
    }
    blocks.append(.table(table))
    for section in sections { blocks += section.blocks }
    if !examples.isEmpty {
      blocks.append(.heading("Before and after", level: 1))
      for (index, example) in examples.enumerated() {
        blocks += [
          .heading("Example \(index + 1)", level: 3),
          .facts([
            ReportFact("Scenario", example.prompt), ReportFact("Baseline", example.baseline),
            ReportFact("Trained", example.trained), ReportFact("Remark", example.remark),
          ]),
        ]
      }
    }
    return ReportDocument(
      title: "Validation report", subtitle: jobName, facts: [ReportFact("Base model", baseModel)], blocks: blocks,
      branding: branding, made: made, zone: zone)
  }
}

extension ValidationReport.Section {
  var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = [.heading(title, level: 1)]
    blocks += method.map(ReportBlock.paragraph)
    if !estimates.isEmpty {
      var table = ReportTable([
        .init("What"), .init("Baseline", isNumber: true), .init("Trained", isNumber: true),
        .init("Improvement", isNumber: true), .init("95 % interval", isNumber: true), .init("n", isNumber: true),
      ])
      for estimate in estimates {
        let unit = ChartUnit.number
        table.add([
          .init(estimate.name), .init(unit.text(estimate.baseline)), .init(unit.text(estimate.trained)),
          .init(ChartUnit.fraction.text(estimate.improvement)),
          .init("\(ChartUnit.fraction.text(estimate.low)) to \(ChartUnit.fraction.text(estimate.high))"),
          .init("\(estimate.n)"),
        ])
      }
      blocks += [.table(table), .chart(chart)]
    }
    if let heatMap {
      blocks.append(
        .chart(
          Chart(
            id: "heat", title: "\(title) by persona and arc", x: ChartAxis("", unit: .categories(heatMap.columns)),
            left: ChartAxis("", unit: .categories(heatMap.rows)),
            layers: [.heatMap(ChartHeatMap("Improvement", cells: heatMap.cells, unit: .fraction))],
            size: ChartSize(width: 720, height: Double(90 + 40 * heatMap.rows.count)))))
    }
    if !findings.isEmpty { blocks += [.heading("Findings", level: 2), .list(findings)] }
    if !recommendations.isEmpty { blocks += [.heading("Recommendations", level: 2), .list(recommendations)] }
    return blocks
  }

  /// Improvements with their intervals, beside no change.
  public var chart: Chart {
    Chart(
      id: "improvement", title: "\(title): improvement with its 95 % interval",
      x: ChartAxis("Improvement", unit: .fraction),
      left: ChartAxis("", unit: .categories(estimates.map(\.name))),
      layers: [
        .intervals(
          ChartIntervals(
            "Improvement",
            points: estimates.enumerated().map { index, estimate in
              .init(
                Double(index), estimate: estimate.improvement, low: estimate.low, high: estimate.high,
                tone: estimate.high < 0 ? .alert : estimate.low <= 0 ? .muted : nil)
            }))
      ], references: [ChartReference(0, label: "no change", tone: .muted)],
      size: ChartSize(width: 720, height: Double(110 + 28 * estimates.count)))
  }
}
