import Foundation

/// Figures in texts for people.
enum Figure {
  static func number(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? String(format: "%.\(decimals)f", value) : "–"
  }

  /// `31.4 %`
  static func percent(_ value: Double) -> String { number(value, 1) + " %" }

  /// A chance as people say it: `1 in 40`, `less than 1 in 1,000`.
  static func chance(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value < 0.001 { return "less than 1 in 1,000" }
    if value < 0.4 { return "1 in \(Int((1 / value).rounded()))" }
    return number(100 * value, 0) + " in 100"
  }
}
