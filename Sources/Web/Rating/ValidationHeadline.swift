import Foundation
import Validation

extension ValidationDocument {
  /// What it is called.
  var heading: String { suite?.title ?? Wording.capital(part.rawValue) }

  var unit: String {
    switch part {
    case .perplexity: "Perplexity"
    case .scenarios, .voice: "Score of 5"
    case .questions: "Accuracy in per cent, differences in points"
    }
  }

  /// The story's badge; nil: it gives none.
  var badge: Badge? {
    switch part {
    case .perplexity, .scenarios: overall?.badge
    case .questions: retention.first { $0.category == nil }?.badge
    case .voice: levels.first { $0.scale == nil }?.badge
    }
  }

  /// What is compared over jobs: improvement, retention or alignment, in per cent; nil: nothing was measured.
  var figure: (base: Double, trained: Double, percent: Double)? {
    switch part {
    case .perplexity, .scenarios: return overall.map { ($0.base, $0.trained, $0.improvement_percent) }
    case .questions:
      guard let all = retention.first(where: { $0.category == nil }), let kept = all.retention_percent else {
        return nil
      }
      return (all.base_accuracy_percent, all.trained_accuracy_percent, kept)
    case .voice: return levels.first { $0.scale == nil }.map { ($0.base_score, $0.score, $0.alignment_percent) }
    }
  }

  /// A line for each scenario that is worse beyond the judge's noise.
  var regressionLines: [String] {
    regressions.filter(\.is_counted).map { one in
      let figures = String(
        format: "baseline %.1f of 5, trained %.1f of 5 (%+.0f %%", one.base, one.trained, one.change_percent)
      return "\(one.item): \(figures), \(one.severity.rawValue))"
    }
  }

  /// The questions that the base had right and the trained model has wrong (story 6.3.1), by category where there are some.
  var lostLines: [String] {
    let categories = retention.filter { $0.category != nil }
    return (categories.isEmpty ? retention : categories).filter { !$0.lost.isEmpty }.map {
      "\($0.category.map { Wording.capital(Wording.words($0)) } ?? "All questions"): \($0.lost.count) lost "
        + "(\($0.lost.joined(separator: ", ")))"
    }
  }

  /// What the figure means (story 6.1.1's interpretation), and how likely luck alone gives as much.
  var meaning: [String] {
    var lines: [String] = []
    if let overall {
      if part == .perplexity { lines.append(PerplexityResults.interpretation(overall)) }
      if let note = overall.note { lines.append(note) }
      if let luck = overall.chance_of_luck {
        lines.append("Chance that an unchanged model does as well: \(Self.chance(luck))")
      }
    }
    if let all = retention.first(where: { $0.category == nil }) {
      lines.append("Chance of as many losses in a model that forgot nothing: \(Self.chance(all.chance_of_luck))")
    }
    if let luck = levels.first(where: { $0.scale == nil })?.chance_of_luck {
      lines.append("Chance that a voice just below this badge scores as high: \(Self.chance(luck))")
    }
    return lines
  }

  private static func chance(_ value: Double) -> String {
    value < 0.001 ? "fewer than 1 in 1,000" : Wording.percent(value)
  }

  /// What it found, in one line, with its badge; nil: nothing that a line could say.
  var headline: String? { line.map { line in badge.map { "\($0.text): \(line)" } ?? line } }

  /// The same without the badge.
  var line: String? {
    guard let figure else { return nil }
    func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
    let (percent, base, trained) = (number(figure.percent, 1) + " %", figure.base, figure.trained)
    switch part {
    case .perplexity: return "\(number(base, 2)) → \(number(trained, 2)), \(percent) better"
    case .scenarios: return "\(number(base, 2)) → \(number(trained, 2)) of 5, \(percent) better"
    case .questions: return "\(number(base, 0)) % → \(number(trained, 0)) % right, \(percent) retained"
    case .voice: return "\(number(trained, 2)) of 5, \(percent) aligned"
    }
  }
}
