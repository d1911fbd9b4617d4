import Foundation

/// From values to places along one direction of the plot.
struct ChartScale: Equatable {
  var domain: ClosedRange<Double>
  var from: Double
  var to: Double
  var isLogarithmic = false

  func place(_ value: Double) -> Double {
    let low = isLogarithmic ? log10(domain.lowerBound) : domain.lowerBound
    let high = isLogarithmic ? log10(domain.upperBound) : domain.upperBound
    guard high > low else { return (from + to) / 2 }
    let position = isLogarithmic ? log10(max(value, .leastNormalMagnitude)) : value
    // Far outside of the plot is far enough: a renderer's coordinates are not Doubles.
    return from + (to - from) * min(max((position - low) / (high - low), -20), 20)
  }

  func holds(_ value: Double) -> Bool { domain.contains(value) }
}

/// The least range that holds all it was shown.
struct ChartExtent {
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  var range: ClosedRange<Double>? { low <= high ? low...high : nil }

  mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    low = min(low, value)
    high = max(high, value)
  }

  mutating func add(all values: [Double]) {
    for value in values { add(value) }
  }
}

/// How wide letters are, nearly: a page's font isn't known here, so layouts count with DejaVu Sans, a wide one.
enum TextWidth {
  static func of(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var ems = 0.0
    for letter in text.unicodeScalars {
      switch letter {
      case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", " ", "(", ")", "f", "t", "r": ems += 0.36
      case "m", "M", "W", "%", "w", "@": ems += 0.93
      case "A"..."Z": ems += 0.71
      case "\u{2E80}"...: ems += 1
      default: ems += 0.62
      }
    }
    return ems * size * (isBold ? 1.1 : 1)
  }

  /// The text, shortened with an ellipsis until it fits.
  static func fitted(_ text: String, width: Double, size: Double) -> String {
    if of(text, size: size) <= width { return text }
    var short = text
    while !short.isEmpty, of(short + "…", size: size) > width { short.removeLast() }
    return short.isEmpty ? "" : short + "…"
  }
}
