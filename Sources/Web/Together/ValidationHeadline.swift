import Foundation
import Validation

extension ValidationDocument {
  /// What it found, in one line; nil: nothing that a line could say.
  var headline: String? {
    func percent(_ value: Double) -> String { String(format: "%.1f %%", value) }
    let words: (String, Badge?)? =
      switch part {
      case .perplexity:
        overall.map {
          (
            String(
              format: "%.2f → %.2f, %@ better", $0.base, $0.trained, percent($0.improvement_percent)), $0.badge
          )
        }
      case .scenarios:
        overall.map {
          (
            String(
              format: "%.2f → %.2f of 5, %@ better", $0.base, $0.trained, percent($0.improvement_percent)), $0.badge
          )
        }
      case .questions:
        retention.first { $0.category == nil }.map {
          (
            "\($0.base_correct) → \($0.trained_correct) of \($0.questions) right"
              + ($0.retention_percent.map { ", \(percent($0)) retained" } ?? ""), $0.badge
          )
        }
      case .voice:
        levels.first { $0.scale == nil }.map {
          (String(format: "%.2f of 5, %@ aligned", $0.score, percent($0.alignment_percent)), $0.badge)
        }
      }
    guard let (text, badge) = words else { return nil }
    return badge.map { "\($0.text): \(text)" } ?? text
  }
}
