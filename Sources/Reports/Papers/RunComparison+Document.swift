import Foundation

extension RunComparison {
  public func document(branding: Branding, made: Date, zone: TimeZone = .gmt) -> ReportDocument {
    var blocks: [ReportBlock] = [.heading("Recommendation", level: 1)]
    if let recommendation {
      blocks += [.callout(recommendation.text, tone: .good), .paragraph(recommendation.reason)]
    } else {
      blocks.append(
        .callout("Fewer than two of these runs completed with a validation loss: no recommendation.", tone: .muted))
    }
    if !differences.isEmpty { blocks.append(.list(differences)) }
    blocks += [.heading("Loss curves", level: 2), .chart(chart())]
    blocks += [.heading("Metrics", level: 2), .table(metricsTable)]
    blocks += [.heading("Configuration", level: 2), .table(settingsTable)]
    return ReportDocument(
      title: "Training comparison", subtitle: runs.map(\.name).joined(separator: ", "), blocks: blocks,
      branding: branding, made: made, zone: zone)
  }

  /// The best of each column on green.
  var metricsTable: ReportTable {
    var table = ReportTable([
      .init("Job"), .init("Final training loss", isNumber: true), .init("Final validation loss", isNumber: true),
      .init("Perplexity", isNumber: true), .init("Duration", isNumber: true), .init("Cost", isNumber: true),
      .init("GPU"),
      .init("Preset"),
    ])
    let columns: [([Double?], ChartUnit)] = [
      (runs.map(\.finalTrainingLoss), .number), (runs.map(\.finalValidationLoss), .number),
      (runs.map(\.finalPerplexity), .number),
      (runs.map(\.duration), .duration),
      (runs.map { Double($0.cost) / 1e9 }, .dollars),
    ]
    for (index, run) in runs.enumerated() {
      var cells: [ReportTable.Cell] = [.init(run.name + (run.isCompleted ? "" : " (not completed)"))]
      for (values, unit) in columns {
        let least = runs.indices.filter { runs[$0].isCompleted }.compactMap { values[$0] }.min()
        let value = values[index]
        cells.append(
          .init(value.map(unit.text) ?? "–", tone: run.isCompleted && value != nil && value == least ? .good : nil))
      }
      table.add(cells + [.init(run.gpu), .init(run.preset)])
    }
    return table
  }

  private var settingsTable: ReportTable {
    var table = ReportTable([.init("Setting")] + runs.map { .init($0.name) })
    for setting in settings {
      table.add([.init(setting.name)] + setting.values.map { .init($0, tone: setting.differs ? .warning : nil) })
    }
    return table
  }
}
