import DiscreteEvent
import Foundation
import Planning

/// Small charts in text.
enum Chart {
  private static let blocks = Array(" ▏▎▍▌▋▊▉█")

  /// A bar of `width` characters for a share of 1, in eighths of a character.
  static func bar(_ share: Double, width: Int) -> String {
    let eighths = Int((max(0, min(1, share)) * Double(width) * 8).rounded())
    var text = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0 { text.append(blocks[eighths % 8]) }
    return text
  }

  /// A histogram of a sample between its 1st and 99th percentile, one line a bin; `mark` draws a line between bins.
  static func histogram(_ sample: SampleSummary, bins: Int = 10, mark: Double? = nil, label: (Double) -> String)
    -> String
  {
    let low = sample.quantile(0.005)
    let high = sample.quantile(0.995)
    guard high > low else { return "  all at \(label(low))" }
    let width = (high - low) / Double(bins)
    var shares: [Double] = []
    for b in 0..<bins {
      let from = b == 0 ? -Double.infinity : low + Double(b) * width
      let to = b == bins - 1 ? Double.infinity : low + Double(b + 1) * width
      shares.append(sample.probability(above: from) - sample.probability(above: to))
    }
    let most = shares.max() ?? 1
    let labels = (0..<bins).map { label(low + (Double($0) + 0.5) * width) }
    let wide = labels.map(\.count).max() ?? 0
    var lines: [String] = []
    for b in 0..<bins {
      let over = mark.map { low + (Double(b) + 0.5) * width > $0 } ?? false
      let pad = String(repeating: " ", count: wide - labels[b].count)
      lines.append(
        "  \(pad)\(labels[b]) \(over ? "!" : "│")\(bar(shares[b] / most, width: 36)) \(Words.percent(shares[b]))")
    }
    return lines.joined(separator: "\n")
  }

  /// The fan of accumulated spending by day: what was spent, then the 10th to 90th percentile around the median.
  static func fan(_ days: [Forecast.Day], budget: Double?, width: Int = 48) -> String {
    let most = max(days.map(\.p90).max() ?? 0, budget ?? 0) * 1.02
    guard most > 0 else { return "" }
    let column = { (x: Double) in min(width - 1, max(0, Int(x / most * Double(width)))) }
    var lines: [String] = []
    for day in days {
      var cells = Array(repeating: Character(" "), count: width)
      let (a, b, c) = (column(day.p10), column(day.p50), column(day.p90))
      if day.isPast {
        for i in 0...b { cells[i] = "█" }
      } else {
        for i in 0..<a { cells[i] = "▒" }
        for i in a...c { cells[i] = "░" }
        cells[b] = "┃"
      }
      if let budget { cells[column(budget)] = "╎" }
      let figures =
        day.isPast
        ? Words.dollars(day.p50) : "\(Words.dollars(day.p10)) … \(Words.dollars(day.p50)) … \(Words.dollars(day.p90))"
      lines.append("  \(day.date.suffix(5)) \(String(cells)) \(figures)")
    }
    return lines.joined(separator: "\n")
  }
}
