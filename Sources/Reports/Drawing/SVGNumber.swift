import Foundation

/// Numbers as short as they may be.
enum SVGNumber {
  /// A tenth of a pixel, without a needless ".0".
  static func append(_ value: Double, to text: inout [UInt8]) {
    guard value.isFinite else {
      text.append(UInt8(ascii: "0"))
      return
    }
    let tenths = Int((min(max(value, -1e9), 1e9) * 10).rounded())
    if tenths < 0 { text.append(UInt8(ascii: "-")) }
    let size = tenths.magnitude
    text.append(contentsOf: String(size / 10).utf8)
    if size % 10 != 0 {
      text.append(UInt8(ascii: "."))
      text.append(UInt8(ascii: "0") + UInt8(size % 10))
    }
  }

  static func tenths(_ value: Double) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Six significant digits, as JavaScript's `Number` reads them; what is no number is `NaN`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "NaN" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    guard abs(magnitude) < 100 else { return "\(value)" }
    let power = pow(10, Double(abs(5 - magnitude)))
    let rounded = magnitude <= 5 ? (value * power).rounded() / power : (value / power).rounded() * power
    // Seconds since 1970 have ten digits before the point.
    return abs(value) >= 1e6 ? "\((value * 1000).rounded() / 1000)" : "\(rounded)"
  }
}
