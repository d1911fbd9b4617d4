import DiscreteEvent
import Foundation
import Web

/// How figures are written for people.
enum Words {
  /// What stands where there is no number: the mean of nothing, the spread of one.
  static let nothing = Wording.nothing

  /// `$1,234.50`; whole dollars from 1,000 on.
  static func dollars(_ x: Double) -> String {
    guard x.isFinite else { return nothing }
    let negative = x < 0
    let cents = abs(x) >= 1_000 ? abs(x).rounded() : (abs(x) * 100).rounded() / 100
    let whole = Int(cents)
    var digits = String(whole)
    var grouped = ""
    while digits.count > 3 {
      grouped = "," + digits.suffix(3) + grouped
      digits = String(digits.dropLast(3))
    }
    let fraction = abs(x) >= 1_000 ? "" : String(format: ".%02d", Int(((cents - Double(whole)) * 100).rounded()))
    return (negative ? "-$" : "$") + digits + grouped + fraction
  }

  /// `13 h 05 min`, `4 min 10 s`, `2 d 3 h`.
  static func duration(_ seconds: Double) -> String { Wording.duration(seconds) }

  /// `1 chance in 7`, `19 chances in 20`, `fewer than 1 chance in 1,000`.
  static func chance(_ p: Double, of n: Int = 0) -> String {
    // One future or two are no odds of anything.
    if p <= 0 { return n > 1 ? "fewer than 1 chance in \(group(n))" : "no chance" }
    if p >= 1 { return n > 2 ? "more than \(group(n - 1)) chances in \(group(n))" : "certain" }
    if p < 0.4 { return "1 chance in \(group(Int((1 / p).rounded())))" }
    if p <= 0.6 { return "about 1 chance in 2" }
    if p < 0.75 { return "2 chances in 3" }
    let inverse = Int((1 / (1 - p)).rounded())
    return "\(group(inverse - 1)) chances in \(group(inverse))"
  }

  static func group(_ n: Int) -> String { Wording.group(n) }

  /// `1 past job`, `1,200 past jobs`
  static func count(_ n: Int, _ word: String) -> String { "\(group(n)) \(word)\(n == 1 ? "" : "s")" }

  static func percent(_ p: Double) -> String { Wording.percent(p) }

  /// `Sat 21 Nov 09:10` in UTC, or `Sat 21 Nov 2026 09:10` where the year is not plain from what stands beside it.
  static func moment(_ instant: Instant, year: Bool = false) -> String {
    // By hand: a date formatter takes longer to wake up than the whole estimate takes to compute.
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute], from: date(instant))
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ n: Int?) -> String { (n ?? 0) < 10 ? "0\(n ?? 0)" : "\(n ?? 0)" }
    return "\(weekdays[(parts.weekday ?? 1) - 1]) \(parts.day ?? 1) \(months[(parts.month ?? 1) - 1]) "
      + (year ? "\(parts.year ?? 0) " : "") + "\(two(parts.hour)):\(two(parts.minute))"
  }

  /// `2026-11-20T03:30:00Z`.
  static func stamp(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: date(instant).timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
  }

  private static func date(_ instant: Instant) -> Date {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)
  }
}
