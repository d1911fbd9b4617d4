import Foundation
import Validation

/// Results for a person at a terminal.
enum ValidationText {
  static func text(_ document: ValidationDocument) -> String {
    var parts = [head(document)]
    if let overall = document.overall { parts.append(overallText(document, overall)) }
    for table in [scales(document), levels(document), retention(document)] + groups(document) {
      if let table { parts.append(table) }
    }
    if let regressions = regressions(document) { parts.append(regressions) }
    if let judges = judges(document) { parts.append(judges) }
    if let best = document.best.first {
      parts.append(
        "Best: \(best.item), \(number(best.base_score, 1)) → \(number(best.trained_score, 1)). \(best.notes)")
    }
    let notes =
      [document.power].compactMap { $0 } + document.root_causes.map { "Cause: \($0)" }
      + document.recommendations.map { "Recommended: \($0)" } + document.warnings.map { "Warning: \($0)" }
    if !notes.isEmpty { parts.append(notes.joined(separator: "\n")) }
    parts.append(gate(document.gate))
    return parts.joined(separator: "\n\n")
  }

  static func gate(_ gate: DeliveryGate) -> String {
    let title =
      switch gate.verdict {
      case .allow: "Delivery: allowed"
      case .review: "Delivery: after review"
      case .block: "Delivery: BLOCKED (a manager may override; the audit log keeps it)"
      }
    return ([title] + gate.reasons.map { "  \($0)" }).joined(separator: "\n")
  }

  private static func head(_ document: ValidationDocument) -> String {
    let name =
      document.suite.map { "\($0.title) (\($0.name) \($0.digest), \($0.year))" }
      ?? "Perplexity on held-out conversations"
    let items = "\(document.items) of \(document.items_expected) items"
    return
      "\(name)\(document.job.map { ", \($0)" } ?? ""): \(document.suite == nil ? "\(document.items) conversations" : items)"
  }

  private static func overallText(_ document: ValidationDocument, _ row: Comparison) -> String {
    var lines = [
      "\(number(row.base, 2)) (base) → \(number(row.trained, 2)) (trained) = \(percent(row.improvement_percent)) improvement\(interval(row.interval_percent))"
    ]
    if let badge = row.badge { lines.append(badge.text) }
    if let note = row.note { lines.append(note) }
    if document.part == .perplexity { lines.append(PerplexityResults.interpretation(row)) }
    if let luck = row.chance_of_luck { lines.append("An unchanged model does as well: \(Words.chance(luck))") }
    if let below = row.chance_below_threshold {
      lines.append(
        "The true improvement lies below this badge's threshold: \(below == 0 ? "fewer than 1 chance in 1,000" : Words.chance(below))"
      )
    }
    return lines.joined(separator: "\n")
  }

  private static func comparisons(_ title: String, _ rows: [Comparison]) -> String? {
    guard !rows.isEmpty else { return nil }
    var table = Table(header: [title, "n", "base", "trained", "better", "95 %", "luck", ""])
    table.left = [0, 7]
    table.rows = rows.map { row in
      [
        row.group.sorted { $0.key > $1.key }.map(\.value).joined(separator: " + "), "\(row.count)", number(row.base, 2),
        number(row.trained, 2), percent(row.improvement_percent), row.interval_percent.map(range) ?? Words.nothing,
        row.chance_of_luck.map { Words.percent($0) } ?? Words.nothing,
        row.badge?.text ?? (row.is_shrunk ? "too few" : ""),
      ]
    }
    return table.text
  }

  private static func scales(_ document: ValidationDocument) -> String? { comparisons("scale", document.scales) }

  private static func groups(_ document: ValidationDocument) -> [String?] {
    document.by.sorted { $0.key < $1.key }.map { comparisons($0.key, $0.value) }
  }

  private static func levels(_ document: ValidationDocument) -> String? {
    guard let first = document.levels.first else { return nil }
    var table = Table(header: ["characteristic", "base", "trained", "95 %", "alignment", ""])
    table.left = [0, 5]
    table.rows = document.levels.map {
      [
        $0.title, number($0.base_score, 2), number($0.score, 2),
        $0.interval.map { "\(number($0.low, 2)) … \(number($0.high, 2))" } ?? Words.nothing,
        percent($0.alignment_percent),
        $0.badge?.text ?? $0.word,
      ]
    }
    let luck = first.chance_of_luck.map { "\nA voice just below this badge scores as high: \(Words.chance($0))" } ?? ""
    return table.text + luck
  }

  private static func retention(_ document: ValidationDocument) -> String? {
    guard !document.retention.isEmpty else { return nil }
    var table = Table(header: ["questions", "n", "base", "trained", "retention", "95 %", "luck", ""])
    table.left = [0, 7]
    table.rows = document.retention.map { row in
      [
        row.category ?? "all", "\(row.questions)", "\(row.base_correct)", "\(row.trained_correct)",
        row.retention_percent.map(percent) ?? Words.nothing, row.retention_interval_percent.map(range) ?? Words.nothing,
        Words.percent(row.chance_of_luck), row.badge?.text ?? "",
      ]
    }
    let lost = document.retention[0].lost
    return table.text + (lost.isEmpty ? "" : "\nLost: " + lost.joined(separator: ", "))
  }

  private static func regressions(_ document: ValidationDocument) -> String? {
    guard let lower = document.lower_at_all else { return nil }
    let counted = document.regressions.filter(\.is_counted)
    var lines = [
      "Regressions: \(counted.count) of \(document.items) beyond the judge's noise (\(lower) scored lower at all)"
    ]
    lines += counted.map {
      "  \($0.item): base \(number($0.base, 1))/5, trained \(number($0.trained, 1))/5 (\(number($0.change_percent, 0)) %), \($0.severity.rawValue), luck \(Words.percent($0.chance_of_luck))"
    }
    return lines.joined(separator: "\n")
  }

  private static func judges(_ document: ValidationDocument) -> String? {
    guard let judges = document.judges else { return nil }
    var lines = ["Judged by \(judges.names.joined(separator: ", ")): \(judges.verdicts) verdicts"]
    if let noise = judges.noise { lines[0] += ", one verdict's noise \(number(noise, 2)) points" }
    if let bias = judges.position_bias { lines[0] += ", the first place is worth \(number(bias, 2))" }
    lines += judges.agreement.map {
      "  agreement on \($0.scale): \($0.alpha.map { number($0, 2) } ?? Words.nothing) (Krippendorff's alpha, \($0.raters) raters)"
    }
    if let c = judges.calibration {
      lines.append(
        "  beside people: \(number(c.bias, 2)) points more\(c.correlation.map { ", correlation \(number($0, 2))" } ?? "") on \(c.answers) answers"
      )
    }
    return lines.joined(separator: "\n")
  }

  private static func number(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
  private static func percent(_ value: Double) -> String { number(value, 1) + " %" }
  private static func range(_ interval: Interval) -> String {
    "\(number(interval.low, 1)) … \(number(interval.high, 1)) %"
  }
  private static func interval(_ interval: Interval?) -> String { interval.map { " (95 %: \(range($0)))" } ?? "" }
}
