import DiscreteEvent
import Foundation

extension Wording {
  /// What stands where there is no number: the mean of nothing, the spread of one.
  public static let nothing = "–"

  /// `13 h 05 min`, `4 min 10 s`, `2 d 3 h`.
  public static func duration(_ seconds: Double) -> String {
    guard abs(seconds) < 1e15 else { return nothing }
    let s = Int(seconds.rounded())
    if s < 60 { return s == 0 && seconds > 0 ? String(format: "%.2g s", seconds) : "\(s) s" }
    if s < 3_600 { return "\(s / 60) min" + (s % 60 == 0 ? "" : " \(s % 60) s") }
    let minutes = (s + 30) / 60
    if minutes < 48 * 60 { return "\(minutes / 60) h " + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60) min" }
    let hours = (s + 1_800) / 3_600
    return "\(hours / 24) d \(hours % 24) h"
  }

  /// `12,345`.
  public static func group(_ n: Int) -> String {
    var digits = String(n)
    var grouped = ""
    while digits.count > 3 {
      grouped = "," + digits.suffix(3) + grouped
      digits = String(digits.dropLast(3))
    }
    return digits + grouped
  }

  /// `42 %`, `0.5 %`; what is not nothing is never `0 %`, and what is not certain never `100 %`.
  public static func percent(_ p: Double) -> String {
    guard p.isFinite else { return nothing }
    if p > 0, p < 0.001 { return "<0.1 %" }
    if p < 1, p > 0.999 { return ">99.9 %" }
    let x = p * 100
    if x > 99, x < 100 { return String(format: "%.1f %%", x) }
    return x == x.rounded() || x >= 10 ? String(format: "%.0f %%", x) : String(format: "%.1f %%", x)
  }

  /// The shortest digits that read back as the same number; what is no number is null.
  public static func digits(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return "\(value)"
  }

  /// `2 interruptions`, `1 interruption`.
  static func count(_ n: Int, _ word: String) -> String { "\(group(n)) \(word)\(n == 1 ? "" : "s")" }

  /// `waiting_for_gpu` is `waiting for gpu`.
  static func words(_ snake: String) -> String { snake.replacingOccurrences(of: "_", with: " ") }

  /// `$45.00–55.00`, from the lower to the upper end of the 80 %.
  static func range(_ low: Double, _ high: Double) -> String { "\(money(low))–\(money(high))" }
}
