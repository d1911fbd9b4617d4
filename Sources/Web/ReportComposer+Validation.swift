import Engine
import Foundation
import Journal
import Live
import Reports
import Validation

/// What validation found, as a paper for a client (stories 6.1 to 6.4).
extension ReportComposer {
  /// - Throws: ``Problem`` where nothing was validated.
  func validation(_ index: JobIndex, _ view: LiveView) throws -> (ValidationReport, made: Date) {
    let text = view.descriptions[Int(index.rawValue)]
    let found = try ValidationRoutes.document(index, view, runner.catalogue)
    guard !found.documents.isEmpty else {
      throw Problem(
        .conflict, "\(text.id) was not validated yet", hint: "lora-train evaluate submit \(text.id) RESULT.json")
    }
    do {
      var report = try ValidationReport(
        jobName: text.name, baseModel: text.baseModel, gates: found.documents.map(Self.gate),
        sections: found.documents.map(Self.section), examples: found.documents.flatMap(Self.examples))
      report.override = found.decision.map { "\($0.by), \($0.at): \($0.justification)" }
      return (report, Self.date(view.at) ?? Date())
    } catch let error as ReportsError {
      throw Problem(.conflict, "no report can be made of what was kept: \(error)", hint: "score it again")
    }
  }

  /// A line for each part, for the training report.
  func validationFacts(_ index: JobIndex) throws -> [ReportFact] {
    try ValidationRoutes.documents(of: index, runner.catalogue).compactMap { document in
      document.headline.map { ReportFact(document.heading, $0) }
    }
  }

  private static func gate(_ document: ValidationDocument) -> ValidationReport.Gate {
    let verdict: ValidationReport.Gate.Verdict =
      switch document.gate.verdict {
      case .allow: .passes
      case .review: .warns
      case .block: .blocks
      }
    return .init(
      document.heading, badge: document.badge?.text ?? document.gate.verdict.rawValue.capitalized,
      detail: document.gate.reasons.joined(separator: "; "), verdict: verdict)
  }

  private static func section(_ document: ValidationDocument) -> ValidationReport.Section {
    var findings: [String] = []
    var estimates: [ValidationReport.Estimate] = []
    let overall = document.overall.map { [("Overall", $0)] } ?? []
    let scales = document.scales.map { ($0.group["scale"] ?? "", $0) }
    let groups = document.by.sorted { $0.key < $1.key }.flatMap { dimension, rows in
      rows.map { ("\(dimension): \(Wording.words($0.group[dimension] ?? ""))", $0) }
    }
    let shown = overall + scales + groups.filter { $0.1.count >= Comparison.fewest }
    let leftOut = groups.count { $0.1.count < Comparison.fewest }
    if leftOut > 0 {
      findings.append(
        "\(Wording.count(leftOut, "group")) of fewer than \(Comparison.fewest) left out: the CSV has them")
    }
    for (name, row) in shown {
      guard let interval = row.interval_percent else {
        findings.append("\(words(name)): \(Wording.count(row.count, "item")), too few for an interval")
        continue
      }
      // A corrected bootstrap's interval may leave out what was measured, by little.
      estimates.append(
        .init(
          words(name), baseline: row.base, trained: row.trained, improvement: row.improvement_percent / 100,
          low: min(interval.low, row.improvement_percent) / 100,
          high: max(interval.high, row.improvement_percent) / 100,
          n: row.count))
    }
    findings = document.meaning + findings
    for row in document.retention {
      let change = row.trained_accuracy_percent - row.base_accuracy_percent
      let interval = row.difference_interval_points
      estimates.append(
        .init(
          row.category.map(words) ?? "All questions", baseline: row.base_accuracy_percent,
          trained: row.trained_accuracy_percent, improvement: change / 100, low: min(interval.low, change) / 100,
          high: max(interval.high, change) / 100, n: row.questions))
    }
    findings += document.lostLines
    findings += document.levels.filter { $0.score < 3 && $0.scale != nil }.map {
      "\($0.title): \(String(format: "%.1f", $0.score)) of 5, \($0.word)"
    }
    findings += document.regressionLines
    findings += document.root_causes
    return .init(
      document.heading, method: [document.method] + [document.power].compactMap { $0 } + document.warnings,
      unit: document.unit, estimates: estimates, heatMap: heatMap(document), findings: findings,
      recommendations: document.recommendations)
  }

  /// Persona by emotional arc.
  static func heatMap(
    _ document: ValidationDocument
  ) -> (rows: [String], columns: [String], cells: [ChartHeatMap.Cell])? {
    guard let cells = document.matrix["persona_by_emotional_arc"], !cells.isEmpty else { return nil }
    let rows = Set(cells.compactMap { $0.group["persona"] }).sorted()
    let columns = Set(cells.compactMap { $0.group["emotional_arc"] }).sorted()
    return (
      rows, columns,
      cells.compactMap { cell in
        guard let row = cell.group["persona"].flatMap(rows.firstIndex),
          let column = cell.group["emotional_arc"].flatMap(columns.firstIndex)
        else { return nil }
        return .init(
          column: column, row: row, value: cell.improvement_percent / 100, n: cell.count, isGreyed: cell.is_shrunk)
      }
    )
  }

  private static func examples(_ document: ValidationDocument) -> [ValidationReport.Example] {
    (document.best.prefix(10) + document.worst.prefix(3)).map {
      .init(
        prompt: $0.prompt, baseline: $0.base_answer, trained: $0.trained_answer,
        remark: String(format: "%.1f → %.1f", $0.base_score, $0.trained_score)
          + ($0.notes.isEmpty ? "" : ": \($0.notes)"))
    }
  }

  private static func words(_ snake: String) -> String { Wording.capital(Wording.words(snake)) }
}
